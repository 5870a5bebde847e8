"""What-if changes applied to a problem document: a new document comes back, the old one stays as it was.

Changes are applied in order, each to the result of the one before. Faults point into the list of changes. Neither the
reference split nor a statutory limit can be changed; a change that selects nothing is a fault, not "no effect".
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from concord_allocation.core.changes.leaving import leave_pool
from concord_allocation.core.changes.loosening import loosen, without_gone
from concord_allocation.core.changes.money import add_money, add_purse, scale_purse, set_carry, set_overspend, transfer
from concord_allocation.core.changes.partners import join_pool, new_payer
from concord_allocation.core.changes.payers import (
    reassign_lines,
    remove_eligibility,
    remove_fund,
    remove_mechanism,
    set_fund,
    set_mechanism,
)
from concord_allocation.core.changes.rules import (
    add_limit,
    hold_lines,
    new_money_only,
    remove_limit,
    scale_limit,
    set_limit,
    set_pace,
)
from concord_allocation.core.changes.selecting import Mutable, Refusing
from concord_allocation.core.changes.service import (
    PARTS,
    add_line,
    price_shock,
    remove_part,
    scale_demand,
    scale_supply,
    set_part,
)
from concord_allocation.core.changes.timing import delay
from concord_allocation.core.problem import Fault, InvalidProblem


def apply(document: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Mutable:
    """The changed document. Raises InvalidProblem naming every fault of every change, at /changes/<number>/..."""
    changed: Mutable = copy.deepcopy(dict(document))
    faults: list[Fault] = []
    for number, change in enumerate(changes):
        for pointer, kind, words in APPLY[change["kind"]](changed, change):
            faults.append(Fault(f"/changes/{number}{pointer}", kind, words))
    if faults:
        raise InvalidProblem(faults)
    return without_gone(changed, document)


APPLY: dict[str, Callable[[Mutable, Mapping[str, Any]], Refusing]] = {
    "scale_purse": scale_purse,
    "add_money": add_money,
    "add_purse": add_purse,
    "transfer": transfer,
    "scale_demand": scale_demand,
    "scale_limit": scale_limit,
    "set_limit": set_limit,
    "add_limit": add_limit,
    "remove_limit": remove_limit,
    "loosen": loosen,
    "set_pace": set_pace,
    "price_shock": price_shock,
    "set_mechanism": set_mechanism,
    "remove_mechanism": remove_mechanism,
    "set_fund": set_fund,
    "remove_fund": remove_fund,
    "remove_eligibility": remove_eligibility,
    "reassign_lines": reassign_lines,
    "hold_lines": hold_lines,
    "add_line": add_line,
    "set_part": set_part,
    "remove_part": remove_part,
    "scale_supply": scale_supply,
    "set_carry": set_carry,
    "set_overspend": set_overspend,
    "delay": delay,
    "new_money_only": new_money_only,
    "new_payer": new_payer,
    "join_pool": join_pool,
    "leave_pool": leave_pool,
}
"""One function per kind of change; a test holds it against the contract's list."""

__all__ = ["APPLY", "PARTS", "apply"]
