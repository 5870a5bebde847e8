"""Bounds that are loosened by an amount: the least that a refusal asks for, as a question can be asked with it."""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.identifiers import Request


class Loosening(Request):
    """One bound of one row moves outwards: the upper one up, or the lower one down.

    A row is one limit in one year and for one group, where it has any: finer than a limit, a pace of change or a
    contract. Rows set by law are refused, and soft ones, which may be missed anyway.
    """

    row: Annotated[str, Field(min_length=1, max_length=600)] = Field(
        description="`key` in a refusal's `relaxation`, for instance `pace/2014-15/slow/ods:01G/pace_up`"
    )
    side: Literal["lower", "upper"]
    by: Annotated[float, Field(ge=0, le=1e12)] = Field(
        description="in the row's unit; added to what was loosened before"
    )


Loosenings = Annotated[list[Loosening], Field(max_length=50000)]
