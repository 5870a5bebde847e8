"""An empty answer says what it does not mean, and what to ask instead."""

from datetime import date

import pytest

from concord_registry.silence import not_on_the_map
from services.registry.tests.conftest import Registry

ASK = "Ask /v1/commissioners (`concord who STAGE --place ccg-02A`)"


def test_a_body_that_commissions_without_a_place_is_not_said_to_be_responsible_for_nothing(standing: Registry) -> None:
    own = standing.get("/v1/organisations/ods:OLD/responsibilities", as_of="2012-06-01").json()
    listed = standing.get("/v1/responsibilities", organisation="ods:OLD", as_of="2012-06-01").json()
    assert own["items"] == listed["items"] == []
    assert "has no place on the map on 1 June 2012. That does not mean" in own["note"]
    assert ASK in own["note"]
    assert listed["note"] == own["note"]


def test_a_body_that_is_not_in_being_is_said_not_to_be(standing: Registry) -> None:
    note = standing.get("/v1/organisations/ods:OLD/responsibilities", as_of="2014-01-15").json()["note"]
    assert "is not in being on 15 January 2014" in note
    assert "to 31 March 2013" in note


def test_without_ccgs_on_the_map_the_whole_list_says_so(standing: Registry) -> None:
    answer = standing.get("/v1/responsibilities", as_of="2012-06-01").json()
    assert answer["items"] == []
    none = "No primary care trust, CCG or integrated care board has a place on the map on 1 June 2012."
    assert answer["note"].startswith(f"{none} Ask /v1/commissioners")


@pytest.mark.parametrize(
    "path",
    ["/v1/organisations/ods:02A/responsibilities", "/v1/responsibilities?organisation=ods:02A", "/v1/responsibilities"],
)
def test_who_has_places_gets_no_note(standing: Registry, path: str) -> None:
    answer = standing.get(path).json()
    assert answer["items"]
    assert answer["note"] is None


@pytest.mark.parametrize(
    "path", ["/v1/coverage", "/v1/contacts", "/v1/matrix", "/v1/responsibilities", "/v1/findings", "/v1/findings/ahead"]
)
def test_a_place_of_other_days_is_told_with_its_days(standing: Registry, path: str) -> None:
    asked = {"pathway": "lung", "place": "ccg-02A", "as_of": "2013-03-31"}
    if path == "/v1/contacts":
        asked["stage"] = "imaging"
    if path == "/v1/findings/ahead":
        asked["until"] = "2014-01-15"
    answer = standing.get(path, **asked)
    assert answer.status_code == 422
    details = [one["detail"] for one in answer.json()["errors"] if one["parameter"] == "query:place"]
    assert len(details) == 1
    assert "it is on the map from 1 April 2013 on; /v1/commissioners" in details[0]
    never = standing.get(path, **asked | {"place": "mars"}).json()["errors"]
    assert "unknown place mars on 2013-03-31" in [one["detail"] for one in never]


def test_periods_that_touch_are_told_as_one() -> None:
    first, second = (date(2013, 4, 1), date(2015, 4, 1)), (date(2015, 4, 1), date(2020, 4, 1))
    later = (date(2021, 4, 1), date(2022, 4, 1))
    assert "from 1 April 2013 to 31 March 2020, from 1 April 2021 to 31 March 2022;" in not_on_the_map(
        [later, second, first]
    )
    assert not_on_the_map([]) == ""
