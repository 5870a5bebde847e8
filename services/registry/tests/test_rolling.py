"""The bodies of another date: nothing is lost, whatever merges and splits; England's own chains; refused backwards."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_registry.measures_rolled import NotRollableError, first_day_of
from concord_registry.rolling import apportion
from concord_registry.succession import Lineage, Part, Succession
from services.registry.tests import published
from services.registry.tests import test_publishers_files as publishers
from services.registry.tests.conftest import Registry
from services.registry.tests.worlds import with_lines

ENGLAND = Path(__file__).parents[3] / "data/england_2013_14/registry"


def rows(file: str) -> list[dict[str, str]]:
    with (ENGLAND / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def england() -> Lineage:
    return Lineage(
        Succession(
            row["predecessor"], row["successor"], row["kind"], date.fromisoformat(row["on"]), float(row["share"]),
            row["basis"],
        )
        for row in rows("succession.csv")
    )  # fmt: skip


def shares(parts: tuple[Part, ...]) -> dict[str, Fraction]:
    return {part.body: part.share for part in parts}


def test_hub_13w_gave_two_parts_in_2016_and_the_rest_in_2020(england: Lineage) -> None:
    day = date(2015, 6, 1)
    assert shares(england.parts("ods:13W", day, date(2016, 3, 31))) == {"ods:13W": 1}
    in_2016 = england.parts("ods:13W", day, date(2016, 4, 1))
    assert {part.body: round(float(part.share), 3) for part in in_2016} == {
        "ods:13W": 0.333, "ods:14J": 0.333, "ods:14K": 0.333,
    }  # fmt: skip
    assert {part.basis for part in in_2016} == {"assumption"}
    (last,) = england.parts("ods:13W", day, date(2020, 4, 1))
    assert (last.body, last.share, last.basis) == ("ods:27T", 1, "assumption")
    of_2018 = england.parts("ods:13W", date(2018, 1, 1), date(2020, 4, 1))
    assert shares(of_2018) == {"ods:27T": 1}
    assert {part.basis for part in of_2018} == {"published"}, "what it kept in 2016 has nothing to do with the split"


def test_a_ccg_is_followed_through_two_mergers_to_its_board(england: Lineage) -> None:
    day = date(2014, 1, 15)
    for on, expected in (("2018-03-31", "10G"), ("2018-04-01", "15D"), ("2021-04-01", "D4U1Y")):
        assert shares(england.parts("ods:10G", day, date.fromisoformat(on))) == {f"ods:{expected}": 1}
    assert set(shares(england.parts("ods:10G", day, date(2022, 7, 1)))) == {"ods:QNQ"}


@pytest.mark.parametrize("on", ["2015-04-01", "2018-04-01", "2020-04-01", "2021-04-01", "2022-07-01", "2026-04-01"])
def test_all_englands_people_are_there_whatever_date_they_are_rolled_to(england: Lineage, on: str) -> None:
    """211 lists over the mergers of CCGs, and 152 councils' residents over the reorganisations of local government."""
    places = {row["place"]: row["body"] for row in rows("places.csv") if row["kind"] in ("ccg", "council")}
    for basis, expected in (("registered", 56_324_887), ("resident", 53_500_000)):
        rolled: Counter[str] = Counter()
        for row in rows("populations.csv"):
            own = {"registered": "ccg-", "resident": "la-"}[basis]
            if row["place"] in places and row["place"].startswith(own) and row["year"] == "2013-14":
                if row["population_basis"] != basis:
                    continue
                parts = england.parts(places[row["place"]], date(2013, 4, 1), date.fromisoformat(on))
                rolled.update(apportion(int(row["persons"]), parts))
        assert rolled.total() == expected


events = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 7), st.integers(1, 9), st.integers(1, 1_000_000)), max_size=14
)


def acyclic(drawn: list[tuple[int, int, int, int]]) -> list[Succession]:
    """Each body is followed by later ones alone; the shares of one day come to 1 at most."""
    found: list[Succession] = []
    given_away: Counter[tuple[int, int]] = Counter()
    for before, step, day, millionths in drawn:
        after = before + step
        room = 1_000_000 - given_away[before, day]
        if room and not any(
            (e.predecessor, e.successor, e.on.day) == (f"o:{before}", f"o:{after}", day) for e in found
        ):
            given_away[before, day] += min(room, millionths)
            share = min(room, millionths) / 1_000_000
            found.append(Succession(f"o:{before}", f"o:{after}", "split", date(2015, 4, day), share, "assumption"))
    return found


