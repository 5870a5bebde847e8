"""Names of things that cross a service's border, and the digest of what they say.

Bodies are named by scheme and code (`ods:02N`, `gss:E08000003`), never reused. Own records carry UUIDv7.
"""

import hashlib
import re
from datetime import date
from functools import cache
from typing import Annotated, Any

import rfc8785
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from concord_contracts.as_written import Reader, reader_of

FOREVER = date(9999, 12, 31)
"""The open end of every period; never NULL, so that one comparison serves all rows."""

BODY_ID = r"^[a-z][a-z0-9-]{1,15}:[A-Za-z0-9._-]{1,32}$"
KEY = r"^[A-Za-z0-9][A-Za-z0-9._~:-]{0,79}$"
DIGEST = r"^[0-9a-f]{64}$"
DIGEST_BEGINS = r"^[0-9A-Fa-f]{8,64}$"
WORDS_OF_PATTERNS = {
    BODY_ID: "a body is written scheme:code, such as ods:02A",
    KEY: "a key has 1 to 80 letters, digits, points, hyphens, colons, tildes and underscores",
    DIGEST: "a digest has 64 hexadecimal digits",
    DIGEST_BEGINS: "a digest is looked up by 8 to 64 hexadecimal digits",
}
"""What a pattern asks for, in words for whoever missed it."""

BodyId = Annotated[
    str,
    StringConstraints(pattern=BODY_ID),
    Field(description="A body by scheme and code", examples=["ods:02A", "gss:E08000003"]),
]
Key = Annotated[
    str,
    StringConstraints(pattern=KEY),
    Field(description="A stable key: a stage, pathway, place, rule or purse", examples=["lung", "ccg-02A"]),
]
Digest = Annotated[
    str,
    StringConstraints(pattern=DIGEST),
    Field(description="SHA-256 of the RFC 8785 form of the content, hexadecimal"),
]
DigestBegins = Annotated[
    str,
    StringConstraints(pattern=DIGEST_BEGINS),
    AfterValidator(str.lower),
    Field(examples=["19cd2cc418ecebf0425b9971cb8e125a7e53e8967a2ae3b89eaf4c2e0d7df500"]),
]
"""How a digest begins, or all of it, as papers quote it; small letters once it is read."""

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(max_length=8000)]


FINANCIAL_YEAR = r"^((?:19|20|21)[0-9]{2})-([0-9]{2})$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _financial_year(value: str) -> str:
    match = re.fullmatch(FINANCIAL_YEAR.strip("^$"), value)
    if not match or (int(match[1]) + 1) % 100 != int(match[2]):
        raise ValueError('a financial year is written "2013-14": two years that follow each other')
    return value


def _iso_day(value: Any) -> Any:
    """Numbers and their texts are no days: a count of seconds is somebody's slip, not a date."""
    if not isinstance(value, date) and not (isinstance(value, str) and re.fullmatch(DAY.strip("^$"), value)):
        raise ValueError('a day is written "2014-04-01"')
    return value


Day = Annotated[date, BeforeValidator(_iso_day), Field(examples=["2014-04-01"], json_schema_extra={"pattern": DAY})]
"""A calendar day in the world."""

FinancialYear = Annotated[
    str, AfterValidator(_financial_year), Field(examples=["2013-14"], json_schema_extra={"pattern": FINANCIAL_YEAR})
]


def first_day(year: str) -> date:
    """1 April of a financial year `"2013-14"`."""
    return date(int(year[:4]), 4, 1)


def digest_of(content: Any) -> str:
    """SHA-256 of RFC 8785 JSON of `content`, hexadecimal.

    `content` holds only what survives every JSON library unchanged: strings, integers, booleans, null, lists and
    objects. Floats raise ValueError: amounts are integers or decimal strings.
    """
    _refuse_floats(content, "")
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _refuse_floats(content: Any, where: str) -> None:
    if isinstance(content, float):
        raise ValueError(f"a float at {where or '/'} has no canonical text; use an integer or a decimal string")
    if isinstance(content, dict):
        for key, value in content.items():
            _refuse_floats(value, f"{where}/{key}")
    elif isinstance(content, list | tuple):
        for index, value in enumerate(content):
            _refuse_floats(value, f"{where}/{index}")


class Request(BaseModel):
    """What a caller sends: unknown fields are refused, so that a misspelt one cannot be lost."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return data | {name: read(data[name]) for name, read in _readers_of(cls).items() if name in data}


@cache
def _readers_of(model: type[Request]) -> dict[str, Reader]:
    """By field, where there is something to look at."""
    readers = {name: reader_of(field.annotation) for name, field in model.model_fields.items()}
    return {name: reader for name, reader in readers.items() if reader is not None}


class Reply(BaseModel):
    """What a service answers: a consumer ignores fields it does not know, so that services can grow."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)
