"""A body's claims out of a table: the same rules as for one sent by itself (`claim_recording.assert_claim`).

A claim of a table is known by the body and its own key for it, so a second file corrects what the first one said. What
others have decided on it since stands as long as the body still says the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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


@dataclass
class ClaimChanges:
    """Claims to write for the first time, to correct and to withdraw, and what that changes."""

    written: list[Claim] = field(default_factory=list)
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
    versions = stored.last_versions(tx, [f"{by.me}~{one.identity[0]}" for one in sent])
    if sent and by.steward:
        words = (
            "claims are sent by the body in whose name they are said; documents' claims come with the reference data"
        )
        return found, [sent[0].fault(None, words, "not-yours")]
    for one in sent:
        name = f"{by.me}~{one.identity[0]}"
        held = stored.present(tx, name)
        if one.row is None:
            faults += _plan_withdrawal(tx, references, found, one, name, held, by)
        else:
            faults += _plan_claim(tx, references, found, one, name, held, versions.get(name, 0), by)
    return found, faults


def write(tx: Writing, found: ClaimChanges) -> None:
    """Record the claims."""
    stored.withdraw(tx, found.withdrawn)
    for claim in found.corrected:
        stored.correct(tx, claim)
    stored.record(tx, found.written)


def _plan_withdrawal(
    tx: Reading,
    references: ReferenceReader,
    found: ClaimChanges,
    one: SentRow,
    name: str,
    held: Claim | None,
    by: Writer,
) -> Iterator[SheetFault]:
    if held is None:
        yield one.fault("claim", f"there is no claim {name}: nothing to withdraw", "nothing-to-withdraw")
        return
    reference = references.read(tx, min(held.valid_from, LAST_DAY), tx.head_at)
    if (words := _not_lent(tx, reference, by, "claims.withdraw", held)) is not None:
        yield one.fault(None, words, "not-lent")
        return
    found.withdrawn.append(name)
    found.counts["withdrawn"] += 1
    found.rows.append(RowChange(table=one.table, key=name, kind="withdrawn", cells=_differences(_said(held, SAID), {})))


def _plan_claim(
    tx: Reading,
    references: ReferenceReader,
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
    reference = references.read(tx, min(sent.valid_from, LAST_DAY), tx.head_at)
    wrong = list(claim_recording.unknown_in_claim(tx, reference, sent, by.me, by.today))
    for unknown in wrong:
        yield one.fault((unknown.pointer or "").removeprefix("/") or None, unknown.detail, unknown.type)
    if wrong:
        return
    claim = replace(claim_recording.claim_of(sent, reference.payer(by.me), by.today), id=name)
    try:
        claim = claim_changes.asserted(reference, claim)
        if held is None:
            claim_recording.refuse_second_claim(tx, claim, found.written)
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
