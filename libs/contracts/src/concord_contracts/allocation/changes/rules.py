"""Typed changes of rules: limits, paces of change, what is held as it is, what only may grow."""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.allocation.loosening import Loosening
from concord_contracts.allocation.problem import Limit, PaceOfChange
from concord_contracts.allocation.quantities import Keys, LineSelection, Number, Selection, Words, Years
from concord_contracts.identifiers import Key, Request


class ScaleLimit(Request):
    """Multiply the bounds of named limits, for instance a capacity."""

    kind: Literal["scale_limit"] = "scale_limit"
    limits: Keys
    factor: Annotated[float, Field(ge=0, le=100)]
    note: Words | None = None


class SetLimit(Request):
    """Give a limit new bounds; the ones left out are removed."""

    kind: Literal["set_limit"] = "set_limit"
    limit: Key
    at_least: Number | None = None
    at_most: Number | None = None
    equal: Number | None = None
    note: Words | None = None


class AddLimit(Request):
    kind: Literal["add_limit"] = "add_limit"
    limit: Limit
    note: Words | None = None


class Loosen(Request):
    """Move bounds outwards, row by row, as a refusal proposes; 0 takes back what was loosened before.

    A purse's row (`purse/<year>/<purse>`) is loosened by putting whole pounds into the purse. Law is not loosened.
    """

    kind: Literal["loosen"] = "loosen"
    rows: Annotated[list[Loosening], Field(min_length=1, max_length=50000)]
    note: Words | None = None


class RemoveLimit(Request):
    """Drop a limit or a pace of change that is not statutory."""

    kind: Literal["remove_limit"] = "remove_limit"
    limit: Key
    note: Words | None = None


class SetPace(Request):
    """Add a pace of change, or replace the one of the same key."""

    kind: Literal["set_pace"] = "set_pace"
    pace: PaceOfChange
    note: Words | None = None


class HoldLines(Request):
    """Keep the spend of each selected line within `tolerance` (a share) of its reference."""

    kind: Literal["hold_lines"] = "hold_lines"
    key: Key
    select: Selection
    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.0
    note: Words | None = None


class NewMoneyOnly(Request):
    """Today's money stays where it is; only what comes beyond it is decided.

    In no year does a selected line get less than its reference. `keep_payers`: nor does any purse pay less for it, so
    that new money is added to the old and never takes its place.
    """

    kind: Literal["new_money_only"] = "new_money_only"
    key: Key = "new-money-only"
    select: LineSelection = LineSelection()
    keep_payers: bool = False
    years: Years | None = None
    note: Words | None = None
