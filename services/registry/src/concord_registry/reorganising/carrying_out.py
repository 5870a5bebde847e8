"""A reorganisation looked at, and carried out: one transaction's work, all of it or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from uuid_utils import uuid7

from concord_contracts.problems import Fault
from concord_contracts.registry import (
    FiguresRolled,
    FindingAhead,
    HoldingCount,
    Reorganisation,
    ReorganisationEffects,
    ReorganisationIn,
    WorkToReassign,
)
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_kit.sheets import FaultySheetsError
from concord_registry import holdings, importing, rolled_views, views
from concord_registry.importing import ROWS_SHOWN, Asked, Plan
from concord_registry.own_rows import Identity, SentRow, grouped
from concord_registry.populations import counted, of_the_day, rolled
from concord_registry.reading import FIRST_DAY, LAST_DAY
from concord_registry.reorganising.ahead import findings_ahead
from concord_registry.reorganising.rows import RowWriter
from concord_registry.reorganising.rules import Named, faults, named
from concord_registry.store import claims as stored_claims
from concord_registry.store import holdings as stored_holdings
from concord_registry.store import populations as stored_populations
from concord_registry.store import reorganisations as stored
from concord_registry.store.layers import rows_in_use, table_of
from concord_registry.store.reference import ReferenceReader, read_reference
from concord_registry.world import Reference

HELD_SHOWN, FIGURES_SHOWN, FINDINGS_SHOWN = 50, 200, 200


@dataclass(frozen=True, slots=True)
class Looked:
    """What a reorganisation writes, and what it changes."""

    plan: Plan
    effects: ReorganisationEffects


def looked_at(tx: Reading, references: ReferenceReader, sent: ReorganisationIn, me: str, today: date) -> Reorganisation:
    """The reorganisation as it would be; 422 with every fault at once."""
    return _view(tx, sent, _look(tx, references, sent, me, today).effects, me, dry_run=True)


def carried_out(
    tx: Writing, references: ReferenceReader, sent: ReorganisationIn, me: str, today: date
) -> Reorganisation:
    """The reorganisation, recorded; 422 with every fault at once."""
    looked = _look(tx, references, sent, me, today)
    said = _view(tx, sent, looked.effects, me, dry_run=False).model_copy(
        update={"id": str(uuid7()), "recorded_at": tx.at, "known_at": tx.at, "seq": tx.seq}
    )
    importing.write(tx, looked.plan)
    stored.record(tx, said)
    tx.concerns(f"reorganisation:{said.id}")
    return said


def _look(tx: Reading, references: ReferenceReader, sent: ReorganisationIn, me: str, today: date) -> Looked:
    _in_range(sent.on)
    on = references.read(tx, sent.on, tx.head_at)
    before = references.read(tx, sent.on - timedelta(days=1), tx.head_at)
    found = faults(before, on, sent, stored.kinds(tx, on), stored.codes(tx))
    if found:
        raise refused(found)
    rows = RowWriter(lambda table, column, value: _in_use(tx, table, column, value), sent).rows()
    plan = _planned(tx, references, rows, me, today)
    pending: dict[str, dict[Identity, list[Any]]] = {}
    for (table, identity), several in grouped(rows).items():
        pending.setdefault(table, {})[identity] = [one.row for one in several]
    after = read_reference(tx.connection, sent.on, tx.head_at, pending)
    return Looked(plan, _effects(tx, before, on, after, named(sent), plan))


def _in_range(on: date) -> None:
    if not FIRST_DAY < on <= LAST_DAY:
        raise refused([Fault(pointer="/on", detail=f"lies outside of {FIRST_DAY} to {LAST_DAY}", type="out_of_range")])


def refused(found: Sequence[Fault]) -> Problem:
    """One problem for all faults: unknown-code where codes are all that is wrong."""
    only_codes = all(fault.type.startswith("unknown-") for fault in found)
    words = f"{found[0].detail}." if len(found) == 1 else f"{len(found)} faults, each named in `errors`."
    return Problem("unknown-code" if only_codes else "invalid-request", words, errors=list(found))


def _in_use(tx: Reading, table: str, column: str, value: str) -> Sequence[Any]:
    return rows_in_use(tx.connection, table, tx.head_at, where=[table_of(table).c[column] == value])


def _planned(tx: Reading, references: ReferenceReader, rows: Sequence[SentRow], me: str, today: date) -> Plan:
    """Held to what every import is held to: references, shares, codes, circles."""
    asked = Asked(rows, (), "replace", me, steward=True, file_digest="", reason=None, today=today)
    try:
        return importing.plan(tx, references, asked)
    except FaultySheetsError as error:
        raise refused(
            [
                Fault(
                    pointer=f"/events/{fault.line - 1}" if fault.line else "/events",
                    detail=f"{fault.table}: {fault.words}",
                    type=fault.kind,
                )
                for fault in error.faults
            ]
        ) from None


def _effects(
    tx: Reading, before: Reference, on: Reference, after: Reference, of: Named, plan: Plan
) -> ReorganisationEffects:
    ended = sorted(of.ended)
    passing = sorted({*of.ended, *of.going_on} & {event.predecessor for event in after.succession})
    claims = stored_claims.in_scope(tx, on.as_of, tx.head_at, None, None)
    following = {body for _, body in of.following}
    ahead = findings_ahead(on, after, claims, frozenset(ended), [*ended, *of.going_on, *following])
    return ReorganisationEffects(
        opened=views.all_named(after, sorted(of.opened)),
        ended=views.all_named(before, ended),
        renamed=views.all_named(after, sorted(of.renamed)),
        rows=plan.rows[:ROWS_SHOWN],
        rows_left_off=max(len(plan.rows) - ROWS_SHOWN, 0),
        to_reassign=[work for body in ended if (work := _work(tx, before, after, body)).items],
        figures=_figures(tx, before, after, passing),
        findings=[
            FindingAhead(
                kind=one.kind.value,
                place=one.place,
                pathway=one.pathway,
                stage=one.stage,
                severity=one.severity,
                words=one.words,
            )
            for one in ahead.opening[:FINDINGS_SHOWN]
        ],
        findings_left_off=max(len(ahead.opening) - FINDINGS_SHOWN, 0),
        findings_closing=ahead.closing,
        places_left_off=ahead.places_left_off,
    )


def _work(tx: Reading, before: Reference, after: Reference, body: str) -> WorkToReassign:
    """What it still holds on the day, but for places that end or pass on with it."""
    day = after.as_of
    kept = after.places_of_body.get(body, ())
    held = stored_holdings.of_body(tx, body, day, tx.head_at)
    held = [one for one in held if one.kind != "place" or one.id in kept]
    told = holdings.listed(held, people=False)  # the answer is kept, so it tells no personal data
    return WorkToReassign(
        body=views.named(before, body),
        counts=[HoldingCount(kind=kind, held_as=as_, records=n) for kind, as_, n in holdings.counts(held)],
        items=[views.holding(one) for one in told[:HELD_SHOWN]],
        left_off=max(len(told) - HELD_SHOWN, 0),
        address=f"/v1/organisations/{body}/holdings?as_of={day}",
    )


def _figures(tx: Reading, before: Reference, after: Reference, passing: Iterable[str]) -> FiguresRolled:
    """People of the places of bodies that pass on, in the latest year begun by the day before."""
    places = {key for body in passing for key in before.places_of_body.get(body, ())}
    once: Mapping[str, Any] = {
        key: place for key, place in stored_populations.places_once(tx, tx.head_at).items() if key in places
    }
    figures = stored_populations.figures(tx, tx.head_at, places=sorted(places)) if places else []
    people = counted(of_the_day(figures, before.as_of), once)
    # the figures are the latest there are: what happened since they were made is followed, and then this
    follow = replace(after, as_of=before.as_of)
    items = rolled(follow, people, once, after.as_of, lambda body, kind: rolled_views.place_then(after, body, kind))
    return FiguresRolled(
        before=rolled_views.people_totals(people),
        items=rolled_views.people(before, after, items[:FIGURES_SHOWN]),
        left_off=max(len(items) - FIGURES_SHOWN, 0),
    )


def _view(
    tx: Reading, sent: ReorganisationIn, effects: ReorganisationEffects, me: str, *, dry_run: bool
) -> Reorganisation:
    return Reorganisation(
        as_of=sent.on,
        known_at=tx.head_at,
        seq=tx.head_seq,
        dry_run=dry_run,
        on=sent.on,
        title=sent.title,
        authority=sent.authority,
        source=sent.source,
        acting_for=me,
        reason=sent.reason,
        events=sent.events,
        effects=effects,
    )
