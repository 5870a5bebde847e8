"""The page everything is written on: width, money, shares, and tables that look the same everywhere."""

import sys
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 100
"""Columns; a terminal that is narrower gets its own width."""


def make_console(file: TextIO | None = None) -> Console:
    """A console of at most WIDTH columns; piped, it keeps that width and writes no colour codes."""
    target = file or sys.stdout
    console = Console(file=target, highlight=False, emoji=False)
    console.width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return console


def table(title: str, *columns: str, caption: str | None = None) -> Table:
    """A plain table. `>GBP k` is set to the right and not wrapped; `Stage:30` is 30 columns wide."""
    made = Table(
        title=title,
        caption=caption,
        box=box.SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
        caption_style="dim",
        pad_edge=False,
        min_width=min(WIDTH, len(title)),  # else a narrow table would break its title
    )
    for column in columns:
        name, _, width = column.removeprefix(">").partition(":")
        right = column.startswith(">")
        made.add_column(
            name,
            justify="right" if right else "left",
            no_wrap=right,
            overflow="fold",
            width=int(width) if width else None,
        )
    return made


def add(made: Table, *cells: Any, style: str | None = None) -> None:
    """A row of plain text: nothing in an answer is read as markup."""
    made.add_row(*(Text(plain(str(cell))) for cell in cells), style=style)


def say(console: Console, words: str = "", style: str | None = None) -> None:
    """A paragraph of plain text."""
    console.print(Text(plain(words)), style=style or "")


def day_in_words(day: date) -> str:
    """`1 June 2012`."""
    return f"{day.day} {day:%B %Y}"


def known_at_option(moment: datetime) -> str:
    """A moment of the record as the option that asks for it."""
    return f"--known-at {moment.isoformat().replace('+00:00', 'Z')}"


def say_position(console: Console, known_at: datetime, seq: int) -> None:
    """Where in the record an answer was read, so that it can be had again."""
    say(console, f"As known at journal position {seq}; the same again: {known_at_option(known_at)}", "dim")


def say_more(console: Console, cursor: str | None) -> None:
    """How to go on, where a page is not the last."""
    if cursor:
        say(console, f"There are more: --cursor {cursor}", "dim")


def plain(text: str) -> str:
    """`text` without control characters, so that no answer can drive the reader's terminal."""
    return "".join(char for char in text if char in "\n\t" or not unicodedata.category(char).startswith("C"))


def thousands(gbp: int, *, signed: bool = False) -> str:
    """GBP thousand: `1,234` for 1,234,499; differences with their sign, nought as a dash."""
    rounded = (abs(gbp) + 500) // 1000 * (1 if gbp >= 0 else -1)
    if signed and rounded == 0:
        return "0" if gbp == 0 else ("+<1" if gbp > 0 else "-<1")
    return f"{rounded:+,}" if signed else f"{rounded:,}"


def figure(value: float, places: int = 1) -> str:
    """A figure with thousands apart and `places` decimals; below 10 with four significant digits."""
    return f"{value + 0.0:,.{places}f}" if abs(value) >= 10 or value == 0 else f"{value:.4g}"


def pounds(gbp: float) -> str:
    """`GBP 1,234,499`, or `-GBP 12`."""
    return f"{'-' if gbp < 0 else ''}GBP {abs(gbp):,.0f}"


def percent(share: float) -> str:
    """A share 0..1 in words for people: `12.3%`."""
    return f"{share * 100:.1f}%"


def shortened(text: str, length: int) -> str:
    """At most `length` characters, cut at a word and marked."""
    joined = " ".join(text.split())
    if len(joined) <= length:
        return joined
    return joined[: length - 1].rsplit(" ", 1)[0] + " …"


def listed(names: Iterable[str], most: int = 3) -> str:
    """`A, B, C and 9 more`."""
    given = list(dict.fromkeys(names))
    if len(given) <= most + 1:
        return ", ".join(given)
    return f"{', '.join(given[:most])} and {len(given) - most} more"
