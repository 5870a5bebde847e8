"""Bringing the record to what a set of files says: lines that went are closed, lines that came are opened.

A line is recognised by the digest of its text, so a second load of the same files finds nothing to do, and a claim that
a body has confirmed since keeps its confirmation as long as its line stands. What a body has withdrawn or ended does
not come back with a load: a claim or a network as long as its line stands, a mandate whatever its line says since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Table, and_, func, insert, select, update

from concord_contracts.registry import ClaimStatus, NetworkIn
from concord_kit import lists
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading, Writing
from concord_registry import tables
from concord_registry.file_rows import FILES, ClaimRow, MandateRow
from concord_registry.files import FaultyFilesError, FileSet, Line, circles
from concord_registry.knowledge.rows import NetworkRow
from concord_registry.knowledge.topics import TOPICS, Held, content_of, terms
from concord_registry.store import claims, mandates, records
from concord_registry.store.claims import CLAIMS
from concord_registry.store.layers import MODELS, identity_of, rows_in_use, table_of
from concord_registry.store.mandates import MANDATES, Mandate
from concord_registry.world import Claim, Reference

LIST_ROWS = lists.list_table(tables.Base.metadata)


@dataclass(frozen=True, slots=True)
class Changes:
    """Lines of one file that came and went."""

    came: int
    went: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, by file; `changed` False: the files are those of the last load."""

    digest: str
    changed: bool
    by_file: Mapping[str, Changes]
    differences: tuple[str, ...] = ()
    """Lines that changed under the same identity, in words: what they said before and say now."""
    covered: int = 0
    """Lines that came in whose place bodies' own rows are used."""


def last_digest(tx: Reading) -> str | None:
    table = tables.Base.metadata.tables["loads"]
    ours = select(table.c.digest).where(table.c.owner.is_(None))
    return tx.connection.execute(ours.order_by(table.c.seq.desc()).limit(1)).scalar()


def apply(tx: Writing, files: FileSet) -> LoadReport:
    """Load a checked set of files; `recorded_from` is this transaction, never the source's date.

    FaultyFilesError where they and the rows of others that are in use would go round in a circle.
    """
    if last_digest(tx) == files.digest:
        tx.unchanged()
        return LoadReport(files.digest, False, {})
    differences: list[str] = []
    covered = 0
    for table in MODELS:
        found, hidden = _differences(tx, table, files.lines[f"{table}.csv"])
        differences += found
        covered += hidden
    changes = {name: _apply_plain(tx, name, files.lines[name]) for name in (f"{table}.csv" for table in MODELS)}
    faults = list(
        circles(rows_in_use(tx.connection, "succession", tx.at), rows_in_use(tx.connection, "place_parents", tx.at))
    )
    if faults:
        raise FaultyFilesError(faults)
    changes["claims.csv"] = _apply_claims(tx, files.lines["claims.csv"])
    changes["mandates.csv"] = _apply_mandates(tx, files.lines["mandates.csv"])
    changes["networks.csv"] = _apply_networks(tx, files.lines["networks.csv"])
    in_lists = lists.changes(tx, LIST_ROWS, files.lists)
    lists.write(tx, LIST_ROWS, in_lists)
    changes |= {f"{name}.csv": Changes(came, went) for name, (came, went) in in_lists.by_list.items()}
    tx.connection.execute(
        insert(tables.Base.metadata.tables["loads"]).values(seq=tx.seq, at=tx.at, digest=files.digest)
    )
    return LoadReport(files.digest, True, changes, tuple(differences), covered)


def _differences(tx: Reading, name: str, lines: tuple[Line, ...]) -> tuple[list[str], int]:
    """What lines say now that one of the same identity and first day said otherwise; how many are not in use."""
    table, identity = table_of(name), identity_of(name)
    open_now = tx.connection.execute(select(table).where(table.c.recorded_to == FOREVER_AT)).all()
    before = {(identity(row), getattr(row, "valid_from", None)): row for row in open_now if row.owner is None}
    own = {identity(row) for row in open_now if row.owner is not None and row.edition is None}
    present = {row.digest for row in before.values()}
    came = [line for line in lines if line.digest not in present]
    words = []
    for line in came:
        held = before.get((identity(line.row), getattr(line.row, "valid_from", None)))
        cells = (
            []
            if held is None
            else [
                f"{column} {getattr(held, column)} -> {getattr(line.row, column)}"
                for column in FILES[f"{name}.csv"].model_fields
                if column in table.c and getattr(held, column) != getattr(line.row, column)
            ]
        )
        if cells:
            words.append(f"{name} {'|'.join(map(str, identity(line.row)))}: {'; '.join(cells)}")
    return words, sum(identity(line.row) in own for line in came)


def _apply_plain(tx: Writing, file: str, lines: tuple[Line, ...]) -> Changes:
    table = table_of(file.removesuffix(".csv"))
    present = _present_digests(tx, table, table.c.row, table.c.owner.is_(None))
    wanted = {line.digest for line in lines}
    gone = [row for digest, row in present.items() if digest not in wanted]
    close(tx, table, gone)
    columns = [column.name for column in table.columns if column.name in FILES[file].model_fields]
    rows = [
        {column: getattr(line.row, column) for column in columns}
        | {"digest": line.digest, "recorded_from": tx.at, "recorded_to": FOREVER_AT}
        for line in lines
        if line.digest not in present
    ]
    if rows:
        tx.connection.execute(insert(table), rows)
    return Changes(len(rows), len(gone))


def _present_digests(tx: Reading, table: Table, key: Any, *where: Any) -> dict[str, Any]:
    query = select(table.c.digest, key).where(table.c.recorded_to == FOREVER_AT, table.c.digest.is_not(None), *where)
    return {row[0]: row[1] for row in tx.connection.execute(query)}


