"""Typed changes of the service itself: patients, prices, capacity, options, contracts, and when things begin."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from concord_contracts.allocation.activity import Demand, Link, Resource
from concord_contracts.allocation.choices import Option, OptionRule
from concord_contracts.allocation.fairness import Equity
from concord_contracts.allocation.money import BusinessRule, Contract, Outside, Saving
from concord_contracts.allocation.problem import Curve, Line
from concord_contracts.allocation.quantities import Factor, Keys, LineSelection, Words, Years
from concord_contracts.identifiers import Day, Key, Request


class ScaleDemand(Request):
    """More or fewer patients: curves of the lines widen; `demand_driven` limits and demands of them alone grow.

    A demand's patients grow, and so does how many may be left waiting. A limit on single years is split where only some
    of them are meant; one on years together is refused then, as nothing says how much of it falls into which.
    """

    kind: Literal["scale_demand"] = "scale_demand"
    select: LineSelection
    factor: Factor
    years: Years | None = Field(None, description="none: every year of the problem")
    note: Words | None = None


class PriceShock(Request):
    """Unit costs of the lines times `factor`: the same money buys 1/factor as much."""

    kind: Literal["price_shock"] = "price_shock"
    select: LineSelection
    factor: Factor
    years: Years | None = None
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


class AddLine(Request):
    """A service that is not there yet: a line without a reference split, with a curve of its own where it has one.

    Purses pay for it whose scope reaches it; limits and paces that select by place, pathway or stage count it too.
    """

    kind: Literal["add_line"] = "add_line"
    line: Line
    curve: Curve | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _is_new(self) -> Self:
        if self.line.reference:
            raise ValueError("a service that is not there yet has no reference split")
        if self.curve is not None and self.line.curve != self.curve.key:
            raise ValueError("the line names the curve that comes with it")
        return self


class ScaleSupply(Request):
    """Multiply what there is of resources: a scanner that breaks down, a rota that is filled."""

    kind: Literal["scale_supply"] = "scale_supply"
    resources: Keys
    factor: Annotated[float, Field(ge=0, le=100)]
    years: Years | None = None
    note: Words | None = None


class Delay(Request):
    """The start of options, or of what is new on lines, is put off by whole years or to a day.

    Money is by year, so something put off to a day begins with the first year that begins no earlier. Options: each
    year they may start in moves (`by_years`), or those that come too soon become the first that does not (`until`);
    one that would begin after the plan does not start in it. Lines: one that is not there yet gets nothing before its
    start; one that is runs on and gets no more than its reference before. `by_years` counts from where they would
    begin now: the first year they have money in, or the first of the plan. 0 years change nothing.
    """

    kind: Literal["delay"] = "delay"
    key: Key = Field("put-off", description="what the limits that keep it waiting are called, where any are needed")
    options: Keys | None = None
    select: LineSelection | None = None
    by_years: Annotated[int, Field(strict=True, ge=0, le=10, json_schema_extra={"unit": "years"})] | None = None
    until: Day | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _says_what_and_until_when(self) -> Self:
        if self.options is None and self.select is None:
            raise ValueError("say what is put off: `options`, or lines by `select`")
        if (self.by_years is None) == (self.until is None):
            raise ValueError("give either `by_years` or `until`")
        return self
