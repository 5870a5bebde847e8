"""Reading the map over HTTP: positions, filters, pages, forms, tags."""

import csv
from io import StringIO
from itertools import product

import pytest

from services.registry.tests.conftest import Registry


def test_every_read_echoes_its_position_and_gives_the_same_again(registry: Registry) -> None:
    writes = product(("prevention", "gp", "imaging", "surgery", "support"), ("lung", "breast", "*"))
    for path in (
        "/v1/responsibilities",
        "/v1/coverage?pathway=lung&place=ccg-02A",
        "/v1/organisations",
        "/v1/search?q=Traford",
        "/v1/contacts?stage=imaging&place=ccg-02A&pathway=lung",
        "/v1/organisations/ods:02A",
        "/v1/organisations/ods:02A/responsibilities",
        "/v1/places",
        "/v1/places/ccg-01Y",
        "/v1/stages",
        "/v1/pathways",
        "/v1/rules",
        "/v1/claims",
        "/v1/claims/n-support",
        "/v1/mandates",
    ):
        address, _, query = path.partition("?")
        params = dict(part.split("=") for part in query.split("&")) if query else {}
        first = registry.get(address, **params)
        assert first.status_code == 200, (path, first.text)
        position = {name: first.json()[name] for name in ("as_of", "known_at")}
        assert position["as_of"] == "2014-01-15"
        stage, pathway = next(writes)
        claim = {"role": "commissions", "organisation": "ods:02A", "stage": stage, "pathway": pathway}
        claim |= {"place": "ccg-02A", "valid_from": "2013-04-01"}
        registry.http.post("/v1/claims", headers=registry.as_body("ods:02A"), json=claim).raise_for_status()
        assert registry.get(address, **params, **position).json() == first.json(), path


def test_responsibilities_are_filtered_and_paged_on_one_position(standing: Registry) -> None:
    first = standing.get("/v1/responsibilities", pathway="lung", place=["ccg-02A", "ccg-01Y"], limit=4).json()
    items, cursor = first["items"], first["next_cursor"]
    while cursor:
        answer = standing.http.get(
            "/v1/responsibilities",
            params={"pathway": "lung", "place": ["ccg-02A", "ccg-01Y"], "limit": 4, "cursor": cursor},
        )
        page = answer.json()
        assert (page["as_of"], page["known_at"]) == (first["as_of"], first["known_at"])
        assert (page["next_cursor"] is None) == ("link" not in answer.headers)
        items, cursor = items + page["items"], page["next_cursor"]
    everything = standing.get("/v1/responsibilities", pathway="lung", place=["ccg-02A", "ccg-01Y"]).json()["items"]
    assert items == everything
    assert [one["stage"] for one in items[:6]] == ["prevention", "gp", "imaging", "surgery", "support", "registration"]
    assert {one["place"] for one in items} == {"ccg-02A", "ccg-01Y"}


def test_the_link_to_the_next_page_leads_there(standing: Registry) -> None:
    answer = standing.get("/v1/places", limit=3)
    link = answer.links["next"]["url"]
    assert standing.http.get(link).json()["items"][0]["key"] > answer.json()["items"][-1]["key"]


def test_a_responsibility_carries_law_shares_and_office(standing: Registry) -> None:
    found = standing.get("/v1/responsibilities", pathway="lung", place="ccg-01Y", stage=["prevention", "gp", "support"])
    prevention, primary, support = found.json()["items"]
    assert prevention["statutory"]["shares"] == [["gss:P", 0.75], ["gss:Q", 0.25]]
    assert prevention["statutory"]["said"] == "the upper-tier council of the place"
    assert primary["statutory"]["commissioners"][0]["name"] == "NHS England"
    assert primary["statutory"]["office"] == {
        "id": "ods:Q46", "name": "Greater Manchester area team", "kind": "area_team", "legal_person": False,
    }  # fmt: skip
    assert support["statutory"]["commissioners"] == []
    assert support["statutory"]["citation"] == {"text": "no provision found", "source": "The Act", "verified": True}


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/csv", "csv"),
        ("application/json, text/csv;q=0.5", "json"),
        ("text/csv, application/json;q=0.5", "csv"),
        ("*/*", "json"),
        ("text/*", "csv"),
        ("application/json;q=0, */*", "csv"),
        ("text/csv;q=x, application/json;q=0.1", "json"),
    ],
)
def test_the_form_is_the_one_preferred(standing: Registry, accept: str, form: str) -> None:
    answer = standing.http.get("/v1/responsibilities", params={"as_of": "2014-01-15"}, headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("text/csv" if form == "csv" else "application/json")


def test_csv_holds_the_same_rows(standing: Registry) -> None:
    params = {"as_of": "2014-01-15", "pathway": "lung", "place": "ccg-02A"}
    answer = standing.http.get("/v1/responsibilities", params=params, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [row["stage"] for row in rows] == ["prevention", "gp", "imaging", "surgery", "support", "registration"]
    assert rows[2] | {"known_at": ""} == {
        "as_of": "2014-01-15", "known_at": "", "place": "ccg-02A", "place_name": "Trafford", "pathway": "lung",
        "stage": "imaging", "stage_name": "Imaging", "commissioners": "ods:02A",
        "commissioner_names": "NHS Trafford CCG", "office": "", "population_basis": "registered",
        "procedure_class": "none", "citation": "s.3", "verified": "no",
    }  # fmt: skip
    assert answer.headers["Concord-As-Of"] == "2014-01-15"


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/v1/responsibilities", "application/pdf"),
        ("/v1/coverage?pathway=lung&place=ccg-02A", "text/csv"),
        ("/v1/stages", "text/html"),
        ("/v1/changes", "application/json;q=0"),
    ],
)
def test_a_form_we_do_not_have_is_refused(standing: Registry, path: str, accept: str) -> None:
    answer = standing.http.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.json()["type"]) == (406, "urn:concord:problem:not-acceptable")


