"""Search as people type, over HTTP, and the words and postcodes behind it as values."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import Found
from concord_registry.postcodes import postcode_of
from concord_registry.search.index import Dated, Index
from concord_registry.search.words import words_of
from services.registry.tests import worlds
from services.registry.tests.conftest import Registry

ROOT = Path(__file__).parents[3]
NAMES = ("NHS Trafford CCG", "NHS Tameside and Glossop CCG", "NHS Heywood, Middleton and Rochdale CCG", "NHS Bury CCG")


def index(*names: str) -> Index:
    return Index((Dated(Found.BODY, name, name, date(2013, 4, 1), FOREVER) for name in names), ())


def best(text: str, made: Index) -> str | None:
    found = sorted(made.find(text), key=lambda one: -one.score)
    return found[0].entry.key if found else None


def found(registry: Registry, **asked: object) -> list[dict]:
    answer = registry.get("/v1/search", **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Traford", "ods:02A"),
        ("trafford clinical comissioning group", "ods:02A"),
        ("CCG TRAFFORD", "ods:02A"),
        ("Glossop & Tamside", "ods:01Y"),
        ("public helth engalnd", "concord:phe"),
        ("02a", "ods:02A"),
        ("ods:02A", "ods:02A"),
        ("E38000187", "ods:02A"),
        ("E38", "ods:02A"),
        ("q46", "ods:Q46"),
        ("la-P", "la-P"),
    ],
)
def test_what_is_typed_finds_what_is_meant(standing: Registry, typed: str, meant: str) -> None:
    assert found(standing, q=typed)[0]["id"] == meant


@pytest.fixture(scope="module")
def shipped() -> Index:
    """The names of bodies that ship with the registry, of any day."""
    with (ROOT / "data/england_2013_14/registry/body_names.csv").open(encoding="utf-8") as lines:
        return Index(
            [Dated(Found.BODY, row["body"], row["name"], date(2013, 4, 1), FOREVER) for row in csv.DictReader(lines)],
            (),
        )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Manchester City", "gss:E08000003"),
        ("Trafford clinical", "ods:02A"),
        ("Trafford clinical comm", "ods:02A"),
        ("Trafford health and wellbeing", "concord:hwb-E08000009"),
        ("Trafford metropolitan", "gss:E08000009"),
        ("Trafford primary care", "ods:5NR"),
        ("Greater Manchester Integrated Care", "ods:QOP"),
        ("Greater Manchester commissioning support", "ods:0AJ"),
        ("Greater Manchester Commissioning Hub", "ods:12J"),
        ("Bradford metropolitan", "gss:E08000032"),
    ],
)
def test_parts_of_long_forms_find_what_is_meant_among_the_shipped_names(shipped: Index, typed: str, meant: str) -> None:
    assert best(typed, shipped) == meant


def test_one_word_that_no_name_has_leaves_the_rest_found(shipped: Index) -> None:
    assert "ods:02A" in {one.entry.key for one in shipped.find("Trafford xqzvw")}
    assert shipped.find("Trafford xqzvw wqxzy") == []


def test_a_former_name_finds_the_body_under_its_present_one(standing: Registry) -> None:
    (hit,) = found(standing, q="NHS Tameside CCG", find="body", kind="ccg")
    assert (hit["id"], hit["name"]) == ("ods:01Y", "NHS Tameside and Glossop CCG")
    assert (hit["match"]["text"], hit["match"]["valid_to"]) == ("NHS Tameside CCG", "2014-01-01")
    (before,) = found(standing, q="NHS Tameside CCG", find="body", kind="ccg", as_of="2013-06-01")
    assert before["name"] == "NHS Tameside CCG"
    assert before["score"] > hit["score"], "a name in force counts more"


def test_a_body_that_is_no_more_names_who_stands_in_its_place(standing: Registry) -> None:
    (hit,) = found(standing, q="Trafford primary care trust", kind="pct")
    assert not hit["in_being"]
    assert [one["id"] for one in hit["successors"]] == ["ods:02A"]
    assert found(standing, q="Trafford PCT", as_of="2012-06-01")[0]["successors"] == []


def test_kind_place_and_area_filter_with_and_without_words(standing: Registry) -> None:
    assert {one["id"] for one in found(standing, kind="ccg", find="body")} == {"ods:02A", "ods:01Y"}
    assert {one["id"] for one in found(standing, place="ccg-02A", find="body")} == {"ods:02A", "ods:Q46", "gss:P"}
    inside = {one["id"] for one in found(standing, within="gm")}
    assert {"ods:02A", "ods:01Y", "gss:P", "ods:Q46", "gm", "ccg-01Y", "la-P"} <= inside
    assert not {"gss:Q", "ods:X24", "england"} & inside
    assert [one["id"] for one in found(standing, q="Council", find="body", within="gm")] == ["gss:P"]
    assert found(standing, q="P Council", place="ccg-02A", within="la-Q", find="body") == []


def test_pages_join_to_the_whole_and_stay_on_one_position(standing: Registry) -> None:
    whole = found(standing, within="england")
    page = standing.get("/v1/search", within="england", limit=3).json()
    assert page["total"] == len(whole)
    ids = [one["id"] for one in page["items"]]
    while page["next_cursor"]:
        answer = standing.http.get(
            "/v1/search", params={"within": "england", "limit": 3, "cursor": page["next_cursor"]}
        )
        page = answer.json()
        assert page["as_of"] == "2014-01-15"
        ids += [one["id"] for one in page["items"]]
    assert ids == [one["id"] for one in whole]


def test_postcodes_find_seats_and_say_when_none_is_held(standing: Registry, registry: Registry, loaded: object) -> None:
    nothing = standing.get("/v1/search", postcode="M33").json()
    assert (nothing["items"], nothing["postcodes_held"]) == ([], 0)
    assert "No body's postcode is held" in nothing["notes"][0]
    lines = [
        f"ods:{code},postcode,{postcode},2013-04-01,9999-12-31,law"
        for code, postcode in (("02A", "M33 7ZF"), ("01Y", "SK16 4LA"), ("Q46", "M3 5JZ"))
    ]
    worlds.load_into(loaded, worlds.with_lines("body_codes.csv", *lines))
    for asked, meant in (("M", ["ods:02A", "ods:Q46"]), ("m33", ["ods:02A"]), ("m337zf", ["ods:02A"]), ("M34", [])):
        hits = found(registry, postcode=asked)
        assert sorted(one["id"] for one in hits) == meant, asked
        assert all(one["match"]["by"] == "postcode" for one in hits)
    assert found(registry, q="SK16 4LA")[0]["id"] == "ods:01Y"
    assert [one["id"] for one in found(registry, q="Trafford", postcode="M")] == ["ods:02A"]
    before = registry.get("/v1/search", postcode="M33", known_at=nothing["known_at"]).json()
    assert before["items"] == []


@pytest.mark.parametrize("asked", [{}, {"q": "x"}, {"q": "x" * 101}, {"postcode": "33M"}, {"q": "ab", "like": "1"}])
def test_what_cannot_be_searched_for_is_refused(standing: Registry, asked: dict[str, str]) -> None:
    assert standing.get("/v1/search", **asked).status_code == 422


@pytest.mark.parametrize("typed", ["%", "(((", "' or 1=1", "\u202e\u0301", "a" * 100, "..", "\u00df\u00df"])
def test_strange_text_finds_nothing_and_harms_nothing(standing: Registry, typed: str) -> None:
    assert standing.get("/v1/search", q=typed.ljust(2)).status_code == 200


@given(st.sampled_from(NAMES), st.data())
@settings(max_examples=40, deadline=None)
def test_one_mistake_in_a_telling_word_still_finds_the_name(name: str, data: st.DataObject) -> None:
    """A letter left out, doubled, replaced or swapped with the next, in a word of five letters or more; words in any
    order; with or without what people leave out."""
    words = list(words_of(name))
    long = [number for number, word in enumerate(words) if len(word) >= 5]
    if long:
        at = data.draw(st.sampled_from(long))
        word, place = words[at], data.draw(st.integers(1, 3))
        words[at] = data.draw(
            st.sampled_from(
                [
                    word[:place] + word[place + 1 :],
                    word[:place] + word[place] + word[place:],
                    word[:place] + "x" + word[place + 1 :],
                    word[:place] + word[place + 1] + word[place] + word[place + 2 :],
                ]
            )
        )
    kept = [word for word in words if word not in ("nhs", "ccg", "and") or data.draw(st.booleans())]
    assert best(" ".join(data.draw(st.permutations(kept))), index(*NAMES)) == name


def test_words_are_read_alike() -> None:
    assert words_of("NHS Bath & North East Somerset Clinical Commissioning Group") == words_of(
        "nhs bath and north-east somerset CCG"
    )
    assert words_of("St. Helens") == words_of("Saint Helens")
    assert words_of("King\u2019s Lynn") == words_of("Kings Lynn")


def test_postcodes_are_read_whole_or_begun() -> None:
    assert postcode_of("m337zf") == ("M", "M33", "7ZF")
    assert postcode_of("SW1A 2NS") == ("SW", "SW1A", "2NS")
    assert postcode_of("OL") == ("OL", "", "")
    assert postcode_of("E38000187") is None
    assert postcode_of("Trafford") is None
