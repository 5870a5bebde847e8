"""Money by place, pathway and stage: a stand-in by stated rule, to be replaced by import, and what reconciles it.

Rule. Each stage of a pathway has a national total, a rate per 100,000 people on England's registered list, or what the
other pathways leave of a published total, each with its source or mark. It is divided over the CCGs by need weight:
half by list, half by a disease register; for lung that of chronic obstructive pulmonary disease, for the others that of
cancer. Council stages are divided over councils by residents. Whole pounds, by largest remainder: every total is exact.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from data.compile.apportion import apportion, floor_text, millionths, rounded, share_text
from data.compile.facts import facts
from data.compile.geography import Geography, area_key
from data.compile.places import YEAR
from data.compile.reference import Reference
from data.compile.tables import Row

AREA = "greater-manchester"
PATHWAY = "lung"
YEARS = (YEAR, "2014-15", "2015-16")
AREA_TEAM = "Q46"
HEADROOM = Fraction(2, 100)
NEED_SOURCE = "qof-2013-14"

EARLIER_DIAGNOSIS = "early_stages"
"""What the headroom may pay for: the new service only, or it would stand in for money that pays today."""


@dataclass(frozen=True)
class Line:
    """One place, pathway and stage with its baseline in whole pounds and the purse that pays it."""

    key: str
    place: str
    pathway: str
    stage: str
    population_basis: str
    purse: str
    team: str
    baseline_gbp: int
    money: Row

    @property
    def of_example(self) -> bool:
        """Whether the line belongs to the area and pathway that are shipped as the example."""
        return self.pathway == PATHWAY and self.team == AREA_TEAM

    def range_gbp(self) -> tuple[int, int]:
        """The stage's range, in proportion to this line."""
        amount = int(self.money["amount_gbp"])
        if amount == 0:
            return 0, 0
        low, high = (Fraction(self.baseline_gbp * int(self.money[side]), amount) for side in ("low_gbp", "high_gbp"))
        return rounded(low), rounded(high)


@dataclass(frozen=True)
class Money:
    """The stand-in: national totals by (pathway, stage), lines, and weights by register and CCG, in millionths."""

    stage_rows: tuple[Row, ...]
    totals: dict[tuple[str, str], int]
    need: dict[str, dict[str, int]]
    lines: tuple[Line, ...]

    def example(self) -> "Money":
        """The same, with the lines of the example only."""
        return replace(self, lines=tuple(line for line in self.lines if line.of_example))

    @cached_property
    def council_places(self) -> list[str]:
        """Places of the lines that councils pay."""
        return sorted({line.place for line in self.lines if line.population_basis == "resident"})

    def paid_by(self, purse: str) -> int:
        """What a purse pays in the baseline."""
        return sum(line.baseline_gbp for line in self.lines if line.purse == purse)

    def programme_total(self, pathway: str, *stages: str) -> int:
        """England's programme money of a pathway (all its stages, or those named), in whole pounds."""
        return sum(
            self.totals[pathway, row["stage"]]
            for row in self.stage_rows
            if row["pathway"] == pathway and row["payer"] in PROGRAMME and (not stages or row["stage"] in stages)
        )


PROGRAMME = ("ccg", "specialised")
"""Payers inside the published cancer programme figure; primary care, councils and section 7A are outside it."""


def money(ref: Reference, geo: Geography) -> Money:
    """Spreads every stage of every pathway over all of England."""
    stage_rows = tuple(facts("stage_money"))
    totals = _england_totals(stage_rows, sum(geo.registered.values()))
    need = {register: _need_weights(ref, register) for register in ("COPD", "CAN")}
    teams = _teams(ref)
    councils = _council_places(geo)
    lines = []
    for row in stage_rows:
        total = totals[row["pathway"], row["stage"]]
        if row["payer"] == "council":
            by_overlap = apportion(total, {f"{c} {council}": n for (c, council), n in geo.residents.items()})
            spread: dict[tuple[str, str], int] = defaultdict(int)
            for pair, part in by_overlap.items():
                spread[councils[pair]] += part
        else:
            weights = need[register_of(row["pathway"])]
            spread = {(f"ccg-{code}", geo.area_of[code]): part for code, part in apportion(total, weights).items()}
        lines += [_line(row, place, teams[area], part, geo) for (place, area), part in sorted(spread.items())]
    return Money(stage_rows, totals, need, tuple(lines))


