"""Reading the reference files: every line checked, every fault named, nothing loaded while there is one.

Pure but for reading the folder. What a set of files says is compared with what is recorded in `store.loads`.
"""

import csv
import graphlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from concord_contracts.identifiers import FOREVER, digest_of
from concord_kit.lists import Lists, read_lists
from concord_kit.lists import digest as lists_digest
from concord_registry.file_rows import FILES, DatedRow, FileRow
from concord_registry.lists import LISTS
from concord_registry.succession import Succession, SuccessionCycleError, check_acyclic
from concord_registry.world import ANY


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a line; line 1 is the header, 0 the file as a whole."""

    file: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.words}" if self.line else f"{self.file}: {self.words}"


class FaultyFilesError(ValueError):
    """The files cannot be loaded; `faults` names every fault of every line."""

    def __init__(self, faults: Iterable[RowFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} faults; the first: {self.faults[0]}")


@dataclass(frozen=True, slots=True)
class Line:
    """A checked line with the digest of its text."""

    number: int
    row: FileRow
    digest: str


@dataclass(frozen=True, slots=True)
class FileSet:
    """Checked files by name, and lists; `digest` is of them all, whatever the order of their lines."""

    lines: Mapping[str, tuple[Line, ...]]
    digest: str
    lists: Lists = field(default_factory=dict)

    def rows(self, file: str) -> Iterator[Any]:
        return (line.row for line in self.lines[file])


def read_folder(folder: Path) -> FileSet:
    """All files of `folder`, or of its `registry/` where it has one; else FaultyFilesError.

    A missing file is a fault: a file without lines still has its header.
    """
    folder = folder / "registry" if (folder / "registry").is_dir() else folder
    texts: dict[str, str] = {}
    faults: list[RowFault] = []
    for name in FILES:
        try:
            texts[name] = (folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            faults.append(RowFault(name, 0, f"is missing in {folder}"))
        except UnicodeDecodeError as error:
            faults.append(RowFault(name, 0, f"is not UTF-8 at byte {error.start}"))
    if faults:
        raise FaultyFilesError(faults)
    found, wrong = read_lists(folder, LISTS)
    of_lists = [RowFault(f"{one.table}.csv", one.line, f"{one.column}: {one.words}") for one in wrong]
    try:
        files = check(texts)
    except FaultyFilesError as error:
        raise FaultyFilesError([*error.faults, *of_lists]) from None
    if of_lists:
        raise FaultyFilesError(of_lists)
    whole = digest_of({"files": files.digest, "lists": lists_digest(found)}) if found else files.digest
    return replace(files, digest=whole, lists=found)


def check(texts: Mapping[str, str]) -> FileSet:
    """The files' lines, or FaultyFilesError with every fault: types, bounds, twice the same, unknown references."""
    lines: dict[str, tuple[Line, ...]] = {}
    faults: list[RowFault] = []
    for name, kind in FILES.items():
        read, wrong = _read(name, texts[name], kind)
        lines[name] = tuple(read)
        faults += wrong
        faults += _clashes(name, read, kind)
    files = FileSet(lines, _digest(lines))
    faults += [*_unknown_references(files), *_hosts_that_cannot_sign(files)] if not faults else []
    faults += circles(files.rows("succession.csv"), files.rows("place_parents.csv"))
    if faults:
        raise FaultyFilesError(faults)
    return files


def _read(name: str, text: str, kind: type[FileRow]) -> tuple[list[Line], list[RowFault]]:
    lines: list[Line] = []
    faults: list[RowFault] = []
    reader = csv.DictReader(StringIO(text), strict=True)
    missing = {field for field, info in kind.model_fields.items() if info.is_required()} - set(reader.fieldnames or ())
    if missing:
        return [], [RowFault(name, 1, f"columns missing: {', '.join(sorted(missing))}")]
    try:
        for values in reader:
            if None in values or None in values.values():
                faults.append(RowFault(name, reader.line_num, "not as many columns as the header"))
                continue
            try:
                lines.append(Line(reader.line_num, kind.model_validate(values), _line_digest(kind, values)))
            except ValidationError as error:
                faults.extend(RowFault(name, reader.line_num, words) for words in _words(error))
    except csv.Error as error:
        faults.append(RowFault(name, reader.line_num, str(error)))
    return lines, faults


def _line_digest(kind: type[FileRow], values: Mapping[str, str]) -> str:
    return digest_of(dict(values) if kind.edition == 1 else {"edition": kind.edition, "line": dict(values)})


