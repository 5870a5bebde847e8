"""The figures of a run: a row each, as a table and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """A median, beside the row named as its yardstick: `ratio` is value / that row's value, 1 for a yardstick."""

    name: str
    value: float
    unit: str
    yardstick: str
    ratio: float


def figures_of(
    group: str, medians: Mapping[str, float], yardsticks: Mapping[str, str], otherwise: str | None = None
) -> list[Figure]:
    """Rows `group/name` from seconds; `yardsticks` names the yardstick of a name, `otherwise` that of all others.

    A name without either is a yardstick itself.
    """
    rows = []
    for name, seconds in medians.items():
        yardstick = yardsticks.get(name, otherwise or name)
        rows.append(
            Figure(
                name=f"{group}/{name}",
                value=round(seconds * 1000, 6),
                unit="ms",
                yardstick=f"{group}/{yardstick}",
                ratio=_digits(seconds / medians[yardstick]),
            )
        )
    return rows


def per_second(
    group: str, medians: Mapping[str, float], yardsticks: Mapping[str, str], things: int, unit: str
) -> list[Figure]:
    """Rows `group/name-per-second` of the same medians, of so many things done in each."""
    return [
        Figure(
            name=f"{group}/{name}-per-second",
            value=round(things / seconds, 1),
            unit=f"{unit}/s",
            yardstick=f"{group}/{yardsticks.get(name, name)}-per-second",
            ratio=float(f"{medians[yardsticks.get(name, name)] / seconds:.5g}"),  # far below 1
        )
        for name, seconds in medians.items()
    ]


def write(figures: Sequence[Figure], file: Path) -> None:
    """The list as JSON; the folder is made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", encoding="utf-8")


def table(figures: Sequence[Figure]) -> Table:
    """A row each; a ratio only where there is another row to compare with."""
    shown = Table("name", "median", "unit", "yardstick", "ratio", box=None, pad_edge=False)
    for column in (1, 4):
        shown.columns[column].justify = "right"
    group = ""
    for figure in figures:
        before, group = group, figure.name.rpartition("/")[0]
        if before and before != group:
            shown.add_row()
        own = figure.yardstick == figure.name
        ratio = "" if own else f"{figure.ratio:.2f}"
        beside = "" if own else figure.yardstick.rpartition("/")[2]
        shown.add_row(figure.name, f"{figure.value:.2f}", figure.unit, beside, ratio)
    return shown


def _digits(number: float) -> float:
    """Six digits from the first that is not 0: a part may take a ten-thousandth of its yardstick."""
    return float(f"{number:.6g}")
