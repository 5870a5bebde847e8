"""What-if: typed changes to an allocation problem, applied in the order given.

No change touches the reference split or a statutory limit. A change that selects nothing is refused, so that a misspelt
key cannot pass as "no effect".
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from concord_contracts.allocation.activity import Demand, Link, Resource
from concord_contracts.allocation.choices import Option, OptionRule
from concord_contracts.allocation.fairness import Equity
from concord_contracts.allocation.money import BusinessRule, CarryRule, Contract, Outside, Saving
from concord_contracts.allocation.problem import Bar, Fund, Limit, Mechanism, PaceOfChange, Purse
from concord_contracts.allocation.quantities import (
    Factor,
    Keys,
    LineSelection,
    Number,
    Pounds,
    Selection,
    SignedPounds,
    Words,
    Years,
)
from concord_contracts.identifiers import FinancialYear, Key, Request, ShortText


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
    """Money moves from one purse to another, as a record: from, to, service, date, recurrent, GBP."""

    kind: Literal["transfer"] = "transfer"
    from_purse: Key
    to_purse: Key
    gbp: Pounds
    from_year: FinancialYear
    recurrent: bool
    service: ShortText
    note: Words | None = None


class ScaleDemand(Request):
    """More or fewer patients: curves of the lines widen, and `demand_driven` limits that select only them grow."""

    kind: Literal["scale_demand"] = "scale_demand"
    select: LineSelection
    factor: Factor
    note: Words | None = None


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


class PriceShock(Request):
    """Unit costs of the lines times `factor`: the same money buys 1/factor as much."""

    kind: Literal["price_shock"] = "price_shock"
    select: LineSelection
    factor: Factor
    years: Years | None = None
    note: Words | None = None


class SetMechanism(Request):
    """Add a mechanism, or replace the one of the same key: what if this agreement were in force?"""

    kind: Literal["set_mechanism"] = "set_mechanism"
    mechanism: Mechanism
    note: Words | None = None


class RemoveMechanism(Request):
    """End a mechanism. Funds that rest on it must be removed first."""

    kind: Literal["remove_mechanism"] = "remove_mechanism"
    mechanism: Key
    note: Words | None = None


class SetFund(Request):
    """Add a fund, or replace the one of the same key."""

    kind: Literal["set_fund"] = "set_fund"
    fund: Fund
    note: Words | None = None


class RemoveFund(Request):
    kind: Literal["remove_fund"] = "remove_fund"
    fund: Key
    note: Words | None = None


class RemoveEligibility(Request):
    """Bar payers from lines they may pay for today."""

    kind: Literal["remove_eligibility"] = "remove_eligibility"
    bar: Bar
    note: Words | None = None


class ReassignLines(Request):
    """Another body becomes the statutory payer of lines, as when a service moves between commissioners."""

    kind: Literal["reassign_lines"] = "reassign_lines"
    select: LineSelection
    payer: Key
    citation: ShortText
    note: Words | None = None


class HoldLines(Request):
    """Keep the spend of each selected line within `tolerance` (a share) of its reference."""

    kind: Literal["hold_lines"] = "hold_lines"
    key: Key
    select: Selection
    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.0
    note: Words | None = None


class SetPart(Request):
    """Add one part of the problem, or replace the one of the same key: capacity, patients, an option, a contract."""

    kind: Literal["set_part"] = "set_part"
    resource: Resource | None = None
    demand: Demand | None = None
    link: Link | None = None
    saving: Saving | None = None
    equity: Equity | None = None
    option: Option | None = None
    option_rule: OptionRule | None = None
    contract: Contract | None = None
    business_rule: BusinessRule | None = None
    outside: Outside | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _is_one_part(self) -> Self:
        given = [name for name in type(self).model_fields if name not in ("kind", "note") and getattr(self, name)]
        if len(given) != 1:
            raise ValueError("give exactly one part")
        return self


class RemovePart(Request):
    """Take a part out of the problem by its key; a rule set by law stays."""

    kind: Literal["remove_part"] = "remove_part"
    part: Literal[
        "resources",
        "demands",
        "links",
        "savings",
        "equity",
        "options",
        "option_rules",
        "contracts",
        "business_rules",
        "outside",
    ]
    key: Key
    note: Words | None = None


class ScaleSupply(Request):
    """Multiply what there is of resources: a scanner that breaks down, a rota that is filled."""

    kind: Literal["scale_supply"] = "scale_supply"
    resources: Keys
    factor: Annotated[float, Field(ge=0, le=100)]
    years: Years | None = None
    note: Words | None = None


class SetCarry(Request):
    """Let the selected purses carry money over by this rule; none: nothing is carried."""

    kind: Literal["set_carry"] = "set_carry"
    select: PurseSelection
    carry: CarryRule | None
    note: Words | None = None


Change = Annotated[
    ScalePurse
    | AddMoney
    | AddPurse
    | Transfer
    | ScaleDemand
    | ScaleLimit
    | SetLimit
    | AddLimit
    | RemoveLimit
    | SetPace
    | PriceShock
    | SetMechanism
    | RemoveMechanism
    | SetFund
    | RemoveFund
    | RemoveEligibility
    | ReassignLines
    | HoldLines
    | SetPart
    | RemovePart
    | ScaleSupply
    | SetCarry,
    Field(discriminator="kind"),
]
Changes = Annotated[list[Change], Field(min_length=1, max_length=200)]
