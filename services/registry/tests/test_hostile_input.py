"""Wrong and hostile input to every route gets a problem document naming each fault, and never an error of ours."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from concord_kit.app import actions_by_route
from concord_registry.knowledge.topics import TOPICS
from services.registry.tests.conftest import Registry

CLAIM: dict[str, Any] = {
    "role": "commissions",
    "organisation": "ods:02A",
    "stage": "imaging",
    "place": "ccg-02A",
    "valid_from": "2013-04-01",
}
ACTIVATION: dict[str, Any] = {
    "sequence": 1, "digest": "a" * 64, "basis": "x", "effective_from": "2014-04-01", "responsibilities": [],
}  # fmt: skip

READS = [
    "/v1/responsibilities",
    "/v1/coverage?pathway=lung&place=ccg-02A",
    "/v1/national",
    "/v1/commissioners?stage=imaging&place=ccg-02A",
    "/v1/findings",
    "/v1/findings/ahead?until=2015-04-01",
    "/v1/fragmentation?pathway=lung",
    "/v1/matrix?pathway=lung&place=ccg-02A",
    "/v1/organisations",
    "/v1/organisations/ods:02A",
    "/v1/organisations/ods:02A/responsibilities",
    "/v1/places",
    "/v1/places/ccg-02A",
    "/v1/populations",
    "/v1/places/ccg-02A/overlaps",
    "/v1/powers",
    "/v1/relation-types",
    "/v1/organisations/ods:02A/holdings",
    "/v1/reorganisations",
    "/v1/stages",
    "/v1/pathways",
    "/v1/rules",
    "/v1/claims",
    "/v1/claims/n-support",
    "/v1/activations/none",
    "/v1/mandates",
    "/v1/reference/summary",
    "/v1/contracts",
    "/v1/contracts/none",
    "/v1/clinical-leads",
    "/v1/network-coverage",
    "/v1/plan-coverage?pathway=lung&place=ccg-02A",
    "/v1/risk-register?pathway=lung&place=ccg-02A",
    "/v1/jsna?place=la-P",
    "/v1/comparators",
    "/v1/contacts?stage=imaging&place=ccg-02A",
    "/v1/exports/bodies",
    "/v1/guidance",
    "/v1/pathways/lung",
    "/v1/pathways/lung/versions",
    "/v1/planning-advice?stage=imaging",
    "/v1/planning-thresholds",
    "/v1/responsible-commissioner?stage=imaging&registered_with=ccg-02A&lives_in=la-P",
    "/v1/rules/changes",
    "/v1/rules/versions",
    "/v1/search?q=trafford",
    "/v1/services",
]


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document, which leaks nothing of how we are built."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert not re.search(r"Traceback|sqlalchemy|sqlite|SELECT |File \"", answer.text, re.IGNORECASE)
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    return found


def parameters(answer: httpx.Response, status: int = 422) -> set[str]:
    return {one.get("parameter") or one.get("pointer") for one in problem(answer, status)["errors"]}


@pytest.mark.parametrize("path", READS)
def test_dates_out_of_range_and_unknown_parameters_are_named_on_every_read(standing: Registry, path: str) -> None:
    def asked(query: str) -> httpx.Response:
        return standing.http.get(f"{path}{'&' if '?' in path else '?'}{query}")

    assert parameters(asked("as_of=2014-02-30&known_at=yesterday")) == {
        "query:as_of",
        "query:known_at",
    }
    assert parameters(asked("palce=ccg-02A&wihtin=gm")) == {"query:palce", "query:wihtin"}
    assert parameters(asked("as_of=9999-12-31")) == {"query:as_of"}
    assert parameters(asked("as_of=1389744000&known_at=1389744000")) == {"query:as_of", "query:known_at"}
    assert parameters(asked("known_at=0001-01-01T00:00:00%2B14:00")) == {"query:known_at"}
    assert parameters(asked("known_at=9999-12-31T23:59:59-12:00")) == {"query:known_at"}
    assert problem(asked("known_at=2999-01-01T00:00:00Z"), 422)["type"].endswith("known-at-too-late")


LISTS = [
    "/v1/findings", "/v1/findings/changes", "/v1/responsibilities", "/v1/organisations", "/v1/places",
    "/v1/populations", "/v1/rules", "/v1/claims", "/v1/mandates", "/v1/contracts",
    "/v1/organisations/ods:02A/holdings", "/v1/reorganisations", "/v1/places/ccg-02A/overlaps",
]  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_pages_are_bounded_and_cursors_only_ours(standing: Registry, path: str) -> None:
    for limit in ("0", "-1", "1001", "1e9", "nan"):
        assert parameters(standing.http.get(path, params={"limit": limit})) == {"query:limit"}
    for cursor in ("x", "%%%", "W10", "WzFd", "WyJhIiwiYiIsImMiXQ", "bnVsbA", "WyIyMDE0LTAxLTE1IiwieCIsImEiXQ"):
        assert problem(standing.http.get(path, params={"cursor": cursor}), 400)["type"].endswith("bad-cursor")
    assert parameters(standing.http.get(path, params={"cursor": "x" * 501})) == {"query:cursor"}


def test_unknown_codes_in_a_query_are_each_named(standing: Registry) -> None:
    answer = standing.get(
        "/v1/responsibilities",
        pathway="toe",
        place=["ccg-02A", "nowhere", "neither"],
        stage="magic",
        organisation="ods:ZZ",
    )
    assert [one["detail"] for one in problem(answer, 422)["errors"]] == [
        "unknown pathway toe on 2014-01-15",
        "unknown stage magic on 2014-01-15",
        "unknown place nowhere on 2014-01-15",
        "unknown place neither on 2014-01-15",
        "unknown organisation ods:ZZ on 2014-01-15",
    ]
    assert parameters(standing.get("/v1/coverage", pathway="toe", place=["x", "y"])) == {"query:pathway", "query:place"}
    assert parameters(standing.get("/v1/places", within="x")) == {"query:within"}
    assert parameters(standing.get("/v1/populations", place=["x", "ccg-02A"])) == {"query:place"}
    assert parameters(standing.get("/v1/national", pathway=["lung", "x"])) == {"query:pathway"}
    assert parameters(standing.get("/v1/national", pathway=["lung"] * 51)) == {"query:pathway"}
    assert parameters(standing.get("/v1/rules", pathway="x", stage="y")) == {"query:pathway", "query:stage"}
    assert parameters(standing.get("/v1/organisations/ods:02A/responsibilities", pathway="x")) == {"query:pathway"}


def test_a_place_is_unknown_before_it_was_in_being(standing: Registry) -> None:
    answer = standing.get("/v1/coverage", pathway="lung", place="ccg-02A", as_of="2013-03-31")
    assert problem(answer, 422)["errors"][0]["detail"] == (
        "unknown place ccg-02A on 2013-03-31: it is on the map from 1 April 2013 on; /v1/commissioners follows its "
        "people to the bodies of other days"
    )


def test_coverage_insists_on_a_pathway_and_on_a_few_places(standing: Registry) -> None:
    assert parameters(standing.http.get("/v1/coverage")) == {"query:pathway", "query:place"}
    many = standing.http.get("/v1/coverage", params={"pathway": "lung", "place": ["ccg-02A"] * 51})
    assert parameters(many) == {"query:place"}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/organisations/ods:ZZZ",
        "/v1/organisations/ods:ZZZ/responsibilities",
        "/v1/places/nowhere",
        "/v1/claims/nobody",
        "/v1/activations/none",
        "/v1/reorganisations/none",
        "/v1/places/nowhere/overlaps",
        "/v1/organisations/ods:NONE/holdings",
        "/v1/nothing",
        "/v1/claims/",
    ],
)
def test_what_does_not_exist_is_a_404(standing: Registry, path: str) -> None:
    assert problem(standing.get(path), 404)["type"] == "urn:concord:problem:not-found"


@pytest.mark.parametrize("path", ["/v1/organisations/x", "/v1/places/%20", "/v1/claims/'%3B--", "/v1/activations/*"])
def test_a_path_that_is_no_name_is_refused(standing: Registry, path: str) -> None:
    assert parameters(standing.http.get(path)) <= {
        "path:organisation", "path:key", "path:claim", "path:agreement",
    }  # fmt: skip


def wrong_claims() -> Iterator[Any]:
    yield pytest.param(
        {"valid_to": "2013-04-01", "status": "x"}, {"/valid_to", "/status"}, id="a period that runs backwards"
    )
    yield pytest.param({"valid_from": "soon", "valid_to": 7}, {"/valid_from", "/valid_to"}, id="no dates")
    yield pytest.param({"valid_from": "1389744000", "review_by": 1e9}, {"/valid_from", "/review_by"}, id="seconds")
    yield pytest.param({"role": "rules", "status": "maybe"}, {"/role", "/status"}, id="no role, no status")
    yield pytest.param({"organisation": "Trafford", "place": "a b"}, {"/organisation", "/place"}, id="no codes")
    yield pytest.param({"quotation": "x" * 4001, "authority": "x" * 501}, {"/quotation", "/authority"}, id="too long")
    yield pytest.param({"on_behalf_of": ["ods:1"] * 251}, {"/on_behalf_of"}, id="too many")
    yield pytest.param({"asserted_by": "ods:X24", "sates": 1}, {"/asserted_by", "/sates"}, id="unknown fields")
    yield pytest.param({"stage": None}, {"/stage"}, id="no stage and no lead")
    yield pytest.param({"pathway": "**", "function": ""}, {"/pathway", "/function"}, id="no keys")
    yield pytest.param({"status": "ended"}, {"/status"}, id="begins as ended")


@pytest.mark.parametrize(("given", "pointers"), list(wrong_claims()))
def test_every_fault_of_a_claim_is_named(standing: Registry, given: dict[str, Any], pointers: set[str]) -> None:
    answer = standing.http.post("/v1/claims", json=CLAIM | given, headers=standing.as_body("ods:02A"))
    found = problem(answer, 422)["errors"]
    assert {one.get("pointer", "") for one in found} == pointers


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ({"sequence": 0, "digest": "A"}, {"/sequence", "/digest"}),
        ({"sequence": 10**40}, {"/sequence"}),
        ({"sequence": True, "effective_from": 0}, {"/sequence", "/effective_from"}),
        ({"effective_from": "2014-04-01", "effective_to": "2014-03-31"}, {"/effective_to"}),
        ({"responsibilities": [{"role": "commissions"}]},
         {"/responsibilities/0/organisation", "/responsibilities/0/pathway", "/responsibilities/0/place"}),
        ({"responsibilities": {}}, {"/responsibilities"}),
        ({"basis": ""}, {"/basis"}),
    ],
)  # fmt: skip
def test_every_fault_of_an_activation_is_named(standing: Registry, given: dict[str, Any], pointers: set[str]) -> None:
    answer = standing.http.put("/v1/activations/a1", json=ACTIVATION | given, headers=standing.as_agreements())
    assert {one.get("pointer", "") for one in problem(answer, 422)["errors"]} == pointers


def writes() -> list[tuple[str, str]]:
    return [
        ("POST", "/v1/claims"),
        ("POST", "/v1/claims/bulk"),
        ("POST", "/v1/claims/n-support/confirm"),
        ("POST", "/v1/claims/n-support/dispute"),
        ("POST", "/v1/claims/n-support/pay-meanwhile"),
        ("POST", "/v1/claims/n-support/end"),
        ("POST", "/v1/claims/n-support/correct"),
        ("POST", "/v1/claims/n-support/withdraw"),
        ("POST", "/v1/files/1/withdraw"),
        ("POST", "/v1/mandates"),
        ("POST", "/v1/mandates/m1/end"),
        ("POST", "/v1/reorganisations"),
        ("POST", "/v1/rules/changes"),
        ("POST", "/v1/pathways/lung/versions"),
        ("PUT", "/v1/activations/a1"),
        ("POST", "/v1/contracts"),
        ("PUT", "/v1/contracts/none"),
        ("POST", "/v1/contracts/none/end"),
        ("POST", "/v1/people"),
        ("PUT", "/v1/people/none"),
    ]


def headers_for(registry: Registry, method: str, path: str) -> dict[str, str]:
    if "activations" in path:
        return registry.as_agreements()
    if "reorganisations" in path or "files" in path:
        return registry.as_body("ods:X24", "data-steward")
    if "rules" in path or "pathways" in path:
        return registry.as_body("ods:X24", "data-steward") | {"If-Match": '"1"'}
    role = "chief-officer" if "mandates" in path else "commissioner"
    return registry.as_body("ods:02A", role) | {"If-Match": '"1"'}


@pytest.mark.parametrize(("method", "path"), writes())
def test_malformed_bodies_are_refused_on_every_write(standing: Registry, method: str, path: str) -> None:
    def sent(content: bytes, media_type: str = "application/json") -> httpx.Response:
        headers = headers_for(standing, method, path) | {"Content-Type": media_type}
        return standing.http.request(method, path, content=content, headers=headers)

    for content in (b'{"valid_from": NaN}', b"{", b'{"a": 1, "a": 2}', b'{"a": "\xff"}', b'{"reason": "\\u0000"}'):
        assert problem(sent(content), 400)["type"].endswith("malformed-request"), content
    assert problem(sent(b"a=1", "application/x-www-form-urlencoded"), 415)
    for content in (b"[]", b"null", b'"x"', b"{}", b"1"):
        assert problem(sent(content), 422)["errors"]


@pytest.mark.parametrize(("method", "path"), writes())
def test_ten_megabytes_are_refused_on_every_write(standing: Registry, method: str, path: str) -> None:
    headers = headers_for(standing, method, path) | {"Content-Type": "application/json"}
    answer = standing.http.request(method, path, content=b"[" + b" " * 10_000_000 + b"]", headers=headers)
    assert problem(answer, 413)["type"].endswith("too-large")


@pytest.mark.parametrize(("method", "path"), writes())
def test_tokens_missing_expired_and_for_another_service_are_refused_on_every_write(
    standing: Registry, method: str, path: str
) -> None:
    roles = {"ods:02A": ["commissioner", "chief-officer"]}
    tokens = {
        "missing": None,
        "wrong-audience": standing.signing.mint("u", roles, "agreements"),
        "expired": standing.signing.mint("u", roles, "registry", iat=1_000_000_000, exp=1_000_000_600),
        "malformed": "x.y.z",
    }
    for reason, token in tokens.items():
        headers = {"Idempotency-Key": "k"} | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = standing.http.request(method, path, json={}, headers=headers)
        assert problem(answer, 401)["reason"] == reason


@pytest.mark.parametrize(("method", "path"), [one for one in writes() if one[0] == "POST"])
def test_a_key_is_required_where_something_is_created_or_moved(standing: Registry, method: str, path: str) -> None:
    headers = headers_for(standing, method, path)
    headers.pop("Idempotency-Key")
    answer = standing.http.request(method, path, json={"reason": "x"}, headers=headers)
    assert problem(answer, 400)["type"].endswith("idempotency-key-required")


def test_text_is_text_whatever_it_holds(registry: Registry) -> None:
    said = "'); DROP TABLE claims; -- <script>alert(1)</script> ${7*7} 🩺"
    answer = registry.http.post(
        "/v1/claims", json=CLAIM | {"quotation": said, "authority": said}, headers=registry.as_body("ods:02A")
    )
    assert answer.json()["quotation"] == said
    assert registry.get("/v1/claims", organisation="ods:02A").json()["items"][0]["quotation"] == said
    assert registry.get("/v1/organisations", q="' OR 1=1 --").json()["items"] == []
    assert registry.get("/v1/organisations", q="%_").json()["items"] == []


def test_every_route_of_the_service_is_met_here(application: FastAPI) -> None:
    met = (
        {("GET", path.partition("?")[0]) for path in READS}
        | {("GET", "/v1/changes"), ("GET", "/v1/findings/changes")}
        | set(writes())
    )
    templates = {
        (method, re.sub(r"/(ods:02A|ccg-02A|n-support|none|m1|a1|1|lung|bodies)(?=/|$)", "/{}", path))
        for method, path in met
    }
    routes = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in actions_by_route(application)}
    alike = {
        (method, path)
        for method, path in routes
        if path.split("/")[2:3] in [[name] for name in TOPICS if name != "contracts"]
    }
    assert {one for one in routes if one[1].startswith("/v1/")} - OTHERS - alike == templates
    assert len(alike) == 5 * (len(TOPICS) - 1)  # made by the function that makes those of contracts


OTHERS = {
    ("GET", "/v1/reorganisations/{}"),
    ("POST", "/v1/imports"),
    ("GET", "/v1/imports"),
    ("GET", "/v1/imports/{}"),
    ("GET", "/v1/imports/templates"),
    ("GET", "/v1/imports/templates/{}.{}"),
    ("GET", "/v1/reference/lists"),
    ("GET", "/v1/reference/lists/{}"),
    ("GET", "/v1/people"),
    ("GET", "/v1/people/{}"),
    ("DELETE", "/v1/people/{}"),
    ("GET", "/v1/changes/stream"),
    ("GET", "/v1/exports"),
    ("GET", "/v1/fhir/Organization"),
    ("GET", "/v1/fhir/Organization/{}"),
    ("GET", "/v1/fhir/OrganizationAffiliation"),
    ("GET", "/v1/fhir/OrganizationAffiliation/{}"),
    ("GET", "/v1/fhir/metadata"),
    ("POST", "/v1/files"),
    ("GET", "/v1/files"),
    ("GET", "/v1/files/formats"),
    ("GET", "/v1/files/{}"),
    ("GET", "/v1/files/{}/reconciliation"),
    ("GET", "/v1/measures"),
    ("GET", "/v1/measures/kinds"),
    ("GET", "/v1/planning-advice/{}"),
    ("GET", "/v1/rules/changes/{}"),
    ("POST", "/v1/rules/changes/preview"),
    ("GET", "/v1/terms"),
    ("POST", "/v1/webhooks"),
    ("GET", "/v1/webhooks"),
    ("GET", "/v1/webhooks/{}"),
    ("POST", "/v1/webhooks/{}/{}"),
    ("GET", "/v1/webhooks/{}/deliveries"),
}
"""They are of what must be made first, take files, or keep only one of the two times or none: below, in test_imports,
test_knowledge, test_reorganisations, test_rule_changes, test_publishers_files, test_fhir, test_feed, test_webhooks, the
kit's."""


