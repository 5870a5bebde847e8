"""Changes sent to whoever subscribed: signed, in order, at least once; never to a private address."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Verifier

from concord_contracts.registry import WebhookMessage
from concord_kit.command_line import CannotStart
from concord_kit.database import Database
from concord_kit.outbox import Backoff
from concord_registry.main import build_app
from concord_registry.store.webhooks import WEBHOOKS
from concord_registry.webhooks import addresses, sender
from concord_registry.webhooks.addresses import AddressRefusedError, checked, looked_up
from concord_registry.webhooks.sealing import Seal
from concord_registry.webhooks.starting import seal_all
from services.registry.tests import worlds
from services.registry.tests.conftest import Registry, settings_for
from services.registry.tests.test_feed import claim
from tests.support.signing import Signing

WAIT = 15


class Receiver:
    """A real server that keeps what it gets and answers the next of `answers`, else 204."""

    def __init__(self, port: int = 0) -> None:
        self.got: Queue[tuple[dict[str, str], bytes]] = Queue()
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("Content-Length", "0")
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                receiver.got.put(({name.lower(): value for name, value in self.headers.items()}, body))

            def log_message(self, *_: Any) -> None:
                """Nothing on standard error."""

        self.server = HTTPServer(("127.0.0.1", port), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/hook?a=1"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def next(self) -> WebhookMessage:
        return WebhookMessage.model_validate_json(self.got.get(timeout=WAIT)[1])

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def sending(loaded: Database, signing: Signing, served: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry that may send to this machine, and tries again soon."""
    with sends(loaded, signing, served, monkeypatch) as made:
        yield made


