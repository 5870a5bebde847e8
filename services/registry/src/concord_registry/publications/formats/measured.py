"""What several formats of measured values share: a line of figures under a header, each kept with its source."""

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import number
from concord_registry.publications.formats.base import Cells, FaultyCell

SHARE_SLACK = 0.02
"""How far a printed share may lie from its own numerator and denominator: they are rounded."""


def share_of(
    cells: Cells, value: str, numerator: str, denominator: str
) -> tuple[float | None, float | None, float | None]:
    """(value, numerator, denominator) of a share 0..1; a share that its own figures contradict is a fault."""
    above, below = cells.take(numerator, number), cells.take(denominator, number)
    said = cells.take(value, number)
    if above is not None and below:
        if above > below * (1 + 1e-9):
            words = f"{above:g} is more than the total, {below:g}"
            raise FaultyCell(SheetFault("", cells.line, numerator, words, "more-than-total"))
        worked_out = above / below
        if said is not None and abs(said - worked_out) > SHARE_SLACK and abs(said / 100 - worked_out) > SHARE_SLACK:
            words = f"{said:g} is not {above:g} of {below:g}, {worked_out:.3f}"
            raise FaultyCell(SheetFault("", cells.line, value, words, "not-the-share"))
        return worked_out, above, below
    return said, above, below
