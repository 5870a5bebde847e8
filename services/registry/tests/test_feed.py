"""The feed of changes: filters, what was touched, and the stream that resumes, lives, is bounded and ends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from concord_kit.database import Database
from concord_kit.journal import Intent
from concord_registry.authority import TABLE
from concord_registry.main import build_app
from services.registry.tests import worlds
from services.registry.tests.conftest import Registry, settings_for

CLAIM = {"role": "commissions", "organisation": "ods:02A", "stage": "imaging", "pathway": "lung"}
CLAIM |= {"place": "ccg-02A", "valid_from": "2013-04-01"}


def claim(registry: Registry, body: str = "ods:02A", **changed: Any) -> dict[str, Any]:
    answer = registry.http.post("/v1/claims", json=CLAIM | changed, headers=registry.as_body(body))
    assert answer.status_code == 201, answer.text
    return answer.json()


def changes(registry: Registry, **asked: Any) -> dict[str, Any]:
    answer = registry.http.get("/v1/changes", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@contextmanager
def stream(registry: Registry, **asked: Any) -> Iterator[Iterator[tuple[str, str, Any]]]:
    """(event, id, data) of a stream as they come; comments as ("", "", text)."""
    headers = {"Last-Event-ID": str(asked.pop("last"))} if "last" in asked else {}
    with registry.http.stream("GET", "/v1/changes/stream", params=asked, headers=headers, timeout=10) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str, Any]]:
    block: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            yield "", "", line[1:].strip()
        elif line:
            name, _, value = line.partition(": ")
            block[name] = value
        elif "data" in block:
            yield block.get("event", ""), block.get("id", ""), json.loads(block["data"])
            block = {}


def told(events: Iterator[tuple[str, str, Any]], count: int) -> list[tuple[str, str, Any]]:
    return list(islice((one for one in events if one[0]), count))


def test_a_change_says_what_it_touched_and_where_to_read_it(registry: Registry) -> None:
    made = claim(registry)
    head = {"If-Match": '"1"'} | registry.as_body("ods:02A")
    registry.http.post(f"/v1/claims/{made['id']}/confirm", json={"reason": "minute 1"}, headers=head).raise_for_status()
    *_, asserted, confirmed = changes(registry)["items"]
    assert asserted["address"] == f"/v1/claims/{made['id']}"
    (touched,) = asserted["touched"]
    assert (touched["kind"], touched["version"], touched["places"]) == ("claim", 1, ["ccg-02A"])
    assert touched["bodies"] == ["ods:02A"]
    (touched,) = confirmed["touched"]
    assert (touched["id"], touched["version"], touched["words"]) == (made["id"], 2, "commissions, confirmed")
    assert registry.http.get(touched["address"]).status_code == 200


def test_filters_by_what_by_record_by_body_and_by_place(registry: Registry) -> None:
    first, second = (
        claim(registry),
        claim(registry, "ods:01Y", organisation="ods:01Y", place="ccg-01Y", stage="surgery"),
    )
    mandate = {"holder": "ods:0AJ", "actions": ["agreements.*"], "valid_from": "2013-04-01"}
    granted = registry.http.post("/v1/mandates", json=mandate, headers=registry.as_body("ods:01Y", "chief-officer"))
    granted.raise_for_status()
    start = changes(registry)["items"][0]["seq"]

    def subjects(**asked: Any) -> list[str]:
        return [one["subject"] for one in changes(registry, after=start, **asked)["items"]]

    one, two, three = f"claim:{first['id']}", f"claim:{second['id']}", f"mandate:{granted.json()['id']}"
    assert subjects() == [one, two, three]
    assert subjects(action="claims") == subjects(action="claims.assert") == subjects(subject="claim") == [one, two]
    assert subjects(action="claim") == []
    assert subjects(subject=two) == [two]
    assert subjects(body="ods:02A") == [one]
    assert subjects(body="ods:0AJ") == [three]
    assert subjects(body=["ods:02A", "ods:01Y"], place="ccg-01Y") == [two]
    assert subjects(place="ccg-02A", action="mandates") == []
    page = changes(registry, after=start, body="ods:0AJ")
    assert page["next_after"] == page["head_seq"], "all was looked at, though little fitted"
    assert [one["action"] for one in changes(registry, body="ods:02A")["items"]] == ["reference.load", "claims.assert"]


def test_pages_reach_back_to_the_first_change_and_repeat_exactly(registry: Registry) -> None:
    for stage in ("imaging", "surgery", "support", "gp"):
        claim(registry, stage=stage)
    whole = changes(registry)["items"]
    assert whole[0]["seq"] == 1
    after, read = 0, []
    while (page := changes(registry, after=after, limit=2))["items"]:
        assert changes(registry, after=after, limit=2)["items"] == page["items"]
        read += page["items"]
        after = page["next_after"]
    assert read == whole


def test_a_stream_catches_up_goes_on_and_resumes_without_loss_or_repetition(registry: Registry) -> None:
    claim(registry)
    with stream(registry, action="claims") as events:
        (before,) = told(events, 1)
        claim(registry, stage="surgery")
        (live,) = told(events, 1)
    assert before[0] == live[0] == "change"
    claim(registry, stage="support")
    with stream(registry, last=live[1], after=0, action="claims") as events:
        (resumed,) = told(events, 1)
    assert [int(one[1]) for one in (before, live, resumed)] == [2, 3, 4]
    assert resumed[2] == changes(registry, after=3)["items"][0]


def test_a_stream_tells_how_far_it_has_looked_where_nothing_fits(registry: Registry) -> None:
    claim(registry)
    with stream(registry, subject="mandate") as events:
        assert told(events, 1) == [("position", "2", {"next_after": 2})]


@pytest.fixture
def small(loaded: Database, registry: Registry, served: Any) -> Iterator[Registry]:
    """A registry that takes two streams and says every twentieth of a second that they live."""
    url = loaded.url.render_as_string(hide_password=False)
    app: FastAPI = build_app(settings_for(url, registry.signing, most_streams=2, heartbeat_seconds=0.05), loaded)
    with served(app) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield Registry(http, registry.signing, registry.keys)


def test_a_quiet_stream_says_that_it_lives_and_streams_are_bounded(small: Registry) -> None:
    with stream(small, after=1) as one, stream(small, after=1):
        assert [event for event, _ in zip(one, range(3), strict=False)][1][2] == "ping"
        refused = small.http.get("/v1/changes/stream")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert "concord_feed_streams 2.0" in small.http.get("/metrics").text
    for _ in range(100):
        if "concord_feed_streams 0.0" in small.http.get("/metrics").text:
            break
    with stream(small, after=1) as again:
        assert next(again)[2] == "changes"


def test_a_stream_ends_when_the_server_stops(loaded: Database, registry: Registry, served: Any) -> None:
    url = loaded.url.render_as_string(hide_password=False)
    app = build_app(settings_for(url, registry.signing, heartbeat_seconds=300), loaded)
    http = httpx.Client(timeout=20)
    with served(app) as address:
        opened = http.stream("GET", f"{address}/v1/changes/stream", params={"after": 1})
        answer = opened.__enter__()
        lines = answer.iter_lines()
        assert next(lines) == ": changes"
    assert list(lines) is not None, "the server is gone, and the stream ended whole"
    opened.__exit__(None, None, None)
    http.close()


@pytest.mark.parametrize("wrong", [{"after": -1}, {"subject": ""}, {"body": "nobody"}, {"limit": 5}])
def test_a_stream_refuses_what_it_does_not_understand(standing: Registry, wrong: dict[str, Any]) -> None:
    assert standing.http.get("/v1/changes/stream", params=wrong).status_code == 422
    assert standing.http.get("/v1/changes/stream", headers={"Last-Event-ID": "x"}).status_code == 422


def test_filters_mean_the_same_on_both_databases(loaded_on_each: Database) -> None:
    from concord_registry.feed.filters import Wanted
    from concord_registry.feed.reading import page

    worlds.record(loaded_on_each, worlds.a_claim(on_behalf_of=("ods:01Y",)))
    worlds.record(loaded_on_each, worlds.a_claim(id="c2", place="ccg-01Y", organisation="gss:P", asserted_by="gss:P"))

    def seen(**wanted: tuple[str, ...]) -> list[int]:
        found = loaded_on_each.read_now(lambda tx: page(tx, Wanted(**wanted), 1, 10, public=True))
        return [one.seq for one in found.items]

    assert seen() == [2, 3]
    assert seen(bodies=("ods:01Y",)) == [2]
    assert seen(bodies=("gss:P",), places=("ccg-01Y",)) == [3]
    assert seen(actions=("claims",), subjects=("claim",)) == []


def test_what_a_change_touched_does_not_depend_on_the_page(loaded_on_each: Database) -> None:
    from concord_registry.feed.filters import Wanted
    from concord_registry.feed.reading import page
    from concord_registry.store import changes as of_changes
    from concord_registry.store import claims as stored

    many = [worlds.a_claim(id=f"c{number:03}") for number in range(of_changes.MOST_SHOWN + 10)]
    for some in (many, [replace(one, id=f"d{one.id}") for one in many]):
        loaded_on_each.write_now(Intent("user", "imports.create"), lambda tx, some=some: stored.record(tx, some))

    def correct(tx: Any) -> None:
        for claim in many:
            stored.correct(tx, replace(claim, version=2))

    loaded_on_each.write_now(Intent("user", "claims.bulk"), correct)

    def read(after: int, limit: int) -> list[Any]:
        return loaded_on_each.read_now(lambda tx: page(tx, Wanted(), after, limit, public=True)).items

    whole = read(1, 10)
    assert [one.touched_count for one in whole] == [len(many)] * 3
    assert [len(one.touched) for one in whole] == [of_changes.MOST_SHOWN] * 3
    assert {one.version for one in whole[2].touched} == {2}, "the version in its place, not that one ended"
    assert [read(after, 1)[0] for after in (1, 2, 3)] == whole


TOLD_BY_RECORDS = {
    "activations.put", "claims", "knowledge.write", "contracts.write", "mandates", "people",
    "role-holders.write", "signing-authorities.write", "webhooks", "rules.preview",
}  # fmt: skip
"""Actions that write no reference data: what they touch is told by the records themselves."""


def test_every_action_that_writes_reference_data_may_concern_anybody(loaded: Database) -> None:
    from concord_registry.feed.filters import Wanted
    from concord_registry.feed.reading import page
    from concord_registry.store.changes import WHOLE

    writing = {row.action for row in TABLE if not row.action.endswith(".read")}
    others = {one for one in writing if not {one, one.partition(".")[0]} & TOLD_BY_RECORDS}
    assert others | {"reference.load"} == set(WHOLE), "a new action is told by its records, or concerns anybody"
    for action in WHOLE:
        loaded.write_now(Intent("user", action), lambda tx: None)
    for wanted in (Wanted(bodies=("ods:0AJ",)), Wanted(places=("la-Q",))):
        found = loaded.read_now(lambda tx, wanted=wanted: page(tx, wanted, 1, 10, public=True))
        assert [one.action for one in found.items] == list(WHOLE)


def test_changes_that_have_an_address_say_where_they_are_read(registry: Registry) -> None:
    subjects = {"file:7": "/v1/files/7", "reorganisation:r1": "/v1/reorganisations/r1"}
    subjects |= {"rule-change:x": "/v1/rules/changes/x", "pathway:lung": "/v1/pathways/lung/versions"}
    from concord_registry.feed.reading import READ_AT

    for subject, address in subjects.items():
        kind, _, key = subject.partition(":")
        assert READ_AT[kind].format(key) == address
        assert registry.http.get(address).status_code in (200, 404)


def test_the_public_sees_no_digest_of_what_was_sent(registry: Registry) -> None:
    claim(registry)
    assert changes(registry)["items"][-1]["body_digest"] is None
    signed_in = registry.http.get("/v1/changes", headers=registry.as_body("ods:01Y")).json()["items"][-1]
    assert signed_in["body_digest"]


def test_a_stream_ends_with_the_token_it_was_opened_with(registry: Registry) -> None:
    lifetime = timedelta(seconds=2)
    headers = registry.signing.bearer("user", {"ods:02A": ["reader"]}, "registry", lifetime=lifetime)
    assert "event: change" in registry.http.get("/v1/changes/stream", headers=headers, timeout=10).text


def test_a_stream_ends_after_its_longest_time_and_goes_on_where_it_was(
    loaded: Database, registry: Registry, served: Any
) -> None:
    url = loaded.url.render_as_string(hide_password=False)
    app = build_app(settings_for(url, registry.signing, longest_stream_seconds=0.1), loaded)
    with served(app) as address, httpx.Client(base_url=address) as http:
        first = http.get("/v1/changes/stream").text
        assert "id: 1\n" in first
        assert "event: change" not in http.get("/v1/changes/stream", headers={"Last-Event-ID": "1"}).text
