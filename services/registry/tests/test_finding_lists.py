"""Findings as lists: of places, bodies, stages, regions; what changed and will change; rankings; the matrix."""

import csv
import io
import itertools
from datetime import date
from typing import Any

import openpyxl
import pytest

from concord_contracts.identifiers import FOREVER
from concord_kit.clock import utc_now
from concord_kit.database import Database, Reading
from concord_kit.paging import encode_cursor
from concord_kit.positions import resolve
from concord_kit.sheets import EXCEL_TYPE
from concord_registry import finding_pages, pages_ahead
from concord_registry.finding_pages import ReadAt
from concord_registry.finding_scope import FindingScope
from concord_registry.store.places import days_of
from concord_registry.store.reference import ReferenceReader
from concord_registry.wording import in_a_sentence
from services.registry.tests.conftest import Registry
from services.registry.tests.test_claims_over_http import decide, say
from services.registry.tests.worlds import DAY, a_claim, record


def listed(registry: Registry, **params: Any) -> list[dict[str, Any]]:
    """Every page, joined."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = registry.get("/v1/findings", **({"cursor": cursor} if cursor else {}), **params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found
        assert 'rel="next"' in answer.headers["link"]


def keys(found: list[dict[str, Any]]) -> list[str]:
    return [one["key"] for one in found]


def test_the_list_of_a_place_is_what_its_map_says(standing: Registry) -> None:
    for place in ("ccg-02A", "la-Q", "gm", "england"):
        found = listed(standing, pathway="lung", place=place)
        on_map = standing.get("/v1/coverage", pathway="lung", place=place).json()["findings"]
        assert sorted(keys(found)) == sorted(keys(on_map)), place
        assert len(keys(found)) == len(set(keys(found)))


def test_pages_of_any_size_join_to_the_same_list(standing: Registry) -> None:
    whole = keys(listed(standing, limit=1000))
    assert keys(listed(standing, limit=3)) == keys(listed(standing, limit=7)) == whole
    assert len(whole) == len(set(whole)) > 50
    places = {one["place"] for one in listed(standing)}
    assert places == {"ccg-02A", "ccg-01Y", "la-P", "la-Q", "gm", "england"}


@pytest.mark.parametrize(
    ("filters", "only"),
    [
        ({"kind": "gap"}, {"kind": {"gap"}}),
        ({"severity": ["high", "medium"]}, {"severity": {"high", "medium"}}),
        ({"kind": ["gap", "hand-over"], "pathway": "breast"}, {"kind": {"gap", "hand-over"}, "pathway": {"breast"}}),
        ({"region": "gm"}, {"place": {"ccg-02A", "ccg-01Y", "la-P", "gm"}}),
    ],
)
def test_filters_leave_exactly_what_they_name(
    standing: Registry, filters: dict[str, Any], only: dict[str, set[str]]
) -> None:
    expected = [one for one in listed(standing) if all(one[name] in values for name, values in only.items())]
    assert listed(standing, **filters) == expected
    assert {one[next(iter(only))] for one in expected} == next(iter(only.values()))


def test_a_hand_over_is_of_both_its_stages(standing: Registry) -> None:
    found = listed(standing, pathway="lung", place="ccg-02A", kind="hand-over", stage="gp")
    assert [(one["stage"], one["next_stage"]) for one in found] == [("prevention", "gp"), ("gp", "imaging")]


def test_a_body_sees_its_own_and_what_is_on_either_side(standing: Registry) -> None:
    found = listed(standing, body="ods:02A", pathway="lung")
    assert {one["place"] for one in found} == {"ccg-02A", "gm", "england"}
    sides = {(one["stage"], one["kind"]): one["side"] for one in found}
    assert sides["imaging", "gap"] == "own"
    assert sides["gp", "gap"] == "before"
    assert sides["surgery", "unconfirmed-locally"] == "after"
    assert sides[None, "no-whole-pathway-lead"] == "pathway"
    assert "prevention" not in {one["stage"] for one in found if one["kind"] != "hand-over"}, "two stages away"
    council = {one["stage"] for one in listed(standing, body="gss:P", pathway="lung") if one["side"] == "own"}
    assert "prevention" in council
    everywhere = listed(standing, body="ods:X24", kind="gap", pathway="lung")
    assert {one["place"] for one in everywhere} >= {"ccg-02A", "ccg-01Y", "la-P", "la-Q"}


def test_findings_as_csv_hold_the_same(standing: Registry) -> None:
    answer = standing.http.get(
        "/v1/findings",
        params={"as_of": "2014-01-15", "place": "ccg-02A", "pathway": "lung"},
        headers={"Accept": "text/csv"},
    )
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["key"] for row in rows] == keys(listed(standing, place="ccg-02A", pathway="lung"))
    assert all(row["closes_when"] and row["why_severity"].startswith(row["severity"]) for row in rows)
    assert standing.http.get("/v1/findings", headers={"Accept": "image/png"}).status_code == 406


def test_the_tag_of_a_page_saves_asking_again(registry: Registry) -> None:
    first = registry.get("/v1/findings", place="ccg-02A")
    same = {"as_of": "2014-01-15", "place": "ccg-02A"}
    again = registry.http.get("/v1/findings", params=same, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    say(registry)
    after = registry.http.get("/v1/findings", params=same, headers={"If-None-Match": first.headers["etag"]})
    assert after.status_code == 200


def changes(registry: Registry, **params: Any) -> list[tuple[str, str, str | None]]:
    answer = registry.http.get("/v1/findings/changes", params={"pathway": "lung", "place": "ccg-02A"} | params)
    assert answer.status_code == 200, answer.text
    return [(one["change"], one["finding"]["kind"], one["finding"]["stage"]) for one in answer.json()["items"]]


def test_what_changed_in_the_world_and_what_was_only_learnt(registry: Registry) -> None:
    lead = say(registry, role="leads", stage=None, valid_from="2014-02-01", valid_to="2014-04-01").json()
    opened, closed = ("opened", "no-whole-pathway-lead", None), ("closed", "no-whole-pathway-lead", None)
    assert changes(registry, **{"from": "2014-01-15", "to": "2014-02-01"}) == [closed]
    assert changes(registry, **{"from": "2014-03-31", "to": "2014-04-01"}) == [opened]
    assert changes(registry, **{"from": "2014-02-01", "to": "2014-03-31"}) == []
    nothing = registry.http.get("/v1/findings/changes", params={"to": "2014-02-01", "from": "2014-02-01"})
    assert nothing.json()["errors"][0]["type"] == "nothing-differs"
    say(registry)
    learnt = changes(registry, to="2014-02-01", known_from=lead["recorded_from"])
    assert learnt == [("opened", "unconfirmed-locally", "imaging"), ("closed", "gap", "imaging")]


def test_a_finding_that_becomes_graver_is_told_with_both_severities(registry: Registry) -> None:
    claim = say(registry, "gss:P", organisation="gss:P", stage="gp").json()
    disputed = decide(registry, claim, "dispute", "ods:X24", pays_meanwhile=True).json()
    stop = {"reason": "over", "on": "2014-01-15", "pays": False}
    headers = registry.as_body("ods:X24") | {"If-Match": f'"{disputed["version"]}"'}
    stopped = registry.http.post(f"/v1/claims/{claim['id']}/pay-meanwhile", json=stop, headers=headers)
    assert stopped.status_code == 200
    answer = registry.http.get(
        "/v1/findings/changes",
        params={"to": "2014-01-15", "known_from": disputed["recorded_from"], "place": "ccg-02A", "kind": "disputed"},
    ).json()
    (one,) = [each for each in answer["items"] if each["finding"]["pathway"] == "lung"]
    assert (one["change"], one["severity_before"], one["severity_after"]) == ("worsened", "medium", "high")


def test_a_place_that_begins_or_ends_says_so(standing: Registry) -> None:
    answer = standing.http.get(
        "/v1/findings/changes",
        params={"from": "2013-03-31", "to": "2013-04-01", "place": "ccg-02A", "pathway": "lung"},
    ).json()
    assert {one["change"] for one in answer["items"]} == {"opened"}
    assert answer["items"][0]["because"] == "ccg-02A is newly on the map on 2013-04-01"


def ahead(registry: Registry, **params: Any) -> dict[str, Any]:
    answer = registry.get("/v1/findings/ahead", **{"until": "2015-03-31", "pathway": "lung"} | params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_gap_says_where_the_law_behind_it_was_not_read(standing: Registry) -> None:
    found = {one["key"]: one["words"] for one in listed(standing, pathway="lung", place="ccg-02A", kind="gap")}
    assert "under a general duty (s.3; source awaited)." in found["gap~lung~ccg-02A~imaging"]
    assert not any("source awaited" in words for key, words in found.items() if "imaging" not in key)


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("Imaging: X-ray and CT", "imaging: X-ray and CT"), ("PET-CT", "PET-CT"), ("X-ray", "X-ray"),
        ("Clinical nurse specialists", "clinical nurse specialists"), ("the whole pathway", "the whole pathway"),
    ],
)  # fmt: skip
def test_abbreviations_keep_their_capitals_within_a_sentence(name: str, within: str) -> None:
    assert in_a_sentence(name) == within


def test_a_stage_that_loses_its_lead_is_foreseen_with_the_day(registry: Registry) -> None:
    lead = say(registry, role="leads", stage=None, valid_to="2014-04-01").json()
    review = {"review_by": "2014-03-15", "stated_on": "2014-01-10"}
    buys = say(registry, valid_from="2014-02-01", valid_to="2014-07-01", **review).json()
    found = ahead(registry, place="ccg-02A")
    told = [
        (one["on"], one["change"], one["finding"]["kind"], one["finding"]["stage"], one["last_day"])
        for one in found["items"]
    ]
    assert ("2014-04-01", "opened", "no-whole-pathway-lead", None, "2014-03-31") in told
    assert ("2014-02-01", "closed", "gap", "imaging", "2014-01-31") in told
    assert ("2014-03-16", "opened", "stale", "imaging", "2014-03-15") in told
    assert ("2014-07-01", "opened", "gap", "imaging", "2014-06-30") in told
    assert found["scanned_until"] == "2015-03-31"
    assert found["stopped_because"] is None
    (loss,) = [one for one in found["items"] if one["finding"]["kind"] == "no-whole-pathway-lead"]
    assert loss["claims_ending"] == [lead["id"]]
    assert "after 31 March 2014" in loss["words"]
    (gain,) = [one for one in found["items"] if one["on"] == "2014-02-01" and one["change"] == "closed"]
    assert gain["claims_beginning"] == [buys["id"]]
    assert ahead(registry, place="la-Q")["items"] == [], "a change elsewhere changes nothing here"
    day_by_day = [
        (on, *one)
        for before, on in itertools.pairwise(["2014-01-15", *found["days"]])
        for one in changes(registry, **{"from": before, "to": on})
    ]
    assert day_by_day == [one[:4] for one in told], "what is foreseen is what happens"


def test_pages_ahead_join_to_the_whole_within_a_day_too(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    for stage in ("imaging", "support", "gp"):
        say(registry, stage=stage, valid_to="2014-04-01")
    other = {"organisation": "ods:01Y", "place": "ccg-01Y", "valid_from": "2014-04-01", "valid_to": "2014-07-01"}
    assert say(registry, "ods:01Y", **other).status_code == 201
    whole = ahead(registry, region="gm")
    assert len({(one["on"], one["finding"]["place"]) for one in whole["items"]}) > 2
    assert whole["next_cursor"] is None

    def paged(limit: int) -> list[dict[str, Any]]:
        page = ahead(registry, region="gm", limit=limit)
        items = page["items"]
        while page["next_cursor"]:
            assert len(page["items"]) <= limit
            assert "goes on from there" in page["stopped_because"]
            page = ahead(registry, region="gm", limit=limit, cursor=page["next_cursor"])
            items += page["items"]
        assert page["scanned_until"] == "2015-03-31"
        return items

    assert paged(1) == whole["items"]
    monkeypatch.setattr(pages_ahead, "MOST_MAPS_AHEAD", 1)
    assert paged(1000) == whole["items"]
    forged = encode_cursor("2014-01-15", whole["known_at"], "someday", "", "", 0)
    assert registry.get("/v1/findings/ahead", until="2015-03-31", cursor=forged).json()["type"].endswith("bad-cursor")


def test_to_look_ahead_is_bounded(standing: Registry) -> None:
    for until in ("2014-01-15", "2019-06-01", "1999-01-01"):
        answer = standing.get("/v1/findings/ahead", until=until)
        assert answer.json()["errors"][0]["parameter"] == "query:until", until


def test_places_are_ranked_only_where_half_of_their_stages_are_confirmed(registry: Registry) -> None:
    def ranking() -> dict[str, Any]:
        answer = registry.get("/v1/fragmentation", pathway="breast")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    before = ranking()
    assert (before["ranked"], [one["rank"] for one in before["items"]]) == (0, [None, None])
    assert "0 of 2 stages are confirmed locally, half are needed" in before["items"][0]["words"]
    said = {"pathway": "breast", "organisation": "ods:02A", "status": "confirmed"}
    assert say(registry, **said).status_code == 201
    first = ranking()["items"][0]
    assert (first["place"], first["rank"], first["score"], first["words"]) == ("ccg-02A", 1, 1.0, "")
    assert "hand-overs / (stages with a known commissioner - 1)" in ranking()["formula"]
    tag = ranking()["etag"]
    same = {"as_of": "2014-01-15", "pathway": "breast"}
    assert registry.http.get("/v1/fragmentation", params=same, headers={"If-None-Match": tag}).status_code == 304
    councils = registry.get("/v1/fragmentation", pathway="breast", kind="council", within="gm").json()
    assert [one["place"] for one in councils["items"]] == ["la-P"]


def test_the_matrix_puts_a_letter_to_every_part(registry: Registry) -> None:
    say(registry, status="confirmed")
    say(registry, organisation="ods:0AJ", role="supports", status="assumed")
    say(registry, organisation="gss:P", status="assumed", on_behalf_of=["ods:02A"], stage="support")
    claim = say(registry, "gss:P", organisation="gss:P", stage="gp").json()
    decide(registry, claim, "dispute", "ods:X24")
    answer = registry.get("/v1/matrix", pathway="lung", place="ccg-02A").json()
    letters = {(one["body"], one["stage"]): one["letters"] for one in answer["cells"]}
    assert letters["ods:02A", "imaging"] == "R C+"
    assert letters["ods:0AJ", "imaging"] == "S~"
    assert letters["gss:P", "support"] == "C~"
    assert letters["ods:02A", "support"] == "B~"
    assert letters["gss:P", "gp"] == "C?"
    assert letters["ods:X24", "gp"] == "R"
    used = {letter[0] for text in letters.values() for letter in text.split()}
    assert used <= {one["letter"] for one in answer["legend"]}
    headers = {"Accept": "text/csv"}
    same = {"as_of": "2014-01-15", "pathway": "lung", "place": "ccg-02A"}
    table = list(csv.DictReader(io.StringIO(registry.http.get("/v1/matrix", params=same, headers=headers).text)))
    assert {row["body"]: row["imaging"] for row in table}["ods:02A"] == "R C+"
    saved = registry.http.get("/v1/matrix", params=same, headers={"Accept": EXCEL_TYPE})
    book = openpyxl.load_workbook(io.BytesIO(saved.content))
    assert book.sheetnames == ["Matrix", "Legend"]
    head = [cell.value for cell in book["Matrix"][1]]
    assert head[:4] == ["Body", "Name", "Kind", "The whole pathway"]
    row = next(row for row in book["Matrix"].values if row[0] == "ods:02A")
    assert row[head.index("Imaging")] == "R C+"


def test_wrong_questions_are_named(standing: Registry) -> None:
    def refused(path: str, **params: Any) -> set[str]:
        answer = standing.get(path, **params)
        assert answer.status_code == 422, answer.text
        return {one["parameter"] for one in answer.json()["errors"]}

    unknown = {"pathway": "x", "place": "y", "region": "z", "body": "ods:ZZZ", "stage": "w"}
    assert refused("/v1/findings", **unknown) == {f"query:{name}" for name in unknown}
    assert refused("/v1/findings", region="ccg-02A") == {"query:region"}
    assert refused("/v1/findings", kind="hole") == {"query:kind.0"}
    assert refused("/v1/matrix", pathway="x", place="y") == {"query:pathway", "query:place"}
    assert refused("/v1/fragmentation", pathway="x", within="y") == {"query:pathway", "query:within"}
    assert standing.get("/v1/findings", cursor="zz").status_code == 400


def test_pages_and_days_to_come_are_read_alike_from_each_database(loaded_on_each: Database) -> None:
    """The queries behind the lists, on SQLite and PostgreSQL."""
    record(
        loaded_on_each,
        a_claim(valid_to=date(2014, 4, 1)),
        a_claim(id="c2", stage="support", review_by=date(2014, 2, 1), valid_from=date(2014, 1, 1)),
    )
    references = ReferenceReader()

    def work(tx: Reading) -> tuple[int, list[tuple[date, str, str | None]], list[tuple[date, date]]]:
        at = ReadAt(resolve(tx, DAY, None, utc_now), references.read(tx, DAY, tx.head_at))
        scope = FindingScope(pathways=("lung",), places=("ccg-02A",))
        ahead = pages_ahead.ahead(tx, references, at, scope, date(2014, 12, 31), 100)
        found = finding_pages.findings(tx, at, scope, None, 1000)
        told = [(one.on, one.changed.change.value, one.changed.shown.found.stage) for _, _, one in ahead.items]
        return len(found.items), told, days_of(tx, "ccg-02A", tx.head_at)

    count, told, days = loaded_on_each.read_now(work)
    assert count > 10
    assert told == [
        (date(2014, 2, 2), "opened", "support"),
        (date(2014, 4, 1), "opened", "imaging"),
        (date(2014, 4, 1), "closed", "imaging"),
    ]
    assert days == [(date(2013, 4, 1), FOREVER)]
