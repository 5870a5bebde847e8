"""Calls to another service: one deadline, repeated reads, one error, and who we are on every call."""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from datetime import date

import httpx
import pytest
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from concord_kit.context import RequestContext, set_current
from concord_kit.http_client import (
    READ_ATTEMPTS,
    DependencyMetrics,
    DependencyRefused,
    DependencyUnavailable,
    ServiceClient,
)
from concord_kit.mandates import NoMandates, RegistryMandates, permits

Answer = Callable[[httpx.Request], Awaitable[httpx.Response]]


class Thing(BaseModel):
    name: str


class Other:
    """Another service: answers as told, then well."""

    def __init__(self, *answers: int | Exception | httpx.Response) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(200, json={"name": "x", "more": 1})
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer) if isinstance(answer, int) else answer


def call(
    other: Answer, method: str = "GET", deadline_seconds: float = 3, **arguments: object
) -> Thing | httpx.Response:
    async def main() -> Thing | httpx.Response:
        transport = httpx.MockTransport(other)
        async with ServiceClient(
            "other", "http://other", deadline_seconds=deadline_seconds, transport=transport
        ) as client:
            if method == "GET":
                return await client.get("/v1/thing", Thing, **arguments)
            return await client.request(method, "/v1/thing", **arguments)

    return asyncio.run(main())


@pytest.mark.parametrize("failure", [429, 502, 503, 504, httpx.ConnectError("no"), httpx.RemoteProtocolError("cut")])
def test_reads_are_repeated(failure: int | Exception) -> None:
    other = Other(failure, failure)
    assert call(other) == Thing(name="x")
    assert len(other.requests) == READ_ATTEMPTS


def test_reads_are_given_up_after_three_attempts() -> None:
    other = Other(*[503] * 9)
    with pytest.raises(DependencyUnavailable) as failed:
        call(other)
    assert (failed.value.name, failed.value.status, len(other.requests)) == ("other", 503, 3)


def measured(other: Answer, *calls: str, patience: float | None = None) -> CollectorRegistry:
    """The figures after these calls, a method each or CHECK; `patience`: the caller goes away after so many seconds."""
    registry = CollectorRegistry()

    async def main() -> None:
        async with ServiceClient("other", "http://other", transport=httpx.MockTransport(other)) as client:
            client.measure(DependencyMetrics(registry))
            for method in calls:
                with contextlib.suppress(DependencyUnavailable, DependencyRefused, TimeoutError):
                    async with asyncio.timeout(patience):
                        match method:
                            case "GET":
                                await client.get("/", Thing)
                            case "CHECK":
                                await client.check()
                            case _:
                                await client.request(method, "/")

    asyncio.run(main())
    return registry


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([200], "answered"),
        ([404], "refused"),
        ([500], "unavailable"),
        ([httpx.ConnectError("no")], "unavailable"),
    ],
)
def test_calls_are_counted_by_how_they_ended(answers: list[int | Exception], outcome: str) -> None:
    registry = measured(Other(*answers), "PUT")
    counted = {"dependency": "other", "outcome": outcome}
    assert registry.get_sample_value("concord_dependency_requests_total", counted) == 1
    assert registry.get_sample_value("concord_dependency_up", {"dependency": "other"}) is None


@pytest.mark.parametrize(
    ("answers", "up"), [([200], 1), ([404], 0), ([503] * 3, 0), ([httpx.ConnectError("no")] * 3, 0)]
)
def test_a_check_says_whether_the_other_was_reached_and_is_no_call(answers: list[int | Exception], up: int) -> None:
    registry = measured(Other(*answers), "CHECK")
    assert registry.get_sample_value("concord_dependency_up", {"dependency": "other"}) == up
    for outcome in ("answered", "refused", "unavailable"):
        counted = {"dependency": "other", "outcome": outcome}
        assert registry.get_sample_value("concord_dependency_requests_total", counted) is None


def test_repeats_are_counted_apart_from_calls() -> None:
    registry = measured(Other(503, 503, 200), "PUT", "GET", "GET")
    counted = {"dependency": "other"}
    assert registry.get_sample_value("concord_dependency_retries_total", counted) == 1
    unavailable, answered = ({**counted, "outcome": outcome} for outcome in ("unavailable", "answered"))
    assert registry.get_sample_value("concord_dependency_requests_total", unavailable) == 2, "200 without a body too"
    assert registry.get_sample_value("concord_dependency_requests_total", answered) == 1


def test_a_caller_that_goes_away_says_nothing_about_the_other_service() -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    registry = measured(never, "GET", patience=0.01)
    counted = {"dependency": "other", "outcome": "aborted"}
    assert registry.get_sample_value("concord_dependency_requests_total", counted) == 1


@pytest.mark.parametrize("failure", [500, 503, httpx.ReadTimeout("slow")])
def test_writes_and_faults_of_the_other_are_not_repeated(failure: int | Exception) -> None:
    other = Other(failure, failure)
    with pytest.raises(DependencyUnavailable):
        call(other, "PUT", body={"a": 1})
    assert len(other.requests) == 1


def test_the_deadline_is_over_all_attempts_together() -> None:
    async def slow(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.15)
        return httpx.Response(503)

    began = time.perf_counter()
    with pytest.raises(DependencyUnavailable, match="no answer within"):
        call(slow, deadline_seconds=0.25)
    assert time.perf_counter() - began < 1


