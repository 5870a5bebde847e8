"""Money by place and stage: a stand-in by stated rule, to be replaced by import, and what reconciles it.

Rule. Each stage of the pathway has a national rate per 100,000 people (or a national total) with its source or mark.
Times England's registered list it gives the stage's total; that is divided over the CCGs by need weight: half by list,
half by the register of chronic obstructive pulmonary disease, the published register nearest to lung cancer's need.
Council stages are divided over councils by residents. Whole pounds, by largest remainder, so that every total is exact.
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from data.compile.apportion import apportion, floor_text, millionths, rounded, share_text
from data.compile.facts import facts
from data.compile.places import YEAR, Geography
from data.compile.reference import Reference
from data.compile.tables import Row

AREA = "greater-manchester"
PATHWAY = "lung"
YEARS = (YEAR, "2014-15", "2015-16")
SPECIALISED_OFFICE = "ods:Q44"
PRIMARY_CARE_OFFICE = "ods:Q46"
SECTION_7A_OFFICE = "ods:Q46"
HEADROOM = Fraction(2, 100)
NEED_SOURCE = "qof-2013-14"

EARLIER_DIAGNOSIS = "early_stages"
"""What the headroom may pay for: the new service only, or it would stand in for money that pays today."""


@dataclass(frozen=True)
class Line:
    """One place, pathway and stage with its baseline in whole pounds and the purse that pays it."""

    key: str
    place: str
    stage: str
    population_basis: str
    purse: str
    baseline_gbp: int
    money: Row

    def range_gbp(self) -> tuple[int, int]:
        """The stage's range, in proportion to this line."""
        amount = int(self.money["amount_gbp"])
        if amount == 0:
            return 0, 0
        low, high = (Fraction(self.baseline_gbp * int(self.money[side]), amount) for side in ("low_gbp", "high_gbp"))
        return rounded(low), rounded(high)


@dataclass(frozen=True)
class Money:
    """The stand-in: national totals by stage, the lines of the area, and the weights they were spread by."""

    stage_rows: tuple[Row, ...]
    totals: dict[str, int]
    need: dict[str, int]
    lines: tuple[Line, ...]

    def paid_by(self, purse: str) -> int:
        """What a purse pays in the baseline."""
        return sum(line.baseline_gbp for line in self.lines if line.purse == purse)

    def stage_total(self, stage: str) -> int:
        """What the area spends on a stage."""
        return sum(line.baseline_gbp for line in self.lines if line.stage == stage)


def money(ref: Reference, geo: Geography) -> Money:
    """Spreads every stage over all of England, and keeps the lines of the area."""
    stage_rows = tuple(facts("stage_money"))
    england = sum(geo.registered.values())
    totals = {row["stage"]: _england_total(row, england) for row in stage_rows}
    need = _need_weights(ref)
    lines = []
    for row in stage_rows:
        spread = _by_council(geo, totals[row["stage"]]) if row["payer"] == "council" else None
        if spread is None:
            spread = {f"ccg-{code}": part for code, part in apportion(totals[row["stage"]], need).items()}
        wanted = _area_places(geo, council=row["payer"] == "council")
        lines += [_line(row, place, spread[place]) for place in wanted]
    return Money(stage_rows, totals, need, tuple(lines))


def _england_total(row: Row, persons: int) -> int:
    amount = int(row["amount_gbp"])
    return amount if row["kind"] == "total" else rounded(Fraction(amount * persons, 100_000))


def _need_weights(ref: Reference) -> dict[str, int]:
    """Millionths of England by CCG: half list, half register."""
    lists, register = ref.qof["LIST"], ref.qof["COPD"]
    people, cases = sum(lists.values()), sum(register.values())
    half = Fraction(1, 2)
    return millionths({c: half * lists[c] / people + half * register[c] / cases for c in lists})


def _by_council(geo: Geography, total: int) -> dict[str, int]:
    """Parts of a total by residents: whole councils, and the overlaps of those the area holds only in part."""
    by_overlap = apportion(total, {f"{c} {council}": n for (c, council), n in geo.residents.items()})
    spread: dict[str, int] = defaultdict(int)
    for pair, part in by_overlap.items():
        code, council = pair.split(" ")
        spread[f"la-{council}"] += part
        spread[f"ccg-{code}~la-{council}"] += part
    return spread


