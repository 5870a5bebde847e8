"""What one body is responsible for, with who comes before and after it on each pathway."""

from dataclasses import dataclass

from concord_registry.cells import Cell, cells
from concord_registry.claims import ByStage
from concord_registry.responsibilities import Responsible, Scope, responsibilities
from concord_registry.wording import names
from concord_registry.world import Reference


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Commissioners of the stages before and after one's own, by name; empty at either end of a pathway."""

    stage: str
    before: str
    after: str


def own_responsibilities(reference: Reference, body: str, pathways: tuple[str, ...]) -> list[Responsible]:
    """The body's cells by the rule book, in its own places."""
    return list(responsibilities(reference, Scope(pathways=pathways, organisation=body)))


def neighbours(reference: Reference, by_stage: ByStage, own: list[Responsible]) -> list[Neighbours]:
    """For each cell, in the order given. Functions run beside a pathway and have no neighbours."""
    rows: dict[tuple[str, str], list[Cell]] = {}
    for pathway, place in {(one.pathway, one.place) for one in own}:
        row = cells(reference, by_stage, pathway, place)
        rows[pathway, place] = [cell for cell in row if cell.stage.kind == "stage"]
    return [_of(reference, rows[one.pathway, one.place], one.stage) for one in own]


def _of(reference: Reference, row: list[Cell], stage: str) -> Neighbours:
    position = next((index for index, cell in enumerate(row) if cell.stage.key == stage), None)
    if position is None:
        return Neighbours(stage, "", "")
    before = names(reference, row[position - 1].commissioners) if position > 0 else ""
    after = names(reference, row[position + 1].commissioners) if position + 1 < len(row) else ""
    return Neighbours(stage, before, after)


def matching(reference: Reference, text: str | None, kind: str | None) -> list[str]:
    """Bodies in being on the day whose name, id or a code holds the text, whatever its case; by id."""
    wanted = (text or "").casefold()
    return sorted(
        body.id
        for body in reference.bodies.values()
        if body.in_being(reference.as_of)
        and (kind is None or body.kind == kind)
        and (
            wanted in body.name.casefold()
            or wanted in body.id.casefold()
            or any(wanted == code.casefold() for _, code in reference.codes.get(body.id, ()))
        )
    )
