"""What holds a plan back and what would change it: prices of limits and ring-fences, the next GBP 100k."""

from typing import Literal

from pydantic import Field

from concord_contracts.identifiers import Reply


class BindingLimit(Reply):
    """A limit that holds the plan back, with what a loosening or tightening by one unit does to the best benefit.

    `price_more`: benefit gained per unit of loosening; `price_less`: benefit lost per unit of tightening, none where it
    cannot be tightened. Equalities (`kind` equal) report the change per +1 of the right-hand side, signed: upwards in
    `price_more`, downwards in `price_less`; none where that way is closed. The two differ where the plan sits
    on a kink.
    """

    key: str
    limit: str = Field(description="key of the purse, fund, limit or pace of change it comes from")
    label: str
    kind: Literal[
        "purse",
        "at_least",
        "at_most",
        "equal",
        "pace_up",
        "pace_down",
        "contribution_min",
        "contribution_max",
        "carry_max",
        "overspend_max",
        "held_back",
        "contract",
        "resource",
        "extra_max",
        "growth_max",
        "demand_max",
        "demand_min",
        "backlog_max",
        "link",
        "equity_floor",
        "equity_spread",
        "option_rule",
        "volume_min",
        "volume_max",
    ]
    year: str | None
    bound: float
    unit: str
    price_more: float | None
    price_less: float | None
    proof: Literal["re-solved", "one valid price"]
    statutory: bool
    source: str
    words: str
    options_held: bool = Field(False, description="the price of a plan with its indivisible options as they are")


class RingFence(Reply):
    """What a ring-fence costs at the margin: price of the owner's dearest other purse minus this purse's.

    Benefit per GBP; less than nothing where the fenced pound is worth more. A purse is fenced where its scope is
    narrower than what its owner may pay for, or where it says so itself.
    """

    # Purses have a RingFence too. OpenAPI tells the two apart by module, and that published name stays.
    __module__ = "concord_contracts.allocation.answers"

    year: str
    purse: str
    general_purse: str | None = Field(
        description="the owner's dearest other purse that holds money in the year; none: there is no other in the plan"
    )
    price_per_gbp: float | None = Field(description="none where there is no other purse to weigh it by")
    purse_price: float | None = Field(None, description="benefit per GBP more of this purse; none in older answers")
    lines_left_out: int | None = Field(
        None, description="lines that the owner may pay for and this purse may not; none in older answers"
    )
    words: str


class CandidateLine(Reply):
    line: str
    gbp: int


class Candidate(Reply):
    """What the next GBP 100k would buy, or what releasing it would lose, for a line or for a purse (re-solved)."""

    kind: Literal["line", "purse"]
    key: str
    year: str
    amount_gbp: int = Field(
        description="100,000 unless the line or purse holds less, or the line's own limits leave less room"
    )
    benefit_change: float
    gbp_per_unit: float | None = Field(description="GBP per unit of benefit; none where benefit does not change")
    lines: list[CandidateLine] = Field([], description="for a purse: where the money would go or come from")
    words: str
