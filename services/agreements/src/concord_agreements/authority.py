"""Who may do what with agreements: the table that is enforced, tested and documented.

Approving and signing have no row by mandate: a support unit acts for its groups, it never decides or signs for them.
Approving takes more than a row: the caller holds the role that decided, or is the secretary who records the minute.
"""

from concord_kit.authority import Relation, Row

RECORDS_MINUTES = "board-secretary"
DECIDES = (
    "governing-body",
    "accountable-officer",
    "chief-officer",
    "chief-finance-officer",
    "cabinet",
    "chief-executive",
    "strategic-director",
    "section-151-officer",
    "board",
    "area-team-director",
)
SIGNS = ("signatory", "accountable-officer", "chief-officer", "chief-executive")
REPORTS = ("commissioner", "chief-finance-officer", "section-151-officer")
ACTS = ("commissioner", "analyst")
READS = tuple(dict.fromkeys((*ACTS, RECORDS_MINUTES, *SIGNS, *DECIDES, "data-protection-officer")))

TABLE = (
    *(
        Row(action, "commissioner", relation)
        for action in ("agreements.draft", "agreements.revise", "agreements.send", "agreements.commit")
        for relation in (Relation.PARTY, Relation.PARTY_BY_MANDATE)
    ),
    Row("agreements.withdraw", "commissioner", Relation.PARTY),
    *(Row("agreements.approve", role, Relation.PARTY) for role in (RECORDS_MINUTES, *DECIDES)),
    *(Row("agreements.sign", role, Relation.PARTY) for role in SIGNS),
    *(Row(action, role, Relation.PARTY) for action in ("agreements.notice", "agreements.end") for role in SIGNS),
    *(Row("agreements.report-position", role, Relation.PARTY) for role in REPORTS),
    Row("agreements.erase-name", "data-protection-officer", Relation.PARTY),
    *(
        row
        for action in ("agreements.read", "agreements.read-mechanisms")
        for row in (
            *(Row(action, role, Relation.PARTY) for role in READS),
            *(Row(action, role, Relation.PARTY_BY_MANDATE) for role in ACTS),
            Row(action, "auditor", Relation.AUDITOR),
        )
    ),
    Row("agreements.read-mechanisms", "reader", Relation.SERVICE, service="allocation"),
    Row("legal-bases.read", "*", Relation.ANYONE),
    Row("changes.read", "auditor", Relation.AUDITOR),
)
