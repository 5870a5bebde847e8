"""A body's claims out of a table: the same rules as for one sent by itself (`claim_recording.assert_claim`).

A claim of a table is known by the body and its own key for it, so a second file corrects what the first one said. What
others have decided on it since stands as long as the body still says the same.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from concord_contracts.imports import CellChange, RowChange
from concord_contracts.registry import ClaimIn
from concord_kit.database import Reading, Writing
from concord_kit.fault_words import words_of
from concord_kit.problems import Problem
from concord_kit.sheets import SheetFault
from concord_registry import claim_changes, claim_recording
from concord_registry.claim_changes import ClaimRefusedError
from concord_registry.own_rows import SentRow
from concord_registry.reading import LAST_DAY
from concord_registry.store import claims as stored
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import ANY, Claim

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
    tx: Reading, references: ReferenceReader, sent: Sequence[SentRow], *, me: str, steward: bool, today: date
) -> tuple[ClaimChanges, list[SheetFault]]:
    """What the rows would change, and what is wrong with them."""
    found = ClaimChanges()
    faults: list[SheetFault] = []
    versions = stored.last_versions(tx, [f"{me}~{one.identity[0]}" for one in sent])
    if sent and steward:
        words = (
            "claims are sent by the body in whose name they are said; documents' claims come with the reference data"
        )
        return found, [sent[0].fault(None, words, "not-yours")]
    for one in sent:
        name = f"{me}~{one.identity[0]}"
        held = stored.present(tx, name)
        if one.row is None:
            faults += _plan_withdrawal(found, one, name, held)
        else:
            faults += _plan_claim(tx, references, found, one, name, held, versions.get(name, 0), me, today)
    return found, faults


def write(tx: Writing, found: ClaimChanges) -> None:
    """Record the claims."""
    stored.withdraw(tx, found.withdrawn)
    for claim in found.corrected:
        stored.correct(tx, claim)
    stored.record(tx, found.written)


def _plan_withdrawal(found: ClaimChanges, one: SentRow, name: str, held: Claim | None) -> Iterator[SheetFault]:
    if held is None:
        yield one.fault("claim", f"there is no claim {name}: nothing to withdraw", "nothing-to-withdraw")
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
    me: str,
    today: date,
) -> Iterator[SheetFault]:
    cells = one.row.model_dump(mode="json", exclude={"claim"}, exclude_none=True) if one.row else {}
    try:
        sent = ClaimIn.model_validate(cells)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            yield one.fault(str(fault["loc"][0]) if fault["loc"] else None, words_of(fault), fault["type"])
        return
    reference = references.read(tx, min(sent.valid_from, LAST_DAY), tx.head_at)
    wrong = list(claim_recording.unknown_in_claim(tx, reference, sent, me, today))
    for unknown in wrong:
        yield one.fault((unknown.pointer or "").removeprefix("/") or None, unknown.detail, unknown.type)
    if wrong:
        return
    claim = replace(claim_recording.claim_of(sent, reference.payer(me), today), id=name)
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
    _plan_version(found, one, name, held, replace(claim, version=last_version + 1))


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
