"""Measured values and terms out of publishers' files: what has no place of its own on the map, kept with its source."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from concord_contracts.problems import Fault
from concord_contracts.registry import MeasureKinds, Measures, Terms
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import Clock
from concord_kit.database import Reading
from concord_kit.paging import Cursor, Limit, decode_cursor, encode_cursor, next_link
from concord_kit.positions import KnownAt, resolve
from concord_kit.problems import Problem, problem_responses
from concord_kit.routing import Routes
from concord_registry import measures_rolled
from concord_registry.reading import RollTo
from concord_registry.routes.shared import References, refusing_backwards
from concord_registry.store import publications as store
from concord_registry.store.reference import ReferenceReader

router = Routes(prefix="/v1", tags=["files"])

Word = Annotated[str, Field(min_length=1, max_length=200)]


class MeasuresQuery(BaseModel):
    """Which values. Every filter is an exact one."""

    model_config = ConfigDict(extra="forbid")

    subject: Annotated[Word | None, Field(description="A body by scheme and code", examples=["ods:02A"])] = None
    measure: Annotated[Word | None, Field(examples=["waiting-62-day-all-cancer"])] = None
    part: Annotated[Word | None, Field(examples=["age 065"])] = None
    period: Annotated[Word | None, Field(examples=["2021-07"])] = None
    roll_to: RollTo = None
    known_at: KnownAt = None
    limit: Limit = 100
    cursor: Cursor = None


@router.get(
    "/measures",
    name="list_measures",
    response_model=Measures,
    responses=problem_responses("bad-cursor", "known-at-too-late"),
)
async def list_measures(
    query: Annotated[MeasuresQuery, Query()], references: References, call: Call = Depends(allowed("map.read"))
) -> Response:
    """Measured values of bodies and places, as published: waiting times, registers, populations by age, mortality.

    With `roll_to`, which wants a measure and a period, those of the bodies that followed: numbers of people divided and
    added up, shares worked out anew; a rate without a denominator is refused (`not-rollable`).
    """
    following = decode_cursor(query.cursor, str, int)

    def find(tx: Reading) -> Measures:
        if query.roll_to is not None:
            return _rolled(tx, references, query, query.roll_to, following, call.clock)
        known_at = query.known_at or (_moment(following[0]) if following else None)
        position = resolve(tx, None, known_at, call.clock)
        asked = {name: getattr(query, name) for name in ("subject", "measure", "part", "period")}
        after = following[1:] if following else None
        found = store.measures(tx, position.known_at, asked, after, query.limit + 1)
        page = found[: query.limit]
        more = len(found) > query.limit
        cursor = encode_cursor(position.known_at.isoformat(), page[-1][0]) if more else None
        return Measures(
            known_at=position.known_at, seq=position.seq, items=[one for _, one in page], next_cursor=cursor
        )

    with refusing_backwards():
        page = await call.read(find)
    return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))


def _rolled(
    tx: Reading,
    references: ReferenceReader,
    query: MeasuresQuery,
    roll_to: date,
    following: Sequence[Any] | None,
    clock: Clock,
) -> Measures:
    """All values of the measure and period are rolled before any is left out: a successor has several sources."""
    missing = [name for name in ("measure", "period") if getattr(query, name) is None]
    if missing:
        words = "what is re-expressed for other bodies is of one measure and one period"
        faults = [Fault(parameter=f"query:{name}", detail=words, type="missing") for name in missing]
        raise Problem("invalid-request", f"{words.capitalize()}.", errors=faults)
    position = resolve(tx, None, query.known_at or (_moment(following[0]) if following else None), clock)
    asked = {name: getattr(query, name) for name in ("measure", "part", "period")}
    found = [one for _, one in store.measures(tx, position.known_at, asked, None, None)]
    reference = references.read(tx, position.as_of, position.known_at)
    then = references.read(tx, roll_to, position.known_at)
    try:
        made = measures_rolled.rolled(reference, then, found, roll_to)
    except measures_rolled.NotRollableError as error:
        fault = Fault(parameter="query:roll_to", detail=str(error), type="not-rollable")
        raise Problem("invalid-request", f"{error}.", errors=[fault]) from None
    made = [one for one in made if query.subject in (None, one.subject)]
    start = following[1] if following else 0
    page = made[start : start + query.limit]
    more = start + len(page) < len(made)
    return Measures(
        known_at=position.known_at,
        seq=position.seq,
        roll_to=roll_to,
        rule=measures_rolled.MEASURES_RULE,
        items=page,
        next_cursor=encode_cursor(position.known_at.isoformat(), start + len(page)) if more else None,
    )


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem("bad-cursor") from None


@router.get("/measures/kinds", name="list_measure_kinds", response_model=MeasureKinds)
async def list_measure_kinds(call: Call = Depends(allowed("map.read"))) -> Response:
    """Which measures there are values of."""
    found = await call.read(lambda tx: store.measure_kinds(tx, tx.head_at))
    return call.reply(MeasureKinds(items=found))


class TermsQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scheme: Annotated[Word | None, Field(examples=["ods-role", "icd10-tumour-group"])] = None
    code: Annotated[Word | None, Field(examples=["RO98"])] = None
    limit: Limit = 100
    cursor: Cursor = None


@router.get("/terms", name="list_terms", response_model=Terms, responses=problem_responses("bad-cursor"))
async def list_terms(query: Annotated[TermsQuery, Query()], call: Call = Depends(allowed("map.read"))) -> Response:
    """What codes stand for: ODS roles and relationships, tumour groups of diagnoses."""
    following = decode_cursor(query.cursor, str, str)

    def find(tx: Reading) -> Terms:
        found = store.terms(tx, tx.head_at, query.scheme, query.code, following, query.limit + 1)
        items = found[: query.limit]
        more = len(found) > query.limit
        cursor = encode_cursor(items[-1].scheme, items[-1].code) if more else None
        return Terms(items=items, next_cursor=cursor)

    page = await call.read(find)
    return call.reply(Result(page, headers=next_link(call.request, page.next_cursor)))
