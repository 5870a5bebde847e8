"""What can go wrong when a service is asked something.

ConcordError
├── ConcordProblem       the service answered with a problem document (RFC 9457)
├── ConcordUnreachable   no answer: refused, timed out, broken off
└── NotAllowedHere       this machine or address may not be used so; nothing was sent
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from concord_contracts.problems import Fault

STANDARD_MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "errors", "request_id"})


class ConcordError(Exception):
    """Any refusal or failure of a call to Concord."""


@dataclass
class ConcordProblem(ConcordError):
    """A problem document: `type` is stable and documented, `extras` are the members a program can use."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: Sequence[Fault] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    service: str = ""
    request_id: str | None = None

    @property
    def slug(self) -> str:
        """The last part of `type`, e.g. `text-changed`."""
        return self.type.rstrip("/").replace(":", "/").rsplit("/", 1)[-1]

    def __str__(self) -> str:
        """Title, detail and every fault, one a line."""
        head = f"{self.title} ({self.status}, {self.slug})"
        lines = [f"{head}: {self.detail}" if self.detail else head]
        lines += [f"  {where(fault)}: {fault.detail}" for fault in self.errors]
        return "\n".join(lines)


@dataclass
class ConcordUnreachable(ConcordError):
    """The service gave no answer in time.

    `idempotency_key` is the one the call carried, if any: repeat the call with it and it has one effect.
    """

    service: str
    address: str
    reason: str
    idempotency_key: str | None = None

    def __str__(self) -> str:
        return f"{self.service} at {self.address} gave no answer: {self.reason}"


class NotAllowedHere(ConcordError):
    """A development convenience was asked for where it may not be used."""


def problem_from(document: Mapping[str, Any], status: int, service: str) -> ConcordProblem:
    """The problem in `document`; a document without the standard members still gives a usable one."""
    faults = document.get("errors")
    return ConcordProblem(
        type=str(document.get("type", "about:blank")),
        title=str(document.get("title", "The service refused the call")),
        status=int(document.get("status", status)),
        detail=str(document.get("detail") or ""),
        errors=[_fault(each) for each in faults] if isinstance(faults, list) else [],
        extras={name: value for name, value in document.items() if name not in STANDARD_MEMBERS},
        service=service,
        request_id=document.get("request_id"),
    )


def where(fault: Fault) -> str:
    """Where the fault lies: a JSON pointer into the body, or the header, path or query parameter."""
    return fault.pointer or fault.parameter or "the request"


def _fault(each: Any) -> Fault:
    try:
        return Fault.model_validate(each)
    except ValidationError:  # not one of our services: say what it said
        return Fault(pointer=None, parameter=None, detail=str(each), type="invalid")