@contextmanager
def sends(database: Database, signing: Signing, served: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    monkeypatch.setattr(sender.Backoff, "after", lambda *_: timedelta(milliseconds=20))
    url = database.url.render_as_string(hide_password=False)
    app: FastAPI = build_app(settings_for(url, signing, webhooks_to_loopback=True), database)
    with served(app) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield Registry(http, signing, iter(range(1000)))


def subscribe(registry: Registry, address: str, **more: Any) -> dict[str, Any]:
    answer = registry.http.post("/v1/webhooks", json={"address": address} | more, headers=registry.as_body("ods:02A"))
    assert answer.status_code == 201, answer.text
    return answer.json()


def read(registry: Registry, webhook: str, body: str = "ods:02A") -> dict[str, Any]:
    return registry.http.get(f"/v1/webhooks/{webhook}", headers=registry.as_body(body)).json()


def decide(registry: Registry, webhook: str, decision: str, **more: Any) -> dict[str, Any]:
    version = read(registry, webhook)["version"]
    headers = registry.as_body("ods:02A") | {"If-Match": f'"{version}"'}
    answer = registry.http.post(f"/v1/webhooks/{webhook}/{decision}", json={"reason": "x"} | more, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def until(registry: Registry, webhook: str, **expected: Any) -> dict[str, Any]:
    """The subscription once it has what is expected; each look is a request, so the loop does not spin."""
    for _ in range(2000):
        found = read(registry, webhook)
        if all(found[name] == value for name, value in expected.items()):
            return found
    raise AssertionError(found)


def signature(secret: str, headers: dict[str, str], body: bytes) -> str:
    """By the letter of the scheme, without the library that signed."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_what_is_recorded_arrives_signed(sending: Registry, receiver: Receiver) -> None:
    made = subscribe(sending, receiver.address, wanted={"action": ["claims"], "body": ["ods:02A"]})
    recorded = claim(sending)
    headers, body = receiver.got.get(timeout=WAIT)
    assert headers["webhook-signature"] == signature(made["secret"], headers, body)
    Verifier(made["secret"]).verify(body, headers)
    message = json.loads(body)
    assert [one["subject"] for one in message["changes"]] == [f"claim:{recorded['id']}"]
    assert message["changes"][0]["actor"].startswith("("), "no more than the public sees"
    until(sending, made["id"], sent_seq=message["upto"])
    assert "secret" not in {name for name, value in read(sending, made["id"]).items() if value}
    claim(sending, "ods:01Y", organisation="ods:01Y", place="ccg-01Y")
    until(sending, made["id"], sent_seq=message["upto"] + 1)
    assert receiver.got.empty(), "what is not wanted is passed by"


def test_a_receiver_that_was_away_gets_everything_once_in_order_after_failures(
    sending: Registry, receiver: Receiver
) -> None:
    receiver.answers = [503, 429]
    made = subscribe(sending, receiver.address, after=0)
    first = [receiver.got.get(timeout=WAIT) for _ in range(3)]
    assert len({headers["webhook-id"] for headers, _ in first}) == 1, "one message, three attempts"
    assert len({body for _, body in first}) == 1
    port = receiver.server.server_address[1]
    until(sending, made["id"], attempts=0)
    receiver.close()
    seqs = [claim(sending, stage=stage) and None for stage in ("imaging", "surgery", "support")]
    assert len(seqs) == 3
    again = Receiver(port)
    try:
        read_on = WebhookMessage.model_validate_json(first[0][1]).upto
        while read_on < sending.http.get("/v1/changes").json()["head_seq"]:
            message = again.next()
            assert message.after == read_on
            assert [one.seq for one in message.changes] == [*range(message.after + 1, message.upto + 1)]
            read_on = message.upto
    finally:
        again.close()
        receiver.server = again.server  # closed once
        receiver.close = lambda: None  # type: ignore[method-assign]
    outcomes = sending.http.get(f"/v1/webhooks/{made['id']}/deliveries", headers=sending.as_body("ods:02A")).json()
    assert {"delivered", "retry"} <= {one["outcome"] for one in outcomes["items"]}


def test_every_attempt_of_a_message_says_the_same(loaded: Database) -> None:
    from concord_registry.store import webhooks as stored

    now = loaded.clock()
    values = {"webhook": "w", "version": 1, "owner": "ods:02A", "address": "https://x/", "wanted": "{}", "secret": "s"}
    values |= {"attempts": 0, "state": "active", "sent_seq": 0, "created_at": now}
    values |= {"leased_until": now - timedelta(1), "next_attempt_at": now - timedelta(1)}
    loaded.housekeep_now(lambda session: session.connection().execute(WEBHOOKS.insert().values(**values)))
    said = []
    ended = now - timedelta(seconds=1)
    for claim_id in ("c1", "c2"):
        head = loaded.read_now(lambda tx: tx.head_seq)
        (row,) = loaded.housekeep_now(lambda s, head=head: stored.take_due(s, head, now, "lease", ended, 8))
        said.append(loaded.read_now(lambda tx, row=row: sender._message(tx, row)).model_dump_json())
        worlds.record(loaded, worlds.a_claim(id=claim_id))
    assert said[0] == said[1]


def test_a_subscription_resumed_has_not_waited_since_before_it_was_given_up(
    sending: Registry, receiver: Receiver, loaded: Database
) -> None:
    receiver.answers = [400]
    made = subscribe(sending, receiver.address, after=0)
    receiver.next()
    until(sending, made["id"], state="parked")
    waiting = select(WEBHOOKS.c.waiting_since)
    assert loaded.read_now(lambda tx: tx.connection.execute(waiting).scalar()) is not None
    receiver.answers = [503] * 1000
    parked = loaded.clock()
    decide(sending, made["id"], "resume")
    receiver.next()
    since = loaded.read_now(lambda tx: tx.connection.execute(waiting).scalar())
    assert since is not None
    assert since >= parked


def test_a_restart_goes_on_where_it_stood_and_sends_what_was_leased_again(
    loaded: Database, signing: Signing, served: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sends(loaded, signing, served, monkeypatch) as first:
        made = subscribe(first, receiver.address, after=0)
        before = receiver.next()
        until(first, made["id"], sent_seq=before.upto)
    # as if it had died between sending and noting: the lease stands, and nothing is noted
    far = loaded.clock() + timedelta(hours=1)

    def died(session: Any) -> None:
        values = {"sent_seq": 0, "pending_upto": before.upto, "lease": "dead", "leased_until": far}
        session.connection().execute(WEBHOOKS.update().values(**values))

    loaded.housekeep_now(died)
    with sends(loaded, signing, served, monkeypatch) as second:
        headers, body = receiver.got.get(timeout=WAIT)
        assert WebhookMessage.model_validate_json(body).changes == before.changes
        assert headers["webhook-id"] == f"{made['id']}.0.{before.upto}", "told as the one it was"
        until(second, made["id"], sent_seq=before.upto)


@pytest.mark.parametrize(("answered", "state"), [(400, "parked"), (302, "parked"), (410, "paused")])
def test_what_is_refused_waits_for_a_person(sending: Registry, receiver: Receiver, answered: int, state: str) -> None:
    receiver.answers = [answered]
    made = subscribe(sending, receiver.address, after=0)
    receiver.next()
    found = until(sending, made["id"], state=state)
    assert str(answered) in found["last_error"]
    decide(sending, made["id"], "resume")
    receiver.next()
    until(sending, made["id"], state="active", last_error=None)


def test_pause_rotate_replay_delete(sending: Registry, receiver: Receiver) -> None:
    made = subscribe(sending, receiver.address, wanted={"action": ["claims"]})
    decide(sending, made["id"], "pause")
    claim(sending)
    assert receiver.got.empty()
    rotated = decide(sending, made["id"], "rotate")
    assert rotated["secret"] != made["secret"]
    decide(sending, made["id"], "resume")
    headers, body = receiver.got.get(timeout=WAIT)
    both = {signature(rotated["secret"], headers, body), signature(made["secret"], headers, body)}
    assert set(headers["webhook-signature"].split()) == both, "a day for the receiver to change over"
    until(sending, made["id"], attempts=0)
    decide(sending, made["id"], "replay", after=0)
    assert receiver.next().changes == WebhookMessage.model_validate_json(body).changes
    decide(sending, made["id"], "delete")
    assert sending.http.get("/v1/webhooks", headers=sending.as_body("ods:02A")).json()["items"] == []
    headers = sending.as_body("ods:02A") | {"If-Match": f'"{read(sending, made["id"])["version"]}"'}
    refused = sending.http.post(f"/v1/webhooks/{made['id']}/resume", json={"reason": "x"}, headers=headers)
    assert refused.status_code == 409


def test_a_subscription_is_its_owners_alone(sending: Registry, receiver: Receiver) -> None:
    made = subscribe(sending, receiver.address)
    other = sending.as_body("ods:01Y")
    for path in ("", "/deliveries"):
        assert sending.http.get(f"/v1/webhooks/{made['id']}{path}", headers=other).status_code == 404
    decided = sending.http.post(
        f"/v1/webhooks/{made['id']}/delete", json={"reason": "x"}, headers=other | {"If-Match": '"1"'}
    )
    assert decided.status_code == 404
    assert sending.http.get("/v1/webhooks", headers=other).json()["items"] == []
    assert sending.http.get("/v1/webhooks").status_code == 401


@pytest.mark.parametrize(
    "address",
    ["http://hooks.example.org/", "ftp://hooks.example.org/", "https://user:pw@hooks.example.org/", "https:///x",
     "https://hooks.example.org:22/", "https://hooks.example.org:99999/", "https://hooks.example.org/#x", "nothing",
     "https://h\u00f6\u00f6k.example.org/", "https://hooks..example.org/", f"https://{'a' * 64}.example.org/"],
)  # fmt: skip
def test_addresses_written_wrongly_are_refused_at_once(standing: Registry, address: str) -> None:
    sent = {"address": address}
    answer = standing.http.post("/v1/webhooks", json=sent, headers=standing.as_body("ods:02A"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/address"


@pytest.mark.parametrize(
    "ip",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",  # noqa: S104
     "::1", "fe80::1", "fc00::1", "fec0::1", "::ffff:10.0.0.1", "2002:0a00:0001::1", "::", "64:ff9b::a00:1"],
)  # fmt: skip
def test_names_that_lead_inside_are_refused_when_called(ip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    public = "93.184.216.34"

    def lead(*found: str) -> None:
        entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in found]
        monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: entries)

    lead(ip)
    with pytest.raises(AddressRefusedError, match="not public"):
        looked_up("https://hooks.example.org/x", loopback=False)
    lead(public, ip)
    with pytest.raises(AddressRefusedError, match="not public"):
        looked_up("https://hooks.example.org/x", loopback=False)
    lead(public)
    found = looked_up("https://hooks.example.org/x?y=1", loopback=False)
    assert found.pinned == f"https://{public}:443/x?y=1", "the address judged is the one called"
    assert (found.host, found.host_header) == ("hooks.example.org", "hooks.example.org")


def test_loopback_is_for_development_and_http_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked_up("http://127.0.0.1:8080/x", loopback=True).ip == "127.0.0.1"
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 8080))]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: entries)
    with pytest.raises(AddressRefusedError, match="https"):
        looked_up("http://hooks.example.org:8080/", loopback=True)
    with pytest.raises(AddressRefusedError, match="https"):
        checked("http://hooks.example.org/", loopback=False)


def test_attempts_come_later_each_time() -> None:
    pauses = [Backoff(2, 3600).after(attempts).total_seconds() for attempts in (0, 5, 30)]
    assert 1 <= pauses[0] <= 2 < pauses[1] <= 64
    assert 1800 <= pauses[2] <= 3600


def test_subscriptions_are_found_due_on_both_databases(loaded_on_each: Database) -> None:
    from concord_registry.store import webhooks as stored

    now = loaded_on_each.clock()
    values = {"version": 1, "owner": "ods:02A", "address": "https://x/", "wanted": "{}", "secret": "s", "attempts": 0}
    values |= {"created_at": now, "leased_until": now - timedelta(1), "next_attempt_at": now - timedelta(1)}

    def fill(session: Any) -> None:
        for key, state, sent in (("due", "active", 0), ("done", "active", 1), ("paused", "paused", 0)):
            row = values | {"webhook": key, "state": state, "sent_seq": sent}
            session.connection().execute(WEBHOOKS.insert().values(**row))

    loaded_on_each.housekeep_now(fill)
    assert loaded_on_each.read_now(stored.next_due) == now - timedelta(1)
    until_then = now + timedelta(seconds=30)
    taken = loaded_on_each.housekeep_now(lambda s: stored.take_due(s, 1, now, "lease", until_then, 8))
    assert [(row.webhook, row.pending_upto) for row in taken] == [("due", 1)]
    assert loaded_on_each.housekeep_now(lambda s: stored.take_due(s, 1, now, "other", until_then, 8)) == []
    assert loaded_on_each.read_now(lambda tx: stored.count(tx, now)).active == 2


KEYS = [base64.urlsafe_b64encode(bytes([number] * 32)).decode() for number in range(2)]


def kept(database: Database) -> list[str]:
    rows = database.read_now(
        lambda tx: tx.connection.execute(select(WEBHOOKS.c.secret, WEBHOOKS.c.secret_before)).all()
    )
    return [secret for row in rows for secret in row if secret]


def test_no_secret_stands_in_clear_and_none_is_shown_twice(registry: Registry) -> None:
    """Neither in the table, nor among the answers that are kept for whoever repeats a request."""
    headers = registry.as_body("ods:02A", key="once")
    sent = {"address": "https://hooks.example.org/x"}
    first = registry.http.post("/v1/webhooks", json=sent, headers=headers)
    again = registry.http.post("/v1/webhooks", json=sent, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json() | {"secret": None})
    rotated = decide(registry, first.json()["id"], "rotate")
    held = (
        registry.database_file.read_bytes()
        + registry.database_file.with_name(f"{registry.database_file.name}-wal").read_bytes()
    )
    for secret in (first.json()["secret"], rotated["secret"]):
        assert secret.startswith("whsec_")
        assert secret.encode() not in held


def insert_in_clear(database: Database) -> str:
    """A subscription of before secrets were sealed; its secret."""
    now, secret = database.clock(), "whsec_c2VjcmV0"
    values = {"webhook": "w", "version": 1, "owner": "ods:02A", "address": "https://x/", "wanted": "{}"}
    values |= {"secret": secret, "attempts": 0, "state": "active", "sent_seq": 0, "created_at": now}
    values |= {"leased_until": now, "next_attempt_at": now}
    database.housekeep_now(lambda session: session.connection().execute(WEBHOOKS.insert().values(**values)))
    return secret


@pytest.mark.postgres
def test_a_secret_that_is_rotated_while_another_process_starts_stays(fresh_postgres: Callable[..., str]) -> None:
    with worlds.open_registry(fresh_postgres("registry-small-world", worlds.prepare)) as database:
        insert_in_clear(database)
        rotated = Seal(KEYS[1:]).seal("whsec_bmV3")
        starting = threading.Thread(target=seal_all, args=(database, Seal(KEYS)))

        def rotate(session: Session) -> None:
            session.connection().execute(WEBHOOKS.update().values(secret=rotated))
            starting.start()
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            assert any(session.connection().execute(waiting).scalar() for _ in range(20_000)), "it waits for this one"

        database.housekeep_now(rotate)
        starting.join(WAIT)
        (secret,) = kept(database)
        assert Seal(KEYS[:1]).opened(secret) == "whsec_bmV3"


def test_keys_change_without_a_gap_and_a_missing_one_stops_the_start(loaded: Database) -> None:
    seal_all(loaded, Seal(()))  # no subscription, no key needed
    in_clear = insert_in_clear(loaded)
    with pytest.raises(CannotStart, match="no key to open their secrets with: set REGISTRY_WEBHOOK_KEYS"):
        seal_all(loaded, Seal(()))
    for keys in (KEYS[:1], KEYS[::-1], KEYS[1:]):  # sealed; a new key before the old; the old one gone
        seal_all(loaded, Seal(keys))
        (secret,) = kept(loaded)
        assert Seal(keys[:1]).opened(secret) == in_clear
    with pytest.raises(CannotStart, match="sealed with none of the keys"):
        seal_all(loaded, Seal(KEYS[:1]))


def test_without_a_key_nobody_subscribes(loaded: Database, signing: Signing, served: Any) -> None:
    url = loaded.url.render_as_string(hide_password=False)
    app = build_app(settings_for(url, signing, webhook_keys=None), loaded)
    with served(app) as address, httpx.Client(base_url=address, timeout=20) as http:
        registry = Registry(http, signing, iter(range(10)))
        headers = registry.as_body("ods:02A")
        refused = registry.http.post("/v1/webhooks", json={"address": "https://hooks.example.org/x"}, headers=headers)
    assert (refused.status_code, "REGISTRY_WEBHOOK_KEYS" in refused.json()["detail"]) == (409, True)
    with pytest.raises(ValueError, match="key 2 is not 32 bytes"):
        settings_for(url, signing, webhook_keys=f"{KEYS[0]},short")
