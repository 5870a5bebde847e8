"""Neighbours that reach a population together: against brute force on small graphs, and over HTTP."""

import itertools
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_registry.pathway_versions import DatedStage, versions
from concord_registry.planning.advice import advise, distances
from concord_registry.planning.needs import NoNeedError, need
from concord_registry.planning.neighbours import Link, commissioners
from concord_registry.planning.smallest import smallest_sets
from concord_registry.world import Reference
from services.registry.tests.conftest import Registry

type Graph = tuple[dict[str, int], dict[str, frozenset[str]]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    nodes = "abcdefg"[: draw(st.integers(1, 7))]
    weights = {node: draw(st.integers(1, 9)) for node in nodes}
    edges = draw(st.sets(st.sampled_from(list(itertools.combinations(nodes, 2)) or [("a", "a")])))
    around = {node: {other for edge in edges if node in edge for other in edge} - {node} for node in nodes}
    return weights, {node: frozenset(others) for node, others in around.items()}


def connected(members: frozenset[str], around: Mapping[str, frozenset[str]], start: str) -> bool:
    seen, queue = {start}, [start]
    while queue:
        new = (around[queue.pop()] & members) - seen
        seen |= new
        queue.extend(new)
    return seen == members


def by_brute_force(weights: dict[str, int], around: dict[str, frozenset[str]], start: str, threshold: int) -> list[int]:
    """Weights of all sets of the least size that reach the threshold, lightest first."""
    others = [node for node in weights if node != start]
    for more in range(len(weights)):
        sets = (frozenset({start, *some}) for some in itertools.combinations(others, more))
        reaching = [
            total
            for members in sets
            if connected(members, around, start) and (total := sum(weights[node] for node in members)) >= threshold
        ]
        if reaching:
            return [1 + more, *sorted(reaching)]
    return []


@settings(max_examples=300, deadline=None)
@given(graphs(), st.integers(1, 40), st.integers(1, 4))
def test_the_smallest_sets_are_those_that_trying_everything_finds(graph: Graph, threshold: int, most: int) -> None:
    weights, around = graph
    found = smallest_sets(weights, around, "a", threshold, most=most)
    expected = by_brute_force(weights, around, "a", threshold)
    assert [found.fewest] * bool(found.sets) + [weight for _, weight in found.sets] == expected[: 1 + most]
    assert found.proven_fewest
    assert found.proven_nearest
    assert len({members for members, _ in found.sets}) == len(found.sets)
    for members, weight in found.sets:
        assert "a" in members
        assert connected(frozenset(members), around, "a")
        assert weight == sum(weights[node] for node in members)


def test_a_search_that_is_cut_short_says_that_it_proves_nothing() -> None:
    nodes = [f"n{number:02}" for number in range(24)]
    weights = {node: 100 + 7 * number % 31 for number, node in enumerate(nodes)}
    around = {node: frozenset(nodes) - {node} for node in nodes}
    found = smallest_sets(weights, around, "n00", 1_050, most=5, most_steps=20)
    assert not (found.proven_fewest and found.proven_nearest)
    whole = smallest_sets(weights, around, "n00", 1_050, most=5)
    assert whole.proven_fewest
    assert whole.fewest == 9


def test_neighbours_share_a_council_or_an_area_team(small_world: Reference) -> None:
    both = commissioners(small_world, [Link.SHARED_COUNCIL, Link.AREA_TEAM])
    assert both.persons == {"ccg-01Y": 240_000, "ccg-02A": 230_000}
    assert both.link("ccg-02A", "ccg-01Y") == {Link.SHARED_COUNCIL, Link.AREA_TEAM}
    assert commissioners(small_world, []).links == {}


def test_the_closest_kinds_of_neighbour_that_reach_it_are_taken(small_world: Reference) -> None:
    asked = need(small_world, service="scanning")
    assert [one.missing for one in distances(small_world, asked)] == [60_000, 70_000]
    advice = advise(small_world, asked, "ccg-02A", most=3)
    assert advice.found.sets == ((("ccg-01Y", "ccg-02A"), 470_000),)
    assert advice.links == (Link.SHARED_COUNCIL, Link.AREA_TEAM)
    far = advise(small_world, need(small_world, people=9_000_000), "ccg-02A", most=3)
    assert far.found.sets == ()
    assert far.found.reachable == 470_000
    assert far.links == tuple(Link)


def test_a_need_comes_from_what_is_named_and_nothing_is_made_up(small_world: Reference) -> None:
    assert need(small_world, stage="surgery").at_least == 1_000_000
    assert need(small_world, stage="surgery", people=5).at_least == 5
    assert need(small_world, threshold="T5").at_most == 600_000
    assert need(small_world, stage="imaging").words.startswith("Imaging")
    for nothing in ({"stage": "support"}, {"service": "ambulance"}, {}):
        with pytest.raises(NoNeedError):
            need(small_world, **nothing)


def test_advice_always_says_that_it_is_none_of_the_law(standing: Registry) -> None:
    answer = standing.get("/v1/planning-advice/ods:02A", service="scanning").json()
    assert answer["advice"].startswith("Planning advice only")
    assert answer["law"]["said"] == "by law the CCG of the place"
    assert answer["law"]["commissioners"][0]["id"] == "ods:02A"
    assert (answer["fewest"], answer["proven_fewest"], answer["proven_nearest"]) == (2, True, True)
    (only,) = answer["sets"]
    assert (only["places"], only["persons"], only["above"], only["within"]) == (
        ["ccg-01Y", "ccg-02A"], 470_000, 170_000, True,
    )  # fmt: skip
    assert only["links"] == [{"one": "ccg-01Y", "other": "ccg-02A", "by": ["area-team", "shared-council"]}]
    assert "no borders" in answer["neighbours_words"]
    listed = standing.get("/v1/planning-advice", threshold="T5", limit=1).json()
    assert (listed["commissioners"], listed["reaching"], listed["law"]["commissioners"]) == (2, 0, [])
    following = standing.get("/v1/planning-advice", threshold="T5", limit=1, cursor=listed["next_cursor"]).json()
    assert [one["place"] for one in (*listed["items"], *following["items"])] == ["ccg-01Y", "ccg-02A"]


@pytest.mark.parametrize(
    ("path", "query", "status", "word"),
    [
        ("/ods:02A", {"stage": "support"}, 422, "no planning population"),
        ("/ods:02A", {}, 422, "name a stage"),
        ("/ods:02A", {"service": "x", "threshold": "y"}, 422, "unknown"),
        ("/gss:P", {"people": 5}, 404, "no commissioner"),
        ("/ods:02A", {"people": 0}, 422, "fault"),
        ("", {"stage": "nothing"}, 422, "unknown stage"),
    ],
)
def test_what_cannot_be_asked_is_said(standing: Registry, path: str, query: dict, status: int, word: str) -> None:
    answer = standing.get(f"/v1/planning-advice{path}", **query)
    assert answer.status_code == status
    assert word in answer.text


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcde"), st.tuples(st.integers(1, 3), st.integers(2010, 2014), st.integers(1, 5)))
)
def test_versions_neither_overlap_nor_change_within(rows: dict[str, tuple[int, int, int]]) -> None:
    dated = [
        DatedStage(stage, order, date(year, 4, 1), date(year + years, 4, 1))
        for stage, (order, year, years) in rows.items()
    ]
    found = versions(dated)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    for before, after in itertools.pairwise(found):
        assert before.valid_to <= after.valid_from
        assert before.valid_to < after.valid_from or before.stages != after.stages
        assert set(after.stages) == (set(before.stages) - set(after.removed)) | set(after.added)
    for year in range(2009, 2021):
        day = date(year, 4, 1)
        held = sorted((one.order, one.stage) for one in dated if one.valid_from <= day < one.valid_to)
        holding = [one.stages for one in found if one.valid_from <= day < one.valid_to]
        assert holding == ([tuple(stage for _, stage in held)] if held else [])
