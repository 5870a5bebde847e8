"""What-if: typed changes to an allocation problem, applied in the order given.

No change touches the reference split or a statutory limit. A change that selects nothing is refused, so that a misspelt
key cannot pass as "no effect".
"""

from typing import Annotated

from pydantic import Field

from concord_contracts.allocation.changes.money import (
    AddMoney,
    AddPurse,
    PurseSelection,
    ScalePurse,
    SetCarry,
    SetOverspend,
    Transfer,
)
from concord_contracts.allocation.changes.partners import (
    Joining,
    JoinPool,
    LeavePool,
    NewPayer,
    PoolContribution,
    Responsibility,
)
from concord_contracts.allocation.changes.payers import (
    ReassignLines,
    RemoveEligibility,
    RemoveFund,
    RemoveMechanism,
    SetFund,
    SetMechanism,
)
from concord_contracts.allocation.changes.rules import (
    AddLimit,
    HoldLines,
    Loosen,
    NewMoneyOnly,
    RemoveLimit,
    ScaleLimit,
    SetLimit,
    SetPace,
)
from concord_contracts.allocation.changes.service import (
    AddLine,
    Delay,
    PriceShock,
    RemovePart,
    ScaleDemand,
    ScaleSupply,
    SetPart,
)

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
    | Loosen
    | SetPace
    | PriceShock
    | SetMechanism
    | RemoveMechanism
    | SetFund
    | RemoveFund
    | RemoveEligibility
    | ReassignLines
    | HoldLines
    | AddLine
    | SetPart
    | RemovePart
    | ScaleSupply
    | SetCarry
    | SetOverspend
    | Delay
    | NewMoneyOnly
    | NewPayer
    | JoinPool
    | LeavePool,
    Field(discriminator="kind"),
]
Changes = Annotated[list[Change], Field(min_length=1, max_length=200)]

__all__ = [
    "AddLimit",
    "AddLine",
    "AddMoney",
    "AddPurse",
    "Change",
    "Changes",
    "Delay",
    "HoldLines",
    "JoinPool",
    "Joining",
    "LeavePool",
    "Loosen",
    "NewMoneyOnly",
    "NewPayer",
    "PoolContribution",
    "PriceShock",
    "PurseSelection",
    "ReassignLines",
    "RemoveEligibility",
    "RemoveFund",
    "RemoveLimit",
    "RemoveMechanism",
    "RemovePart",
    "Responsibility",
    "ScaleDemand",
    "ScaleLimit",
    "ScalePurse",
    "ScaleSupply",
    "SetCarry",
    "SetFund",
    "SetLimit",
    "SetMechanism",
    "SetOverspend",
    "SetPace",
    "SetPart",
    "Transfer",
]
