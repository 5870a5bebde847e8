"""Changes as they come: the client's reading of a stream, and the command on it."""

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from concord_client.cli import app
from concord_client.errors import ConcordProblem
from concord_client.registry import RegistryClient
from concord_client.transport import Service

CHANGE: dict[str, Any] = {"seq": 7, "at": "2014-01-15T09:00:00Z", "actor": "u", "acting_for": "ods:02A"}
CHANGE |= {"action": "claims.assert", "subject": "claim:c1", "reason": None, "body_digest": None, "hash": "a" * 64}
TOUCHED = {"kind": "claim", "id": "c1", "version": 1, "bodies": ["ods:02A"], "places": ["ccg-02A"]}
TOUCHED |= {"pathways": ["lung"], "stages": ["imaging"], "words": "commissions, stated"}
STREAM = ": changes\nretry: 3000\n\n: ping\n\nevent: position\nid: 6\ndata: {}\n\n" + (
    f"event: change\nid: 7\ndata: {json.dumps(CHANGE | {'touched': [TOUCHED], 'touched_count': 1})}\n\n"
)


def client(answer: httpx.Response) -> RegistryClient:
    connections = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    return RegistryClient(Service("registry", "http://registry", connections=connections))


def test_only_changes_are_given_in_order() -> None:
    found = [*client(httpx.Response(200, text=STREAM)).follow(6, body=["ods:02A"])]
    assert [one.seq for one in found] == [7]
    assert found[0].touched[0].places == ["ccg-02A"]


def test_a_refusal_is_a_problem() -> None:
    refusal = {"type": "urn:concord:problem:busy", "title": "Busy", "status": 503, "detail": "streams"}
    with pytest.raises(ConcordProblem):
        next(client(httpx.Response(503, json=refusal)).follow())


def test_the_command_shows_what_was_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    page = {"items": [CHANGE | {"touched": [TOUCHED], "touched_count": 1}], "next_after": 7, "head_seq": 9}
    answer = httpx.Response(200, json=page, request=httpx.Request("GET", "http://registry"))
    monkeypatch.setattr(httpx.Client, "send", lambda *_, **__: answer)
    shown = " ".join(CliRunner().invoke(app, ["changes", "--after", "6", "--body", "ods:02A"]).output.split())
    for words in ("claims.assert", "imaging, lung, ccg-02A", "Read up to 7 of 9; there is more"):
        assert words in shown