@settings(max_examples=60, deadline=None)
@given(events, st.dictionaries(st.integers(0, 6), st.integers(-10_000, 10**9), max_size=5), st.data())
def test_totals_are_conserved_to_the_unit(drawn: Any, amounts: dict[int, int], data: Any) -> None:
    lineage = Lineage(acyclic(drawn))
    since, on = sorted((date(2015, 3, 31), date(2015, 4, data.draw(st.integers(1, 30)))))
    middle = date(2015, 4, data.draw(st.integers(1, on.day)))
    rolled: Counter[str] = Counter()
    for body, units in amounts.items():
        parts = lineage.parts(f"o:{body}", since, on)
        assert sum(part.share for part in parts) == 1
        rolled.update(apportion(units, parts))
        by_steps: Counter[str] = Counter()
        for first in lineage.parts(f"o:{body}", since, middle):
            for part in lineage.parts(first.body, middle, on):
                by_steps[part.body] += first.share * part.share  # type: ignore[assignment]
        assert {key: share for key, share in by_steps.items() if share} == shares(parts), "in two steps as in one"
    assert rolled.total() == sum(amounts.values())


MERGED = with_lines(
    "succession.csv",
    "ods:01Y,ods:NEW,merger,2018-04-01,1.0,published,law,",
    "ods:02A,ods:NEW,split,2018-04-01,0.333333,assumption,,not published",
    "ods:02A,ods:NEW2,split,2018-04-01,0.666667,assumption,,not published",
    base=with_lines(
        "bodies.csv",
        "ods:NEW,ccg,yes,2018-04-01,9999-12-31,law",
        "ods:NEW2,ccg,yes,2018-04-01,9999-12-31,law",
        base=with_lines(
            "body_names.csv",
            "ods:NEW,NHS New CCG,2018-04-01,9999-12-31,law",
            "ods:NEW2,NHS Newer CCG,2018-04-01,9999-12-31,law",
        ),
    ),
)


@pytest.fixture(scope="module")
def merged(standing_on: Any) -> Registry:
    found: Registry = standing_on(MERGED)
    return found


