"""Whom to turn to about a stage in a place: who is taken to commission it, its office, who leads, who the law names."""

from collections.abc import Iterable
from dataclasses import dataclass

from concord_contracts.registry import Capacity, Role
from concord_registry.cells import Cell, cell
from concord_registry.claims import ByStage, claims_by_stage
from concord_registry.place_findings import leads
from concord_registry.wording import asserter, asserters, day
from concord_registry.world import ANY, Claim, Reference

DIFFERS = "what the law says of this stage differs by pathway: name one"
NOBODY = "neither the law, nor anybody's word, names a commissioner here"
ALL_OF_THEM = "{count} bodies share it: ask for a smaller place to have one"


@dataclass(frozen=True, slots=True)
class Point:
    """A body to turn to, and why."""

    body: str
    capacity: Capacity
    because: str


@dataclass(frozen=True, slots=True)
class Contact:
    points: tuple[Point, ...]
    notes: tuple[str, ...]


def contact(reference: Reference, claims: Iterable[Claim], stage: str, pathway: str, place: str) -> Contact:
    """Points in the order to try them, each body once in each capacity; `pathway` may be every one."""
    by_stage = claims_by_stage(claims)
    asked = cell(reference, by_stage, stage, pathway, place)
    points = [Point(body, Capacity.COMMISSIONS, _why(reference, asked, body)) for body in sorted(asked.commissioners)]
    assigned = asked.assignment
    if assigned is not None and assigned.office is not None:
        why = assigned.office_note or f"holds the budget under {assigned.rule.citation}"
        points.append(Point(assigned.office, Capacity.OFFICE, why))
    points += _leads(reference, asked, by_stage)
    points += [
        Point(body, Capacity.STATUTORY, f"named by {assigned.rule.citation}")
        for body in sorted(asked.statutory - asked.commissioners)
        if assigned is not None
    ]
    return Contact(tuple(dict.fromkeys(points)), tuple(_notes(reference, asked)))


def _why(reference: Reference, asked: Cell, body: str) -> str:
    local = [one for one in asked.confirmed_locally if body in one.bodies]
    if local:
        claim = local[0].claim
        on = f" on {day(claim.confirmed_on)}" if claim.confirmed_on else ""
        return f"confirmed by {asserter(reference, claim)}{on}"
    if asked.assignment is not None and body in asked.statutory:
        return f"named by {asked.assignment.rule.citation}"
    return f"stated by {asserters(reference, (one.claim for one in asked.counted if body in one.bodies))}"


def _leads(reference: Reference, asked: Cell, by_stage: ByStage) -> Iterable[Point]:
    for one in asked.live:
        if one.claim.role is Role.LEADS and one.stands:
            for body in sorted(one.bodies):
                yield Point(body, Capacity.LEADS, f"leads the stage: {asserter(reference, one.claim)}")
    for one in leads(reference, by_stage, asked.pathway, asked.place):
        for body in sorted(one.bodies):
            yield Point(body, Capacity.LEADS, f"leads the whole pathway: {asserter(reference, one.claim)}")


def _notes(reference: Reference, asked: Cell) -> Iterable[str]:
    if asked.pathway == ANY and any(
        stage == asked.stage.key and pathway != ANY for stage, pathway in reference.rules_by_stage
    ):
        yield DIFFERS
    elif not asked.commissioners:
        yield NOBODY
    if len(asked.commissioners) > 1:
        yield ALL_OF_THEM.format(count=len(asked.commissioners))
