"""Which agreements cite a scenario: taken as state, shown to those who may know, kept on both time axes."""

from typing import Any

import httpx

from concord_contracts.allocation import CitationsState, Scenario, ScenarioDigests
from concord_contracts.allocation.scenarios import ScenarioPage
from services.allocation.tests.conftest import STRANGER, Running
from services.allocation.tests.worlds import CCG, COUNCIL

SINCE = "2014-01-20T10:21:00Z"


def cited(made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    digests = {"problem_digest": made["problem_digest"], "answer_digest": made["outcome"]["digest"]}
    return {
        "version": 1, "text_digest": "e" * 64, "scenario": made["id"], **digests, "since": SINCE, "for_ever": False,
    } | changes  # fmt: skip


def put(running: Running, sequence: int, *citations: dict[str, Any], digest: str = "", **more: Any) -> httpx.Response:
    said = {
        "sequence": sequence,
        "digest": digest or f"{sequence:064x}",
        "title": "A lead for lung cancer",
        "parties": [CCG],
        "citations": citations,
    }
    token = running.signing.bearer("service:agreements", {"service:agreements": ["citer"]}, "allocation")
    return running.http.put(f"/v1/citations/{more.pop('agreement', 'agreement-1')}", json=said | more, headers=token)


def citing(running: Running, made: dict[str, Any], **who: Any) -> list[Any]:
    return Scenario.model_validate(running.get(f"/v1/scenarios/{made['id']}", **who).json()).cited_by


def test_a_citation_is_shown_until_the_agreement_no_longer_says_so(running: Running) -> None:
    made = running.scenario()
    answer = put(running, 1, cited(made))
    state = CitationsState.model_validate(answer.json())
    assert (state.changed, state.missing, state.differing) == (True, [], [])
    (one,) = citing(running, made)
    assert one.words == (
        'Cited by agreement agreement-1, "A lead for lung cancer", version 1, since 2014-01-20 '
        "(not signed yet: released if a later version no longer cites it)."
    )
    known_then = running.get("/v1/scenarios").json()["known_at"]
    listed = ScenarioPage.model_validate(running.get("/v1/scenarios").json()).items
    assert [item.cited_by for item in listed] == [[one]]
    assert listed[0].assumption_share == made["outcome"]["assumptions"]["share"]

    put(running, 3, cited(made, for_ever=True))
    assert "signed: cited for ever" in citing(running, made)[0].words
    assert put(running, 2).json()["changed"] is False  # late: the third is what holds
    assert citing(running, made)[0].for_ever
    put(running, 4)
    assert citing(running, made) == []
    then = running.get(f"/v1/scenarios/{made['id']}?known_at={known_then.replace('+', '%2B')}").json()
    assert [item["for_ever"] for item in then["cited_by"]] == [False]


def test_repeats_change_nothing_and_two_words_under_one_sequence_are_a_conflict(alone: Running) -> None:
    made = alone.scenario()
    first = put(alone, 5, cited(made))
    head = alone.get("/v1/scenarios").json()["known_at"]
    again = put(alone, 5, cited(made))
    assert (first.json()["changed"], again.json()["changed"]) == (True, False)
    assert alone.get("/v1/scenarios").json()["known_at"] == head
    refusal = put(alone, 5, digest="f" * 64)
    assert refusal.status_code == 409
    assert refusal.json()["type"].endswith("sequence-conflict")
    assert (refusal.json()["sequence"], len(citing(alone, made))) == (5, 1)


def test_who_is_no_party_learns_that_it_is_cited_and_not_by_whom(alone: Running) -> None:
    made = alone.scenario()
    put(alone, 1, cited(made))
    (seen,) = citing(alone, made, body=COUNCIL, sub="somebody")
    assert (seen.agreement, seen.title) == (None, None)
    assert seen.words.startswith("Cited by an agreement that you are no party to, version 1")
    assert citing(alone, made, body=STRANGER, role="auditor", sub="auditor")[0].agreement == "agreement-1"


def test_what_is_cited_but_not_here_or_not_the_same_is_kept_and_named(alone: Running) -> None:
    made = alone.scenario()
    gone = "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"
    answer = put(alone, 1, cited(made, answer_digest="c" * 64), cited(made, version=2, scenario=gone))
    assert (answer.json()["missing"], answer.json()["differing"]) == ([gone], [made["id"]])
    assert "not those of this scenario" in citing(alone, made)[0].words
    twice = put(alone, 2, cited(made), cited(made))
    assert twice.status_code == 422


def test_the_digests_of_a_scenario_are_for_its_readers_and_the_agreements_service(alone: Running) -> None:
    made = alone.scenario()
    path = f"/v1/scenarios/{made['id']}/digests"
    found = ScenarioDigests.model_validate(alone.get(path).json())
    assert (found.problem_digest, found.answer_digest) == (made["problem_digest"], made["outcome"]["digest"])
    assert found.assumption_share == made["outcome"]["assumptions"]["share"]
    assert CCG in found.payers
    assert found.made_for == CCG
    assert alone.get(path, body=STRANGER, sub="stranger").status_code == 404
    token = alone.signing.bearer("service:agreements", {"service:agreements": ["citer"]}, "allocation")
    assert alone.http.get(path, headers=token).json() == found.model_dump(mode="json")


def test_the_tag_of_a_scenario_changes_with_who_cites_it(alone: Running) -> None:
    made = alone.scenario()
    path = f"/v1/scenarios/{made['id']}"
    tag = alone.get(path).headers["ETag"]
    headers = alone.headers() | {"If-None-Match": tag}
    assert alone.http.get(path, headers=headers).status_code == 304
    put(alone, 1, cited(made))
    assert alone.http.get(path, headers=headers).status_code == 200
