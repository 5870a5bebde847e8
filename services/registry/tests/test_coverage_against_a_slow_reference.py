"""Findings equal those of an implementation that is slow and obvious, on random claims, in any order.

The slow one shares only plain values with the code under test: it walks places by brute force and asks each question of
the definitions (design, section 5) directly.
"""

from collections.abc import Iterable
from datetime import date
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from concord_contracts.registry import ClaimStatus, Commitment, FindingKind, Role
from concord_registry.coverage import cover, cover_all
from concord_registry.findings import cell_findings
from concord_registry.world import Claim, Reference

PLACES = ("ccg-02A", "ccg-01Y", "la-P", "la-Q", "gm", "england", "ccg-01Y~la-Q")
BODIES = ("ods:02A", "ods:01Y", "gss:P", "gss:Q", "ods:X24", "ods:Q46")
STAGES = ("prevention", "gp", "imaging", "surgery", "support")

INSIDE: dict[str, set[str]] = {
    "ccg-02A": {"ccg-02A", "la-P", "gm", "england"},
    "ccg-01Y": {"ccg-01Y", "gm", "england"},
    "la-P": {"la-P", "gm", "england"},
    "la-Q": {"la-Q", "england"},
    "gm": {"gm", "england"},
    "england": {"england"},
    "ccg-01Y~la-Q": {"ccg-01Y~la-Q", "ccg-01Y", "la-Q", "gm", "england"},
}
"""Written out by hand from the small world: la-P holds all of Trafford's list and half of Tameside's."""

LAW: dict[str, dict[str, set[str]]] = {
    "prevention": {"ccg-02A": {"gss:P"}, "ccg-01Y": {"gss:P", "gss:Q"}, "la-P": {"gss:P"}, "la-Q": {"gss:Q"},
                   "gm": {"gss:P", "gss:Q"}, "england": {"gss:P", "gss:Q"}, "ccg-01Y~la-Q": {"gss:Q"}},
    "gp": {place: {"ods:X24"} for place in PLACES},
    "imaging": {"ccg-02A": {"ods:02A"}, "ccg-01Y": {"ods:01Y"}, "la-P": {"ods:02A", "ods:01Y"}, "la-Q": {"ods:01Y"},
                "gm": {"ods:02A", "ods:01Y"}, "england": {"ods:02A", "ods:01Y"}, "ccg-01Y~la-Q": {"ods:01Y"}},
    "surgery": {place: {"ods:X24"} for place in PLACES},
    "support": {place: set() for place in PLACES},
}  # fmt: skip

OUTRIGHT = (ClaimStatus.STATED, ClaimStatus.CONFIRMED)
MOSTLY_COMMISSIONS = (Role.COMMISSIONS, Role.COMMISSIONS, Role.COMMISSIONS, Role.FUNDS)
EXPRESSIONS = {"upper_tier_council_of_place": "prevention", "ccg_of_place": "imaging", "nhs_england": "gp"}


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    """Claims that meet: most are of one stage, of the whole area, and stated."""
    found = []
    crowded = draw(st.sampled_from(STAGES))
    for index in range(draw(st.integers(0, 7))):
        agreement = draw(st.sampled_from([None, None, "a1", "a2"]))
        stage = draw(st.sampled_from((crowded, crowded, crowded, "*", *STAGES)))
        earlier = [f"c{number}" for number in range(index)]
        found.append(
            Claim(
                id=f"c{index}",
                version=1,
                role=Role.LEADS if stage == "*" else draw(st.sampled_from(MOSTLY_COMMISSIONS)),
                organisation=draw(st.sampled_from((*BODIES, *EXPRESSIONS, None))) if not agreement
                else draw(st.sampled_from(BODIES[:5])),
                on_behalf_of=tuple(draw(st.sets(st.sampled_from(BODIES[:5]), max_size=2))) if agreement else (),
                stage=stage,
                pathway=draw(st.sampled_from(["lung", "lung", "*", "breast"])),
                place=draw(st.sampled_from(("ccg-02A", "england", "gm", *PLACES))),
                status=ClaimStatus.CONFIRMED if agreement else draw(
                    st.sampled_from((*OUTRIGHT, ClaimStatus.ASSUMED, ClaimStatus.DISPUTED))
                ),
                commitment=draw(st.sampled_from(list(Commitment))) if agreement else None,
                asserted_by=draw(st.sampled_from(["report-2014", *BODIES[:5]])),
                agreement=agreement,
                displaces=draw(st.sampled_from([None, None, *earlier])) if earlier else None,
                review_by=draw(st.sampled_from([None, date(2014, 1, 14), date(2014, 1, 15)])),
                valid_from=date(2013, 4, 1),
            )
        )  # fmt: skip
    return found


