"""Every error an application can raise, turned into its problem document."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from concord_contracts.problems import Fault
from concord_kit import bodies
from concord_kit.database import DatabaseUnavailable
from concord_kit.fault_words import words_of
from concord_kit.http_client import DependencyRefused, DependencyUnavailable
from concord_kit.middleware import BodyTooLarge
from concord_kit.problems import Problem, ProblemMapping, as_problem, render
from concord_kit.tokens import bearer_token, unauthenticated

MAX_NAME = 100
_BY_STATUS = {
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
}


def install(app: FastAPI, domain: ProblemMapping) -> None:
    """Register handlers for the kit's errors, the framework's, and the service's domain errors."""
    _handle(app, Problem, lambda problem: problem)
    app.add_exception_handler(RequestValidationError, _refuse_invalid)
    app.add_exception_handler(HTTPException, _refuse_by_status)
    _handle(app, BodyTooLarge, _problem_of_size)
    _handle(app, DatabaseUnavailable, _problem_of_database)
    _handle(app, DependencyUnavailable, _problem_of_absence)
    _handle(app, DependencyRefused, _problem_of_refusal)
    for kind in domain:
        _handle(app, kind, lambda error: as_problem(error, domain) or Problem("internal"))


def _handle[E: Exception](app: FastAPI, kind: type[E], make: Callable[[E], Problem]) -> None:
    async def handler(_: Request, error: Any) -> Response:
        return render(make(error))

    app.add_exception_handler(kind, handler)


async def _refuse_invalid(request: Request, error: Any) -> Response:
    """All faults of a request at once, with JSON pointers into its body."""
    found = error.errors()
    if any(fault["type"] == "json_invalid" for fault in found):
        return render(await _problem_of_body(request))
    return render(Problem("invalid-request", errors=[_fault(fault, error.body) for fault in found]))


async def _refuse_by_status(request: Request, error: Any) -> Response:
    if error.status_code == 400:  # how the framework says that it could not parse the body
        return render(await _problem_of_body(request))
    slug = _BY_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "invalid-request")
    return render(Problem(slug, headers=error.headers))


async def _problem_of_body(request: Request) -> Problem:
    """The framework parses before it asks who calls. Ask now; then say what is wrong with the body."""
    try:
        token = bearer_token(request.headers.get("authorization"))
        if token is None:
            return unauthenticated("missing", "Send `Authorization: Bearer <token>`.")
        await request.app.state.concord.verifier.verify(token)
        bodies.parse(await request.body())
    except Problem as problem:
        return problem
    except DependencyUnavailable as error:
        return _problem_of_absence(error)
    return Problem("malformed-request")


def _fault(fault: Mapping[str, Any], body: Any) -> Fault:
    where, *path = fault["loc"]
    kind = fault["type"]
    words = words_of(fault)
    if where == "body":
        return Fault(pointer=pointer(path, body, missing=kind == "missing"), detail=words, type=kind)
    return Fault(parameter=f"{where}:{'.'.join(_shortened(str(part)) for part in path)}", detail=words, type=kind)


def pointer(path: Sequence[str | int], body: Any, *, missing: bool) -> str:
    """RFC 6901 pointer to `path` in `body`.

    The validator's path also holds names of union members and validators, which are no part of the body: a step that
    leads nowhere is left out, unless it is the last one of something missing.
    """
    steps: list[str] = []
    here = body
    for index, part in enumerate(path):
        found = _step(here, part)
        if found is not _NOWHERE:
            here = found
        elif not (missing and index == len(path) - 1):
            continue
        steps.append(_shortened(str(part)).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)


def _shortened(name: str) -> str:
    """A name the caller made up may be as long as a body; the answer need not be."""
    return name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}..."


_NOWHERE = object()


def _step(here: Any, part: str | int) -> Any:
    if isinstance(here, dict) and part in here:
        return here[part]
    if isinstance(here, list) and isinstance(part, int) and 0 <= part < len(here):
        return here[part]
    return _NOWHERE


def _problem_of_size(error: BodyTooLarge) -> Problem:
    words = f"The body exceeds {error.limit_bytes} bytes."
    return Problem("too-large", words, limit_bytes=error.limit_bytes, headers={"Connection": "close"})


def _problem_of_database(error: DatabaseUnavailable) -> Problem:
    return Problem("database-unavailable", headers={"Retry-After": str(error.retry_after_seconds)})


def _problem_of_absence(error: DependencyUnavailable) -> Problem:
    return Problem("dependency-unavailable", f"{error.name} gave no usable answer.", dependency=error.name)


def _problem_of_refusal(error: DependencyRefused) -> Problem:
    document = error.problem.model_dump(mode="json", exclude_none=True)
    words = f"{error.name} refused our request: {error.problem.detail}"
    return Problem("dependency-refused", words, dependency=error.name, problem=document)
