"""Who the law makes responsible, for each kind of place."""

from dataclasses import replace

import pytest

from concord_registry.places import containing, councils_of, region_of
from concord_registry.responsibilities import Scope, responsibilities
from concord_registry.rulebook import SPECIALISED_FOR, assignment, holders
from concord_registry.world import Reference, Relation


def who(reference: Reference, stage: str, place: str, pathway: str = "lung") -> set[str]:
    found = assignment(reference, stage, pathway, place)
    assert found is not None
    return set(found.bodies)


def test_a_ccg_over_two_councils_has_both_with_shares_that_sum_to_one(small_world: Reference) -> None:
    found = assignment(small_world, "prevention", "lung", "ccg-01Y")
    assert found is not None
    assert {holder.body: holder.share for holder in found.holders} == {"gss:P": 0.75, "gss:Q": 0.25}


@pytest.mark.parametrize(
    ("stage", "place", "expected"),
    [
        ("prevention", "ccg-02A", {"gss:P"}),
        ("prevention", "la-Q", {"gss:Q"}),
        ("prevention", "ccg-01Y~la-Q", {"gss:Q"}),
        ("prevention", "gm", {"gss:P", "gss:Q"}),
        ("imaging", "ccg-01Y~la-Q", {"ods:01Y"}),
        ("imaging", "la-P", {"ods:02A", "ods:01Y"}),
        ("imaging", "gm", {"ods:02A", "ods:01Y"}),
        ("gp", "england", {"ods:X24"}),
        ("support", "ccg-02A", set()),
        ("registration", "ccg-02A", {"concord:phe"}),
    ],
)
def test_each_kind_of_place_gets_its_commissioner(
    small_world: Reference, stage: str, place: str, expected: set[str]
) -> None:
    assert who(small_world, stage, place) == expected


def test_an_areas_councils_are_all_that_its_ccgs_reach_into(small_world: Reference) -> None:
    assert [place for place, _ in councils_of(small_world, "gm")] == ["la-P", "la-Q"]


def test_a_rule_for_the_pathway_goes_before_the_general_one(small_world: Reference) -> None:
    assert who(small_world, "imaging", "ccg-02A", "breast") == {"ods:X24"}
    assert who(small_world, "imaging", "ccg-02A", "lung") == {"ods:02A"}


def test_the_office_follows_place_or_provider_and_is_no_commissioner(small_world: Reference) -> None:
    primary = assignment(small_world, "gp", "lung", "ccg-02A")
    specialised = assignment(small_world, "surgery", "lung", "ccg-02A")
    assert primary is not None
    assert specialised is not None
    assert (primary.office, specialised.office) == ("ods:Q46", "ods:Q46")
    assert "follows the provider" in (specialised.office_note or "")
    assert primary.bodies == {"ods:X24"}


def test_the_specialised_office_is_that_of_the_patients_area_team(small_world: Reference) -> None:
    """What the rule names by default is for places whose team no office is known for."""
    held = Relation("ods:Q44", SPECIALISED_FOR, "ods:Q46")
    elsewhere = assignment(replace(small_world, relations=(*small_world.relations, held)), "surgery", "lung", "ccg-02A")
    assert elsewhere is not None
    assert elsewhere.office == "ods:Q44"


def test_before_2013_the_primary_care_trust_that_became_the_ccg(small_world: Reference) -> None:
    assert holders(small_world, "pct_of_place", "ccg-02A") == ()  # it has ceased by the day asked about


def test_places_contain_each_other_by_parents_and_by_whole_footprints(small_world: Reference) -> None:
    assert containing(small_world, "ccg-02A") == ("ccg-02A", "gm", "la-P", "england")
    assert "la-P" not in containing(small_world, "ccg-01Y")
    assert region_of(small_world, "ccg-01Y~la-Q") == "gm"
    assert region_of(small_world, "la-Q") is None


def test_an_organisations_responsibilities_are_looked_for_in_its_own_places(small_world: Reference) -> None:
    def cells(organisation: str) -> set[tuple[str, str, str]]:
        found = responsibilities(small_world, Scope(organisation=organisation))
        return {(one.place, one.pathway, one.stage) for one in found}

    assert cells("ods:02A") == {("ccg-02A", "lung", "imaging")}
    assert cells("gss:Q") == {("la-Q", "lung", "prevention"), ("la-Q", "breast", "prevention")}
    assert ("england", "lung", "gp") in cells("ods:X24")
    assert {stage for _, _, stage in cells("ods:Q46")} == {"gp", "surgery"}
    assert cells("ods:0AJ") == set()
