"""Who may ask what of the allocation service: one table, the source of enforcement, tests and documentation.

Reference figures are public where reads are. Budgets are for the payers whose money is in a scenario, their support
bodies by mandate, the scenario's author, and auditors.
"""

from concord_kit.authority import Relation, Row

PLANNERS = ("commissioner", "analyst")
"""Roles that plan at a payer, or at a support body with its mandate."""


def _planners(action: str, *relations: Relation) -> list[Row]:
    return [Row(action, role, relation) for relation in relations for role in PLANNERS]


READERS = (*PLANNERS, "governing-body", "chief-finance-officer", "board-secretary", "signatory", "chief-officer")
"""Roles that read what their own body takes part in."""

RECORDS_MANAGER = "records-manager"
"""Who answers for a body's records: removes what is due of its own scenarios, never by mandate."""
CITER = "citer"
"""What the agreements service is here: it says what texts cite, and holds them to it."""


def _readers(action: str) -> list[Row]:
    return [
        *(Row(action, role, Relation.PARTY) for role in READERS),
        *_planners(action, Relation.PARTY_BY_MANDATE),
        Row(action, "auditor", Relation.AUDITOR),
    ]


TABLE = [
    Row("reference.read", "*", Relation.ANYONE),
    Row("imports.create", "data-steward", Relation.SELF),
    *_planners("imports.create", Relation.SELF, Relation.MANDATE),
    *_planners("problems.solve", Relation.SELF, Relation.MANDATE),
    Row("problems.solve", "auditor", Relation.AUDITOR),
    *_planners("scenarios.create", Relation.SELF, Relation.MANDATE),
    *_planners("scenarios.what-if", Relation.PARTY, Relation.PARTY_BY_MANDATE),
    *(row for part in ("", "-digests", "-removed") for row in _readers(f"scenarios.read{part}")),
    Row("scenarios.read-digests", CITER, Relation.SERVICE, service="agreements"),
    Row("scenarios.read-removed", RECORDS_MANAGER, Relation.PARTY),
    Row("retention.read", RECORDS_MANAGER, Relation.SELF),
    Row("retention.read", "auditor", Relation.AUDITOR),
    Row("retention.remove", RECORDS_MANAGER, Relation.SELF),
    Row("citations.put", CITER, Relation.SERVICE, service="agreements"),
    Row("changes.read", "auditor", Relation.AUDITOR),
]