def close(tx: Writing, table: Table, rows: list[int]) -> None:
    """Rows known until now."""
    for start in range(0, len(rows), 500):
        tx.connection.execute(update(table).where(table.c.row.in_(rows[start : start + 500])).values(recorded_to=tx.at))


def _apply_claims(tx: Writing, lines: tuple[Line, ...]) -> Changes:
    present = _present_digests(tx, CLAIMS, CLAIMS.c.claim)
    wanted = {line.digest for line in lines}
    gone = [claim for digest, claim in present.items() if digest not in wanted]
    claims.withdraw(tx, gone)
    withdrawn = _withdrawn_by_bodies(tx, CLAIMS, CLAIMS.c.claim, CLAIMS.c.digest)
    new = [line for line in lines if line.digest not in present and line.digest not in withdrawn]
    versions = _last_versions(tx, CLAIMS, CLAIMS.c.claim)
    made = [_claim_of(line.row, versions) for line in new if isinstance(line.row, ClaimRow)]
    claims.record(tx, made, {claim.id: line.digest for claim, line in zip(made, new, strict=True)})
    return Changes(len(made), len(gone))


def _withdrawn_by_bodies(tx: Reading, table: Table, key: Any, line: Any) -> set[str]:
    """Digests of lines whose claim's or record's last version was closed by its body, not by a load."""
    loads = tables.Base.metadata.tables["loads"]
    last = select(key.label("id"), func.max(table.c.version).label("version")).group_by(key).subquery()
    query = (
        select(line)
        .join(last, and_(key == last.c.id, table.c.version == last.c.version))
        .where(
            line.is_not(None),
            table.c.recorded_to < FOREVER_AT,
            table.c.recorded_to.not_in(select(loads.c.at).where(loads.c.owner.is_(None))),
        )
    )
    return set(tx.connection.execute(query).scalars())


def _apply_networks(tx: Writing, lines: tuple[Line, ...]) -> Changes:
    """Networks as their hosts' records. What a body corrected stays as it left it for as long as the line stands."""
    table = records.RECORDS
    query = select(table.c.line, table.c.record).where(table.c.recorded_to == FOREVER_AT, table.c.line.is_not(None))
    present = {row.line: row.record for row in tx.connection.execute(query)}
    wanted = {line.digest for line in lines}
    gone = [record for digest, record in present.items() if digest not in wanted]
    records.withdraw(tx, gone)
    withdrawn = _withdrawn_by_bodies(tx, table, table.c.record, table.c.line)
    new = [line for line in lines if line.digest not in present and line.digest not in withdrawn]
    made = [_network_of(line) for line in new]
    versions = records.last_versions(tx, [held.id for held in made])
    topic = TOPICS["networks"]
    written = [replace(held, version=versions.get(held.id, 0) + 1) for held in made]
    records.write(tx, [(held, terms(Reference(held.valid_from), topic, held.content)) for held in written])
    return Changes(len(written), len(gone))


def _network_of(line: Line) -> Held:
    """Under the id that its host's own table of networks would give it: so that table corrects it."""
    if not isinstance(line.row, NetworkRow):
        raise TypeError(f"{line.row} is no network")
    row = line.row
    sent = NetworkIn.model_validate(row.cells())
    record = f"{row.host}~networks~{row.network}"
    return Held("networks", record, 1, row.host, sent.valid_from, sent.valid_to, content_of(sent), line=line.digest)


def _apply_mandates(tx: Writing, lines: tuple[Line, ...]) -> Changes:
    present = _present_digests(tx, MANDATES, MANDATES.c.mandate)
    wanted = {line.digest for line in lines}
    gone = [mandate for digest, mandate in present.items() if digest not in wanted]
    for mandate in gone:
        mandates.withdraw(tx, mandate)
    versions = _last_versions(tx, MANDATES, MANDATES.c.mandate)
    ends = mandates.ends_given(tx)
    new = [line for line in lines if line.digest not in present]
    for line in new:
        if isinstance(line.row, MandateRow):
            mandate = _mandate_of(line.row, versions)
            end = min(mandate.valid_to, ends.get(mandate.id, mandate.valid_to))
            mandates.record(tx, replace(mandate, valid_to=end), line.digest)
    return Changes(len(new), len(gone))


def _last_versions(tx: Reading, table: Table, key: Any) -> dict[str, int]:
    query = select(key, func.max(table.c.version)).where(table.c.digest.is_not(None)).group_by(key)
    return {row[0]: row[1] for row in tx.connection.execute(query)}


def _claim_of(row: ClaimRow, versions: Mapping[str, int]) -> Claim:
    nobody = row.claim_type == "none_named" or row.organisation == "none_named"
    return Claim(
        id=row.claim,
        version=versions.get(row.claim, 0) + 1,
        role=row.role,
        organisation=None if nobody else row.organisation,
        stage=row.stage,
        pathway=row.pathway,
        place=row.place,
        function=row.function.value,
        status=ClaimStatus(row.status),
        asserted_by=row.asserted_by,
        authority=row.authority,
        quotation=row.quotation,
        source=row.source,
        stated_on=row.stated_on,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _mandate_of(row: MandateRow, versions: Mapping[str, int]) -> Mandate:
    name = f"{row.holder}~{row.body}~{row.valid_from}"
    return Mandate(
        id=name,
        version=versions.get(name, 0) + 1,
        holder=row.holder,
        body=row.body,
        actions=tuple(row.actions.split()),
        limit_gbp=row.limit_gbp,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        note=row.note,
        basis=row.basis,
        source=row.source,
    )