def test_coverage_has_law_claims_findings_and_position_for_each_cell(standing: Registry) -> None:
    found = standing.get("/v1/coverage", pathway="lung", place=["ccg-01Y", "ccg-02A"]).json()
    assert [(one["place"], one["stage"]) for one in found["stages"]][:7] == [
        ("ccg-01Y", "prevention"), ("ccg-01Y", "gp"), ("ccg-01Y", "imaging"), ("ccg-01Y", "surgery"),
        ("ccg-01Y", "support"), ("ccg-01Y", "registration"), ("ccg-02A", "prevention"),
    ]  # fmt: skip
    prevention = found["stages"][0]
    (claim,) = prevention["claims"]
    assert claim["organisation_said"] == "the upper-tier council of the place"
    assert [body["name"] for body in claim["organisations"]] == ["P Council", "Q County Council"]
    assert claim["quotation"] == "they do"
    assert prevention["local_position"] == "stated nationally (Macmillan, 2014), unconfirmed here"
    score = dict(map(tuple, found["fragmentation"]))["ccg-02A"]
    assert score == {
        "score": 1.0, "hand_overs": 3, "stages_known": 4, "stages_confirmed_locally": 0, "stages": 5, "ranked": False,
    }  # fmt: skip


def test_stages_of_the_map_are_numbered_in_the_pathways_order(standing: Registry) -> None:
    cells = standing.get("/v1/coverage", pathway="lung", place="ccg-02A").json()["stages"]
    assert [cell["order"] for cell in cells] == list(range(1, len(cells) + 1))


def test_coverage_is_not_sent_twice_to_who_has_it_and_changes_with_the_record(standing: Registry) -> None:
    first = standing.get("/v1/coverage", pathway="lung", place="ccg-02A")
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    assert first.json()["etag"] == tag
    again = standing.http.get(
        "/v1/coverage",
        params={"pathway": "lung", "place": "ccg-02A", "as_of": "2014-01-15"},
        headers={"If-None-Match": tag},
    )
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert standing.get("/v1/coverage", pathway="lung", place="ccg-02A").content == first.content
    assert standing.get("/v1/coverage", pathway="lung", place="ccg-01Y").headers["etag"] != tag
    assert standing.get("/v1/coverage", pathway="lung", place="ccg-02A", as_of="2014-01-16").headers["etag"] != tag


def test_organisations_are_found_by_name_and_by_code(standing: Registry) -> None:
    def found(**params: str) -> list[str]:
        return [one["id"] for one in standing.get("/v1/organisations", **params).json()["items"]]

    assert found(q="traff") == ["ods:02A"]
    assert found(q="e38000187") == ["ods:02A"]
    assert found(kind="council") == ["gss:P", "gss:Q"]
    assert "ods:OLD" not in found()
    assert found(as_of="2012-01-01") == ["gss:P", "gss:Q", "ods:OLD"]


