"""What a new version of a pathway does to the map on a day. Pure: the day without it, the day with it, the claims."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from concord_contracts.registry import FindingKind
from concord_registry.coverage import cover
from concord_registry.pathway_changes.shared import Shared, shared_changes
from concord_registry.places import of_kind
from concord_registry.rulebook import rule_for
from concord_registry.world import ANY, GROUND_KINDS, Claim, Reference


@dataclass
class Effect:
    before: tuple[str, ...]
    removed: tuple[str, ...]
    claims: dict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    """Stage that leaves -> what is said of it for this pathway."""
    cells_added: int = 0
    cells_removed: int = 0
    without_rule: tuple[str, ...] = ()
    left_behind: tuple[str, ...] = ()
    shared: tuple[Shared, ...] = ()
    appear: Counter[FindingKind] = field(default_factory=Counter)
    disappear: Counter[FindingKind] = field(default_factory=Counter)


def effect(before: Reference, after: Reference, claims: Sequence[Claim], pathway: str) -> Effect:
    """Claims are those in force. A claim about every pathway goes on for the others, so it is not counted."""
    then, now = before.pathways[pathway].stages, after.pathways[pathway].stages
    removed = tuple(stage for stage in then if stage not in now)
    found = Effect(then, removed)
    for claim in claims:
        if claim.pathway == pathway and claim.stage in removed:
            found.claims[claim.stage].append(claim)
    places = of_kind(after, after.places, *GROUND_KINDS)
    found.cells_added = len(places) * sum(stage not in then for stage in now)
    found.cells_removed = len(places) * len(removed)
    found.without_rule = tuple(stage for stage in now if rule_for(after, stage, pathway) is None)
    found.left_behind = tuple(_left_behind(after, pathway, now))
    found.shared = tuple(shared_changes(before, after, pathway))
    was, will = (Counter(_findings(reference, claims, pathway, places)) for reference in (before, after))
    found.appear.update(kind for kind, _ in (will - was).elements())
    found.disappear.update(kind for kind, _ in (was - will).elements())
    return found


def _findings(
    reference: Reference, claims: Iterable[Claim], pathway: str, places: Sequence[str]
) -> list[tuple[FindingKind, str]]:
    return [(one.kind, one.key) for one in cover(reference, claims, pathway, places).findings]


def _left_behind(after: Reference, pathway: str, stages: Sequence[str]) -> Iterable[str]:
    here = {*stages, *after.functions}
    alone = (pathway,)
    for service in after.facts.services.values():
        if service.pathways == alone and service.stage not in here:
            yield f"service {service.key}: {service.stage}"
    for one in after.facts.comparators.values():
        if one.pathways == alone and not here.intersection(one.stages):
            yield f"comparator {one.key}: {' '.join(one.stages)}"
    for link in after.facts.links:
        guidance = after.facts.guidance.get(link.guidance)
        if guidance is None or not guidance.in_force(after.as_of):
            continue
        if link.pathway == pathway and link.stage not in (*here, ANY):
            yield f"guidance {link.guidance}: {link.stage}"
