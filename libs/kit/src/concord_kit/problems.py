"""Refusals as RFC 9457 documents: raised anywhere above the domain, rendered in one place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from concord_contracts.problems import Fault, ProblemDocument, ProblemType, problem_type
from concord_kit.context import request_id

MEDIA_TYPE = "application/problem+json"
MAX_FAULTS = 200


class Problem(Exception):
    """A refusal of a registered type. Extra keyword arguments become members of the document."""

    def __init__(
        self,
        slug: str,
        detail: str | None = None,
        *,
        errors: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        most_errors: int = MAX_FAULTS,
        **members: Any,
    ) -> None:
        self.kind: ProblemType = problem_type(slug)
        self.detail = detail or self.kind.meaning
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.most_errors = most_errors
        self.members = members
        super().__init__(f"{slug}: {self.detail}")


type ProblemMapping = Mapping[type[Exception], str | Callable[[Any], Problem]]
"""A service's one table from domain errors to problems: a slug (the error's text becomes the detail) or a function."""


def document_of(problem: Problem) -> ProblemDocument:
    """The document; a list of more faults than the problem shows is cut, and says so."""
    errors, most = problem.errors, problem.most_errors
    if len(errors) > most:
        more = Fault(detail=f"and {len(errors) - most} more", type="more")
        errors = [*errors[:most], more]
    return ProblemDocument(
        type=problem.kind.uri,
        title=problem.kind.title,
        status=problem.kind.status,
        detail=problem.detail,
        errors=errors,
        request_id=request_id(),
        **problem.members,
    )


def render(problem: Problem) -> Response:
    """The response of a refusal. 503 always says when to come back."""
    body = document_of(problem).model_dump_json(exclude_none=True, exclude_defaults=True)
    headers = {"Cache-Control": "no-store", **problem.headers}
    if problem.kind.status == 503:
        headers.setdefault("Retry-After", "1")
    return Response(body, status_code=problem.kind.status, headers=headers, media_type=MEDIA_TYPE)


def as_problem(error: Exception, mapping: ProblemMapping) -> Problem | None:
    """What a service's table makes of an error, by its class or the nearest ancestor; None where it has no row."""
    for kind in type(error).__mro__:
        made = mapping.get(kind)
        if made is not None:
            return Problem(made, str(error)) if isinstance(made, str) else made(error)
    return None


def problem_responses(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: each type of problem it may answer, with an example document by status."""
    grouped: dict[int | str, list[ProblemType]] = {}
    for slug in slugs:
        kind = problem_type(slug)
        grouped.setdefault(kind.status, []).append(kind)
    return {status: _documented(kinds) for status, kinds in grouped.items()}


def _documented(kinds: Sequence[ProblemType]) -> dict[str, Any]:
    return {
        "model": ProblemDocument,
        "description": "; ".join(f"`{kind.slug}`: {kind.title}" for kind in kinds),
        "content": {MEDIA_TYPE: {"examples": {kind.slug: {"value": _example(kind)} for kind in kinds}}},
    }


def _example(kind: ProblemType) -> dict[str, Any]:
    document = {"type": kind.uri, "title": kind.title, "status": kind.status, "detail": kind.meaning}
    if kind.slug in {"invalid-request", "unknown-code", "invalid-problem", "not-lawful", "faulty-table"}:
        document["errors"] = [{"pointer": "/place", "detail": "what is wrong here", "type": "invalid"}]
    return {**document, "request_id": "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"}