def bodies_named(claim: Claim, place: str) -> set[str]:
    if claim.organisation is None:
        return set()
    if claim.organisation in EXPRESSIONS:
        return LAW[EXPRESSIONS[claim.organisation]][place]
    return {"ods:X24" if claim.organisation == "ods:Q46" else claim.organisation}


class Cell:
    """One stage in one place, read the slow way."""

    def __init__(self, everything: Iterable[Claim], stage: str, place: str) -> None:
        here = [
            claim
            for claim in everything
            if claim.stage == stage and claim.pathway in ("lung", "*") and claim.place in INSIDE[place]
        ]
        self.live = [
            claim
            for claim in here
            if not any(other.displaces == claim.id and other.status in OUTRIGHT for other in here)
        ]
        self.place, self.law = place, LAW.get(stage, {}).get(place, set())
        asserted = [claim for claim in self.live if claim.status in (ClaimStatus.STATED, ClaimStatus.CONFIRMED)]
        self.says = [claim for claim in asserted if claim.role is Role.COMMISSIONS and bodies_named(claim, place)]
        self.firm = [
            claim
            for claim in self.says
            if claim.commitment not in (Commitment.AGREED, Commitment.FUNDED)
        ]  # fmt: skip

    def is_local(self, claim: Claim) -> bool:
        return claim.place == self.place or claim.place.startswith(("ccg-", "la-"))

    def confirmed(self) -> list[Claim]:
        return [claim for claim in self.says if claim.status is ClaimStatus.CONFIRMED and self.is_local(claim)]

    def commissioners(self) -> frozenset[str]:
        for claims in (self.confirmed(), None, self.firm):
            found = self.law if claims is None else {b for c in claims for b in bodies_named(c, self.place)}
            if found:
                return frozenset(found)
        return frozenset()

    def apart(self) -> bool:
        """Whether two commissioning claims name bodies that no chain of claims and agreements connects."""
        joined = [bodies_named(claim, self.place) for claim in self.firm]
        joined += [bodies_named(c, self.place) | set(c.on_behalf_of) for c in self.live if c.agreement]

        def connected(one: str, other: str) -> bool:
            reached, grew = {one}, True
            while grew:
                grew = False
                for group in joined:
                    if group & reached and not group <= reached:
                        reached |= group
                        grew = True
            return other in reached

        named = {body for claim in self.firm for body in bodies_named(claim, self.place)}
        return any(not connected(one, other) for one, other in combinations(sorted(named), 2))

    def kinds(self) -> set[FindingKind]:
        found = set()
        if not self.firm:
            found.add(FindingKind.GAP)
        elif not self.confirmed():
            found.add(FindingKind.UNCONFIRMED)
        pointing = {
            "ods:X24" if claim.asserted_by == "ods:Q46" else claim.asserted_by
            for claim in self.live
            if claim.role is Role.COMMISSIONS
            and claim.status is ClaimStatus.ASSUMED
            and ":" in claim.asserted_by
            and bodies_named(claim, self.place)
            and claim.asserted_by not in bodies_named(claim, self.place)
        }
        if not self.firm and len(pointing) > 1:
            found.add(FindingKind.ASSUMED_ELSEWHERE)
        if self.apart():
            found.add(FindingKind.DUPLICATE)
        silent = [c for c in self.live if c.role is Role.COMMISSIONS and c.organisation is None]
        if any(c.status is ClaimStatus.DISPUTED for c in self.live) or (
            self.firm and any(c.status is not ClaimStatus.DISPUTED for c in silent)
        ):
            found.add(FindingKind.DISPUTED)
        lawful = set(self.law)
        for claim in self.live:
            parties = bodies_named(claim, self.place) | set(claim.on_behalf_of)
            if claim.agreement and parties & self.law:
                lawful |= parties
        if self.law and any(not bodies_named(claim, self.place) & lawful for claim in self.firm):
            found.add(FindingKind.DEPARTS_FROM_RULE)
        if any(claim.review_by and claim.review_by < date(2014, 1, 15) for claim in self.live):
            found.add(FindingKind.STALE)
        return found


