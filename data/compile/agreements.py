"""The tables the agreements service reads: legal bases, what each must say, who may sign how much."""

from data.compile.facts import facts
from data.compile.tables import Table, table


def agreement_tables() -> list[Table]:
    """Every table below agreements/, all entered by hand with their sources."""
    return [
        table(
            "agreements/legal_bases",
            "legal_basis name citation allows mechanism may_join requires functions_of excluded_procedure_classes "
            "uncertain_procedure_classes exclusion_citation liability valid_from valid_to mark source note",
            facts("legal_bases"),
        ),
        table(
            "agreements/required_content",
            "legal_basis item order words citation mark source",
            facts("required_content"),
            sort_by=("legal_basis", "order"),
        ),
        table(
            "agreements/authority_limits",
            "body_kind body role decision limit_gbp jointly_with minute_required valid_from valid_to basis source "
            "note low high",
            facts("authority_limits"),
        ),
    ]
