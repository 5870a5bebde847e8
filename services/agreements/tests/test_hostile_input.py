"""Wrong and hostile input to every route gets a problem document that names each fault; nothing is recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from concord_kit.paging import encode_cursor
from services.agreements.tests.acts import (
    draft_lead,
    draft_pool,
    ok,
    refused,
)
from services.agreements.tests.conftest import Person, Service, draft, pool_draft
from services.agreements.tests.worlds import MANCHESTER, NORTH, TRAFFORD, lead_document, pool_document

NOBODY = "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"
POSTS = {
    "/agreements": "commissioner",
    f"/agreements/{NOBODY}/versions": "commissioner",
    f"/agreements/{NOBODY}/send": "commissioner",
    f"/agreements/{NOBODY}/withdraw": "commissioner",
    f"/agreements/{NOBODY}/approvals": "governing-body",
    f"/agreements/{NOBODY}/signatures": "signatory",
    f"/agreements/{NOBODY}/notice": "chief-officer",
    f"/agreements/{NOBODY}/end": "chief-officer",
    f"/agreements/{NOBODY}/commitments": "commissioner",
    f"/agreements/{NOBODY}/positions": "commissioner",
}
GETS = (
    "/agreements",
    f"/agreements/{NOBODY}",
    f"/agreements/{NOBODY}/versions/1",
    f"/agreements/{NOBODY}/paper",
    f"/agreements/{NOBODY}/positions",
    "/mechanisms",
    "/legal-bases",
)


@pytest.fixture
def service(lasting_service: Service) -> Service:
    """What is refused leaves nothing behind, so one service does for all."""
    return lasting_service


def poster(service: Service, path: str) -> Person:
    return service.at(TRAFFORD, POSTS[path])


def raw(person: Person, path: str, content: bytes, **headers: str) -> httpx.Response:
    sent_headers = {"Idempotency-Key": "k", "If-Match": '"1"', "Content-Type": "application/json", **headers}
    return person.send("POST", path, content=content, headers=sent_headers)


def pointers(answer: httpx.Response) -> list[str]:
    return [error["pointer"] for error in refused(answer, 422, "invalid-request")["errors"]]


def test_bodies_that_are_no_json(service: Service) -> None:
    for path in POSTS:
        person = poster(service, path)
        refused(raw(person, path, b'{"reason": NaN}'), 400, "malformed-request")
        refused(raw(person, path, b"\xff\xfe"), 400, "malformed-request")
        refused(raw(person, path, b'{"a": 1, "a": 2}'), 400, "malformed-request")
        refused(raw(person, path, b"reason=x", **{"Content-Type": "text/plain"}), 415, "unsupported-media-type")
        refused(raw(person, path, b'{"x": "' + b"y" * 10_000_000 + b'"}'), 413, "too-large")


def test_unknown_and_missing_fields_are_all_named(service: Service) -> None:
    for path in POSTS:
        answer = poster(service, path).post(path, {"misspelt": 1}, if_match='"1"')
        problem = refused(answer, 422, "invalid-request")
        assert "/misspelt" in [error["pointer"] for error in problem["errors"]], path
        assert len(problem["errors"]) >= 2, path


def test_forms_there_are_none_of(service: Service) -> None:
    for path in (*GETS, "/changes"):
        person = service.at(TRAFFORD, "commissioner", "auditor")
        refused(person.send("GET", path, headers={"Accept": "text/csv"}), 406, "not-acceptable")
        refused(person.send("GET", path, headers={"Accept": "application/json;q=0, text/csv"}), 406, "not-acceptable")
    ok(person.send("GET", "/legal-bases", headers={"Accept": "text/html, application/*;q=0.8"}))


def test_changes_take_no_query_parameters(service: Service) -> None:
    for path in POSTS:
        answer = raw(poster(service, path), f"{path}?dry_run=yes", b'{"reason": "x"}')
        problem = refused(answer, 422, "invalid-request")
        assert problem["errors"][0]["parameter"] == "query:dry_run", path


def test_headers_a_change_needs(service: Service) -> None:
    view = draft_lead(service)
    path = f"/agreements/{view['id']}/send"
    person = service.at(TRAFFORD, "commissioner")
    answer = person.send("POST", path, json={"reason": "x"}, headers={"If-Match": view["etag"]})
    refused(answer, 400, "idempotency-key-required")
    refused(person.post(path, {"reason": "x"}), 428, "precondition-required")
    refused(person.post(path, {"reason": "x"}, if_match='"99"'), 412, "stale")
    ok(person.post(f"/agreements/{view['id']}/withdraw", {"reason": "x"}, key="one", if_match=view["etag"]))
    other = person.post(f"/agreements/{view['id']}/withdraw", {"reason": "y"}, key="one", if_match=view["etag"])
    refused(other, 422, "idempotency-key-reused")


def test_what_is_not_there(service: Service) -> None:
    for path in GETS[1:5]:
        refused(service.at(TRAFFORD, "commissioner").get(path), 404, "not-found")
    bodies = {
        "versions": draft(lead_document()),
        "send": {"reason": "x"},
        "withdraw": {"reason": "x"},
        "commitments": {"stage": "x", "commitment": "funded", "on": "2014-05-01", "evidence": "x"},
        "positions": {"year": "2014-15", "month": 1, "actual_pence": 1, "forecast_pence": 2},
        "notice": {"organisation": TRAFFORD, "given_on": "2014-05-01", "reason": "x"},
        "end": {"organisation": TRAFFORD, "on": "2014-05-01", "reason": "x"},
        "approvals": {
            "digest": "0" * 64,
            "organisation": TRAFFORD,
            "role": "governing-body",
            "decided_on": "2014-01-01",
            "minute": "x",
        },
        "signatures": {"digest": "0" * 64, "organisation": TRAFFORD, "name": "x", "office": "x"},
    }
    for step, body in bodies.items():
        path = f"/agreements/{NOBODY}/{step}"
        refused(poster(service, path).post(path, body, if_match='"1"'), 404, "not-found")
    view = draft_lead(service)
    refused(service.at(TRAFFORD, "commissioner").get(f"/agreements/{view['id']}/versions/2"), 404, "not-found")


@pytest.mark.parametrize("identity", ["1", "../../etc/passwd", NOBODY.upper(), "0" * 36, "%00", "x" * 4000])
def test_ids_that_are_none(service: Service, identity: str) -> None:
    answer = service.at(TRAFFORD, "commissioner").get(f"/agreements/{identity}")
    assert answer.status_code in {400, 404, 422}
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("params", "slug"),
    [
        ({"asof": "2014-04-01"}, "invalid-request"),
        ({"as_of": "1 April"}, "invalid-request"),
        ({"as_of": "2014-02-30"}, "invalid-request"),
        ({"as_of": "1389744000"}, "invalid-request"),
        ({"known_at": "yesterday"}, "invalid-request"),
        ({"known_at": "0.0"}, "invalid-request"),
        ({"known_at": "1389744000"}, "invalid-request"),
        ({"known_at": "0001-01-01T00:00:00+14:00"}, "invalid-request"),
        ({"known_at": "9999-12-31T23:59:59-14:00"}, "invalid-request"),
        ({"known_at": "2999-01-01T00:00:00Z"}, "known-at-too-late"),
    ],
)
def test_times_that_cannot_be_read(service: Service, params: dict[str, str], slug: str) -> None:
    view = draft_lead(service)
    for path in (p.replace(NOBODY, view["id"]) for p in GETS):
        refused(service.at(TRAFFORD, "commissioner").get(path, **params), 422, slug)


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/agreements", {"limit": "0"}),
        ("/agreements", {"limit": "100000"}),
        ("/mechanisms", {"pathway": "x" * 300}),
        ("/mechanisms", {"place": "a b"}),
        (f"/agreements/{NOBODY}/positions", {"year": "2014"}),
        ("/changes", {"after": "-1"}),
        ("/changes", {"after": str(10**30)}),
    ],
)
def test_parameters_out_of_bounds(service: Service, path: str, params: dict[str, str]) -> None:
    token = service.signing.mint("x", {TRAFFORD: ["commissioner", "auditor"]}, aud="agreements")
    refused(Person(service.client, token, TRAFFORD).get(path, **params), 422, "invalid-request")


NUL_CURSOR = encode_cursor("2026-11-23T09:00:00+00:00", "\0")


@pytest.mark.parametrize("cursor", ["x", "W10", "WyIyMDE0IiwgMV0", "WyJ4IiwieSJd", NUL_CURSOR])
def test_cursors_that_are_not_ours(service: Service, cursor: str) -> None:
    refused(service.at(TRAFFORD, "commissioner").get("/agreements", cursor=cursor), 400, "bad-cursor")


def spoilt(**changes: Any) -> dict[str, Any]:
    return draft(pool_document(**changes))


SHARES = {MANCHESTER: "1"}


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({"starts": "2016-04-01", "ends": "2014-04-01"}, "/content/ends"),
        ({"review_by": "2019-01-01"}, "/content/review_by"),
        ({"ends": "9999-12-31"}, "/content/ends"),
        ({"starts": "1066-10-14"}, "/content/starts"),
        ({"starts": 1396310400}, "/content/starts"),
        ({"notice_months": 0}, "/content/notice_months"),
        ({"notice_months": True}, "/content/notice_months"),
        ({"notice_months": "6"}, "/content/notice_months"),
        ({"notice_months": 1e300}, "/content/notice_months"),
        ({"title": "x" * 301}, "/content/title"),
        ({"title": ""}, "/content/title"),
        ({"basis": "s.75"}, "/content/basis"),
        ({"parties": []}, "/content/parties"),
        ({"parties": [{"organisation": "Manchester", "role": "host"}] * 2}, "/content/parties/0/organisation"),
        ({"stages": []}, "/content/stages"),
        ({"risk": [{"over_shares": {NORTH: "92.36"}, "under_shares": SHARES}]}, f"/content/risk/0/over_shares/{NORTH}"),
        ({"risk": [{"up_to_pence": -1, "over_shares": SHARES, "under_shares": SHARES}]}, "/content/risk/0/up_to_pence"),
    ],
)
def test_texts_that_are_none(service: Service, content: dict[str, Any], pointer: str) -> None:
    answer = service.at(MANCHESTER, "commissioner").post("/agreements", spoilt(**content))
    assert pointer in pointers(answer)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount_pence": -1}, "/content/contributions/1/amount_pence"),
        ({"amount_pence": 10**16}, "/content/contributions/1/amount_pence"),
        ({"amount_pence": 0.5}, "/content/contributions/1/amount_pence"),
        ({"amount_pence": "12.36"}, "/content/contributions/1/amount_pence"),
        ({"year": "2014-16"}, "/content/contributions/1/year"),
        ({"year": "2014"}, "/content/contributions/1/year"),
        ({"year": "0000-01"}, "/content/contributions/1/year"),
        ({"year": "\u0662\u0660\u0661\u0664-\u0661\u0665"}, "/content/contributions/1/year"),
        ({"recurrent": "yes"}, "/content/contributions/1/recurrent"),
        ({"kind": "promise"}, "/content/contributions/1/kind"),
        ({"money": "hope"}, "/content/contributions/1/money"),
    ],
)
def test_money_that_is_none(service: Service, change: dict[str, Any], pointer: str) -> None:
    document = pool_document()
    document["contributions"][1].update(change)
    answer = service.at(MANCHESTER, "commissioner").post("/agreements", spoilt(**document))
    assert pointers(answer) == [pointer]


@pytest.mark.parametrize("share", ["92.36", "92.36%", "0.\u0664", "-0.5", "1.5", ".5", "0.1234567"])
def test_shares_that_are_none(service: Service, share: str) -> None:
    risk = [{"over_shares": {MANCHESTER: share}, "under_shares": {MANCHESTER: "1"}}]
    answer = service.at(MANCHESTER, "commissioner").post("/agreements", spoilt(risk=risk))
    (error,) = refused(answer, 422, "invalid-request")["errors"]
    assert error["pointer"] == f"/content/risk/0/over_shares/{MANCHESTER}"
    assert '92.36% is "0.9236"' in error["detail"]


def test_numbers_and_lists_are_bounded(service: Service) -> None:
    person = service.at(MANCHESTER, "commissioner")
    whole = {MANCHESTER: "1"}
    for limit in (2**53, 10**20):
        risk = [{"up_to_pence": limit, "over_shares": whole, "under_shares": whole}]
        assert pointers(person.post("/agreements", spoilt(risk=risk))) == ["/content/risk/0/up_to_pence"]
    many = {f"ods:{number:05}": "0" for number in range(300)}
    risk = [{"over_shares": many, "under_shares": whole}]
    assert pointers(person.post("/agreements", spoilt(risk=risk))) == ["/content/risk/0/over_shares"]
    cited = {"scenario": "x" * 101, "problem_digest": "0" * 64, "answer_digest": "0" * 64, "assumption_share": "1"}
    assert pointers(person.post("/agreements", spoilt(allocation=cited))) == ["/content/allocation/scenario"]


def test_a_clause_of_spaces_says_nothing(service: Service) -> None:
    given = spoilt()
    given["content"]["clauses"][0]["text"] = "   "
    answer = service.at(MANCHESTER, "commissioner").post("/agreements", given)
    assert pointers(answer) == ["/content/clauses/0/text"]


def test_very_many_faults_are_counted_not_listed(service: Service) -> None:
    stages = [
        {"stage": f"nothing-{n}", "handling": "pooled", "places": [f"nowhere-{m}" for m in range(100)]}
        for n in range(100)
    ]
    contributions = [{"party": f"ods:{n:05}", "purse": "x", "year": "2019-20", "amount_pence": 1} for n in range(200)]
    view = draft_pool(service, stages=stages, contributions=contributions)
    faults = view["current"]["faults"]
    assert len(faults) == 201
    assert faults[-1]["words"].endswith("more faults.")
    assert "95 more" in next(fault["words"] for fault in faults if fault["rule"] == "place-unknown")


def test_unknown_payers_bodies_and_places_are_faults_of_the_text(service: Service) -> None:
    document = pool_document(pathway="alchemy")
    document["contributions"][1]["party"] = "ods:ZZZ"
    view = draft_pool(service, pathway="alchemy", contributions=document["contributions"])
    found = {fault["rule"] for fault in view["current"]["faults"]}
    assert {"pathway-unknown", "contributor-not-a-party", "contribution-missing"} <= found


def test_every_fault_of_a_request_at_once(service: Service) -> None:
    document = pool_document(notice_months=0, title="")
    document["contributions"][0]["amount_pence"] = -1
    answer = service.at(MANCHESTER, "commissioner").post("/agreements", spoilt(**document))
    assert sorted(pointers(answer)) == [
        "/content/contributions/0/amount_pence",
        "/content/notice_months",
        "/content/title",
    ]


def test_an_annex_that_does_not_add_up(service: Service) -> None:
    given = pool_draft()
    given["annex"]["payers"][0]["baseline_gbp"] += 1
    answer = service.at(MANCHESTER, "commissioner").post("/agreements", given)
    assert pointers(answer) == ["/annex/payers/0"]


def test_markup_and_sql_in_words_are_words(service: Service) -> None:
    words = "'; DROP TABLE agreements; -- <script>alert(1)</script>"
    view = draft_pool(service, title=words)
    assert view["title"] == words.strip()
    paper = service.at(MANCHESTER, "commissioner").get(f"/agreements/{view['id']}/paper").json()
    assert "<script>" not in paper["html"]


def test_tokens_that_are_not_accepted(service: Service) -> None:
    view = draft_lead(service)
    roles = {TRAFFORD: ["commissioner"]}
    mint = service.signing.mint
    then = datetime.now(UTC) - timedelta(hours=1)
    service.signing.add_key("stranger", publish=False)
    tokens = {
        "expired": mint("x", roles, "agreements", iat=then, exp=then + timedelta(minutes=5)),
        "wrong-audience": mint("x", roles, "registry"),
        "unknown-key": mint("x", roles, "agreements", key="stranger"),
        "lifetime-too-long": mint("x", roles, "agreements", lifetime=timedelta(hours=2)),
        "wrong-issuer": mint("x", roles, "agreements", iss="https://elsewhere.test"),
        "malformed": "x.y.z",
    }
    for reason, token in tokens.items():
        answer = Person(service.client, token, TRAFFORD).get(f"/agreements/{view['id']}")
        assert refused(answer, 401, "unauthenticated")["reason"] == reason


def test_a_token_for_another_body_is_no_token_for_this_one(service: Service) -> None:
    view = draft_lead(service)
    person = service.at(MANCHESTER, "commissioner", acting_for=TRAFFORD)
    refused(person.get(f"/agreements/{view['id']}"), 403, "not-allowed")
