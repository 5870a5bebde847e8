"""Small worlds made at random: coverage equals one that is slow and obvious, periods are half-open, order is nothing.

The slow reading shares only plain values with the code under test. It asks of every claim and every place, by brute
force, what the definitions say: does the place lie in the claim's place, whom does the law name, is the cell filled?
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import ClaimStatus, FindingKind, Role
from concord_registry.coverage import cover
from concord_registry.finding_changes import changed, days_of_claims, in_force, on_day
from concord_registry.finding_lists import Finder, Listed
from concord_registry.finding_scope import FindingScope, Spot, spots
from concord_registry.world import Body, Claim, Overlap, Pathway, Place, Reference, Rule, Stage

DAY = date(2014, 1, 15)
START = date(2013, 4, 1)
NHS_ENGLAND = "ods:X24"
STAGES = ("s1", "s2", "s3")
EXPRESSIONS = ("ccg_of_place", "upper_tier_council_of_place", "nhs_england", "none_named")
TENTHS = 10


def a_body(body: str, kind: str) -> Body:
    return Body(body, kind, f"Body {body}", True, START, FOREVER)


def a_rule(stage: str, commissioner: str) -> Rule:
    return Rule(
        key=f"r-{stage}", stage=stage, pathway="*", commissioner=commissioner, office=None, office_default=None,
        population_basis="registered", procedure_class="none", naming="named", citation="s.1", quotation=None,
        note=None, verified=True, source=None, valid_from=START, valid_to=FOREVER,
    )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> Reference:
    """One to three CCGs in one or two areas, each divided between one or two councils by tenths; rules at random."""
    ccgs = [f"c{n}" for n in range(draw(st.integers(1, 3)))]
    councils = [f"l{n}" for n in range(draw(st.integers(1, 2)))]
    areas = [f"a{n}" for n in range(draw(st.integers(1, 2)))]
    places = {"england": Place("england", "england", "England", None)}
    places |= {key: Place(key, "area", key, None) for key in areas}
    places |= {key: Place(key, "ccg", key, f"ods:{key}") for key in ccgs}
    places |= {key: Place(key, "council", key, f"gss:{key}") for key in councils}
    parents = dict.fromkeys((*areas, *councils), ("england",))
    parents |= {key: (draw(st.sampled_from(areas)),) for key in ccgs}
    tenths = {ccg: {council: draw(st.integers(0, TENTHS)) for council in councils} for ccg in ccgs}
    for row in tenths.values():
        if not any(row.values()):
            row[councils[0]] = 1
    whole = {council: sum(row[council] for row in tenths.values()) for council in councils}
    overlaps = tuple(
        Overlap(ccg, council, None, row[council] / sum(row.values()), row[council] / whole[council])
        for ccg, row in tenths.items()
        for council in councils
        if row[council]
    )
    stages = {key: Stage(key, key, "stage", n, None, None, None) for n, key in enumerate(STAGES)}
    bodies = {NHS_ENGLAND: a_body(NHS_ENGLAND, "nhs_england")}
    bodies |= {place.body: a_body(place.body, place.kind) for place in places.values() if place.body}
    rules = [a_rule(stage, draw(st.sampled_from(EXPRESSIONS))) for stage in STAGES if draw(st.booleans())]
    return Reference(
        as_of=DAY,
        bodies=bodies,
        places=places,
        parents=parents,
        overlaps=overlaps,
        stages=stages,
        pathways={"lung": Pathway("lung", "Lung", "Lung", (), True, STAGES)},
        rules=tuple(rules),
    )


@st.composite
def worlds_with_claims(draw: st.DrawFn) -> tuple[Reference, list[Claim]]:
    """A world with up to six claims of its bodies and places, some of days around the day asked about."""
    world = draw(worlds())
    near = [START, DAY - timedelta(1), DAY, DAY + timedelta(1)]
    claims = []
    for number in range(draw(st.integers(0, 6))):
        begins = draw(st.sampled_from(near))
        ends = draw(st.sampled_from([day for day in (*near, FOREVER) if day > begins]))
        claims.append(
            Claim(
                id=f"k{number}",
                version=1,
                role=draw(st.sampled_from([Role.COMMISSIONS, Role.COMMISSIONS, Role.FUNDS])),
                organisation=draw(st.sampled_from([*world.bodies, *EXPRESSIONS[:3], None])),
                stage=draw(st.sampled_from(STAGES)),
                pathway=draw(st.sampled_from(["lung", "*", "breast"])),
                place=draw(st.sampled_from(sorted(world.places))),
                status=draw(st.sampled_from([one for one in ClaimStatus if one is not ClaimStatus.ENDED])),
                asserted_by=draw(st.sampled_from(["a-report", *world.bodies])),
                valid_from=begins,
                valid_to=ends,
                review_by=draw(st.sampled_from([None, DAY - timedelta(1), DAY])),
            )
        )
    return world, claims


def lies_in(world: Reference, inner: str, outer: str) -> bool:
    """Whether every tenth of one place lies in the other, going up step by step."""
    if inner == outer:
        return True
    above = set(world.parents.get(inner, ()))
    for one in world.overlaps:
        if one.ccg_place == inner and one.share_of_ccg == 1:
            above.add(one.council_place)
        if one.council_place == inner and one.share_of_council == 1:
            above.add(one.ccg_place)
    reached = {inner}
    queue = [*above]
    while queue:
        place = queue.pop()
        if place in reached:
            continue
        reached.add(place)
        queue += [other for other in world.places if other not in reached and _right_above(world, place, other)]
    return outer in reached


def _right_above(world: Reference, place: str, other: str) -> bool:
    if other in world.parents.get(place, ()):
        return True
    return any(
        (one.ccg_place, one.council_place, one.share_of_ccg) == (place, other, 1)
        or (one.council_place, one.ccg_place, one.share_of_council) == (place, other, 1)
        for one in world.overlaps
    )


def named(world: Reference, said: str | None, place: str) -> set[str]:
    """Whom an expression names in a place, by looking at every other place."""
    kind = world.places[place].kind
    below = {key for key in world.places if _declared_below(world, key, place)}
    match said:
        case None | "none_named":
            return set()
        case "nhs_england":
            return {NHS_ENGLAND}
        case "ccg_of_place":
            if kind == "council":
                return {f"ods:{one.ccg_place}" for one in world.overlaps if one.council_place == place}
            return {f"ods:{key}" for key in below if world.places[key].kind == "ccg"}
        case "upper_tier_council_of_place":
            if kind == "council":
                return {f"gss:{place}"}
            ccgs = {key for key in below if world.places[key].kind == "ccg"}
            own = {f"gss:{key}" for key in below if world.places[key].kind == "council"}
            return own | {f"gss:{one.council_place}" for one in world.overlaps if one.ccg_place in ccgs}
        case _:
            return {said}


def _declared_below(world: Reference, key: str, place: str) -> bool:
    return key == place or any(_declared_below(world, parent, place) for parent in world.parents.get(key, ()))


def slow_kinds(world: Reference, claims: Iterable[Claim], stage: str, place: str) -> set[FindingKind]:
    """The findings of one cell by their definitions; duplicates and departures are left to the other test."""
    law = next((named(world, rule.commissioner, place) for rule in world.rules if rule.stage == stage), set())
    here = [
        claim
        for claim in claims
        if claim.valid_from <= DAY < claim.valid_to
        and claim.stage == stage
        and claim.pathway in ("lung", "*")
        and lies_in(world, place, claim.place)
    ]
    buys = [claim for claim in here if claim.role is Role.COMMISSIONS]
    firm = [
        claim
        for claim in buys
        if claim.status in (ClaimStatus.STATED, ClaimStatus.CONFIRMED) and named(world, claim.organisation, place)
    ]
    local = {"ccg", "council"}
    confirmed = [
        claim
        for claim in firm
        if claim.status is ClaimStatus.CONFIRMED and (claim.place == place or world.places[claim.place].kind in local)
    ]
    found: set[FindingKind] = set()
    if not firm:
        found.add(FindingKind.GAP)
        pointing = {
            claim.asserted_by
            for claim in buys
            if claim.status is ClaimStatus.ASSUMED
            and ":" in claim.asserted_by
            and named(world, claim.organisation, place) - {claim.asserted_by} == named(world, claim.organisation, place)
            and named(world, claim.organisation, place)
        }
        if len(pointing) > 1:
            found.add(FindingKind.ASSUMED_ELSEWHERE)
    elif not confirmed:
        found.add(FindingKind.UNCONFIRMED)
    silent = [c for c in buys if c.organisation is None and c.status is not ClaimStatus.DISPUTED]
    if any(claim.status is ClaimStatus.DISPUTED for claim in here) or (silent and firm):
        found.add(FindingKind.DISPUTED)
    if law and any(not named(world, claim.organisation, place) & law for claim in firm):
        found.add(FindingKind.DEPARTS_FROM_RULE)
    if any(claim.review_by and claim.review_by < DAY for claim in here):
        found.add(FindingKind.STALE)
    return found


JUDGED = frozenset(
    {
        FindingKind.GAP, FindingKind.ASSUMED_ELSEWHERE, FindingKind.UNCONFIRMED, FindingKind.DISPUTED,
        FindingKind.DEPARTS_FROM_RULE, FindingKind.STALE,
    }
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(made=worlds_with_claims())
def test_coverage_of_random_worlds_equals_the_slow_and_obvious_one(made: tuple[Reference, list[Claim]]) -> None:
    world, claims = made
    for place in world.places:
        found = cover(world, in_force(claims, DAY), "lung", [place])
        for stage in STAGES:
            kinds = {one.kind for one in found.findings if one.stage == stage and one.place == place} & JUDGED
            assert kinds == slow_kinds(world, claims, stage, place), (place, stage)


@settings(max_examples=40, deadline=None)
@given(made=worlds_with_claims(), data=st.data())
def test_lists_say_what_maps_say_in_whatever_order_claims_came(
    made: tuple[Reference, list[Claim]], data: st.DataObject
) -> None:
    world, claims = made
    now = in_force(claims, DAY)
    scope = FindingScope(pathways=("lung",))
    one = Finder(world, now, scope)
    other = Finder(world, data.draw(st.permutations(now)), scope)
    listed = [found for spot in spots(world, scope) for found in one.at(spot)]
    assert listed == [found for spot in spots(world, scope) for found in other.at(spot)]
    keys = [each.found.key for each in listed]
    assert len(keys) == len(set(keys))
    for place in (key for key, own in world.places.items() if own.kind in ("ccg", "council")):
        mapped = {each.key for each in cover(world, now, "lung", [place]).findings if each.place == place}
        assert mapped == {each.found.key for each in listed if each.found.place == place}


@settings(max_examples=40, deadline=None)
@given(made=worlds_with_claims())
def test_findings_change_only_on_days_on_which_claims_do_and_periods_are_half_open(
    made: tuple[Reference, list[Claim]],
) -> None:
    """Day by day through all days of the claims: what differs from the day before differs on a day that is told."""
    world, claims = made
    scope = FindingScope(pathways=("lung",))
    days = [START + timedelta(n) for n in (0, 1)] + [DAY + timedelta(n) for n in range(-2, 4)]
    told = days_of_claims(claims, START, DAY + timedelta(4))

    def at(on: date, spot: Spot) -> list[Listed]:
        return Finder(on_day(world, on), in_force(claims, on), scope).at(spot)

    for on in days[1:]:
        before = on - timedelta(1)
        for spot in spots(world, scope):
            if changed(at(before, spot), at(on, spot)):
                assert on in told
                assert told[on] & spot.around(world)


@settings(max_examples=40, deadline=None)
@given(made=worlds_with_claims(), cut=st.sampled_from([DAY - timedelta(1), DAY, DAY + timedelta(1)]))
def test_a_claim_cut_in_two_on_any_day_is_as_one(made: tuple[Reference, list[Claim]], cut: date) -> None:
    """Ended on a day and succeeded on it: no day is covered twice, and none is left out."""
    world, claims = made
    parts = [
        part
        for claim in claims
        for part in (
            [replace(claim, valid_to=cut), replace(claim, valid_from=cut)]
            if claim.valid_from < cut < claim.valid_to
            else [claim]
        )
    ]
    for on in (DAY - timedelta(1), DAY, DAY + timedelta(1)):
        whole, halves = in_force(claims, on), in_force(parts, on)
        assert [one.id for one in whole] == [one.id for one in halves]
        there = on_day(world, on)
        for place in ("c0", "england"):
            said, again = (cover(there, some, "lung", [place]).findings for some in (whole, halves))
            assert [(one.key, one.severity) for one in said] == [(one.key, one.severity) for one in again]