def _area_places(geo: Geography, *, council: bool) -> list[str]:
    """The area's CCG places, or its council places: whole councils, and the part of one that lies mostly outside."""
    codes = geo.ccgs_in(AREA)
    if not council:
        return [f"ccg-{code}" for code in codes]
    places = set()
    for code, one in geo.overlaps:
        if code in codes:
            inside = {c for c, other in geo.overlaps if other == one} <= set(codes)
            places.add(f"la-{one}" if inside else f"ccg-{code}~la-{one}")
    return sorted(places)


def _line(row: Row, place: str, baseline: int) -> Line:
    purse = {
        "ccg": f"{place}-programme",
        "primary_care": "nhse-Q46-primary-care",
        "specialised": "nhse-Q44-specialised",
        "council": f"{council_of(place)}-public-health",
    }[row["payer"]]
    basis = {"council": "resident", "specialised": "provider"}.get(row["payer"], "registered")
    return Line(f"{place}:{PATHWAY}:{row['stage']}", place, row["stage"], basis, purse, baseline, row)


def council_of(place: str) -> str:
    """The council's place: `ccg-01Y~la-E10000007` -> `la-E10000007`."""
    return place.split("~")[-1]


def line_rows(all_money: Money) -> list[Row]:
    """The lines as rows; the range is the stage's, in proportion."""
    rows = []
    for line in all_money.lines:
        low, high = line.range_gbp()
        spread = "by residents" if line.population_basis == "resident" else "by need weight"
        rows.append(
            {
                "line": line.key,
                "place": line.place,
                "pathway": PATHWAY,
                "stage": line.stage,
                "population_basis": line.population_basis,
                "purse": line.purse,
                "baseline_gbp": str(line.baseline_gbp),
                "kind_of_money": "forecast",
                "basis": line.money["basis"],
                "source": line.money["source"],
                "note": f"stand-in {spread}: {line.money['note']}",
                "low": str(low),
                "high": str(high),
            }
        )
    return rows


def stage_total_rows(all_money: Money) -> list[Row]:
    """Control totals: what England, the area and the rest spend on each stage."""
    rows = []
    for row in all_money.stage_rows:
        stage, england = row["stage"], all_money.totals[row["stage"]]
        here = all_money.stage_total(stage)
        scale = Fraction(england, int(row["amount_gbp"])) if int(row["amount_gbp"]) else Fraction(0)
        rows.append(
            {
                "pathway": row["pathway"],
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


def need_rows(ref: Reference, all_money: Money) -> list[Row]:
    """The weight of every CCG of England."""
    return [
        {
            "place": f"ccg-{code}",
            "persons": str(ref.qof["LIST"][code]),
            "need_register": str(ref.qof["COPD"][code]),
            "weight_share": share_text(share),
            "basis": "derived",
            "source": NEED_SOURCE,
            "note": "half registered list, half register of chronic obstructive pulmonary disease; that the two halves "
            "count alike is a judgement",
        }
        for code, share in all_money.need.items()
    ]


def activity_rows(all_money: Money) -> tuple[list[Row], list[Row]]:
    """(unit costs, activity): cases are baseline / unit cost, cut to four decimals so that they never cost more."""
    entered = facts("unit_costs")
    units = [{k: v for k, v in row.items() if k not in {"driver", "must_meet"}} for row in entered]
    activity = []
    for row in entered:
        price = int(row["unit_cost_gbp"])
        for line in all_money.lines:
            if line.stage == row["stage"]:
                cases = floor_text(Fraction(line.baseline_gbp, price), 4)
                activity.append(
                    {
                        "line": line.key,
                        "mode": row["mode"],
                        "unit": row["unit"],
                        "cases": cases,
                        "driver": row["driver"],
                        "must_meet": row["must_meet"],
                        "basis": "assumption",
                        "source": row["source"],
                        "note": "baseline / unit cost, its range from the unit cost's; no count by place was published",
                        "low": floor_text(Fraction(line.baseline_gbp, int(row["high"])), 4),
                        "high": floor_text(Fraction(line.baseline_gbp, int(row["low"])), 4),
                    }
                )
    return units, activity
