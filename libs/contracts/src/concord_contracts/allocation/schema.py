"""The JSON schema of a problem, for who writes one elsewhere: it accepts what the service accepts.

Beside what the models say by themselves, keys of dictionaries are held to their pattern, and rules between the fields
of one object stand in it. What no schema can say is left to the service: that the second part of a financial year
follows the first, that one bound lies below another, that whole numbers are written without a decimal point.
"""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from concord_contracts.allocation.problem import Problem

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "number"}
_NONE: dict[str, Any] = {"type": "null"}


def _has(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"properties": properties, "required": list(properties)}


def _if_there(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"properties": properties}


RULES: dict[str, list[dict[str, Any]]] = {
    "Provenance": [
        {"if": _has(basis={"const": "source"}), "then": _has(source=_TEXT), "else": _has(note=_TEXT)},
    ],
    "Limit": [
        {
            "anyOf": [
                {**_has(equal=_NUMBER), "allOf": [_if_there(at_least=_NONE, at_most=_NONE)]},
                {**_has(at_least=_NUMBER), "allOf": [_if_there(equal=_NONE)]},
                {**_has(at_most=_NUMBER), "allOf": [_if_there(equal=_NONE)]},
            ]
        }
    ],
    "Equity": [
        {"anyOf": [_has(floor=_NUMBER), _has(spread_at_most=_NUMBER), _has(raise_least={"const": True})]},
        {"if": _has(spread_at_most=_NUMBER), "then": _has(measure={"enum": ["spend", "activity"]})},
        {
            "if": _has(raise_least={"const": True}),
            "then": {**_has(per_year={"const": False}), "allOf": [_if_there(measure={"const": "benefit"})]},
        },
    ],
}
"""Rules between fields, by object, as the models check them."""


class _Closed(GenerateJsonSchema):
    """Dictionaries whose keys have a pattern take no others."""

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        found = super().dict_schema(schema)
        return found | {"additionalProperties": False} if "patternProperties" in found else found


def problem_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of `allocation-problem/1`."""
    schema = Problem.model_json_schema(schema_generator=_Closed)
    for name, rules in RULES.items():
        schema["$defs"][name]["allOf"] = rules
    return {"$schema": SCHEMA_DIALECT} | schema
