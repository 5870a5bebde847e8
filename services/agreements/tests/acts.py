"""What people do with agreements, as the tests put it: draft, approve, send, sign, all the way to in force."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from services.agreements.tests.conftest import Service, draft, pool_draft
from services.agreements.tests.worlds import MANCHESTER, TRAFFORD, lead_document

DECIDED, SENT, SIGNED = "2014-01-20", "2014-02-10", "2014-03-20"


def ok(answer: Any, status: int = 200) -> dict[str, Any]:
    """The body of a success; what was answered instead, where it was none."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    return answer.json()


def refused(answer: Any, status: int, slug: str) -> dict[str, Any]:
    """The problem document of a refusal of that type."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
    assert answer.headers["content-type"].startswith("application/problem+json")
    document = answer.json()
    assert document["type"] == f"urn:concord:problem:{slug}"
    return document


def parties_of(view: dict[str, Any]) -> list[str]:
    return [party["organisation"] for party in view["current"]["content"]["parties"]]


def decider(body: str) -> str:
    return "cabinet" if body.startswith("gss:") else "governing-body"


def draft_pool(service: Service, **changes: Any) -> dict[str, Any]:
    return ok(service.at(MANCHESTER, "commissioner").post("/agreements", pool_draft(**changes)), 201)


def draft_lead(service: Service, **changes: Any) -> dict[str, Any]:
    return ok(service.at(TRAFFORD, "commissioner").post("/agreements", draft(lead_document(**changes))), 201)


def approval(view: dict[str, Any], body: str, **changes: Any) -> dict[str, Any]:
    given = {
        "digest": view["current"]["digest"],
        "organisation": body,
        "role": decider(body),
        "decided_on": DECIDED,
        "minute": "item 7",
    }
    return {**given, **changes}


def signature(view: dict[str, Any], body: str, **changes: Any) -> dict[str, Any]:
    given = {
        "digest": view["current"]["digest"],
        "organisation": body,
        "name": f"Alex of {body}",
        "office": "chief officer",
        "signed_on": SIGNED,
    }
    return {**given, **changes}


def approve_all(service: Service, view: dict[str, Any]) -> dict[str, Any]:
    for body in parties_of(view):
        answer = service.at(body, decider(body)).post(f"/agreements/{view['id']}/approvals", approval(view, body))
        view = ok(answer)
    return view


def send(service: Service, view: dict[str, Any]) -> dict[str, Any]:
    person = service.at(view["lead"], "commissioner")
    why = {"reason": "approved by every party", "on": SENT}
    return ok(person.post(f"/agreements/{view['id']}/send", why, if_match=view["etag"]))


def sign(service: Service, view: dict[str, Any], bodies: Iterable[str] | None = None) -> dict[str, Any]:
    for body in bodies or parties_of(view):
        answer = service.at(body, "signatory").post(f"/agreements/{view['id']}/signatures", signature(view, body))
        view = ok(answer)
    return view


def sent(service: Service, view: dict[str, Any]) -> dict[str, Any]:
    return send(service, approve_all(service, view))


def concluded(service: Service, view: dict[str, Any]) -> dict[str, Any]:
    return sign(service, sent(service, view))


def read(service: Service, view: dict[str, Any], **params: Any) -> dict[str, Any]:
    return ok(service.at(view["lead"], "commissioner").get(f"/agreements/{view['id']}", **params))


def wait_until[T](ready: Callable[[], T], seconds: float = 15) -> T:
    """Ask again until the answer is true: the outbox works in its own time. AssertionError after the deadline."""
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)
    return found