def register_of(pathway: str) -> str:
    """The disease register that stands for a pathway's need."""
    return "COPD" if pathway == PATHWAY else "CAN"


def _teams(ref: Reference) -> dict[str, str]:
    return {area_key(name): code for code, name in ref.area_teams.values()}


def _england_totals(stage_rows: Sequence[Row], persons: int) -> dict[tuple[str, str], int]:
    totals: dict[tuple[str, str], int] = {}
    for row in sorted(stage_rows, key=lambda row: row["kind"].startswith("remainder")):
        amount = int(row["amount_gbp"])
        if row["kind"] == "rate":
            amount = rounded(Fraction(amount * persons, 100_000))
        elif row["kind"] != "total":
            stages = row["kind"].split()[1:]
            amount -= sum(total for (_, stage), total in totals.items() if stage in stages)
        totals[row["pathway"], row["stage"]] = amount
    return totals


def _need_weights(ref: Reference, register_name: str) -> dict[str, int]:
    """Millionths of England by CCG: half list, half register."""
    lists, register = ref.qof["LIST"], ref.qof[register_name]
    people, cases = sum(lists.values()), sum(register.values())
    half = Fraction(1, 2)
    return millionths({c: half * lists[c] / people + half * register[c] / cases for c in lists})


def _council_places(geo: Geography) -> dict[str, tuple[str, str]]:
    """{"CCG council": (place of the council line, area)}: the whole council, unless it reaches into several areas.

    There each overlap has a line of its own: on its part of the CCG, or on the CCG that lies wholly inside the council.
    """
    areas: dict[str, set[str]] = defaultdict(set)
    for code, council in geo.overlaps:
        areas[council].add(geo.area_of[code])
    return {
        f"{code} {council}": (
            f"la-{council}" if len(areas[council]) == 1 else geo.part(code, council) or f"ccg-{code}",
            geo.area_of[code],
        )
        for code, council in geo.overlaps
    }


def _line(row: Row, place: str, team: str, baseline: int, geo: Geography) -> Line:
    pathway, payer = row["pathway"], row["payer"]
    patch = "" if team == AREA_TEAM else f"-{team}"
    purse = {
        "ccg": f"{place}-programme",
        "primary_care": f"nhse-{team}-primary-care",
        "specialised": f"nhse-{specialised_office(team)}-specialised{patch}",
        "section_7a": f"nhse-{team}-screening",
        "council": f"{council_of(place, geo)}-public-health",
    }[payer]
    basis = {"council": "resident", "specialised": "provider"}.get(payer, "registered")
    return Line(f"{place}:{pathway}:{row['stage']}", place, pathway, row["stage"], basis, purse, team, baseline, row)


def specialised_office(team: str) -> str:
    """The area team that commissioned specialised services for an area team's patch."""
    return next(row["office"] for row in facts("specialised_offices") if row["area_team"] == team)


def council_of(place: str, geo: Geography) -> str:
    """The council's place: `ccg-01Y~la-E10000007` -> `la-E10000007`; of a CCG inside one council, that council's."""
    last = place.split("~")[-1]
    if last.startswith("la-"):
        return last
    return f"la-{geo.councils_of(last.removeprefix('ccg-'))[0]}"


