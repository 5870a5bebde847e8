"""Places that share ground, and places made of others: shares both ways, and nobody counted twice."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_registry.ground import ground, overlaps, people_together
from concord_registry.world import Overlap, Place, PopulationFigure, Reference
from services.registry.tests.conftest import Registry
from services.registry.tests.worlds import with_lines


def test_shares_are_told_both_ways(small_world: Reference) -> None:
    shared = {one.place: one for one in overlaps(small_world, "ccg-01Y")}
    assert (shared["la-P"].share, shared["la-P"].share_of_other) == (0.75, 0.5)
    assert (shared["la-Q"].share, shared["la-Q"].share_of_other) == (0.25, 0.1)
    assert (shared["ccg-01Y~la-Q"].share, shared["ccg-01Y~la-Q"].share_of_other) == (0.25, 1.0)
    assert shared["gm"].share == 1.0
    assert shared["gm"].share_of_other == pytest.approx(240_000 / 470_000)
    assert shared["gm"].share_of_other_by == "registered people"
    assert "ccg-02A" not in shared, "they meet in a council's place and share no ground"
    back = {one.place: one for one in overlaps(small_world, "la-P")}
    assert (back["ccg-01Y"].share, back["ccg-01Y"].share_of_other) == (0.5, 0.75)


pieces = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 50), min_size=1, max_size=9)


@settings(max_examples=60, deadline=None)
@given(pieces, st.data())
def test_unions_that_divide_the_ground_have_all_people_once(found: dict[tuple[int, int], int], data: Any) -> None:
    """Whatever members a union has, people are counted once: two unions' people together are at least their union's,
    and disjoint halves come to exactly all of it."""
    ccg = {c: sum(n for (one, _), n in found.items() if one == c) for c, _ in found}
    council = {k: sum(n for (_, one), n in found.items() if one == k) for _, k in found}
    footprint = tuple(
        Overlap(f"c{c}", f"k{k}", f"p{c}~{k}", n / ccg[c], n / council[k]) for (c, k), n in sorted(found.items())
    )
    halves = {piece: data.draw(st.booleans()) for piece in sorted(found)}
    places = {f"c{c}": Place(f"c{c}", "ccg", "", None) for c in ccg} | {
        f"k{k}": Place(f"k{k}", "council", "", None) for k in council
    }
    parents: dict[str, tuple[str, ...]] = {}
    for c, k in found:
        places[f"p{c}~{k}"] = Place(f"p{c}~{k}", "part", "", None)
        parents[f"p{c}~{k}"] = (f"c{c}", f"k{k}", "one" if halves[c, k] else "other", "all")
    parents |= {f"c{c}": ("all",) for c in ccg} | {f"k{k}": ("all",) for k in council}
    places |= {key: Place(key, "union", "", None) for key in ("one", "other", "all")}
    counts = [PopulationFigure(f"c{c}", "2013-14", "registered", 1000 + 7 * c, None, None) for c in ccg]
    counts += [PopulationFigure(f"k{k}", "2013-14", "resident", 999 + 11 * k, None, None) for k in council]
    world = Reference(date(2014, 1, 15), places=places, parents=parents, overlaps=footprint, populations=tuple(counts))

    def people(place: str) -> dict[str, int]:
        return {one.basis: one.persons for one in people_together(world, place)}

    everybody = people("all")
    assert everybody == {"registered": sum(1000 + 7 * c for c in ccg), "resident": sum(999 + 11 * k for k in council)}
    for basis in everybody:
        assert people("one").get(basis, 0) + people("other").get(basis, 0) == everybody[basis]
    assert ground(world, "one").keys().isdisjoint(ground(world, "other"))
    for one in overlaps(world, "all"):
        assert Fraction(0) <= Fraction(one.share) <= 1
        assert one.share_of_other == pytest.approx(1)


UNION = with_lines(
    "places.csv",
    "network,union,A network,ods:0AJ,2013-04-01,9999-12-31,law",
    base=with_lines(
        "place_parents.csv",
        "ccg-02A,network,2013-04-01,2014-04-01,law",
        "ccg-01Y,network,2013-04-01,9999-12-31,law",
        "ccg-01Y~la-Q,network,2013-04-01,9999-12-31,law",
    ),
)


def test_a_union_is_dated_summed_by_rule_and_on_the_map(standing_on: Any) -> None:
    registry: Registry = standing_on(UNION)

    def people(as_of: str) -> dict[str, tuple[int, str]]:
        answer = registry.get("/v1/places/network", as_of=as_of).json()["place"]
        return {one["basis"]: (one["persons"], one["assumption"]) for one in answer["populations"]}

    assert people("2014-01-15")["registered"] == (470_000, "sum over 2 places, each piece of ground once")
    assert people("2014-06-01")["registered"][0] == 240_000
    resident = people("2014-06-01")["resident"]
    assert resident[0] == 110_000
    assert "by small areas; no figure of la-Q" in resident[1]
    page = registry.get("/v1/places/network/overlaps", kind="council").json()
    assert [(one["place"], one["share_of_other"]) for one in page["items"]] == [("la-P", 1.0), ("la-Q", 0.1)]
    first = registry.get("/v1/places/network/overlaps", limit=1).json()
    rest = registry.get("/v1/places/network/overlaps", cursor=first["next_cursor"]).json()
    assert [one["place"] for one in (*first["items"], *rest["items"])] == [
        "ccg-01Y", "ccg-01Y~la-Q", "ccg-02A", "england", "gm", "la-P", "la-Q",
    ]  # fmt: skip
    claim = {"role": "coordinates", "organisation": "ods:0AJ", "stage": "imaging", "place": "network",
             "status": "assumed", "valid_from": "2013-04-01"}  # fmt: skip
    assert registry.http.post("/v1/claims", json=claim, headers=registry.as_body("ods:02A")).status_code == 201
    stages = registry.get("/v1/coverage", pathway="lung", place="ccg-01Y").json()["stages"]
    assert [one["place"] for stage in stages for one in stage["claims"] if one["role"] == "coordinates"] == ["network"]
