"""Weighted people by need, where councils and some groups have none from the registry; and the division by them."""

from typing import Any

import pytest

from concord_allocation.assembly.assemble import assemble
from concord_allocation.assembly.world import World
from concord_allocation.sharing.parties import parties_of
from concord_allocation.sharing.people import headcounts
from concord_contracts.allocation import People, Problem
from concord_contracts.allocation.sharing import SharingQuestion
from concord_contracts.registry import PlaceView, Population
from services.allocation.tests.worlds import CCG, COUNCIL, NHSE, make_figures, make_need, make_place, make_world


def council(**changed: Any) -> PlaceView:
    """A council on the ground of two groups, three quarters of it the first's."""
    return make_place("la-trafford", "council", persons=230_000).model_copy(
        update={"footprint": [("ccg-02A", 0.75), ("ccg-01G", 0.25)]} | changed
    )


def weighted(problem: Problem) -> dict[str, People]:
    return {each.place: each for each in problem.people if each.basis == "weighted"}


def people_of(**changed: Any) -> dict[str, People]:
    return weighted(assemble(world_of(**changed)))


def world_of(*, group: PlaceView | None = None, of_council: PlaceView | None = None, **figures: Any) -> World:
    places = [
        make_place("trafford", "area", ()), group or make_place("ccg-02A", "ccg"), of_council or council(),
    ]  # fmt: skip
    return make_world(places=places, figures=make_figures(**figures))


def test_a_councils_residents_count_by_the_need_of_the_groups_whose_ground_it_shares() -> None:
    """The groups have 4 and 1 thousandths of need on 200,000 and 100,000 people: 1.2 and 0.6 a head."""
    found = people_of()
    assert found["ccg-02A"].persons == 240_000
    assert found["la-trafford"].persons == round(230_000 * (0.75 * 1.2 + 0.25 * 0.6))
    assert {each.provenance.basis for each in found.values()} == {"assumption"}
    note = found["la-trafford"].provenance.note
    assert note is not None
    assert note.startswith("its residents by the need of the groups whose ground it shares")


def test_a_part_counts_by_the_group_it_is_a_part_of() -> None:
    part = council(kind="part", footprint=[], parents=["trafford", "ccg-01G"])
    assert people_of(of_council=part)["la-trafford"].persons == round(230_000 * 0.6)


@pytest.mark.parametrize(
    "changed",
    [
        {"need_weights": []},
        {"need_weights": [make_need("ccg-02A", 200_000, "0.004")]},  # of a group on the council's ground
    ],
)
def test_where_somebodys_need_is_not_known_nobody_is_weighted(changed: dict[str, Any]) -> None:
    assert people_of(**changed) == {}


def test_weights_are_those_of_the_pathways_fairness() -> None:
    rows = [make_need("ccg-02A", 200_000, "0.002"), make_need("ccg-01G", 100_000, "0.004")]
    assert people_of(need_weights_cancer=rows)["ccg-02A"].persons == 240_000
    assert people_of(need_weights=rows)["ccg-02A"].persons == 100_000


def test_what_the_registry_counted_stands_where_it_counted_everywhere() -> None:
    def counted(place: PlaceView) -> PlaceView:
        told = Population(place=place.key, year="2024-25", basis="weighted", persons=7, source="nhse-weighted-2024")
        return place.model_copy(update={"populations": [*place.populations, told]})

    group = make_place("ccg-02A", "ccg")
    both = people_of(group=counted(group), of_council=counted(council()))
    assert {each.persons for each in both.values()} == {7}
    assert people_of(group=counted(group))["ccg-02A"].persons == 240_000  # no two sorts of weights in one division


def test_a_cost_is_divided_by_weighted_people_councils_and_all_and_says_that_it_is_assumed() -> None:
    problem = assemble(world_of())
    counts = {each.key: each for each in headcounts(problem, parties_of(problem, SharingQuestion()))}
    count = counts["weighted_people"]
    assert (count.missing, count.assumed) == (None, True)
    assert count.weights == {CCG: 240_000, COUNCIL: 241_500, NHSE: 240_000}
    assert count.words.endswith(
        "; assumption: its registered people by their need, its residents by the need of the groups whose ground it "
        "shares)"
    )
