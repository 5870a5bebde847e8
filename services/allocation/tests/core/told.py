"""An answer to a small problem beside the document it came from, with its amounts counted again from payments alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from concord_allocation.core.curves import benefit_of_spend
from concord_allocation.core.problem import ProblemTables
from concord_allocation.core.results import Answer

MORE = re.compile(r"^(\d+) more of this kind are in the tables$")


def number(text: str) -> float:
    return float(text.replace(",", ""))


def same(told: Iterable[str], expected: Iterable[str], untold: int = 0) -> None:
    """Exactly the sentences expected; where only some are told, the rest is counted, with `untold` others."""
    left = [int(found[1]) for words in told if (found := MORE.match(words))]
    rest = [words for words in told if not MORE.match(words)]
    wanted = list(expected)
    assert set(rest) <= set(wanted), sorted(set(rest) - set(wanted))
    assert len(wanted) - len(rest) + untold == sum(left), sorted(set(wanted) - set(rest))


@dataclass(frozen=True)
class Told:
    """`document`: with every default filled in."""

    document: dict[str, Any]
    tables: ProblemTables
    answer: Answer

    def said(self, about: str) -> list[str]:
        return [sentence.words for sentence in self.answer.sentences if sentence.about == about]

    @property
    def years(self) -> tuple[str, ...]:
        return self.tables.years

    @cached_property
    def lines(self) -> dict[str, dict[str, Any]]:
        return {line["key"]: line for line in self.document["lines"]}

    @cached_property
    def purse_names(self) -> dict[str, str]:
        """Key of each purse by the name that sentences have."""
        return {self.tables.name_of_purse(u): purse.key for u, purse in enumerate(self.tables.purses)}

    def spend(self, line: str, year: str) -> int:
        return sum(cell.gbp for cell in self.answer.cells if (cell.line, cell.year) == (line, year))

    def paid(self, purse: str, year: str, fund: str | None = None) -> int:
        cells = self.answer.cells
        return sum(cell.gbp for cell in cells if (cell.purse, cell.year, cell.fund) == (purse, year, fund))

    def put(self, purse: str, year: str, fund: str | None = None) -> int:
        return sum(
            row.gbp
            for row in self.answer.contributions
            if (row.purse, row.year) == (purse, year) and fund in (None, row.fund)
        )

    def cases(self, lines: Iterable[str], year: str, mode: str | None = None) -> float:
        return sum(
            row.cases
            for row in self.answer.activity
            if row.year == year and row.line in set(lines) and mode in (None, row.mode)
        )

    def chosen(self, select: dict[str, Any]) -> list[str]:
        """Lines of a selection that names lines, or nothing."""
        assert not any(value for name, value in select.items() if name != "lines")
        return list(select.get("lines") or self.lines)

    @cached_property
    def amounts(self) -> dict[tuple[str, str], int]:
        """GBP of each purse and year, transfers applied."""
        found = {(p["key"], y): p["amount_gbp"].get(y, 0) for p in self.document["purses"] for y in self.years}
        for move in self.document["transfers"]:
            for year in self.moved_in(move):
                found[move["from_purse"], year] -= move["gbp"]
                found[move["to_purse"], year] += move["gbp"]
        return found

    def moved_in(self, move: dict[str, Any]) -> list[str]:
        return [y for y in self.years if y == move["from_year"] or (move["recurrent"] and y > move["from_year"])]

    @cached_property
    def started(self) -> dict[str, int]:
        """Position of the starting year of each option that sentences call supported."""
        keys = {option["name"]: option["key"] for option in self.document["options"]}
        found = (re.match(r"(.+) is supported from (\S+):", words) for words in self.said("option"))
        return {keys[match[1]]: self.years.index(match[2]) for match in found if match}

    def option_cost(self, option: dict[str, Any], year: int) -> int:
        """GBP of one year, of an option without capital."""
        start = self.started.get(option["key"])
        if start is None or year < start:
            return 0
        return int(option["recurrent_gbp"] + (option["non_recurrent_gbp"] if year == start else 0))

    def bought(self, line: str, year: str) -> float:
        """GBP on a line that options and units of resources take."""
        t = self.years.index(year)
        options = sum(self.option_cost(o, t) for o in self.document["options"] if o["line"] == line)
        places = {resource["key"]: resource["bought_on"] for resource in self.document["resources"]}
        rows = self.answer.resources
        return options + sum(r.bought_gbp for r in rows if r.year == year and places[r.resource] == line)

    def cost_of_cases(self, line: str, year: str) -> float:
        t, found = self.years.index(year), next(each for each in self.tables.lines if each.key == line)
        return found.fixed_cost[t] + sum(m.unit_cost[t] * self.cases([line], year, m.key) for m in found.modes)

    def benefit(self) -> Iterator[tuple[str, str, float]]:
        """(year, line, discounted benefit) of spend on curves, of cases and of options."""
        committed = {contract["line"] for contract in self.document["contracts"]}
        for t, year in enumerate(self.years):
            for line in self.tables.lines:
                spend = self.spend(line.key, year) - self.bought(line.key, year)
                if line.modes and line.key in committed:  # what is held back beyond the cases lies on no curve
                    spend = min(spend, self.cost_of_cases(line.key, year))
                gained = benefit_of_spend(line.widths[t], line.slopes[t], max(0.0, spend))
                gained += sum(mode.benefit * self.cases([line.key], year, mode.key) for mode in line.modes)
                gained += sum(
                    option["benefit"]
                    for option in self.document["options"]
                    if option["line"] == line.key and self.started.get(option["key"], len(self.years)) <= t
                )
                yield year, line.key, gained * self.tables.discount[t]

    @cached_property
    def whole_benefit(self) -> float:
        return sum(gained for _, _, gained in self.benefit())

    def saved(self, saving: dict[str, Any], year: int) -> float:
        """GBP that earlier spend frees in a year."""
        then = range(max(0, year - saving["lag"] - saving["lasts"] + 1), year - saving["lag"] + 1)
        return float(saving["rate"] * sum(self.spend(line, self.years[t]) for t in then for line in saving["lines"]))
