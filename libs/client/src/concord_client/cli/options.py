"""Options that several commands share, and how their text becomes values."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

ENGLAND = ZoneInfo("Europe/London")

Json = Annotated[bool, typer.Option("--json", help="The service's answer as JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="The list as CSV; its day and position on standard error.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="Where the page before ended.")]
Day = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day in the world (default today).")
]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", help="What was recorded by then, as an earlier answer echoed it.")
]
RollTo = Annotated[
    datetime | None,
    typer.Option("--roll-to", formats=["%Y-%m-%d"], help="Re-express it for the bodies of this later day."),
]
Key = Annotated[
    str | None, typer.Option("--key", help="Idempotency key of an attempt that gave no answer: it counts once.")
]


def _to_be_written(out: Path | None) -> Path | None:
    """Before a question that may take minutes. Raises typer.BadParameter for a file that is none or has no folder."""
    if out is None:
        return None
    if out.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"{out}: a workbook's name ends in .xlsx")
    if out.is_dir() or not out.parent.is_dir():
        raise typer.BadParameter(f"{out} cannot be written: there is no folder {out.parent}, or it is one itself")
    return out


Xlsx = Annotated[
    Path | None,
    typer.Option("--xlsx", callback=_to_be_written, help="Write it as an Excel workbook too, with live totals."),
]
XlsxAlone = Annotated[
    Path | None,
    typer.Option("--xlsx", callback=_to_be_written, help="Write it as an Excel workbook with live totals instead."),
]
"""Of what is worked out for each form: minutes, perhaps."""


def day(given: datetime | None) -> date | None:
    return given.date() if given else None


def this_day(given: datetime | None) -> date:
    """The day named, or today in England."""
    return day(given) or datetime.now(ENGLAND).date()


def moment(given: str | None) -> datetime | None:
    """The moment written by an earlier answer. Raises typer.BadParameter."""
    if given is None:
        return None
    try:
        return datetime.fromisoformat(given)
    except ValueError as failure:
        raise typer.BadParameter(f"--known-at {given!r} is no moment like 2014-01-15T09:30:00+00:00") from failure
