"""Cancer waiting times: by commissioner and standard for a month or quarter, and by provider and month."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from concord_kit.sheets import SheetFault
from concord_registry.publications.cells import day, slug
from concord_registry.publications.formats.base import (
    OGL,
    Cells,
    Format,
    Match,
    body_of,
    by_header,
    column,
    lines,
)
from concord_registry.publications.formats.measured import share_of
from concord_registry.publications.grid import Grid
from concord_registry.publications.said import Asked, Edition, MeasureSaid, Said

CODES = (
    "commissioner_code",
    "commissioner",
    "ccg_code",
    "sub_icb_code",
    "icb_code",
    "ods_code_commissioner",
)
COMMISSIONER = (
    column("period", "month", "quarter", "year_month", needed=False),
    column("standard", "standard_or_item", "cancer_standard", "measure", needed=False),
    column("code", *CODES, pattern=r"odscode\d?"),
    column("name", "commissioner_name", "accountable_commissioner", "ccg_name", "sub_icb_name", needed=False),
    column("category_1", "care_setting", "cancer_type", "referral_route", "cancer_report_type", needed=False),
    column("category_2", "tumour_type", "treatment_modality", needed=False),
    column("total", "total_treated", "total_patients", "total_seen", "total_told"),
    column("within", "within_standard", "within_target", "within", "told_within", pattern=r"within\d+days"),
    column(
        "after", "after_standard", "after_target", "breaches", "outside_standard", needed=False, pattern=r"after\d+days"
    ),
    column("share", "proportion_within", "percentage", "performance", "percentage_within", needed=False),
)
TRUST = (
    column("metric", "standard", "measure"),
    column("period", "period_month", "month", "year_month"),
    column("date", "period_date", needed=False),
    column("code", "org_code", "provider_code", "trust_code", "provider"),
    column("name", "org_name", "provider_name", "trust_name", needed=False),
    column("total", "total_patients", "total_treated", "total"),
    column("within", pattern=r"within\d*d?|within(standard|target)?"),
    column("breached", pattern=r"breached\d*d?|breaches|after(standard|target)?"),
    column("share", "compliance_rate", "performance", "proportion_within", needed=False),
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def period(cell: str) -> str:
    """A month 2021-07 (also `Jul-21`, `July 2021`, a day in it), or a quarter 2013-14 Q1. ValueError else."""
    if found := re.fullmatch(r"(\d{4})-(\d{2})", cell):
        if 1 <= int(found[2]) <= 12:
            return cell
        if (int(found[1]) + 1) % 100 == int(found[2]):
            return cell  # a financial year
    if found := re.fullmatch(r"([A-Za-z]{3})[a-z]*[ -](\d{4}|\d{2})", cell):
        if found[1].lower() in MONTHS:
            year = int(found[2]) + (0 if len(found[2]) == 4 else 2000)
            return f"{year}-{MONTHS.index(found[1].lower()) + 1:02d}"
    elif found := re.fullmatch(r"(\d{4}-\d{2})[ -]?(Q[1-4])|(Q[1-4])[ -]?(\d{4}-\d{2})", cell):
        return f"{found[1] or found[4]} {found[2] or found[3]}"
    else:
        on = day(cell)
        if on is not None:
            return f"{on:%Y-%m}"
    raise ValueError(f"{cell[:40]!r} is no month or quarter: 2021-07, Jul-21 and 2013-14 Q1 are")


def told_above(grid: Grid, match: Match, asked: Asked) -> str | None:
    """The month of a file without a column of it: as a title above the header says, else its name, else the caller."""
    texts = [cell for _, row in grid.rows[: max(match.header, 0)] for cell in row]
    for text in (*texts, asked.hints.get("name", "")):
        found = re.search(r"(?<![A-Za-z])([A-Za-z]{3})[a-z]*[ _-]+(20\d\d)(?!\d)", text)
        if found and found[1].lower() in MONTHS:
            return f"{found[2]}-{MONTHS.index(found[1].lower()) + 1:02d}"
        if found := re.search(r"(?<!\d)(20\d\d)[-_ ](0[1-9]|1[0-2])(?!\d)", text):
            return f"{found[1]}-{found[2]}"
    return f"{asked.stated_on:%Y-%m}" if asked.stated_on else None


def subject(cell: str) -> str:
    """A commissioner or provider by its code; UNKNOWN stands for those the figures could not be given to."""
    return "unknown" if cell.upper() in ("UNKNOWN", "X", "NONE") else body_of(cell)


def _line(cells: Cells, standard: str, month: str | None = None) -> Iterable[Said]:
    value, within, total = share_of(cells, "share", "within", "total")
    parts = [cells.text(key) for key in ("category_1", "category_2") if cells.text(key)]
    yield MeasureSaid(
        cells.line,
        cells.take("code", subject),
        f"waiting-{slug(standard)}",
        month or cells.take("period", period),
        value,
        "share",
        " / ".join(parts),
        within,
        total,
        cells.text("name") or None,
    )


def recognise_commissioner(grid: Grid) -> Match:
    """A column names the standard, or the sheet does: NHS England's workbooks have one for each."""
    match = by_header(grid, COMMISSIONER, bonus=0.5)
    if match.recognised and "standard" not in match.columns and not _names_a_standard(grid.sheet or ""):
        return Match(0.85, differs="no column says which standard, and no sheet's name does")
    return match


