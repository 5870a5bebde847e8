"""OpenAPI as it really is: every route's common errors beside its own, all as problem documents."""

from collections.abc import Collection
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import ParamTypes
from fastapi.routing import APIRoute

from concord_contracts.problems import ProblemDocument
from concord_kit.problems import MEDIA_TYPE, problem_responses

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_ALWAYS = (
    "unauthenticated",
    "not-allowed",
    "acting-for-required",
    "malformed-request",
    "invalid-request",
    "database-unavailable",
    "dependency-unavailable",
    "dependency-refused",
    "internal",
)
_WITH_BODY = ("too-large", "unsupported-media-type")


def install(app: FastAPI, public: Collection[tuple[str, str]]) -> None:
    """Replace the application's OpenAPI by one with the errors every route can answer.

    `public`: (method, address) of what may be asked without a token.
    """
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(original(), public)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def query_parameters(route: APIRoute) -> frozenset[str]:
    """The query parameters that a route is documented to take, kept with it.

    Not read from the document: that takes seconds to write for a service of a hundred routes, and the first caller
    after a start would wait for it.
    """
    known: frozenset[str] | None = getattr(route, "concord_query_parameters", None)
    if known is None:
        fields = get_flat_params(route.dependant)
        # a field of a model of query parameters does not say where it stands; only these are written as models
        known = frozenset(
            one.alias for one in fields if getattr(one.field_info, "in_", ParamTypes.query) is ParamTypes.query
        )
        route.concord_query_parameters = known  # type: ignore[attr-defined]
    return known


def _completed(document: dict[str, Any], public: Collection[tuple[str, str]]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            if method in _METHODS and not path.startswith("/health"):
                _require_stated_headers(operation)
                _add_common(operation)
            if (method.upper(), path) in public:
                operation["security"] = [*operation.get("security", ()), {}]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    described = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(described.pop("$defs", {}))
    schemas["ProblemDocument"] = described
    return document


def _require_stated_headers(operation: dict[str, Any]) -> None:
    """Routes take these as optional only to refuse their absence in words of our own."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in ("Idempotency-Key", "If-Match"):
            parameter["required"] = True
            (stated,) = (one for one in parameter["schema"].pop("anyOf") if one["type"] != "null")
            parameter["schema"] |= stated


def _add_common(operation: dict[str, Any]) -> None:
    slugs = [*_ALWAYS, *(_WITH_BODY if "requestBody" in operation else ())]
    if any(one.get("name") == "Idempotency-Key" for one in operation.get("parameters", ())):
        slugs += ["idempotency-key-required", "idempotency-key-reused"]
    if any(one.get("name") == "If-Match" for one in operation.get("parameters", ())):
        slugs += ["precondition-required", "stale"]
    answers = operation["responses"]
    for status, common in problem_responses(*slugs).items():
        own = answers.get(str(status), {})
        examples = {**common["content"][MEDIA_TYPE]["examples"], **_examples(own)}
        words = "; ".join(f"`{slug}`: {example['value']['title']}" for slug, example in examples.items())
        answers[str(status)] = {"description": words, "content": {MEDIA_TYPE: {"examples": examples}}}
    for answer in answers.values():
        for_problems = answer.get("content", {})
        if MEDIA_TYPE in for_problems:
            schema = {"$ref": "#/components/schemas/ProblemDocument"}
            answer["content"] = {MEDIA_TYPE: {**for_problems[MEDIA_TYPE], "schema": schema}}


def _examples(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    return found
