"""Typed changes of money: what purses hold, move and carry."""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.allocation.money import CarryRule, Overspend
from concord_contracts.allocation.problem import Purse
from concord_contracts.allocation.quantities import Keys, Pounds, SignedPounds, Words, Years
from concord_contracts.identifiers import Day, FinancialYear, Key, Request, ShortText


class PurseSelection(Request):
    """Which purses: all named attributes must hold; an absent one does not restrict."""

    purses: Keys | None = None
    owners: Keys | None = None
    kinds: Keys | None = None


class ScalePurse(Request):
    """Multiply purse amounts; the result is rounded to the nearest pound, halves up."""

    kind: Literal["scale_purse"] = "scale_purse"
    select: PurseSelection
    factor: Annotated[float, Field(ge=0, le=100)]
    years: Years | None = None
    note: Words | None = None


class AddMoney(Request):
    """Put `gbp` more into the selected purses in each named year, or take it out where negative.

    Split in proportion to what the purses hold that year, or equally; odd pounds by largest remainder, then key.
    Naming one year makes it non-recurrent.
    """

    kind: Literal["add_money"] = "add_money"
    select: PurseSelection
    gbp: SignedPounds
    split: Literal["in_proportion", "equally"] = "in_proportion"
    years: Years | None = None
    note: Words | None = None


class AddPurse(Request):
    """New money of its own: for instance non-recurrent headroom for one stage in one year."""

    kind: Literal["add_purse"] = "add_purse"
    purse: Purse
    note: Words | None = None


class Transfer(Request):
    """Money moves from one purse to another, as a record: from, to, service, date, recurrent, GBP.

    It is kept among the problem's boundary transfers, so that the answer shows it; purses' own amounts stay as they
    were before it, and changes of them, earlier or later, are of those. `day`: none: the first day of `from_year`.
    """

    kind: Literal["transfer"] = "transfer"
    from_purse: Key
    to_purse: Key
    gbp: Pounds
    from_year: FinancialYear
    recurrent: bool
    service: ShortText
    day: Day | None = None
    note: Words | None = None


class SetCarry(Request):
    """Let the selected purses carry money over by this rule; none: nothing is carried."""

    kind: Literal["set_carry"] = "set_carry"
    select: PurseSelection
    carry: CarryRule | None
    note: Words | None = None


class SetOverspend(Request):
    """Let the selected purses spend more than they hold, as the rule says; none: no purse overspends."""

    kind: Literal["set_overspend"] = "set_overspend"
    select: PurseSelection
    overspend: Overspend | None
    note: Words | None = None
