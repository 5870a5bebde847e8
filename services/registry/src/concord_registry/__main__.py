"""`python -m concord_registry migrate | load [--dry-run] <folder> | serve`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from concord_kit.command_line import Service, main
from concord_kit.database import Database, Writing
from concord_kit.journal import Intent
from concord_registry.database import open_database
from concord_registry.files import FaultyFilesError, FileSet, read_folder
from concord_registry.settings import RegistrySettings
from concord_registry.store.loads import LoadReport, apply

DRY_RUN = "--dry-run"
DIFFERENCES_SHOWN = 20


class TakenBack(Exception):
    """Ends a dry run's transaction without a trace."""

    def __init__(self, report: LoadReport) -> None:
        super().__init__("a dry run")
        self.report = report


def load(_: RegistrySettings, database: Database, arguments: Sequence[str]) -> int:
    """Load the reference data of a folder: all of it, or nothing and every fault named. 0 done, 1 faulty, 2 usage.

    With `--dry-run` the whole load is done and taken back, so what it says is what a load would do.
    """
    folders = [argument for argument in arguments if argument != DRY_RUN]
    if len(folders) != 1:
        print("usage: python -m concord_registry load [--dry-run] <folder>", file=sys.stderr)
        return 2
    try:
        print(_loaded(database, read_folder(Path(folders[0])), dry_run=DRY_RUN in arguments))
    except FaultyFilesError as error:
        print("\n".join(str(fault) for fault in error.faults), file=sys.stderr)
        print(f"nothing loaded: {len(error.faults)} faults", file=sys.stderr)
        return 1
    return 0


def _loaded(database: Database, files: FileSet, *, dry_run: bool) -> str:
    """What the load did, or would do."""
    intent = Intent("service:registry", "reference.load", subject=f"load:{files.digest[:16]}", body_digest=files.digest)
    if not dry_run:
        return _words(database.write_now(intent, lambda tx: apply(tx, files)))

    def look(tx: Writing) -> LoadReport:
        raise TakenBack(apply(tx, files))

    try:
        report = database.write_now(intent, look)
    except TakenBack as looked:
        report = looked.report
    return _words(report, dry_run=True)


def _words(report: LoadReport, *, dry_run: bool = False) -> str:
    if not report.changed:
        return f"nothing to do: {report.digest[:16]} is loaded already"
    lines = [f"{name}: {change.came} came, {change.went} went" for name, change in report.by_file.items()]
    lines += [f"  {words}" for words in report.differences[:DIFFERENCES_SHOWN]]
    if len(report.differences) > DIFFERENCES_SHOWN:
        lines.append(f"  and {len(report.differences) - DIFFERENCES_SHOWN} more")
    if report.covered:
        lines.append(f"{report.covered} changed lines are not in use: bodies' own rows stand in their place")
    return "\n".join([*lines, f"{'would be loaded:' if dry_run else 'loaded'} {report.digest[:16]}"])


SERVICE = Service("registry", RegistrySettings, open_database, "concord_registry.main:serving", commands={"load": load})

if __name__ == "__main__":
    main(SERVICE)
