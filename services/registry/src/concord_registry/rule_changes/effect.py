"""What a change of the rule book does on a day: cells that move, who gains and loses, claims, agreements, findings.

Pure: a reference before, the same with the rules after, and the claims in force.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from concord_contracts.registry import FindingKind, Role
from concord_registry.cells import Cell, cell, cells
from concord_registry.claims import ByStage, claims_by_stage
from concord_registry.coverage import findings_beside
from concord_registry.findings import cell_findings
from concord_registry.found import Found
from concord_registry.places import of_kind
from concord_registry.rulebook import Assignment, assigned_by, rule_for, said
from concord_registry.world import GROUND_KINDS, Claim, Reference, Rule


@dataclass
class StageEffect:
    """One stage: by which pathways, how it was and will be said, and how much moves."""

    pathways: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)
    cells: int = 0
    moved: int = 0


@dataclass
class Effect:
    stages: dict[str, StageEffect] = field(default_factory=lambda: defaultdict(StageEffect))
    places: int = 0
    gain: Counter[str] = field(default_factory=Counter)
    lose: Counter[str] = field(default_factory=Counter)
    claims: set[str] = field(default_factory=set)
    agreements: set[str] = field(default_factory=set)
    appear: Counter[FindingKind] = field(default_factory=Counter)
    disappear: Counter[FindingKind] = field(default_factory=Counter)


def effect(
    before: Reference, after: Reference, claims: Sequence[Claim], on_maps: Sequence[str], *, look_closer: bool = True
) -> Effect:
    """Over every CCG's and council's place; findings on the maps of `on_maps`. Not looking closer leaves claims,
    agreements and findings out."""
    found = Effect()
    changes = dict(_changed_rules(before, after))
    places = of_kind(before, before.places, *GROUND_KINDS)
    found.places = len(places) if changes else 0
    said_of: dict[tuple[str, str, str], frozenset[str]] = {}
    by_stage = claims_by_stage(claims)
    for place in sorted(places):
        for (stage, pathway), (old, new) in changes.items():
            then, now = _bodies(before, old, place, said_of), _bodies(after, new, place, said_of)
            _count(found, before, stage, pathway, old, new)
            if then != now:
                found.stages[stage].moved += 1
                found.lose.update(then - now)
                found.gain.update(now - then)
                if look_closer:
                    _touched(found, cell(before, by_stage, stage, pathway, place), then, now)
        if look_closer:
            _findings(found, before, after, by_stage, place, changes, on_maps)
    return found


type Changed = tuple[tuple[str, str], tuple[Rule | None, Rule | None]]


def _changed_rules(before: Reference, after: Reference) -> Iterator[Changed]:
    """(stage, pathway) whose rule differs, with the rule before and after."""
    for pathway in sorted(before.pathways):
        for stage in before.cells_of(pathway):
            old, new = rule_for(before, stage, pathway), rule_for(after, stage, pathway)
            if _matters(old) != _matters(new):
                yield (stage, pathway), (old, new)


def _matters(rule: Rule | None) -> Rule | None:
    """A rule without its days: that it now ends where another begins changes nothing on the day itself."""
    return None if rule is None else replace(rule, key="", valid_from=date.min, valid_to=date.max)


def _bodies(
    reference: Reference, rule: Rule | None, place: str, kept: dict[tuple[str, str, str], frozenset[str]]
) -> frozenset[str]:
    if rule is None:
        return frozenset()
    key = (rule.commissioner, place, "")
    if key not in kept:
        kept[key] = assigned_by(reference, rule, place).bodies
    return kept[key]


def _count(found: Effect, before: Reference, stage: str, pathway: str, old: Rule | None, new: Rule | None) -> None:
    of_stage = found.stages[stage]
    of_stage.pathways.add(pathway)
    of_stage.cells += 1
    of_stage.before.add(said(before, old.commissioner) if old else "no rule")
    of_stage.after.add(said(before, new.commissioner) if new else "no rule")


def _touched(found: Effect, one: Cell, then: frozenset[str], now: frozenset[str]) -> None:
    """Claims that said what the law says and will not, or the other way round; agreements with a part in the cell."""
    for applying in one.live:
        claim = applying.claim
        bodies = applying.bodies | frozenset(claim.on_behalf_of)
        if claim.agreement is not None and bodies & (then | now):
            found.agreements.add(claim.agreement)
        if claim.role is Role.COMMISSIONS and bool(bodies & then) != bool(bodies & now):
            found.claims.add(claim.id)


def _findings(
    found: Effect,
    before: Reference,
    after: Reference,
    by_stage: ByStage,
    place: str,
    changes: Mapping[tuple[str, str], tuple[Rule | None, Rule | None]],
    on_maps: Sequence[str],
) -> None:
    for pathway in on_maps:
        touched = {stage for stage, of in changes if of == pathway}
        if not touched:
            continue
        row = cells(before, by_stage, pathway, place)
        later = tuple(
            replace(one, assignment=_assigned(after, changes[one.stage.key, pathway][1], place))
            if one.stage.key in touched
            else one
            for one in row
        )
        then = Counter(_found(before, row, touched))
        now = Counter(_found(after, later, touched))
        found.disappear.update(kind for kind, _ in (then - now).elements())
        found.appear.update(kind for kind, _ in (now - then).elements())


def _assigned(after: Reference, rule: Rule | None, place: str) -> Assignment | None:
    return None if rule is None else assigned_by(after, rule, place)


def _found(
    reference: Reference, row: Sequence[Cell], touched: set[str]
) -> Iterator[tuple[FindingKind, tuple[object, ...]]]:
    """Findings of the touched cells and beside the row, by what makes them the same: not by their words."""
    for one in row:
        if one.stage.key in touched:
            yield from (_same(finding) for finding in cell_findings(reference, one))
    yield from (_same(finding) for finding in findings_beside(reference, row))


def _same(found: Found) -> tuple[FindingKind, tuple[object, ...]]:
    return found.kind, (found.stage, found.next_stage, found.bodies, found.severity)
