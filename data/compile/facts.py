"""The entered facts: tables in `facts/`, each row transcribed from a document with its source."""

import csv
from pathlib import Path

from data.compile.tables import Row

FOLDER = Path(__file__).parent / "facts"


def facts(name: str) -> list[Row]:
    """The rows of one entered table, as text."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
