"""What a body can let a support body do is what the services' authority tables allow by mandate, and nothing else."""

from concord_agreements.authority import TABLE as AGREEMENTS
from concord_allocation.authority import TABLE as ALLOCATION
from concord_contracts.registry import LENDABLE_ACTIONS
from concord_kit.authority import Relation
from concord_registry.authority import TABLE as REGISTRY


def test_the_list_of_lendable_actions_is_that_of_the_authority_tables() -> None:
    by_mandate = (Relation.MANDATE, Relation.PARTY_BY_MANDATE)
    allowed = {row.action for row in (*REGISTRY, *ALLOCATION, *AGREEMENTS) if row.relation in by_mandate}
    assert allowed == LENDABLE_ACTIONS