def _names_a_standard(sheet: str) -> bool:
    return re.search(r"week|wait|day|standard|cancer|treat|screen", sheet, re.IGNORECASE) is not None


def read_commissioner(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    month = None if "period" in match.columns else told_above(grid, match, asked)
    if month is None and "period" not in match.columns:
        yield SheetFault("", 0, None, "the file does not say which month it is of: say so (stated_on)", "no-month")
        return
    sheet = None if "standard" in match.columns else grid.sheet
    yield from lines(grid, match, lambda cells: _line(cells, sheet or cells.need("standard"), month))


def read_trust(grid: Grid, match: Match, asked: Asked) -> Iterator[Said | SheetFault]:
    yield from lines(grid, match, lambda cells: _line(cells, cells.need("metric")))


def _edition(what: str, series: str) -> Callable[[Grid, Match, Asked], Edition]:
    def edition(grid: Grid, match: Match, asked: Asked) -> Edition:
        told = None if "period" in match.columns else told_above(grid, match, asked)
        found = {told} if told else set()
        for _, row in grid.rows[match.header + 1 :]:
            try:
                found.add(period(row[match.columns["period"]]))
            except (ValueError, IndexError, KeyError):
                continue
        latest = max(found, default=None)
        a_month = latest is not None and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", latest)
        on = date(int(latest[:4]), int(latest[5:7]), 1) if latest and a_month else None
        named = f"{min(found)} to {latest}" if len(found) > 1 else latest or "no month"
        own = f"{series}-{slug(latest)}" if latest and len(found) == 1 else series
        return Edition(own, f"cancer waiting times by {what}, {named}", on, latest)

    return edition


COMMISSIONER_FORMAT = Format(
    key="waiting-times-commissioner",
    title="cancer waiting times by commissioner",
    looked_for="a header with period, standard, commissioner_code, total, within_standard",
    publisher="nhs-england",
    publisher_name="NHS England",
    licence=OGL,
    order=50,
    recognise=recognise_commissioner,
    read=read_commissioner,
    edition=_edition("commissioner", "waiting-times-commissioner"),
)
TRUST_FORMAT = Format(
    key="waiting-times-provider",
    title="cancer waiting times by provider and month",
    looked_for="a header with metric, period_month, org_code, total_patients, within_62d, breached_62d",
    publisher="nhs-england",
    publisher_name="NHS England",
    licence=OGL,
    order=51,
    recognise=lambda grid: by_header(grid, TRUST, bonus=0.5),
    read=read_trust,
    edition=_edition("provider", "waiting-times-provider"),
)
