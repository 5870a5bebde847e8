"""Many at once, killed in between, at midnight: one effect, nothing lost, nothing known afterwards that was not."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import httpx
from fastapi import FastAPI

from services.agreements.tests.acts import (
    approval,
    approve_all,
    concluded,
    draft_lead,
    draft_pool,
    ok,
    parties_of,
    read,
    sent,
    sign,
    signature,
    wait_until,
)
from services.agreements.tests.conftest import Running, Service, draft, make_settings, prepare
from services.agreements.tests.registry_double import RegistryDouble
from services.agreements.tests.worlds import SALFORD, TRAFFORD, lead_document
from tests.support.signing import Signing


def at_once[T](count: int, work: Callable[[int], T]) -> list[T]:
    """`work(0..count-1)` by sixteen threads that begin together."""
    together = threading.Barrier(min(count, 16))

    def one(number: int) -> T:
        if number < together.parties:
            together.wait()
        return work(number)

    with ThreadPoolExecutor(min(count, 16)) as pool:
        return list(pool.map(one, range(count)))


def test_two_hundred_racing_approvals_with_one_key_are_one(service_on_both: Service) -> None:
    service = service_on_both
    view = draft_lead(service)
    person = service.at(TRAFFORD, "governing-body")
    path, given = f"/agreements/{view['id']}/approvals", approval(view, TRAFFORD)
    answers = at_once(200, lambda _: person.post(path, given, key="one-key"))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 199
    after = read(service, view)
    assert len(after["current"]["approvals"]) == 1
    assert [event["kind"] for event in after["events"]] == ["drafted", "approved"]


def test_racing_drafts_with_one_key_are_one(service_on_both: Service) -> None:
    person = service_on_both.at(TRAFFORD, "commissioner")
    answers = at_once(24, lambda _: person.post("/agreements", draft(lead_document()), key="one-draft"))
    assert len({ok(answer, 201)["id"] for answer in answers}) == 1
    assert len(ok(person.get("/agreements"))["items"]) == 1


def test_honest_signers_do_not_block_each_other(service_on_both: Service) -> None:
    service = service_on_both
    view = sent(service, draft_pool(service))
    bodies = parties_of(view)
    path = f"/agreements/{view['id']}/signatures"
    answers = at_once(len(bodies), lambda n: service.at(bodies[n], "signatory").post(path, signature(view, bodies[n])))
    assert [answer.status_code for answer in answers] == [200] * 4
    kinds = [event["kind"] for event in read(service, view)["events"]]
    assert kinds.count("signed") == 4
    assert kinds.count("concluded") == 1
    wait_until(lambda: read(service, view)["activation"] == "sent")
    assert len(service.registry.held) == 1


def test_a_new_text_and_a_signature_at_once_never_mix(service: Service) -> None:
    """Either the signature came first and stays with the old text, or the text changed and the signature is refused."""
    for round_number in range(5):
        view = sent(service, draft_lead(service))
        path = f"/agreements/{view['id']}"
        changed = draft(lead_document(title=f"Changed {round_number}"))

        def act(number: int, view: dict = view, path: str = path, changed: dict = changed) -> httpx.Response:
            if number:
                return service.at(SALFORD, "signatory").post(f"{path}/signatures", signature(view, SALFORD))
            person = service.at(TRAFFORD, "commissioner")
            return person.post(f"{path}/versions", changed, if_match=view["etag"])

        revised, signed = at_once(2, act)
        after = read(service, view)
        assert (revised.status_code, signed.status_code) in {(200, 409), (412, 200)}
        assert bool(after["current"]["signatures"]) == (signed.status_code == 200)
        person = service.at(TRAFFORD, "commissioner")
        ok(person.post(f"{path}/withdraw", {"reason": "next round"}, if_match=after["etag"]))


def test_what_was_known_never_changes_under_concurrent_writers(service_on_both: Service) -> None:
    service = service_on_both
    view = draft_pool(service)
    seen: list[dict] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            seen.append(read(service, view, as_of="2014-06-01"))

    with ThreadPoolExecutor(2) as pool:
        watching = [pool.submit(watch) for _ in range(2)]
        try:
            concluded(service, view)
        finally:
            stop.set()  # the pool waits for the watchers, also where a step failed
        for one in watching:
            one.result()
    for old in seen[:: max(1, len(seen) // 40)]:
        again = read(service, view, as_of="2014-06-01", known_at=old["known_at"])
        for member in ("state", "current", "events", "versions", "commitments", "in_force_until"):
            assert again[member] == old[member], member


def test_midnight_on_the_first_of_april(fresh_sqlite: Callable[..., str], running: Running) -> None:
    """At 23:30 UTC on 31 March it is already 1 April in England, and what starts that day is in force."""
    before, after = datetime(2014, 3, 31, 22, 30, tzinfo=UTC), datetime(2014, 3, 31, 23, 30, tzinfo=UTC)
    url = fresh_sqlite()
    prepare(url, lambda: before)
    with running(url, lambda: before) as service:
        view = concluded(service, draft_lead(service))
        assert (view["as_of"], view["state"]) == ("2014-03-31", "signed-not-yet-in-force")
        assert ok(service.service("allocation", "reader").get("/mechanisms"))["items"] == []
    with running(url, lambda: after) as service:
        view = read(service, view)
        assert (view["as_of"], view["state"]) == ("2014-04-01", "in-force")
        assert len(ok(service.service("allocation", "reader").get("/mechanisms"))["items"]) == 1


class Process:
    """The service as a process of its own, which can be killed."""

    def __init__(self, environment: dict[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            self._process = subprocess.Popen(
                [sys.executable, "-m", "concord_agreements", "serve", "--fd", str(listening.fileno())],
                pass_fds=[listening.fileno()],
                env={**os.environ, **environment},
                stderr=subprocess.DEVNULL,
            )

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)


def test_killed_between_the_signature_and_the_map_it_is_told_once_after_the_restart(
    fresh_database: Callable[..., str],
    signing: Signing,
    registry: RegistryDouble,
    served: Callable[[FastAPI], AbstractContextManager[str]],
) -> None:
    url = fresh_database("agreements", prepare)
    with served(registry.app) as registry_url:
        settings = make_settings(url, signing, registry_url)
        addresses = ("registry_url", "allocation_url")
        told = ("database_url", "issuer", "audience", "jwks", "service_key_file", *addresses, "dependency_seconds")
        environment = {f"AGREEMENTS_{name.upper()}": str(getattr(settings, name)) for name in told}

        @contextmanager
        def process() -> Iterator[tuple[Process, Service]]:
            running = Process(environment)
            service = Service(running.address, signing, registry)
            try:
                wait_until(lambda: _lives(running.address))
                yield running, service
            finally:
                service.close()
                running.stop()

        with process() as (running, service):
            view = sent(service, draft_lead(service))
            view = sign(service, view, [TRAFFORD])
            registry.down = True
            view = sign(service, view, [SALFORD])
            running.kill()
        assert registry.told == []
        registry.down = False
        with process() as (_, service):
            assert read(service, view, as_of="2014-04-01")["state"] == "in-force"
            wait_until(lambda: read(service, view)["activation"] == "sent")
            assert [(name, told.sequence) for name, told in registry.told] == [(view["id"], 1)]
            assert len(read(service, view)["current"]["signatures"]) == 2


def _lives(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready").status_code == 200
    except httpx.HTTPError:
        return False


def test_a_request_repeated_after_a_lost_answer_gets_it(service: Service) -> None:
    """Sending moves the entity tag; the same request again finds its answer before the tag is judged."""
    view = approve_all(service, draft_lead(service))
    person = service.at(TRAFFORD, "commissioner")
    path = f"/agreements/{view['id']}/send"
    first = person.post(path, {"reason": "x"}, key="k", if_match=view["etag"])
    again = person.post(path, {"reason": "x"}, key="k", if_match=view["etag"])
    assert ok(first) == ok(again)
    assert again.headers["idempotent-replayed"] == "true"
