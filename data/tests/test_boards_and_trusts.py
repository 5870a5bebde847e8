"""Who came after the CCGs, and who was before: ground and people at both reforms, and what moved between boards."""

from collections import defaultdict
from decimal import Decimal

import pytest

Row = dict[str, str]
Rows = list[Row]
Tables = dict[str, Rows]


def ground(tables: Tables, group: str, day: str) -> dict[str, int]:
    """{council: small areas} of a group's place on a day."""
    return {
        r["council_place"].removeprefix("la-"): int(r["small_areas"])
        for r in tables["registry/footprints"]
        if r["ccg_place"] == group and r["valid_from"] <= day < r["valid_to"]
    }


@pytest.mark.parametrize(
    ("ccg", "council", "from_board", "to_board", "small_areas"),
    [
        ("ccg-01Y", "E10000007", "icb-QOP", "icb-QJ2", 21),  # Glossop
        ("ccg-D2P2L", "E08000025", "icb-QUA", "icb-QHL", 92),  # West Birmingham
        ("ccg-06H", "E06000061", "icb-QUE", "icb-QPM", 9),  # Oundle
    ],
)
def test_ground_that_changed_sides_in_2022_is_its_new_boards_alone(
    tables: Tables, ccg: str, council: str, from_board: str, to_board: str, small_areas: int
) -> None:
    assert ground(tables, ccg, "2022-06-30")[council] == small_areas
    assert council not in ground(tables, from_board, "2022-07-01")
    held = sum(
        ground(tables, r["place"], "2022-06-30").get(council, 0)
        for r in tables["registry/places"]
        if r["kind"] == "ccg" and r["valid_to"] == "2022-07-01"
    )
    assert ground(tables, to_board, "2022-07-01")[council] == held, "with what was there already, all of the council"
    passed = {r["successor"]: r for r in tables["registry/succession"] if r["predecessor"] == f"ods:{ccg[4:]}"}
    assert set(passed) == {f"ods:{from_board[4:]}", f"ods:{to_board[4:]}"}
    assert sum(Decimal(row["share"]) for row in passed.values()) == 1
    assert {row["basis"] for row in passed.values()} == {"derived"}


def test_bassetlaw_came_to_nottingham_whole(tables: Tables) -> None:
    (passed,) = [r for r in tables["registry/succession"] if r["predecessor"] == "ods:02Q"]
    assert (passed["successor"], passed["on"], passed["share"]) == ("ods:QT1", "2022-07-01", "1.000000")
    nottinghamshire = ground(tables, "icb-QT1", "2022-07-01")
    assert set(nottinghamshire) == {"E06000018", "E10000024"}
    assert [r["parent"] for r in tables["registry/place_parents"] if r["child"] == "icb-QT1"] == ["midlands"]


def test_a_region_has_the_people_of_its_boards(tables: Tables) -> None:
    regions = {
        r["child"]: r["parent"]
        for r in tables["registry/place_parents"]
        if r["child"].startswith("icb-") and "~" not in r["child"]
    }
    assert len(regions) == 42
    assert len(set(regions.values())) == 7
    for year, basis in (("2022-23", "registered"), ("2024-25", "registered"), ("2024-25", "weighted")):
        people = {
            r["place"]: int(r["persons"])
            for r in tables["registry/populations"]
            if (r["year"], r["population_basis"]) == (year, basis)
        }
        totals: dict[str, int] = defaultdict(int)
        for board, region in regions.items():
            totals[region] += people[board]
        off = {region: people[region] - total for region, total in totals.items()}
        assert all(abs(one) <= (0 if year == "2022-23" else 2) for one in off.values()), "published with decimals"
    assert sum(people[board] for board in regions) == pytest.approx(people["england"], abs=10)


