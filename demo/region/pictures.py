"""The study's facts as pictures: the split by payer and by stage, what binds a frontier, people waiting.

SVG without dates or random names, so that the same facts give the same files.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.hashsalt": "concord",
        "svg.fonttype": "path",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.alpha": 0.25,
    }
)

COLOURS = {"groups": "#005eb8", "NHS England": "#41b6e6", "councils": "#ae2573"}
BEFORE, AFTER = "#aeb7bd", "#005eb8"
MILLION = 1_000_000

LONGEST = 60
"""Signs of a stage's name: none is cut in the middle of a word."""


def draw(facts: Mapping[str, Any], folder: Path) -> None:
    """Writes four pictures into the folder."""
    for name, picture in (
        ("split-by-payer", _by_payer(facts["scenarios"])),
        ("split-by-stage", _by_stage(facts["scenarios"])),
        ("frontier", _frontier(facts["frontier"])),
        ("waiting", _waiting(facts["scenarios"])),
    ):
        path = folder / f"{name}.svg"
        picture.savefig(path, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})


def _by_payer(scenarios: Mapping[str, Any]) -> Figure:
    """GBP by kind of payer and year: the reference split, as assembled, with the pool."""
    figure, axes = _page(7.0, 3.2)
    years = _years(scenarios["pool"]["payers"])
    columns = [("last year", "base", "reference "), ("as assembled", "base", ""), ("with the pool", "pool", "")]
    for position, (_, key, prefix) in enumerate(columns):
        for number, year in enumerate(years):
            left, bottom = number * 4 + position, 0.0
            for kind, colour in COLOURS.items():
                gbp = scenarios[key]["payers"][kind][f"{prefix}{year}"] / MILLION
                label = kind if left == 0 else None
                axes.bar(left, gbp, 0.9, bottom=bottom, color=colour, label=label)
                axes.text(left, bottom + gbp / 2, f"{gbp:.1f}", ha="center", va="center", fontsize=6.5, color="white")
                bottom += gbp
    axes.set_xticks(
        [number * 4 + position for number in range(len(years)) for position in range(3)],
        [words for _ in years for words, _, _ in columns],
        rotation=35, ha="right", fontsize=7,
    )  # fmt: skip
    for number, year in enumerate(years):
        axes.text(number * 4 + 1, axes.get_ylim()[1] * 1.01, year, ha="center")
    axes.set_ylabel("GBP million")
    axes.grid(visible=False, axis="x")
    axes.legend(frameon=False, fontsize=7, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.22))
    return figure


def _by_stage(scenarios: Mapping[str, Any]) -> Figure:
    """Change of each stage against last year's split over all years, as assembled and with the pool."""
    figure, axes = _page(7.0, 4.6)
    stages = scenarios["pool"]["stages"]
    names = sorted(stages, key=lambda name: stages[name]["gbp"] - stages[name]["reference_gbp"])
    for offset, key, colour, label in ((0.2, "base", BEFORE, "as assembled"), (-0.2, "pool", AFTER, "with the pool")):
        found = scenarios[key]["stages"]
        change = [(found[name]["gbp"] - found[name]["reference_gbp"]) / MILLION for name in names]
        axes.barh([place + offset for place in range(len(names))], change, 0.38, color=colour, label=label)
    axes.set_yticks(range(len(names)), [name.split(":")[0][:LONGEST] for name in names], fontsize=7)
    axes.axvline(0, color="black", linewidth=0.6)
    axes.set_xlabel("GBP million over three years, against last year's split")
    axes.grid(visible=False, axis="y")
    axes.legend(frameon=False, fontsize=7, loc="lower right")
    return figure


def _frontier(frontier: Sequence[Mapping[str, Any]]) -> Figure:
    """Benefit against what is spent before diagnosis; each point proven."""
    figure, axes = _page(5.0, 3.2)
    points = sorted(frontier, key=lambda point: point["second"])
    money = [point["second"] / MILLION for point in points]
    axes.plot(money, [point["first"] for point in points], color=AFTER, marker="o", markersize=4, linewidth=1)
    axes.set_xlabel("GBP million over three years on what comes before diagnosis, and coordination")
    axes.set_ylabel("QALY, discounted")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    return figure


def _waiting(scenarios: Mapping[str, Any]) -> Figure:
    """People waiting at the end of each year, all tests and clinics together."""
    figure, axes = _page(5.0, 2.8)
    told = [("money", "money grows", BEFORE), ("service", "waits first", "#41b6e6"), ("pool", "with the pool", AFTER)]
    for position, (key, label, colour) in enumerate(told):
        waiting = scenarios[key]["waiting"]
        axes.bar([n + (position - 1) * 0.28 for n in range(len(waiting))], list(waiting.values()), 0.26,
                 color=colour, label=label)  # fmt: skip
    axes.set_xticks(range(len(scenarios["base"]["waiting"])), list(scenarios["base"]["waiting"]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_ylabel("waiting at the year's end")
    axes.grid(visible=False, axis="x")
    axes.legend(frameon=False, fontsize=7)
    return figure


def _page(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots()


def _years(payers: Mapping[str, Mapping[str, int]]) -> Sequence[str]:
    return sorted({year for by_year in payers.values() for year in by_year if " " not in year})