def _words(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        column = str(fault["loc"][0]) if fault["loc"] else ""
        message = fault["msg"].removeprefix("Value error, ")
        yield f"{column} = {fault['input']!r}: {message}" if column else message


def _clashes(name: str, lines: Iterable[Line], kind: type[FileRow]) -> Iterator[RowFault]:
    for number, words in clashes(((line.number, line.row) for line in lines), kind):
        yield RowFault(name, number, words)


def clashes(rows: Iterable[tuple[int, FileRow]], kind: type[FileRow]) -> Iterator[tuple[int, str]]:
    """Lines that say two things about one matter on one day: the later one's number, and words."""
    by_identity: dict[tuple[Any, ...], list[tuple[date, date, int]]] = defaultdict(list)
    for number, row in rows:
        identity = tuple(getattr(row, column) for column in kind.identity)
        period = (row.valid_from, row.valid_to) if isinstance(row, DatedRow) else (date.min, FOREVER)
        by_identity[identity].append((*period, number))
    for identity, dated in by_identity.items():
        dated.sort(key=lambda one: (one[0], one[2]))
        for (_, end, before), (start, _, after) in itertools.pairwise(dated):
            if start < end:
                what = ", ".join(str(value) for value in identity)
                yield after, f"{what} is given twice for {start} (line {before})"


REFERENCES: tuple[tuple[str, str, str, str], ...] = (
    ("body_names.csv", "body", "bodies.csv", "body"),
    ("body_codes.csv", "body", "bodies.csv", "body"),
    ("relations.csv", "type", "relation_types.csv", "type"),
    ("relations.csv", "subject", "bodies.csv", "body"),
    ("relations.csv", "object", "bodies.csv", "body"),
    ("succession.csv", "predecessor", "bodies.csv", "body"),
    ("succession.csv", "successor", "bodies.csv", "body"),
    ("places.csv", "body", "bodies.csv", "body"),
    ("place_parents.csv", "child", "places.csv", "place"),
    ("place_parents.csv", "parent", "places.csv", "place"),
    ("footprints.csv", "ccg_place", "places.csv", "place"),
    ("footprints.csv", "council_place", "places.csv", "place"),
    ("footprints.csv", "part_place", "places.csv", "place"),
    ("population_ages.csv", "body", "bodies.csv", "body"),
    ("powers.csv", "stage", "stages.csv", "stage"),
    ("populations.csv", "place", "places.csv", "place"),
    ("pathway_stages.csv", "pathway", "pathways.csv", "pathway"),
    ("pathway_stages.csv", "stage", "stages.csv", "stage"),
    ("rules.csv", "stage", "stages.csv", "stage"),
    ("rules.csv", "pathway", "pathways.csv", "pathway"),
    ("rules.csv", "commissioner", "bodies.csv", "body"),
    ("rules.csv", "office_default", "bodies.csv", "body"),
    ("planning_thresholds.csv", "stages", "stages.csv", "stage"),
    ("services.csv", "stage", "stages.csv", "stage"),
    ("services.csv", "pathways", "pathways.csv", "pathway"),
    ("services.csv", "threshold", "planning_thresholds.csv", "threshold"),
    ("services.csv", "commissioner", "bodies.csv", "body"),
    ("comparators.csv", "stages", "stages.csv", "stage"),
    ("comparators.csv", "pathways", "pathways.csv", "pathway"),
    ("comparator_values.csv", "comparator", "comparators.csv", "comparator"),
    ("comparator_values.csv", "place", "places.csv", "place"),
    ("guidance.csv", "superseded_by", "guidance.csv", "guidance"),
    ("guidance_links.csv", "guidance", "guidance.csv", "guidance"),
    ("guidance_links.csv", "stage", "stages.csv", "stage"),
    ("guidance_links.csv", "pathway", "pathways.csv", "pathway"),
    ("guidance_links.csv", "organisation", "bodies.csv", "body"),
    ("claims.csv", "organisation", "bodies.csv", "body"),
    ("claims.csv", "stage", "stages.csv", "stage"),
    ("claims.csv", "pathway", "pathways.csv", "pathway"),
    ("claims.csv", "place", "places.csv", "place"),
    ("mandates.csv", "holder", "bodies.csv", "body"),
    ("mandates.csv", "body", "bodies.csv", "body"),
)
"""(file, column) refers to (file, column); a cell may hold several keys, expressions and `*` refer to nothing."""


NETWORK_REFERENCES: tuple[tuple[str, str, str, str], ...] = (
    ("networks.csv", "body", "bodies.csv", "body"),
    ("networks.csv", "host", "bodies.csv", "body"),
    ("networks.csv", "funders", "bodies.csv", "body"),
    ("networks.csv", "pathways", "pathways.csv", "pathway"),
    ("networks.csv", "stages", "stages.csv", "stage"),
    ("networks.csv", "places", "places.csv", "place"),
)
"""The same of networks. They become records, which keep what they refer to beside them."""


def _unknown_references(files: FileSet) -> Iterator[RowFault]:
    known: dict[tuple[str, str], set[str]] = {}
    for file, column, target, key in (*REFERENCES, *NETWORK_REFERENCES):
        if (target, key) not in known:
            known[target, key] = {getattr(row, key) for row in files.rows(target)}
        is_body = target == "bodies.csv"
        for line in files.lines[file]:
            for value in (getattr(line.row, column) or "").split():
                refers = value != ANY and (not is_body or ":" in value)
                if refers and value not in known[target, key]:
                    yield RowFault(file, line.number, f"{column} = {value!r} is not in {target}")


def _hosts_that_cannot_sign(files: FileSet) -> Iterator[RowFault]:
    """A network is recorded as its host's: somebody who can be a party."""
    persons = {row.body for row in files.rows("bodies.csv") if row.legal_person}
    for line in files.lines["networks.csv"]:
        row: Any = line.row
        if row.host not in persons:
            yield RowFault("networks.csv", line.number, f"host = {row.host!r} is no legal person")


def circles(succession: Iterable[Any], place_parents: Iterable[Any]) -> Iterator[RowFault]:
    """What goes round in a circle, out of rows of the two tables."""
    events = [Succession(row.predecessor, row.successor, row.kind, row.on, row.share) for row in succession]
    try:
        check_acyclic(events)
    except SuccessionCycleError as error:
        yield RowFault("succession.csv", 0, f"a body would succeed itself: {error}")
    around = circle((row.child, row.parent) for row in place_parents)
    if around:
        yield RowFault("place_parents.csv", 0, f"a place would lie in itself: {' in '.join(around)}")


def circle(parents: Iterable[tuple[str, str]]) -> list[str]:
    """Places that lie in each other in a circle, out of (child, parent); none where there is no circle."""
    graph: dict[str, set[str]] = defaultdict(set)
    for child, parent in parents:
        graph[child].add(parent)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def _digest(lines: Mapping[str, Iterable[Line]]) -> str:
    return digest_of({name: sorted(line.digest for line in of_file) for name, of_file in lines.items()})
