"""A body's claims out of a table: the same rules as for one sent by itself (`claim_recording.assert_claim`).

A claim of a table is known by the body and its own key for it, so a second file corrects what the first one said. What
others have decided on it since stands as long as the body still says the same.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from pydantic import ValidationError

from concord_contracts.imports import CellChange, RowChange
from concord_contracts.registry import ClaimIn
from concord_kit.database import Reading, Writing
from concord_kit.fault_words import words_of
from concord_kit.problems import Problem
from concord_kit.sheets import SheetFault
from concord_registry import claim_changes, claim_recording
from concord_registry.acting import Acting, require_lent
from concord_registry.claim_changes import ClaimRefusedError
from concord_registry.knowledge.writer import Writer
from concord_registry.own_rows import SentRow
from concord_registry.reading import LAST_DAY
from concord_registry.store import claims as stored
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Claim, Reference

SAID = (
    "role", "organisation", "stage", "pathway", "place", "function", "authority", "quotation", "source", "valid_from",
    "valid_to",
)  # fmt: skip
"""What makes a claim say something else when it differs. Its status and review are too, until others decide on it."""


type ReferenceOn = Callable[[date], Reference]
"""The reference data of a day, as known now."""


@dataclass
class ClaimChanges:
    """Claims to write for the first time, to correct and to withdraw, and what that changes."""

    written: list[Claim] = field(default_factory=list)
    beside: dict[tuple[str, str, str], list[Claim]] = field(default_factory=lambda: defaultdict(list))
    """The written ones by what they are about."""
    corrected: list[Claim] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    rows: list[RowChange] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def planned(
    tx: Reading, references: ReferenceReader, sent: Sequence[SentRow], by: Writer
) -> tuple[ClaimChanges, list[SheetFault]]:
    """What the rows would change, and what is wrong with them."""
    found = ClaimChanges()
    faults: list[SheetFault] = []
    names = [f"{by.me}~{one.identity[0]}" for one in sent]
    versions, present = stored.last_versions(tx, names), stored.present_ones(tx, names)

    @cache
    def reference_on(day: date) -> Reference:
        return references.read(tx, min(day, LAST_DAY), tx.head_at)

    if sent and by.steward:
        words = (
            "claims are sent by the body in whose name they are said; documents' claims come with the reference data"
        )
        return found, [sent[0].fault(None, words, "not-yours")]
    for one, name in zip(sent, names, strict=True):
        held = present.get(name)
        if one.row is None:
            faults += _plan_withdrawal(tx, reference_on, found, one, name, held, by)
        else:
            faults += _plan_claim(tx, reference_on, found, one, name, held, versions.get(name, 0), by)
    return found, faults


def write(tx: Writing, found: ClaimChanges) -> None:
    """Record the claims."""
    stored.withdraw(tx, found.withdrawn)
    for claim in found.corrected:
        stored.correct(tx, claim)
    stored.record(tx, found.written)


def _plan_withdrawal(
    tx: Reading,
    reference_on: ReferenceOn,
    found: ClaimChanges,
    one: SentRow,
    name: str,
    held: Claim | None,
    by: Writer,
) -> Iterator[SheetFault]:
    if held is None:
        yield one.fault("claim", f"there is no claim {name}: nothing to withdraw", "nothing-to-withdraw")
        return
    reference = reference_on(held.valid_from)
    if (words := _not_lent(tx, reference, by, "claims.withdraw", held)) is not None:
        yield one.fault(None, words, "not-lent")
        return
    found.withdrawn.append(name)
    found.counts["withdrawn"] += 1
    found.rows.append(RowChange(table=one.table, key=name, kind="withdrawn", cells=_differences(_said(held, SAID), {})))


def _plan_claim(
    tx: Reading,
    reference_on: ReferenceOn,
    found: ClaimChanges,
    one: SentRow,
    name: str,
    held: Claim | None,
    last_version: int,
    by: Writer,
) -> Iterator[SheetFault]:
    cells = one.row.model_dump(mode="json", exclude={"claim"}, exclude_none=True) if one.row else {}
    try:
        sent = ClaimIn.model_validate(cells)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            yield one.fault(str(fault["loc"][0]) if fault["loc"] else None, words_of(fault), fault["type"])
        return
    reference = reference_on(sent.valid_from)
    wrong = list(claim_recording.unknown_in_claim(tx, reference, sent, by.me, by.today))
    for unknown in wrong:
        yield one.fault((unknown.pointer or "").removeprefix("/") or None, unknown.detail, unknown.type)
    if wrong:
        return
    claim = replace(claim_recording.claim_of(sent, reference.payer(by.me), by.today), id=name)
    try:
        claim = claim_changes.asserted(reference, claim)
        if held is None:
            claim_recording.refuse_second_claim(tx, claim, found.beside[claim_recording.cell_of(claim)])
    except ClaimRefusedError as refused:
        yield one.fault(refused.pointer.removeprefix("/") or None, refused.words, "refused")
        return
    except Problem as conflict:
        yield one.fault(None, conflict.detail, "conflict")
        return
    said = [(claim, "claims.correct"), (held, "claims.correct")] if held else [(claim, "claims.assert")]
    for which, action in said:
        if (words := _not_lent(tx, reference, by, action, which)) is not None:
            yield one.fault(None, words, "not-lent")
            return
    _plan_version(found, one, name, held, replace(claim, version=last_version + 1))


def _not_lent(tx: Reading, reference: Reference, by: Writer, action: str, claim: Claim) -> str | None:
    """Why no mandate lets the holder say this by a table: what imports rows need not say claims."""
    try:
        require_lent(tx, reference, Acting(by.me, action, by.today, by.holder), claim)
    except Problem as refused:
        return refused.detail
    return None


def _plan_version(found: ClaimChanges, one: SentRow, name: str, held: Claim | None, claim: Claim) -> None:
    undecided = held is not None and held.confirmed_by in (None, held.asserted_by) and held.disputed_by is None
    columns = (*SAID, "status", "review_by") if undecided or held is None else SAID
    before, after = (_said(held, columns) if held else {}), _said(claim, columns)
    if held is not None and before == after:
        found.counts["unchanged"] += 1
        return
    kind = "added" if held is None else "changed"
    found.counts[kind] += 1
    found.rows.append(RowChange(table=one.table, key=name, kind=kind, cells=_differences(before, after)))
    if held is None:
        found.written.append(claim)
        found.beside[claim_recording.cell_of(claim)].append(claim)
    else:
        found.corrected.append(claim)


def _said(claim: Claim, columns: Sequence[str]) -> dict[str, str]:
    values: Mapping[str, Any] = {column: getattr(claim, column) for column in columns}
    return {
        column: str(getattr(value, "value", value))
        for column, value in values.items()
        if value is not None and not (column in ("stage", "function") and value == ANY)
    }


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[CellChange]:
    return [
        CellChange(column=column, before=before.get(column), after=after.get(column))
        for column in dict.fromkeys([*before, *after])
        if before.get(column) != after.get(column)
    ]
