"""What the later parts of a problem came to: rows of an answer, each with its words. Empty where a problem has none."""

from typing import Literal

from pydantic import Field

from concord_contracts.identifiers import Reply


class CarryRow(Reply):
    """Pounds of a purse carried into the next year (in a fund: kept there), overspent, or left outside."""

    year: str
    purse: str
    payer: str
    fund: str | None
    kind: Literal["carried", "overspent", "outside"]
    gbp: int
    words: str


class ResourceRow(Reply):
    """What cases and options use of a resource in a year, of what is there and what was bought (units, its own)."""

    year: str
    resource: str
    name: str
    unit: str
    used: float
    supply: float
    bought: float = Field(description="units bought and there this year")
    bought_gbp: float = Field(description="paid this year")
    words: str


class DemandRow(Reply):
    """Patients who came in a year, with those that other activity brought or saved; treated; waiting at its end."""

    year: str
    demand: str
    unit: str
    came: float
    treated: float
    waiting: float | None
    words: str


class OptionRow(Reply):
    """An indivisible option: supported from a year, or not. Costs over the plan; benefit discounted."""

    option: str
    name: str
    line: str
    starts: str | None
    cost_gbp: int
    annual_capital_gbp: int | None = Field(description="capital that outlives the plan, at equivalent annual cost")
    benefit: float
    assumed: bool
    words: str


class SoftMiss(Reply):
    """A soft limit that the plan misses; `weighted_gbp` is what the first objectives counted."""

    key: str
    limit: str
    label: str
    priority: int
    amount: float
    unit: str
    weighted_gbp: float
    words: str


class EquityRow(Reply):
    """What one group gets, in all and per weighted head."""

    equity: str
    year: str | None
    group: str
    name: str
    heads: float
    amount: float
    per_head: float
    unit: str
    is_least: bool
    words: str


class ContractRow(Reply):
    """What a contract commits in a year whatever is bought, and what on its line buys no case."""

    year: str
    contract: str
    provider: str
    form: str
    line: str
    value_gbp: int
    committed_gbp: int
    idle_gbp: int
    words: str


class SavingRow(Reply):
    """Money that earlier spend frees in a purse."""

    saving: str
    year: str
    purse: str
    gbp: float
    words: str


class RuleRow(Reply):
    """A rule of the year for one payer: what it holds back, or who waived it."""

    rule: str
    label: str
    year: str
    payer: str
    share: float
    gbp: int
    waived_by: str | None
    words: str


class TransferRow(Reply):
    transfer: str
    year: str
    from_purse: str
    to_purse: str
    gbp: int
    recurrent: bool
    words: str


class BridgeRow(Reply):
    """From outturn to baseline; the parts add up."""

    payer: str
    purse: str
    line: str
    year: str | None
    outturn_gbp: int
    non_recurrent_gbp: int
    full_year_effect_gbp: int
    tariff_uplift_gbp: int
    efficiency_gbp: int
    growth_gbp: int
    qipp_gbp: int
    baseline_gbp: int
    source: str
    words: str