def answered(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_lists_name_who_stands_in_the_place_of_whom(merged: Registry) -> None:
    found = answered(merged.get("/v1/organisations", kind="ccg", roll_to="2018-04-01"))
    assert found["roll_to"] == "2018-04-01"
    assert {one["id"]: [(of["body"]["id"], of["share"], of["basis"]) for of in one["rolled_from"]]
            for one in found["items"]} == {
        "ods:NEW": [("ods:01Y", 1.0, "published"), ("ods:02A", 0.333333, "assumption")],
        "ods:NEW2": [("ods:02A", 0.666667, "assumption")],
    }  # fmt: skip
    first = answered(merged.get("/v1/organisations", kind="ccg", roll_to="2018-04-01", limit=1))
    rest = answered(merged.get("/v1/organisations", kind="ccg", roll_to="2018-04-01", cursor=first["next_cursor"]))
    assert [one["id"] for page in (first, rest) for one in page["items"]] == ["ods:NEW", "ods:NEW2"]
    one = answered(merged.get("/v1/organisations/ods:01Y", roll_to="2018-04-01"))
    assert [(part["of"], part["body"]["name"]) for part in one["rolled"]] == [("ods:01Y", "NHS New CCG")]


def test_people_stay_as_many_and_say_whose_they_were(merged: Registry) -> None:
    before = answered(merged.get("/v1/populations", kind="ccg", year="2013-14"))
    after = answered(merged.get("/v1/populations", kind="ccg", year="2013-14", roll_to="2018-04-01"))
    assert before["totals"] == after["totals"]
    assert {one["body"]["id"]: one["persons"] for one in after["items"]} == {"ods:NEW": 316_667, "ods:NEW2": 153_333}
    assert sum(one["persons"] for one in after["items"]) == before["totals"][0]["persons"] == 470_000
    assert {one["figure_basis"] for one in after["items"]} == {"assumption"}
    assert after["rule"]
    council = answered(merged.get("/v1/populations", place="la-P", roll_to="2018-04-01"))["items"]
    assert [(one["persons"], one["low"], one["high"]) for one in council] == [(220_000, 200_000, 240_000)]


def test_without_a_year_people_are_told_of_each_year_begun_by_the_day(merged: Registry) -> None:
    """The day need not lie after today: what bodies of that day have is of the years that had begun."""
    found = answered(merged.http.get("/v1/populations", params={"roll_to": "2018-04-01", "kind": "ccg"}))
    assert {one["year"] for one in found["items"]} == {"2013-14"}
    assert {one["body"]["id"] for one in found["items"]} == {"ods:NEW", "ods:NEW2"}
    assert found["note"] is None
    before = answered(merged.http.get("/v1/populations", params={"roll_to": "2013-03-31", "kind": "ccg"}))
    assert before["items"] == []
    assert before["note"] == "left out: 2013-14, which begin after 2013-03-31; a later `roll_to` has them"
    refused = merged.get("/v1/populations", roll_to="2013-03-31", year="2013-14")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["detail"].startswith("2013-14 begins after 2013-03-31: name years begun by then")


def test_people_by_age_are_the_bodies_and_roll_alike(merged: Registry) -> None:
    before = answered(merged.get("/v1/populations", ages="true"))
    assert [(one["body"]["id"], one["year"], one["age_from"], one["age_to"]) for one in before["items"]] == [
        ("ods:01Y", "2013-14", 0, 64), ("ods:02A", "2013-14", 0, 64), ("ods:02A", "2013-14", 65, None),
    ]  # fmt: skip
    after = answered(merged.get("/v1/populations", ages="true", roll_to="2018-04-01"))
    assert {(one["body"]["id"], one["age_from"]): one["persons"] for one in after["items"]} == {
        ("ods:NEW", 0): 263_334, ("ods:NEW", 65): 13_333, ("ods:NEW2", 0): 126_667, ("ods:NEW2", 65): 26_667,
    }  # fmt: skip
    assert after["totals"] == before["totals"]
    of_one = answered(merged.get("/v1/populations", ages="true", place="ccg-01Y"))
    assert [one["persons"] for one in of_one["items"]] == [200_001]


def test_types_of_relations_and_powers_are_data(merged: Registry) -> None:
    types = answered(merged.get("/v1/relation-types"))["items"]
    assert {one["type"]: one["inverse_name"] for one in types}["office_of"] == "has the office"
    of_a_ccg = answered(merged.get("/v1/organisations/ods:02A"))
    assert [(one["holder"], one["power"], one["over"]) for one in of_a_ccg["powers"]] == [
        ("council", "refer_back", "ccg")
    ]
    assert [kind for kind, *_ in of_a_ccg["relations"]] == ["has_area_team"]
    by_stage = answered(merged.get("/v1/powers", organisation="gss:P", stage="imaging"))["items"]
    assert [one["words"] for one in by_stage] == ["can send its plans back"]
    assert answered(merged.get("/v1/powers", organisation="gss:P", as_of="2012-01-01"))["items"] == []


def test_claims_and_responsibilities_keep_what_was_said_and_add_who_it_is_now(merged: Registry) -> None:
    claims = answered(merged.get("/v1/claims", stage="prevention", roll_to="2018-04-01"))["items"]
    assert {part["of"] for part in claims[0]["rolled"]["organisation"]} == {"gss:P", "gss:Q"}
    held = answered(
        merged.get("/v1/responsibilities", stage="imaging", pathway="lung", place="ccg-02A", roll_to="2018-04-01")
    )["items"]
    assert [body["id"] for body in held[0]["statutory"]["commissioners"]] == ["ods:02A"]
    assert [(part["body"]["id"], part["share"]) for part in held[0]["rolled"]] == [
        ("ods:NEW", 0.333333), ("ods:NEW2", 0.666667),
    ]  # fmt: skip
    text = merged.http.get(
        "/v1/responsibilities",
        params={"as_of": "2014-01-15", "stage": "imaging", "place": "ccg-02A", "roll_to": "2018-04-01"},
        headers={"Accept": "text/csv"},
    ).text
    assert "rolled_to" in text.splitlines()[0]
    assert "ods:02A -> ods:NEW 0.333333; ods:02A -> ods:NEW2 0.666667" in text


@pytest.mark.parametrize("path", ["organisations", "organisations/ods:02A", "claims", "responsibilities"])
def test_backwards_is_refused_with_what_to_ask_instead(merged: Registry, path: str) -> None:
    answer = merged.get(f"/v1/{path}", roll_to="2013-12-31")
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["parameter"], fault["type"]) == ("query:roll_to", "backwards")
    assert "as_of=2013-12-31" in fault["detail"]
    assert merged.get("/v1/populations", year="2013-14", roll_to="2012-12-31").status_code == 422


