"""Which tumour group of the waiting times a diagnosis (ICD-10, three characters) belongs to."""

import re
from collections.abc import Iterable, Iterator

from concord_kit.sheets import SheetFault
from concord_registry.publications.formats.base import (
    OGL,
    Cells,
    Format,
    Match,
    by_header,
    column,
    lines,
)
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, Edition, Said, TermSaid

COLUMNS = (
    column("icd10", "icd_10", "icd10_code", "icd", "diagnosis_code", "icd_10_code"),
    column("group", "cancer_site", "tumour_group", "cancer_type", "site", "tumour_site"),
)
ICD10 = re.compile(r"[A-Z]\d\d(\.?\d{1,2}|X)?")


def _code(cell: str) -> str:
    if not ICD10.fullmatch(cell.upper()):
        raise ValueError(f"{cell[:40]!r} is no ICD-10 code")
    return cell.upper()


def read(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    def line(cells: Cells) -> Iterable[Said]:
        yield TermSaid(cells.line, "icd10-tumour-group", cells.take("icd10", _code), cells.need("group").strip())

    yield from lines(grid, match, line)


def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
    return Edition("icd10-tumour-groups", "tumour groups of cancer waiting times by ICD-10", None)


FORMAT = Format(
    key="icd10-tumour-groups",
    title="tumour groups by ICD-10",
    looked_for="a header with icd10 and cancer_site",
    publisher="nhs-england",
    publisher_name="NHS England",
    licence=OGL,
    order=1,
    recognise=lambda grid: by_header(grid, COLUMNS),
    read=read,
    edition=edition,
)
