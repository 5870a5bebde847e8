"""What the later parts of a problem came to: plain values as `concord_contracts.allocation.ledger` has them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CarryRow:
    year: str
    purse: str
    payer: str
    fund: str | None
    kind: str
    gbp: int
    words: str


@dataclass(frozen=True, slots=True)
class ResourceRow:
    year: str
    resource: str
    name: str
    unit: str
    used: float
    supply: float
    bought: float
    bought_gbp: float
    words: str


@dataclass(frozen=True, slots=True)
class DemandRow:
    year: str
    demand: str
    unit: str
    came: float
    treated: float
    waiting: float | None
    words: str


@dataclass(frozen=True, slots=True)
class OptionRow:
    option: str
    name: str
    line: str
    starts: str | None
    cost_gbp: int
    annual_capital_gbp: int | None
    benefit: float
    assumed: bool
    words: str


@dataclass(frozen=True, slots=True)
class SoftMiss:
    key: str
    limit: str
    label: str
    priority: int
    amount: float
    unit: str
    weighted_gbp: float
    words: str


@dataclass(frozen=True, slots=True)
class EquityRow:
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


@dataclass(frozen=True, slots=True)
class ContractRow:
    year: str
    contract: str
    provider: str
    form: str
    line: str
    value_gbp: int
    committed_gbp: int
    idle_gbp: int
    words: str


@dataclass(frozen=True, slots=True)
class SavingRow:
    saving: str
    year: str
    purse: str
    gbp: float
    words: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    rule: str
    label: str
    year: str
    payer: str
    share: float
    gbp: int
    waived_by: str | None
    words: str


@dataclass(frozen=True, slots=True)
class TransferRow:
    transfer: str
    year: str
    from_purse: str
    to_purse: str
    gbp: int
    recurrent: bool
    words: str


@dataclass(frozen=True, slots=True)
class BridgeRow:
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
