"""From the later parts of a problem document to frozen tables: positions, years, money of every year worked out."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from concord_allocation.core.contracts import commitment
from concord_allocation.core.faults_of_keys import Document
from concord_allocation.core.parse_amounts import BRIDGE_SIGNS, moved_years
from concord_allocation.core.parts import (
    BaselineBridge,
    BoundaryMove,
    Demand,
    Equity,
    HeldBack,
    Link,
    Option,
    OptionRule,
    Outside,
    Parts,
    Resource,
    Saving,
    Shift,
    Use,
    Volume,
)
from concord_allocation.core.problem import Line, Purse, Selection


def selection(document: Mapping[str, Any]) -> Selection:
    """The selection that a document spells."""
    return Selection(**{name: None if values is None else frozenset(values) for name, values in document.items()})


def price_indices(document: Document, years: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """By key and year; a year left out has the value of the year before it, the first one 1."""
    found: dict[str, tuple[float, ...]] = {}
    for index in document["price_indices"]:
        known = sorted(index["values"].items())
        found[index["key"]] = tuple(
            next((float(value) for year, value in reversed(known) if year <= wanted), 1.0) for wanted in years
        )
    return found


def soft_priority(rule: Document) -> int | None:
    return None if rule["hard"] else int(rule["priority"])


def parse_parts(
    document: Document,
    years: Sequence[str],
    indices: Mapping[str, tuple[float, ...]],
    purses: Sequence[Purse],
    lines: Sequence[Line],
    dearer: Mapping[str, Sequence[float]],
) -> Parts:
    """All parts in the order of their keys. `dearer[line][t]`: what prices on a line are multiplied with in year t."""
    reader = _Reader(document, years, purses, lines, dearer)
    return Parts(
        indices=indices,
        resources=tuple(reader.resource(r) for r in _by_key(document["resources"])),
        demands=tuple(reader.demand(d) for d in _by_key(document["demands"])),
        links=tuple(reader.link(x) for x in _by_key(document["links"])),
        savings=tuple(reader.saving(s) for s in _by_key(document["savings"])),
        equities=tuple(reader.equity(e) for e in _by_key(document["equity"])),
        options=tuple(reader.option(o) for o in _by_key(document["options"])),
        option_rules=tuple(reader.option_rule(r) for r in _by_key(document["option_rules"])),
        commitments=tuple(
            commitment(c, years, reader.line_at[c["line"]], lines[reader.line_at[c["line"]]].name)
            for c in _by_key(document["contracts"])
        ),
        held_back=tuple(reader.held_back(r) for r in _by_key(document["business_rules"])),
        moves=tuple(reader.move(m) for m in _by_key(document["transfers"])),
        outsides=tuple(reader.outside(o) for o in _by_key(document["outside"])),
        bridges=tuple(reader.bridges()),
    )


def _by_key(items: Sequence[Document]) -> list[Document]:
    return sorted(items, key=lambda item: str(item["key"]))


class _Reader:
    """One document's keys as positions."""

    def __init__(
        self,
        document: Document,
        years: Sequence[str],
        purses: Sequence[Purse],
        lines: Sequence[Line],
        dearer: Mapping[str, Sequence[float]],
    ) -> None:
        self.document, self.years, self.purses, self.dearer = document, years, purses, dearer
        self.purse_at = {purse.key: u for u, purse in enumerate(purses)}
        self.line_at = {line.key: i for i, line in enumerate(lines)}
        self.resource_at = {r["key"]: k for k, r in enumerate(_by_key(document["resources"]))}
        self.option_at = {o["key"]: k for k, o in enumerate(_by_key(document["options"]))}

    def positions(self, chosen: Sequence[str] | None) -> tuple[int, ...]:
        return tuple(t for t, year in enumerate(self.years) if chosen is None or year in chosen)

    def by_year(self, amounts: Mapping[str, Any], otherwise: float = 0.0) -> tuple[float, ...]:
        return tuple(float(amounts.get(year, otherwise)) for year in self.years)

    def chosen_purses(self, choice: Document) -> tuple[int, ...]:
        return tuple(
            u
            for u, purse in enumerate(self.purses)
            if (choice["purses"] is None or purse.key in choice["purses"])
            and (choice["payers"] is None or purse.owner in choice["payers"])
        )

    def resource(self, r: Document) -> Resource:
        index = self.dearer.get(r["bought_on"] or "", [1.0] * len(self.years))
        return Resource(
            key=r["key"],
            name=r["name"],
            unit=r["unit"],
            supply=self.by_year(r["supply"]),
            uses=tuple(Use(selection(use["select"]), float(use["per_case"])) for use in r["uses"]),
            extra_at_most=self.by_year(r["extra_at_most"]),
            price=tuple(float(r["price_gbp"] or 0.0) * factor for factor in index),
            bought_on=-1 if r["bought_on"] is None else self.line_at[r["bought_on"]],
            lasting=r["lasting"],
            max_growth=r["max_growth"],
            source=r["source"],
            statutory=r["statutory"],
            weight=r["relaxation_weight"],
        )

    def demand(self, d: Document) -> Demand:
        return Demand(
            key=d["key"],
            label=d["label"],
            unit=d["unit"],
            cases=self.by_year(d["cases"]),
            met_by=tuple(Use(selection(m["select"]), float(m["counts"])) for m in d["met_by"]),
            shifts=tuple(
                Shift(selection(s["select"]), s["measure"], float(s["rate"]), int(s["lag"])) for s in d["shifts"]
            ),
            waits=d["waits"],
            opening=float(d["opening_backlog"]),
            backlog_at_most=self.by_year(d["backlog_at_most"], float("inf")),
            minimum_share=float(d["minimum_share"]),
            soft=soft_priority(d),
            source=d["source"],
            statutory=d["statutory"],
            weight=d["relaxation_weight"],
        )

    def link(self, x: Document) -> Link:
        return Link(
            key=x["key"],
            label=x["label"],
            kind=x["kind"],
            per=selection(x["per"]),
            to=selection(x["to"]),
            rate=float(x["rate"]),
            lag=int(x["lag"]),
            source=x["source"],
            statutory=x["statutory"],
            weight=x["relaxation_weight"],
        )

    def saving(self, s: Document) -> Saving:
        return Saving(
            key=s["key"],
            label=s["label"],
            lines=tuple(sorted(self.line_at[line] for line in set(s["lines"]))),
            rate=float(s["rate"]),
            lag=int(s["lag"]),
            lasts=int(s["lasts"]),
            purse=self.purse_at[s["to_purse"]],
            assumed=assumed(s["provenance"]),
            source=source_of(s["provenance"]),
        )

    def equity(self, e: Document) -> Equity:
        return Equity(
            key=e["key"],
            label=e["label"],
            measure=e["measure"],
            select=selection(e["select"]),
            per=e["per"],
            heads=tuple(sorted((group, float(heads)) for group, heads in e["heads"].items())),
            floor=e["floor"],
            spread=e["spread_at_most"],
            raise_least=e["raise_least"],
            years=self.positions(e["years"]),
            per_year=e["per_year"],
            soft=soft_priority(e),
            source=e["source"],
            statutory=e["statutory"],
            weight=e["relaxation_weight"],
        )

    def option(self, o: Document) -> Option:
        rate = self.document["discount_rate"] if o["capital_rate"] is None else o["capital_rate"]
        annual = equivalent_annual_cost(o["capital_gbp"], rate, o["life_years"])
        starts = (0,) if o["starts"] is None else self.positions(o["starts"])
        return Option(
            key=o["key"],
            name=o["name"],
            line=self.line_at[o["line"]],
            starts=starts,
            cost=tuple(self._option_cost(o, annual, s) for s in range(len(self.years))),
            benefit=float(o["benefit"]),
            volumes=tuple(
                Volume(
                    selection(v["select"]),
                    float(v["at_least"]),
                    float("inf") if v["at_most"] is None else float(v["at_most"]),
                )
                for v in o["volumes"]
            ),
            uses={self.resource_at[key]: float(amount) for key, amount in o["uses"].items()},
            supplies={self.resource_at[key]: float(amount) for key, amount in o["supplies"].items()},
            annual_capital=annual,
            life_years=o["life_years"],
            assumed=assumed(o["provenance"]),
            source=source_of(o["provenance"]),
        )

    def _option_cost(self, o: Document, annual: int, start: int) -> tuple[int, ...]:
        left = len(self.years) - start
        cost = [0] * len(self.years)
        for t in range(start, len(self.years)):
            cost[t] += o["recurrent_gbp"] + (annual if o["life_years"] > left else 0)
        cost[start] += o["non_recurrent_gbp"] + (o["capital_gbp"] if o["life_years"] <= left else 0)
        return tuple(cost)

    def option_rule(self, r: Document) -> OptionRule:
        return OptionRule(
            key=r["key"],
            label=r["label"],
            kind=r["kind"],
            options=tuple(self.option_at[key] for key in r["options"]),
            count=r["count"],
            source=r["source"],
            statutory=r["statutory"],
            weight=r["relaxation_weight"],
        )

    def held_back(self, r: Document) -> HeldBack:
        return HeldBack(
            key=r["key"],
            label=r["label"],
            kind=r["kind"],
            share=float(r["share"]),
            purses=self.chosen_purses(r),
            years=self.positions(r["years"]),
            waived_by=r["waived_by"] or "",
            source=r["source"],
            statutory=r["statutory"],
            weight=r["relaxation_weight"],
        )

    def move(self, m: Document) -> BoundaryMove:
        return BoundaryMove(
            key=m["key"],
            from_purse=self.purse_at[m["from_purse"]],
            to_purse=self.purse_at[m["to_purse"]],
            service=m["service"],
            day=m["day"],
            years=moved_years(m, self.years),
            gbp=m["gbp"],
            recurrent=m["recurrent"],
            source=m["source"],
        )

    def outside(self, o: Document) -> Outside:
        return Outside(
            key=o["key"],
            label=o["label"],
            purses=self.chosen_purses(o),
            years=self.positions(o["years"]),
            slope=float(o["slope"]),
            assumed=assumed(o["provenance"]),
            source=source_of(o["provenance"]),
        )

    def bridges(self) -> list[BaselineBridge]:
        found = []
        for line in _by_key(self.document["lines"]):
            for payment in line["reference"]:
                b = payment["built_from"]
                if b is not None:
                    parts = {name: b[f"{name}_gbp"] for name in BRIDGE_SIGNS}
                    found.append(
                        BaselineBridge(
                            line=self.line_at[line["key"]],
                            purse=self.purse_at[payment["purse"]],
                            year=payment["year"] or "",
                            baseline=payment["gbp"],
                            source=b["source"],
                            **parts,
                        )
                    )
        return sorted(found, key=lambda bridge: (bridge.line, bridge.purse, bridge.year))


def assumed(provenance: Document) -> bool:
    return bool(provenance["basis"] == "assumption")


def source_of(provenance: Document) -> str:
    return str(provenance["source"] or f"assumption: {provenance['note']}")


def equivalent_annual_cost(capital: int, rate: float, life_years: int) -> int:
    """capital x r / (1 - (1 + r)^-life), whole GBP upwards; without interest capital / life."""
    if not capital:
        return 0
    exact = capital / life_years if rate == 0 else capital * rate / -math.expm1(-life_years * math.log1p(rate))
    return math.ceil(exact - 1e-6)