def test_a_refusal_carries_the_others_problem() -> None:
    document = {"type": "urn:concord:problem:not-found", "title": "t", "status": 404, "detail": "no such thing", "x": 7}
    with pytest.raises(DependencyRefused) as refused:
        call(Other(httpx.Response(404, json=document)))
    assert refused.value.status == 404
    assert (refused.value.problem.slug, refused.value.problem.member("x")) == ("not-found", 7)


@pytest.mark.parametrize("answer", [httpx.Response(404, text="<html>"), httpx.Response(403, json=[1])])
def test_a_refusal_without_a_problem_is_still_a_refusal(answer: httpx.Response) -> None:
    with pytest.raises(DependencyRefused, match="without a problem document"):
        call(Other(answer))


@pytest.mark.parametrize("answer", [httpx.Response(200, text="{"), httpx.Response(200, json={"title": 1}), 302])
def test_an_answer_that_is_no_such_thing_is_no_answer(answer: httpx.Response | int) -> None:
    with pytest.raises(DependencyUnavailable):
        call(Other(answer))


def test_a_body_token_and_the_request_at_hand_go_along() -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    set_current(RequestContext("r-1", trace))
    try:
        other = Other()
        call(
            other,
            "PUT",
            body=Thing(name="x"),
            token="t",
            headers={"X-Acting-For": "ods:02A"},
            params={"a": 1, "b": None},
        )
    finally:
        set_current(None)
    (request,) = other.requests
    assert json.loads(request.content) == {"name": "x"}
    assert request.url.query == b"a=1"
    wanted = {
        "Content-Type": "application/json",
        "Authorization": "Bearer t",
        "X-Acting-For": "ods:02A",
        "X-Request-ID": "r-1",
        "traceparent": trace,
    }
    assert {name: request.headers[name] for name in wanted} == wanted


def test_a_client_that_is_not_open_is_our_mistake() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        asyncio.run(ServiceClient("other", "http://other").request("PUT", "/"))


def test_a_missing_dependency_is_a_503_that_names_it(sqlite_notes, start, signing) -> None:
    """Here the issuer's keys."""
    client = start(sqlite_notes)
    token = signing.bearer("u1", {}, "notes")
    signing.jwks_file.unlink()
    answer = client.get("/v1/notes", headers=token)
    assert (answer.status_code, answer.json()["dependency"]) == (503, "issuer")
    assert answer.headers["Retry-After"] == "1"
    assert str(signing.jwks_file) not in answer.text
    assert client.get("/v1/notes").status_code == 200, "the public is served all the same"


def mandates(*items: dict[str, object], next_cursor: str | None = None) -> httpx.Response:
    position = {"as_of": "2014-04-01", "known_at": "2014-04-01T00:00:00Z", "seq": 1, "next_cursor": next_cursor}
    return httpx.Response(200, json={**position, "items": items})


def test_mandates_are_read_from_the_registry_for_the_day() -> None:
    given = {"holder": "ods:0AJ", "body": "ods:02A", "actions": ["claims.*"], "valid_from": "2013-04-01"}
    other = Other(
        mandates(
            {**given, "valid_to": "2015-04-01"},
            {**given, "valid_to": "2014-04-01", "actions": ["past"]},
            {**given, "valid_to": "2015-04-01", "holder": "ods:0CX", "actions": ["anothers"]},
        )
    )

    async def main() -> frozenset[str]:
        async with ServiceClient("registry", "http://registry", transport=httpx.MockTransport(other)) as registry:
            source = RegistryMandates(registry, lambda: "own-token")
            return await source.in_force("ods:0AJ", "ods:02A", date(2014, 4, 1))

    assert asyncio.run(main()) == {"claims.*"}
    (request,) = other.requests
    assert request.url.params.multi_items() == [("holder", "ods:0AJ"), ("body", "ods:02A"), ("as_of", "2014-04-01")]
    assert request.headers["Authorization"] == "Bearer own-token"


def test_all_pages_of_mandates_are_read() -> None:
    given = {"holder": "ods:0AJ", "body": "ods:02A", "valid_from": "2013-04-01", "valid_to": "2015-04-01"}
    other = Other(
        mandates({**given, "actions": ["first"]}, next_cursor="more"), mandates({**given, "actions": ["second"]})
    )

    async def main() -> frozenset[str]:
        async with ServiceClient("registry", "http://registry", transport=httpx.MockTransport(other)) as registry:
            return await RegistryMandates(registry).in_force("ods:0AJ", "ods:02A", date(2014, 4, 1))

    assert asyncio.run(main()) == {"first", "second"}
    assert [request.url.params.get("cursor") for request in other.requests] == [None, "more"]


def test_actions_are_permitted_by_name_or_family() -> None:
    assert permits(frozenset({"claims.*"}), "claims.assert")
    assert permits(frozenset({"claims.assert"}), "claims.assert")
    for others in ({"claims"}, {"*"}, {"claim.*"}, {"claims.assert.more"}, {".*"}, set()):
        assert not permits(frozenset(others), "claims.assert")
    assert asyncio.run(NoMandates().in_force("a", "b", date(2014, 1, 1))) == frozenset()