def test_a_file_that_may_not_be_sent_is_refused(standing: Registry) -> None:
    def answer(content: bytes = b"place\n", path: str = "/v1/imports?table=populations", **more: str) -> httpx.Response:
        headers = standing.as_body("ods:02A") | {"Content-Type": "text/csv"} | more
        return standing.http.post(path, content=content, headers=headers)

    problem(answer(Authorization="Bearer x.y.z"), 401)
    problem(answer(**{"Content-Type": "application/zip"}), 415)
    problem(answer(**{"Idempotency-Key": ""}), 400)
    problem(answer(b""), 400)
    problem(answer(b"x" * 9 * 1024 * 1024), 413)
    problem(answer(path="/v1/imports?tabel=populations"), 422)
    problem(answer(path="/v1/imports?table=populations&action=destroy"), 422)
    problem(answer(**{"X-Acting-For": "ods:01Y"}), 403)
    for path in ("/v1/imports/0", "/v1/imports/x", "/v1/imports?limit=0"):
        problem(standing.http.get(path), 422)
    problem(standing.http.get("/v1/imports?cursor=zz"), 400)
    problem(standing.http.get("/v1/imports/999999"), 404)
    problem(standing.http.get("/v1/imports/templates/..%2F..%2Fetc.csv"), 404)


def test_changes_are_asked_for_in_bounds(standing: Registry) -> None:
    assert parameters(standing.http.get("/v1/changes", params={"after": -1, "limit": 0})) == {
        "query:after", "query:limit",
    }  # fmt: skip
    assert parameters(standing.http.get("/v1/changes", params={"after": 10**30})) == {"query:after"}
