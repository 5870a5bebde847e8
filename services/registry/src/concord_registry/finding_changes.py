"""What becomes of findings from one reading of the map to another, and over the days to come. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import ChangeKind
from concord_registry.finding_lists import Finder, Listed
from concord_registry.finding_scope import FindingScope, Spot
from concord_registry.knowledge.days import TOPIC_OF, behind
from concord_registry.knowledge.known import KnownThroughout
from concord_registry.touched import Touched
from concord_registry.wording import day
from concord_registry.world import ANY, Claim, Reference

GRAVITY = {"low": 0, "medium": 1, "high": 2}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Changed:
    """One finding before and after; one of the two is missing where it opened or closed."""

    change: ChangeKind
    before: Listed | None
    after: Listed | None

    @property
    def shown(self) -> Listed:
        """As it is, or as it was before it closed."""
        listed = self.after or self.before
        if listed is None:
            raise ValueError("a change has a finding before it or after it")
        return listed


def changed(before: Sequence[Listed], after: Sequence[Listed]) -> list[Changed]:
    """Findings that opened, closed or changed severity, in the order of the map; what is as it was is left out."""
    then = {one.found.key: one for one in before}
    now = {one.found.key: one for one in after}
    found = []
    for key in dict.fromkeys([*now, *then]):
        kind = _kind(then.get(key), now.get(key))
        if kind is not None:
            found.append(Changed(kind, then.get(key), now.get(key)))
    return found


def _kind(before: Listed | None, after: Listed | None) -> ChangeKind | None:
    if before is None:
        return ChangeKind.OPENED
    if after is None:
        return ChangeKind.CLOSED
    step = GRAVITY[after.found.severity] - GRAVITY[before.found.severity]
    if step == 0:
        return None
    return ChangeKind.WORSENED if step > 0 else ChangeKind.EASED


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A change on a day, with the claims and records about it that end or begin then."""

    on: date
    changed: Changed
    ending: tuple[str, ...]
    beginning: tuple[str, ...]
    records_ending: tuple[str, ...] = ()
    records_beginning: tuple[str, ...] = ()

    @property
    def last_day(self) -> date:
        return self.on - ONE_DAY


def days_of_claims(claims: Iterable[Claim], after: date, until: date) -> dict[date, frozenset[str]]:
    """Days in (after, until] on which claims begin, end or fall due for review -> the places they are of."""
    found: dict[date, set[str]] = {}
    for claim in claims:
        due = claim.review_by + ONE_DAY if claim.review_by and claim.review_by < FOREVER else FOREVER
        for on in (claim.valid_from, claim.valid_to, due):
            if after < on <= until:
                found.setdefault(on, set()).add(claim.place)
    return {on: frozenset(places) for on, places in sorted(found.items())}


def affected(spots: Iterable[Spot], touched: Touched, *readings: Reference) -> tuple[Spot, ...]:
    """The spots whose findings a day can change, as they lie on either side of it."""
    return tuple(spot for spot in spots if any(touched.reaches(spot, reference) for reference in readings))


def foreseen(
    before: Reference,
    after: Reference,
    claims: Sequence[Claim],
    known: KnownThroughout,
    scope: FindingScope,
    spots: Sequence[Spot],
) -> Iterator[tuple[Spot, int, Foreseen]]:
    """What changes at spots from the day before to the day of `after`, each with its spot and its number there;
    `claims` and records are of both days."""
    on = after.as_of
    then = Finder(before, in_force(claims, before.as_of), scope, known.on(before.as_of))
    now = Finder(after, in_force(claims, on), scope, known.on(on))
    for spot in spots:
        for number, one in enumerate(changed(then.at(spot), now.at(spot))):
            if one.shown.found.kind in TOPIC_OF:
                ending, beginning = behind(after, known, one.shown.found, on)
                yield spot, number, Foreseen(on, one, (), (), tuple(ending), tuple(beginning))
                continue
            near = [claim for claim in claims if _about(claim, one, spot.around(before) | spot.around(after))]
            ending_then = tuple(sorted(claim.id for claim in near if claim.valid_to == on))
            beginning_then = tuple(sorted(claim.id for claim in near if claim.valid_from == on))
            yield spot, number, Foreseen(on, one, ending_then, beginning_then)


def in_force(claims: Iterable[Claim], on: date) -> list[Claim]:
    """Claims that hold on the day."""
    return [claim for claim in claims if claim.valid_from <= on < claim.valid_to]


def on_day(reference: Reference, on: date) -> Reference:
    """The same reference data on another day, where no row begins or ends between the two."""
    return reference if reference.as_of == on else replace(reference, as_of=on)


def _about(claim: Claim, one: Changed, around: frozenset[str]) -> bool:
    found = one.shown.found
    stages = {found.stage or ANY, found.next_stage or found.stage or ANY}
    return claim.stage in stages and claim.pathway in (found.pathway, ANY) and claim.place in around


def in_words(one: Foreseen, what: str, where: str, map_changes: bool) -> str:
    """A sentence for a paper: what happens to a finding, and until when the old state lasts. `map_changes`: the place
    itself comes onto the map or leaves it that day, which mends nothing."""
    came = f"comes onto the map on {day(one.on)} with" if map_changes else f"after {day(one.last_day)} there is"
    went = "leaves the map and nothing is mended; until then" if map_changes else "a finding is closed"
    words = {
        ChangeKind.OPENED: f"{came} a new finding",
        ChangeKind.CLOSED: f"from {day(one.on)} {went}",
        ChangeKind.WORSENED: f"after {day(one.last_day)} a finding becomes graver",
        ChangeKind.EASED: f"from {day(one.on)} a finding becomes less grave",
    }[one.changed.change]
    return f"{where}, {what}: {words}: {one.changed.shown.found.words}"