def test_an_organisation_is_its_dated_facts(standing: Registry) -> None:
    found = standing.get("/v1/organisations/ods:01Y", as_of="2013-06-01").json()
    assert found["body"]["name"] == "NHS Tameside CCG"
    assert [name for name, _, _ in found["names"]] == ["NHS Tameside CCG", "NHS Tameside and Glossop CCG"]
    assert found["places"] == ["ccg-01Y"]
    assert [(kind, other["id"]) for kind, other, _, _ in found["relations"]] == [("has_area_team", "ods:Q46")]
    trafford = standing.get("/v1/organisations/ods:02A").json()
    assert [(other["id"], kind, on, share) for other, kind, on, share in trafford["predecessors"]] == [
        ("ods:OLD", "transfer", "2013-04-01", 1.0)
    ]
    office = standing.get("/v1/organisations/ods:Q46").json()
    assert office["body"]["legal_person"] is False
    assert ("office_of", "ods:X24") in [(kind, other["id"]) for kind, other, _, _ in office["relations"]]


def test_what_am_i_responsible_for_and_who_stands_on_either_side(standing: Registry) -> None:
    found = standing.get("/v1/organisations/ods:02A/responsibilities", pathway="lung").json()
    assert [(one["stage"], one["place"]) for one in found["items"]] == [("imaging", "ccg-02A")]
    assert found["neighbours"] == [["imaging", "NHS England", "NHS England"]]


def test_places_say_how_they_lie_in_each_other(standing: Registry) -> None:
    place = standing.get("/v1/places/ccg-01Y").json()["place"]
    assert (place["parents"], place["children"]) == (["gm"], ["ccg-01Y~la-Q"])
    assert place["footprint"] == [["la-P", 0.75], ["la-Q", 0.25]]
    assert place["populations"][0]["persons"] == 240000
    stand_in = standing.get("/v1/places/la-P").json()["place"]["populations"][0]
    assert stand_in["assumption"] == "a stand-in"
    within = standing.get("/v1/places", within="gm").json()["items"]
    assert [one["key"] for one in within] == ["ccg-01Y", "ccg-01Y~la-Q", "ccg-02A", "gm", "la-P"]


def test_rules_are_listed_with_their_validity(standing: Registry) -> None:
    rules = standing.get("/v1/rules", pathway="breast", stage="imaging").json()["items"]
    assert [(rule["key"], rule["pathway"], rule["valid_from"]) for rule in rules] == [
        ("r-imaging", "*", "2013-04-01"),
        ("r-imaging-breast", "breast", "2013-04-01"),
    ]
    assert rules[0]["citation"]["verified"] is False
    assert standing.get("/v1/rules", as_of="2013-03-31").json()["items"] == []


def test_changes_have_no_holes_and_show_the_public_no_actor(registry: Registry) -> None:
    headers = registry.as_body("ods:02A")
    registry.http.post(
        "/v1/claims",
        headers=headers,
        json={"role": "leads", "organisation": "ods:02A", "pathway": "lung", "place": "ccg-02A",
              "valid_from": "2013-04-01", "reason": "the board said so"},
    ).raise_for_status()  # fmt: skip
    public = registry.http.get("/v1/changes").json()
    assert [one["seq"] for one in public["items"]] == [1, 2]
    assert public["next_after"] == public["head_seq"] == 2
    assert (public["items"][1]["action"], public["items"][1]["acting_for"]) == ("claims.assert", "ods:02A")
    assert public["items"][1]["reason"] is None
    assert "user" not in public["items"][1]["actor"]
    mine = registry.http.get(
        "/v1/changes", params={"after": 1}, headers={"Authorization": headers["Authorization"]}
    ).json()
    assert [(one["actor"], one["reason"]) for one in mine["items"]] == [("user-of-ods:02A", "the board said so")]


def test_known_at_up_to_the_clock_is_the_head_and_later_is_refused(standing: Registry) -> None:
    head = standing.get("/v1/stages").json()["known_at"]
    assert standing.get("/v1/stages", known_at="2999-01-01T00:00:00Z").status_code == 422
    between = standing.http.get("/health/live").headers["date"]
    assert between
    after_head = head.replace("Z", "").split(".")[0] + ".999999Z"
    answer = standing.get("/v1/stages", known_at=after_head)
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert answer.json()["known_at"] == head
    assert standing.get("/v1/stages", known_at="2014-01-01T00:00:00Z").json()["items"] == []


def test_what_the_registrys_own_figures_rest_on(standing: Registry) -> None:
    found = standing.get("/v1/reference/summary").json()
    by_table = {one["table"]: (one["published"], one["derived"], one["assumption"]) for one in found["tables"]}
    assert by_table == {"populations": (2, 0, 1), "footprints": (0, 3, 0), "succession": (1, 0, 0)}
    assert {one["key"]: one["figures"] for one in found["sources"]} == {"law": 6, "report-2014": 0}
