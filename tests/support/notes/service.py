"""The notes service: store, routes, authority and application in one small file."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from pydantic import Field
from pydantic_settings import SettingsConfigDict
from sqlalchemy import select, update
from starlette.requests import Request
from starlette.responses import Response

from concord_contracts.identifiers import Key, Reply
from concord_contracts.identifiers import Request as Sent
from concord_kit.app import create_app
from concord_kit.authority import Authority, Relation, Row
from concord_kit.calls import Call, Result, allowed
from concord_kit.clock import FOREVER_AT, Clock, utc_now
from concord_kit.database import Database, Reading, Writing
from concord_kit.journal import changes_after
from concord_kit.outbox import enqueue
from concord_kit.paging import Cursor, Limit, decode_cursor, encode_cursor, next_link
from concord_kit.positions import KnownAt, resolve
from concord_kit.problems import problem_responses
from concord_kit.routing import Routes
from concord_kit.settings import ServiceSettings
from tests.support.notes.tables import Base, NoteVersion

TABLE = (
    Row("notes.read", "*", Relation.ANYONE),
    Row("notes.write", "clerk", Relation.SELF),
    Row("notes.write", "support-officer", Relation.MANDATE),
    Row("notes.share", "clerk", Relation.PARTY),
    Row("notes.share", "support-officer", Relation.PARTY_BY_MANDATE),
    Row("notes.share", "auditor", Relation.AUDITOR),
    Row("notes.forget", "clerk", Relation.PARTY),
    Row("notes.import", "importer", Relation.SERVICE, service="archive"),
)


class NotesSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="NOTES_", extra="ignore", frozen=True)

    archive_url: str = "http://127.0.0.1:9"
    patience_seconds: float = Field(1, gt=0)


class NoteIn(Sent):
    id: Key
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    weight: float = 0
    labels: Annotated[list[Key], Field(max_length=3)] = []


class NoteView(Reply):
    id: Key
    version: int
    owner: str
    text: str
    known_at: datetime
    seq: int


class NoteList(Reply):
    items: list[str]
    known_at: datetime


class NoSuchNote(LookupError):
    """There is no note of this id."""


def find(tx: Reading, note_id: str, known_at: datetime | None = None) -> Result:
    """The note as it was known."""
    at = resolve(tx, None, known_at)
    row = tx.session.scalars(
        select(NoteVersion).where(
            NoteVersion.id == note_id, NoteVersion.recorded_from <= at.known_at, at.known_at < NoteVersion.recorded_to
        )
    ).one_or_none()
    if row is None:
        raise NoSuchNote(f"There is no note {note_id}.")
    return Result(view(row, at.known_at, at.seq), version=row.version)


def put(tx: Writing, note: NoteIn, owner: str, expect: Any = None) -> Result:
    """Record a note, or the next version of it."""
    current = tx.session.scalars(
        select(NoteVersion).where(NoteVersion.id == note.id, NoteVersion.recorded_to == FOREVER_AT)
    ).one_or_none()
    version = current.version if current else 0
    if expect is not None:
        expect(version)
    if current is not None:
        current.recorded_to = tx.at
        tx.session.add(current)
        tx.session.flush()
    row = NoteVersion(
        id=note.id, version=version + 1, owner=owner, text=note.text, recorded_from=tx.at, recorded_to=FOREVER_AT
    )
    tx.session.add(row)
    tx.concerns(f"note:{note.id}")
    enqueue(tx, note.id)
    return Result(view(row, tx.at, tx.seq), version=row.version, location=f"/v1/notes/{note.id}")


def view(row: NoteVersion, known_at: datetime, seq: int) -> NoteView:
    return NoteView(id=row.id, version=row.version, owner=row.owner, text=row.text, known_at=known_at, seq=seq)


def forget(tx: Writing, note_id: str) -> Result:
    found = find(tx, note_id)
    tx.session.connection().execute(
        update(NoteVersion)
        .where(NoteVersion.id == note_id, NoteVersion.recorded_to == FOREVER_AT)
        .values(recorded_to=tx.at)
    )
    return found


router = Routes(prefix="/v1", tags=["notes"])


@router.get("/notes/{note_id}", response_model=NoteView, responses=problem_responses("not-found", "known-at-too-late"))
async def read_note(note_id: Key, known_at: KnownAt = None, call: Call = Depends(allowed("notes.read"))) -> Response:
    return call.reply(await call.read(lambda tx: find(tx, note_id, known_at)))


@router.get("/notes", response_model=NoteList)
async def list_notes(
    request: Request, limit: Limit = 2, cursor: Cursor = None, call: Call = Depends(allowed("notes.read"))
) -> Response:
    after = decode_cursor(cursor, str)

    def page(tx: Reading) -> Result:
        query = select(NoteVersion.id).where(NoteVersion.recorded_to == FOREVER_AT).order_by(NoteVersion.id)
        found = tx.connection.execute(query.where(NoteVersion.id > after[0]) if after else query).scalars().all()
        more = encode_cursor(found[limit - 1]) if len(found) > limit else None
        return Result(
            NoteList(items=list(found[:limit]), known_at=tx.head_at),
            weak=str(tx.head_seq),
            headers=next_link(request, more),
        )

    return call.reply(await call.read(page))


@router.post("/notes", status_code=201, response_model=NoteView)
async def write_note(note: NoteIn, call: Call = Depends(allowed("notes.write", idempotent=True))) -> Response:
    return await call.write(lambda tx: put(tx, note, call.acting_for or ""), status=201, reason=f"note {note.id}")


@router.put("/notes/{note_id}", response_model=NoteView, responses=problem_responses("not-found"))
async def change_note(
    note_id: Key, note: NoteIn, call: Call = Depends(allowed("notes.write", if_match=True))
) -> Response:
    return await call.write(lambda tx: put(tx, note, call.acting_for or "", call.expect), subject=f"note:{note_id}")


@router.get("/shared/{note_id}", response_model=NoteView)
async def read_shared(note_id: Key, call: Call = Depends(allowed("notes.share"))) -> Response:
    def work(tx: Reading) -> Result:
        found = find(tx, note_id)
        call.require_party([found.body.owner])  # type: ignore[union-attr]
        return found

    return call.reply(await call.read(work))


@router.delete("/notes/{note_id}", response_model=NoteView)
async def forget_note(note_id: Key, call: Call = Depends(allowed("notes.forget"))) -> Response:
    """Deliberately wrong: allowed as a party, never checked against the parties."""
    return await call.write(lambda tx: forget(tx, note_id))


@router.put("/imports/{note_id}", response_model=NoteView)
async def import_note(note_id: Key, note: NoteIn, call: Call = Depends(allowed("notes.import"))) -> Response:
    """Idempotent by content: the same text again changes nothing."""

    def work(tx: Writing) -> Result:
        try:
            found = find(tx, note_id)
        except NoSuchNote:
            return put(tx, note, "archive:1")
        if found.body.text == note.text:  # type: ignore[union-attr]
            tx.unchanged()
            return found
        return put(tx, note, "archive:1")

    return await call.write(work)


@router.get("/changes", response_model=NoteList)
async def changes(after: Annotated[int, Query(ge=0)] = 0, call: Call = Depends(allowed("notes.read"))) -> Response:
    return call.reply(
        await call.read(
            lambda tx: NoteList(
                items=[entry.subject for entry in changes_after(tx.session, tx.tables, after, 100)], known_at=tx.head_at
            )
        )
    )


@router.get("/broken", response_model=NoteView)
async def broken(call: Call = Depends(allowed("notes.read"))) -> Response:
    raise ZeroDivisionError("a secret that must not get out")


def open_database(url: str, clock: Clock = utc_now) -> Database:
    return Database(url, metadata=Base.metadata, migrations_package="tests.support.notes.migrations", clock=clock)


def build_app(settings: ServiceSettings, database: Database, **options: Any) -> FastAPI:
    return create_app(
        name="notes",
        title="Notes",
        version="0.1.0",
        summary="A service for tests",
        settings=settings,
        database=database,
        routers=[router],
        authority=Authority(TABLE, public_reads=settings.public_reads),
        problems={NoSuchNote: "not-found"},
        **options,
    )
