"""`python -m concord_allocation load <folder>`: take in the reference tables, or say every row that cannot be taken."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from concord_allocation import store
from concord_allocation.reference.files import ReferenceFaults, read_edition
from concord_kit.database import Database
from concord_kit.journal import Intent


def load(_: Any, database: Database, arguments: Sequence[str]) -> int:
    """Exit code 0 where the tables are in use afterwards, 1 where they have faults, 2 without a folder."""
    if len(arguments) != 1:
        print("say which folder: python -m concord_allocation load data/england_2013_14", file=sys.stderr)
        return 2
    try:
        edition = read_edition(Path(arguments[0]))
    except ReferenceFaults as refusal:
        print(f"{len(refusal.faults)} faults; nothing was loaded:", file=sys.stderr)
        for fault in refusal.faults:
            print(f"  {fault}", file=sys.stderr)
        return 1
    intent = Intent(
        actor="command-line",
        acting_for=None,
        action="reference.load",
        subject=f"edition:{edition.digest[:12]}",
        reason=None,
        body_digest=edition.digest,
        request_id="command-line",
    )
    loaded = database.write_now(intent, lambda tx: store.load_edition(tx, edition))
    rows = sum(len(table) for table in edition.tables.values())
    print(f"{rows} rows are in use now" if loaded is not None else f"already in use: {edition.digest[:12]}")
    return 0
