"""`python -m concord_agreements load <folder>`: take in the legal bases and limits, or say every row that cannot be."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from concord_agreements.reference import FaultyFiles, read_files, store_files
from concord_kit.database import Database
from concord_kit.journal import Intent


def load(_: Any, database: Database, arguments: Sequence[str]) -> int:
    """Exit code 0 where the tables are in use afterwards, 1 where they have faults, 2 without a folder."""
    if len(arguments) != 1:
        print("say which folder: python -m concord_agreements load data/england_2013_14", file=sys.stderr)
        return 2
    try:
        files = read_files(Path(arguments[0]))
    except FaultyFiles as refusal:
        print(f"{len(refusal.faults)} faults; nothing was loaded:", file=sys.stderr)
        for fault in refusal.faults:
            print(f"  {fault}", file=sys.stderr)
        return 1
    intent = Intent(
        actor="command-line",
        action="reference.load",
        subject=f"reference:{files.digest[:12]}",
        body_digest=files.digest,
        request_id="command-line",
    )
    loaded = database.write_now(intent, lambda tx: store_files(tx, files))
    print(f"{len(files.rows)} rows are in use now" if loaded else f"already in use: {files.digest[:12]}")
    return 0
