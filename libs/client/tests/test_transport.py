"""What a call does when the service refuses, falters or falls silent."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from concord_client import transport
from concord_client.errors import ConcordProblem, ConcordUnreachable
from concord_client.transport import Caller, Service, solve_deadline

type Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def _no_rest_between_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.time, "sleep", lambda _: None)


@pytest.fixture
def service() -> Iterator[Callable[..., Service]]:
    opened: list[Service] = []

    def make(handler: Handler, caller: Caller | None = None) -> Service:
        client = httpx.Client(transport=httpx.MockTransport(handler))
        opened.append(Service("registry", "http://127.0.0.1:1", caller, connections=client))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def failing(times: int, then: httpx.Response) -> tuple[Handler, list[httpx.Request]]:
    """Breaks the connection `times` times, then answers; keeps every request it saw."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) <= times:
            raise httpx.ConnectError("connection refused", request=request)
        return then

    return handler, seen


def test_a_read_is_tried_again_when_the_connection_breaks(service):
    handler, seen = failing(2, httpx.Response(200, json={"items": []}))
    assert service(handler).get("/v1/claims").body == {"items": []}
    assert len(seen) == 3


def test_a_read_gives_up_after_three_attempts_and_names_the_service(service):
    handler, seen = failing(9, httpx.Response(200))
    with pytest.raises(ConcordUnreachable, match=r"registry at http://127\.0\.0\.1:1 gave no answer"):
        service(handler).get("/v1/claims")
    assert len(seen) == 3


def test_a_read_is_tried_again_when_the_service_asks_for_it(service):
    answers = iter([httpx.Response(503, json={"title": "Busy"}), httpx.Response(200, json=1)])
    assert service(lambda _: next(answers)).get("/v1/claims").body == 1


def test_a_refused_read_is_not_tried_again(service):
    answers = iter([httpx.Response(404, json={"type": "urn:concord:problem:not-found", "title": "Not found"})])
    with pytest.raises(ConcordProblem) as caught:
        service(lambda _: next(answers)).get("/v1/claims/1")
    assert caught.value.slug == "not-found"


def test_a_change_is_sent_once_and_the_failure_carries_its_key(service):
    handler, seen = failing(9, httpx.Response(201))
    with pytest.raises(ConcordUnreachable) as caught:
        service(handler).post("/v1/claims", {})
    assert len(seen) == 1
    assert caught.value.idempotency_key == seen[0].headers["Idempotency-Key"]


def test_a_change_repeated_with_its_key_sends_the_same_key(service):
    handler, seen = failing(1, httpx.Response(201, json={}, headers={"Idempotent-Replayed": "true"}))
    registry = service(handler)
    with pytest.raises(ConcordUnreachable) as caught:
        registry.post("/v1/claims", {})
    answer = registry.post("/v1/claims", {}, idempotency_key=caught.value.idempotency_key)
    assert answer.replayed
    assert seen[0].headers["Idempotency-Key"] == seen[1].headers["Idempotency-Key"]


def test_two_changes_have_two_keys(service):
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Idempotency-Key"])
        return httpx.Response(201, json={})

    registry = service(handler)
    registry.post("/v1/claims", {})
    registry.post("/v1/claims", {})
    assert seen[0] != seen[1]


def test_a_problem_document_becomes_one_exception_with_every_fault_and_member(service):
    document = {
        "type": "urn:concord:problem:exceeds-authority",
        "title": "Exceeds authority",
        "status": 422,
        "detail": "Whole-life GBP 2.4m exceeds the limit of GBP 1m",
        "errors": [
            {"pointer": "/role", "detail": "needs a minute"},
            {"pointer": "/minute", "detail": "x"},
        ],
        "limit_gbp": 1_000_000,
    }
    with pytest.raises(ConcordProblem) as caught:
        service(lambda _: httpx.Response(422, json=document)).post("/v1/agreements/1/approvals", {})
    problem = caught.value
    assert problem.status == 422
    assert problem.extras == {"limit_gbp": 1_000_000}
    assert [fault.pointer for fault in problem.errors] == ["/role", "/minute"]
    assert "needs a minute" in str(problem)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(502, text="<html>bad gateway"),
        httpx.Response(500, content=b"{", headers={"Content-Type": "application/json"}),
        httpx.Response(422, json={"errors": ["plain words"]}),
        httpx.Response(400, json=[]),
    ],
)
def test_a_refusal_that_is_no_problem_document_is_still_an_exception_of_ours(service, response):
    with pytest.raises(ConcordProblem) as caught:
        service(lambda _: response).post("/v1/claims", {})
    assert caught.value.status == response.status_code


def test_an_answer_that_trickles_in_is_cut_off_at_the_deadline(service, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(transport.time, "monotonic", lambda: now[0])

    class Trickle(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                now[0] += 1.0
                yield b"1"

    with pytest.raises(ConcordUnreachable, match="deadline"):
        service(lambda _: httpx.Response(200, stream=Trickle())).get("/v1/coverage")
    assert now[0] <= transport.READ_DEADLINE_SECONDS + 1


def test_a_caller_signs_in_and_says_for_whom_it_acts(service):
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[request.headers["Authorization"], request.headers["X-Acting-For"]])

    registry = service(handler, Caller(lambda: "abc", "ods:02A"))
    assert registry.get("/v1/claims").body == ["Bearer abc", "ods:02A"]
    assert registry.acting_for("ods:01G").get("/v1/claims").body == ["Bearer abc", "ods:01G"]


def test_an_answer_is_waited_for_as_long_as_the_question_may_take():
    assert solve_deadline({"time_limit_seconds": 600}, 90) > 600
    assert solve_deadline({"time_limit_seconds": 2}, 90) == 90
    assert solve_deadline({}, 90) == 90
