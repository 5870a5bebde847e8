"""What the lines of a plan do: benefit on their curves, and cases by delivery mode."""

from concord_contracts.identifiers import Reply


class ActivityRow(Reply):
    """Cases by delivery mode, unrounded plan."""

    year: str
    line: str
    mode: str
    unit: str
    cases: float


class LineRow(Reply):
    """One line in one year. `next_gbp` = benefit of the next pound on its curve, `last_gbp` of the last one spent."""

    year: str
    line: str
    gbp: int
    reference_gbp: int
    benefit: float
    next_gbp: float
    last_gbp: float | None
