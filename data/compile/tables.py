"""The shape of a compiled table, and how it reaches the disk: sorted, LF, UTF-8, the same bytes each time."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

OPEN_END = "9999-12-31"
RULE_BOOK_BEGINS = "2012-04-01"
"""The first day that the rule book says anything of: England and the pathways are as old as that."""

Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    """`path` below the output folder, without `.csv`; rows hold text only; sorted by the first `key_width` columns."""

    path: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def text(self) -> str:
        """The table as CSV."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([row[column] for column in self.columns] for row in self.rows)
        return out.getvalue()


def table(path: str, columns: str, rows: Iterable[Mapping[str, object]], sort_by: Sequence[str] = ()) -> Table:
    """A table of text from rows of plain values, sorted by `sort_by`, else by all columns in order.

    `columns` is a list in one string. Raises ValueError where a row misses a column or brings an unknown one, or where
    two rows are equal.
    """
    names = tuple(columns.split())
    texts: list[Row] = []
    for row in rows:
        if set(row) != set(names):
            raise ValueError(f"{path}: columns {sorted(set(row) ^ set(names))} do not match")
        texts.append({name: "" if row[name] is None else str(row[name]) for name in names})
    order = tuple(sort_by) or names
    texts.sort(key=lambda row: tuple(_sort_value(row[name]) for name in order))
    if len({tuple(row.values()) for row in texts}) != len(texts):
        raise ValueError(f"{path}: two rows are equal")
    return Table(path, names, tuple(texts))


def _sort_value(text: str) -> tuple[int, int, str]:
    return (0, int(text), "") if text.isdigit() else (1, 0, text)


def write(tables: Sequence[Table], documents: Mapping[str, str], out: Path) -> None:
    """Writes every table and document, then `manifest.csv` and `digest.txt`, which cover all of them."""
    files = {f"{one.path}.csv": (one.text(), len(one.rows)) for one in tables}
    files |= {name: (text, 0) for name, text in documents.items()}
    manifest = []
    for name in sorted(files):
        text, rows = files[name]
        raw = text.encode()
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)
        manifest.append({"file": name, "rows": rows, "sha256": hashlib.sha256(raw).hexdigest()})
    text = table("manifest", "file rows sha256", manifest).text()
    (out / "manifest.csv").write_bytes(text.encode())
    (out / "digest.txt").write_bytes(f"{hashlib.sha256(text.encode()).hexdigest()}\n".encode())