CELL_KINDS = frozenset(FindingKind) - {
    FindingKind.HAND_OVER,
    FindingKind.NO_PATHWAY_LEAD,
    FindingKind.IDLE_BODY,
    FindingKind.BELOW_PLANNING_POPULATION,
}


@settings(max_examples=150, deadline=None)
@given(everything=claims(), places=st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique=True))
def test_findings_equal_the_slow_and_obvious_ones(
    small_world: Reference, everything: list[Claim], places: list[str]
) -> None:
    found = cover(small_world, everything, "lung", places)
    for place in places:
        slow = {stage: Cell(everything, stage, place) for stage in STAGES}
        for stage, cell in slow.items():
            kinds = {f.kind for f in found.findings if f.place == place and f.stage == stage} & CELL_KINDS
            assert kinds == cell.kinds(), (stage, place)
        known = [stage for stage in STAGES if slow[stage].commissioners()]
        changes = [
            (before, after)
            for before, after in pairwise(known)
            if slow[before].commissioners() != slow[after].commissioners()
        ]
        hand_overs = [f for f in found.findings if f.kind is FindingKind.HAND_OVER and f.place == place]
        assert [(f.stage, f.next_stage) for f in hand_overs] == changes
        score = found.fragmentation[place]
        assert score.score == (len(changes) / (len(known) - 1) if len(known) > 1 else None)
        assert score.ranked == (2 * sum(1 for cell in slow.values() if cell.confirmed()) >= len(STAGES))


@settings(max_examples=60, deadline=None)
@given(everything=claims())
def test_a_missing_lead_is_found_at_each_level(small_world: Reference, everything: list[Claim]) -> None:
    found = cover(small_world, everything, "lung", ["ccg-02A", "ccg-01Y"])
    levels = {(f.level, f.place) for f in found.findings if f.kind is FindingKind.NO_PATHWAY_LEAD}

    def leads(place: str) -> list[Claim]:
        return [
            claim
            for claim in Cell(everything, "*", place).live
            if claim.role is Role.LEADS
            and claim.status in (ClaimStatus.STATED, ClaimStatus.CONFIRMED)
            and bodies_named(claim, place)
        ]

    def locally(place: str) -> set[str]:
        return {
            body
            for claim in leads(place)
            if claim.place.startswith(("ccg-", "la-"))
            for body in bodies_named(claim, place)
        }

    expected = {("local", place) for place in ("ccg-02A", "ccg-01Y") if not locally(place)}
    for_the_area = any(claim.place == "gm" for claim in leads("gm"))
    if not for_the_area and not locally("ccg-02A") & locally("ccg-01Y"):
        expected.add(("regional", "gm"))
    if not any(claim.place == "england" for claim in leads("england")):
        expected.add(("national", "england"))
    assert levels == expected


@settings(max_examples=60, deadline=None)
@given(data=st.data(), everything=claims())
def test_claims_in_any_order_give_the_same_map(
    small_world: Reference, data: st.DataObject, everything: list[Claim]
) -> None:
    shuffled = data.draw(st.permutations(everything))
    assert cover(small_world, everything, "lung", ["ccg-01Y", "gm"]) == cover(
        small_world, shuffled, "lung", ["ccg-01Y", "gm"]
    )


@settings(max_examples=40, deadline=None)
@given(everything=claims())
def test_maps_of_many_pathways_at_once_are_each_the_one_of_its_own(
    small_world: Reference, everything: list[Claim]
) -> None:
    pathways, places = ("breast", "lung"), PLACES
    for made in cover_all(small_world, everything, pathways, places):
        assert made == cover(small_world, everything, made.pathway, places)
        for cell, found in made.cells:
            assert cell.pathway == made.pathway
            assert list(found) == cell_findings(small_world, cell)
            assert {one.pathway for one in found} <= {made.pathway}