def test_a_trust_has_the_ground_of_the_ccgs_that_followed_it(tables: Tables) -> None:
    day = "2012-06-01"
    assert ground(tables, "pct-5HG", day) == ground(tables, "ccg-02H", "2013-04-01")  # Wigan: one followed one
    bradford, york = ground(tables, "pct-5NY", day), ground(tables, "pct-5NV", day)
    assert set(bradford) == {"E08000032"}
    assert bradford["E08000032"] == sum(
        ground(tables, f"ccg-{code}", "2013-04-01").get("E08000032", 0) for code in ("02N", "02R", "02W")
    )
    assert york["E10000023"] > ground(tables, "ccg-02N", "2013-04-01")["E10000023"], "Craven, with much else"
    kinds = {(r["ccg_place"], r["council_place"]): r for r in tables["registry/footprints"]}
    assert kinds["pct-5NY", "la-E08000032"]["basis"] == "derived"
    divided = kinds["pct-5PG", "la-E08000025"]
    assert (divided["basis"], "divided by their postcodes" in divided["note"]) == ("assumption", True)


def test_councils_of_one_county_are_divided_among_its_trusts_as_their_names_say(tables: Tables) -> None:
    assert ground(tables, "pct-5D9", "2012-06-01") == {"E06000001": 58}  # Hartlepool, out of one CCG with Stockton
    assert ground(tables, "pct-5E1", "2012-06-01") == {"E06000004": 120}


def test_trusts_lie_in_their_authority_and_its_people_are_theirs(tables: Tables) -> None:
    parents = {r["child"]: r["parent"] for r in tables["registry/place_parents"] if r["child"].startswith("pct-")}
    people = {r["place"]: int(r["persons"]) for r in tables["registry/populations"] if r["year"] == "2012-13"}
    assert (len(parents), len(set(parents.values()))) == (151, 10)
    totals: dict[str, int] = defaultdict(int)
    for trust, authority in parents.items():
        totals[authority] += people[trust]
    assert totals == {place: n for place, n in people.items() if place.startswith("sha-")}


def test_england_has_the_people_of_its_parts_at_both_reforms(tables: Tables) -> None:
    people: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for row in tables["registry/populations"]:
        people[row["year"], row["population_basis"]][row["place"]] = row
    counted = int(people["2013-14", "registered"]["england"]["persons"])
    regions = {r["child"] for r in tables["registry/place_parents"] if r["parent"] == "england"}
    before, after = people["2012-13", "registered"], people["2022-23", "registered"]
    assert sum(int(row["persons"]) for place, row in before.items() if place.startswith("pct-")) == counted
    for held in (before, after, people["2022-23", "resident"]):
        parts = [held[place] for place in sorted(regions & set(held)) if place[:3] != "la-"]
        whole = held["england"]
        assert int(whole["persons"]) == sum(int(row["persons"]) for row in parts)
        assert {(row["basis"], row["source"], row["note"]) for row in parts} == {
            (whole["basis"], whole["source"], whole["note"])
        }, "marked as its parts are"
    assert int(before["england"]["persons"]) == int(after["england"]["persons"]) == counted


def test_a_location_of_a_board_keeps_a_ccgs_code_as_an_office(tables: Tables) -> None:
    lives = [r for r in tables["registry/bodies"] if r["body"] == "ods:36J"]
    assert [(r["kind"], r["legal_person"], r["valid_to"]) for r in lives] == [
        ("ccg", "yes", "2022-07-01"),
        ("sub_icb_location", "no", "9999-12-31"),
    ]
    office = [r for r in tables["registry/relations"] if (r["subject"], r["type"]) == ("ods:36J", "office_of")]
    assert [(r["object"], r["valid_from"]) for r in office] == [("ods:QWO", "2022-07-01")]


def test_nothing_said_of_ccgs_is_said_of_a_day_without_them(tables: Tables) -> None:
    said = [r for r in tables["registry/claims"] if r["organisation"] == "ccg_of_place"]
    assert said
    assert {r["valid_to"] for r in said} == {"2022-07-01"}


def test_nothing_is_said_of_public_health_england_after_its_end(tables: Tables) -> None:
    (body,) = [r for r in tables["registry/bodies"] if r["body"] == "concord:phe"]
    said = [r for r in tables["registry/claims"] if r["organisation"] == "concord:phe"]
    assert said
    assert {body["valid_to"], *(r["valid_to"] for r in said)} == {"2021-10-01"}