WAITS_2017 = (
    b"period,standard,commissioner_code,commissioner_name,category_1,category_2,total,within_standard,after_standard,"
    b"proportion_within\n"
    b"2017-07,62-DAY (ALL CANCER),02A,NHS TRAFFORD CCG,ALL CARE,ALL CANCERS,40,30,10,0.75\n"
    b"2017-07,62-DAY (ALL CANCER),01Y,NHS TAMESIDE AND GLOSSOP CCG,ALL CARE,ALL CANCERS,100,90,10,0.90\n"
    b"2017-07,62-DAY (ALL CANCER),UNKNOWN,UNKNOWN,ALL CARE,ALL CANCERS,3,1,2,0.33\n"
)


@pytest.fixture(scope="module")
def measures(merged: Registry) -> Callable[..., httpx.Response]:
    """Asks for measured values of waits and mortality of two groups, before they merged."""
    for content in (WAITS_2017, published.MORTALITY.replace(b",2018,", b",2016,")):
        publishers.taken(merged, content)
    return lambda **asked: merged.http.get("/v1/measures", params=asked)


def test_measured_values_are_told_of_the_bodies_that_followed(measures: Callable[..., httpx.Response]) -> None:
    asked = {"measure": "waiting-62-day-all-cancer", "period": "2017-07"}
    before = answered(measures(**asked))["items"]
    found = answered(measures(roll_to="2018-04-01", **asked))
    after = {one["subject"]: one for one in found["items"]}
    assert "suppressed" in found["rule"]
    assert {name: (one["numerator"], one["denominator"]) for name, one in after.items() if name != "unknown"} == {
        "ods:NEW": (100, 113), "ods:NEW2": (20, 27),
    }  # fmt: skip
    assert after["ods:NEW"]["value"] == pytest.approx(100 / 113)
    assert [(one["body"]["id"], one["share"]) for one in after["ods:NEW"]["rolled_from"]] == [
        ("ods:01Y", 1.0), ("ods:02A", 0.333333),
    ]  # fmt: skip
    for part in ("numerator", "denominator"):
        assert sum(one[part] for one in before) == sum(one[part] for one in found["items"]), part
    first = answered(measures(roll_to="2018-04-01", limit=1, **asked))
    rest = answered(measures(roll_to="2018-04-01", cursor=first["next_cursor"], **asked))
    assert [*first["items"], *rest["items"]] == found["items"]
    same = answered(measures(roll_to="2018-03-31", **asked))["items"]
    assert [(one["subject"], one["value"]) for one in same] == sorted(
        (one["subject"], one["value"]) for one in before
    ), "nobody had followed anybody yet"


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"roll_to": "2018-04-01"}, "missing"),
        ({"measure": "waiting-62-day-all-cancer", "period": "2017-07", "roll_to": "2017-06-30"}, "backwards"),
        ({"measure": "treatable-mortality-rate", "period": "2016", "roll_to": "2018-04-01"}, "not-rollable"),
    ],
)
def test_measured_values_that_cannot_be_told_of_others_are_refused(
    measures: Callable[..., httpx.Response], asked: dict[str, str], kind: str
) -> None:
    answer = measures(**asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["type"] == kind


@pytest.mark.parametrize(
    ("period", "first"),
    [
        ("2021-07", date(2021, 7, 1)),
        ("2013-14", date(2013, 4, 1)),
        ("2010-11", date(2010, 4, 1)),
        ("2013-14 Q4", date(2014, 1, 1)),
        ("2018", date(2018, 1, 1)),
        ("2018-06-30", date(2018, 6, 30)),
    ],
)
def test_bodies_are_followed_from_a_period_s_first_day(period: str, first: date) -> None:
    assert first_day_of(period) == first


@pytest.mark.parametrize("period", ["since 2009-10", "2018-13", "2018-02-30", "2021-07 Q1"])
def test_other_periods_have_no_first_day(period: str) -> None:
    with pytest.raises(NotRollableError):
        first_day_of(period)