def line_rows(all_money: Money) -> list[Row]:
    """The lines as rows; the range is the stage's, in proportion.

    Words are kept short outside the example: the note points to stage_totals, which says the rest.
    """
    rows = []
    for line in all_money.lines:
        low, high = line.range_gbp()
        spread = "by residents" if line.population_basis == "resident" else "by need weight"
        rows.append(
            {
                "line": line.key,
                "place": line.place,
                "pathway": line.pathway,
                "stage": line.stage,
                "population_basis": line.population_basis,
                "purse": line.purse,
                "baseline_gbp": str(line.baseline_gbp),
                "kind_of_money": "forecast",
                "basis": line.money["basis"],
                "source": line.money["source"],
                "note": f"stand-in {spread}: {line.money['note']}"
                if line.of_example
                else f"stand-in {spread}, see stage_totals",
                "low": str(low),
                "high": str(high),
            }
        )
    return rows


def stage_total_rows(all_money: Money) -> list[Row]:
    """Control totals: what England, the area and the rest spend on each stage."""
    rows = []
    for row in all_money.stage_rows:
        pathway, stage = row["pathway"], row["stage"]
        england = all_money.totals[pathway, stage]
        here = sum(
            line.baseline_gbp
            for line in all_money.lines
            if (line.pathway, line.stage, line.team) == (pathway, stage, AREA_TEAM)
        )
        scale = Fraction(england, int(row["amount_gbp"])) if int(row["amount_gbp"]) else Fraction(0)
        rows.append(
            {
                "pathway": pathway,
                "stage": stage,
                "rate_gbp_per_100k": row["amount_gbp"] if row["kind"] == "rate" else "",
                "england_gbp": str(england),
                "greater_manchester_gbp": str(here),
                "rest_of_england_gbp": str(england - here),
                "basis": row["basis"],
                "source": row["source"],
                "note": row["note"],
                "low": str(rounded(scale * int(row["low_gbp"]))),
                "high": str(rounded(scale * int(row["high_gbp"]))),
            }
        )
    return rows


def need_rows(ref: Reference, all_money: Money, register: str) -> list[Row]:
    """The weight of every CCG of England by one register."""
    name = {"COPD": "chronic obstructive pulmonary disease", "CAN": "cancer"}[register]
    return [
        {
            "place": f"ccg-{code}",
            "persons": str(ref.qof["LIST"][code]),
            "need_register": str(ref.qof[register][code]),
            "weight_share": share_text(share),
            "basis": "derived",
            "source": NEED_SOURCE,
            "note": f"half registered list, half register of {name}; that the two halves count alike is a judgement",
        }
        for code, share in all_money.need[register].items()
    ]


def unit_cost_rows() -> list[Row]:
    """What one case costs, of every pathway and stage that is counted in cases."""
    return [{k: v for k, v in row.items() if k not in {"driver", "must_meet"}} for row in facts("unit_costs")]


def activity_rows(all_money: Money) -> list[Row]:
    """Cases are baseline / unit cost, cut to four decimals so that they never cost more."""
    by_stage: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in all_money.lines:
        by_stage[line.pathway, line.stage].append(line)
    note = "baseline / unit cost, its range from the unit cost's; no count by place was published"
    activity = []
    for row in facts("unit_costs"):
        price = int(row["unit_cost_gbp"])
        for line in by_stage[row["pathway"], row["stage"]]:
            cases = floor_text(Fraction(line.baseline_gbp, price), 4)
            activity.append(
                {
                    "line": line.key,
                    "mode": row["mode"],
                    "unit": row["unit"],
                    "cases": cases,
                    "driver": row["driver"],
                    "must_meet": row["must_meet"],
                    "follows_lines": "yes",
                    "basis": "assumption",
                    "source": row["source"],
                    "note": note if line.of_example else "baseline / unit cost",
                    "low": floor_text(Fraction(line.baseline_gbp, int(row["high"])), 4),
                    "high": floor_text(Fraction(line.baseline_gbp, int(row["low"])), 4),
                }
            )
    return activity
