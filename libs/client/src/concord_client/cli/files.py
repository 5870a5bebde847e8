"""`concord data` for publishers' files: a folder of them, what was imported, reconciliation, measured values."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from concord_client.cli.options import Csv, Cursor, Day, Json, KnownAt, Limit, RollTo, day, moment
from concord_client.cli.session import ExitCode, answer, concord
from concord_client.client import Concord
from concord_client.errors import ConcordProblem
from concord_client.files import is_form
from concord_client.show.files import (
    show_file,
    show_files,
    show_formats,
    show_measure_kinds,
    show_measures,
    show_reconciliation,
    show_taken,
    show_terms,
    show_withdrawal,
)
from concord_client.show.page import make_console
from concord_contracts.registry import FileReport

ENDINGS = frozenset({".csv", ".tsv", ".txt", ".json", ".xlsx"})
SHOWN = 40


def register(app: typer.Typer) -> None:
    app.command("import-all")(import_all)
    app.command("files")(files)
    app.command("formats")(formats)
    app.command("withdraw-file")(withdraw_file)
    app.command("reconcile")(reconcile)
    app.command("measures")(measures)
    app.command("terms")(terms)


def form_of(services: Concord, file: Path) -> str | None:
    """The service whose form a file is; None for a publisher's file."""
    for name, imports in (("allocation", services.allocation.imports), ("registry", services.registry.imports)):
        if is_form(file, imports.tables().items):
            return name
    return None


def import_all(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, readable=True, help="publishers' files")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what each is and would change")] = False,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="leave faulty lines out, and name them")] = False,
    accept_fewer: Annotated[bool, typer.Option("--accept-fewer", help="take files with far fewer lines")] = False,
    reason: Annotated[str | None, typer.Option(help="why, for the record")] = None,
) -> None:
    """Import every publisher's file of a folder, in the order in which they name each other. Exit 1: one refused."""
    asked: dict[str, Any] = {"keep_going": keep_going, "accept_fewer": accept_fewer, "reason": reason}
    found = [file for file in sorted(folder.iterdir()) if file.is_file() and file.suffix.lower() in ENDINGS]
    if not found:
        raise typer.BadParameter(f"no file in {folder} ends with {', '.join(sorted(ENDINGS))}")
    done: list[tuple[str, FileReport | str]] = []
    with concord() as services:
        seen = []
        for file in found:
            try:
                report = services.registry.files.send(file, dry_run=True, **asked)
                seen.append((report.recognised.order, file.name, file, report))
            except ConcordProblem as problem:
                if problem.slug not in ("faulty-table", "unknown-format", "fewer-than-before", "file-withdrawn"):
                    raise
                done.append((file.name, _why(problem)))
        for _, name, file, looked in sorted(seen, key=lambda one: one[:2]):
            if dry_run:
                done.append((name, looked))
                continue
            try:
                done.append((name, services.registry.files.send(file, **asked)))
            except ConcordProblem as problem:
                done.append((name, _why(problem)))
    show_taken(make_console(), done)
    if any(isinstance(one, str) for _, one in done):
        raise typer.Exit(ExitCode.REFUSED)


def _why(problem: ConcordProblem) -> str:
    first = "; ".join(fault.detail for fault in problem.errors[:3])
    differs = problem.extras.get("differs")
    nearest = problem.extras.get("nearest")
    if problem.slug == "unknown-format":
        return (
            f"of no format that is known; nearest is {nearest}: {differs}" if nearest else "of no format that is known"
        )
    return first or problem.detail


def files(
    number: Annotated[int | None, typer.Argument(help="a file's number: what it changed")] = None,
    series: Annotated[str | None, typer.Option(help="only editions of a series, for instance ods-eccg")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Publishers' files that were imported, the latest first; or one of them."""
    with concord() as services:
        if number is not None:
            report = services.registry.files.find(number)
            answer(report, as_json, lambda console: show_file(console, report))
            return
        found = services.registry.files.all(series=series, limit=limit, cursor=cursor)
        answer(found, as_json, lambda console: show_files(console, found), as_csv=as_csv)


def withdraw_file(
    number: Annotated[int, typer.Argument(help="a file's number, from `concord data files`")],
    reason: Annotated[str, typer.Option(help="why it is taken back, for the record")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change")] = False,
    key: Annotated[str | None, typer.Option(help="idempotency key, to repeat a call safely")] = None,
    as_json: Json = False,
) -> None:
    """Take back a publisher's file that was found to be wrong; what others said shows again. Nothing is deleted."""
    with concord() as services:
        found = services.registry.files.withdraw(number, reason, dry_run=dry_run, idempotency_key=key)
        answer(found, as_json, lambda console: show_withdrawal(console, found))


def formats(as_json: Json = False, as_csv: Csv = False) -> None:
    """The formats of publishers' files that are recognised, and by what."""
    with concord() as services:
        found = services.registry.files.formats()
        answer(found, as_json, lambda console: show_formats(console, found), as_csv=as_csv)


def reconcile(
    number: Annotated[int, typer.Argument(help="a file's number, from `concord data files`")],
    kind: Annotated[
        str | None, typer.Option(help="only differences of a kind, for instance open-but-succeeded")
    ] = None,
    limit: Limit = SHOWN,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Where a publisher's file and the map say different things. Missing is not closed; nothing is changed by it."""
    with concord() as services:
        found = services.registry.files.reconciliation(
            number, kind=kind, limit=limit, cursor=cursor, as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_reconciliation(console, found), as_csv=as_csv)


def measures(
    measure: Annotated[str | None, typer.Argument(help="a measure; default: which there are")] = None,
    subject: Annotated[str | None, typer.Option(help="a body by scheme and code, for instance ods:02A")] = None,
    part: Annotated[str | None, typer.Option(help="a part of it, for instance 'age 065'")] = None,
    period: Annotated[str | None, typer.Option(help="a year, quarter or month, for instance 2021-07")] = None,
    roll_to: RollTo = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Measured values out of publishers' files: waiting times, registers, people by age, mortality."""
    with concord() as services:
        if measure is None and subject is None:
            kinds = services.registry.files.measure_kinds()
            answer(kinds, as_json, lambda console: show_measure_kinds(console, kinds), as_csv=as_csv)
            return
        found = services.registry.files.measures(
            measure=measure,
            subject=subject,
            part=part,
            period=period,
            roll_to=day(roll_to),
            known_at=moment(known_at),
            limit=limit,
            cursor=cursor,
        )
        answer(found, as_json, lambda console: show_measures(console, found), as_csv=as_csv)


def terms(
    scheme: Annotated[str | None, typer.Argument(help="a scheme of codes, for instance ods-role")] = None,
    code: Annotated[str | None, typer.Option(help="a code of it, for instance RO98")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """What the codes in publishers' files stand for: ODS roles and relationships, tumour groups of diagnoses."""
    with concord() as services:
        found = services.registry.files.terms(scheme=scheme, code=code, limit=limit, cursor=cursor)
        answer(found, as_json, lambda console: show_terms(console, found), as_csv=as_csv)


def send_file(
    services: Concord,
    file: Path,
    *,
    dry_run: bool,
    stated_on: date | None,
    key: str | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """`concord data import` of a publisher's file."""
    report = services.registry.files.send(
        file, dry_run=dry_run, stated_on=stated_on.isoformat() if stated_on else None, idempotency_key=key, **asked
    )
    answer(report, as_json, lambda console: show_file(console, report))
