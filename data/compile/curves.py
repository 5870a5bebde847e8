"""What a pound buys: concave benefit curves from published values, by the recipes R1 to R5.

R2: segment A runs to the present spend S0 at the average value a, B is the next tranche at the marginal value b, C a
lower one at c, then nothing. So that the status quo is not a kink, A is split at 0.8 S0: its last fifth buys at 1.07
times B's rate, and the first four fifths at what keeps A's average: (1/a - 0.2 * 1.07/b) / 0.8.
R3 values a cancer found earlier; R4 sets the width as the money to lift the average area to the top fifth.
R5: over the treatment lines the marginal pound, spread as spend is, should cost 10,000 to 30,000 GBP per QALY.

No QALY is counted twice. Treatment lines are valued for the cases that present now, at their present stages. Tests,
clinics, consultations and team meetings have no benefit of their own: demand for them must be met, at their cost.
Earlier diagnosis and awareness carry their published value, which already holds the treatment that follows; therefore
no link leads from either to a treatment line.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from data.compile.facts import facts
from data.compile.money import Money
from data.compile.tables import Row

SPLIT = Decimal("0.8")
LAST_FIFTH = Decimal("1.07")
SAVES_GBP = Decimal(2000)
"""Where a source says "saves", the value is capped here: a slope is never infinite."""
THOUSAND = Decimal(1000)
PENNY = Decimal("0.01")
RADIOTHERAPY = ("radical_radiotherapy", "palliative_radiotherapy")
TREATMENTS = ("thoracic_surgery", "surgery", "specialised_surgery", *RADIOTHERAPY, "chemotherapy")
R5_LOW, R5_HIGH = 10_000, 30_000


def curve_rows() -> Iterator[Row]:
    """Segments of every curve, in order of use; values in GBP per QALY at 2013-14 prices."""
    for row in facts("curve_values"):
        segments = _with_present_spend(row) if row["a"] else []
        segments += [(letter.upper(), Decimal(row[f"{letter}_width"]), *_values(row, letter)) for letter in "bc"]
        for number, (label, width, value, low, high) in enumerate(segments, 1):
            share = row["width_unit"] == "share"
            yield _segment(row, number, label, value, low, high) | {
                "width_share": f"{width:.6f}" if share else "",
                "width_per_100k_gbp": "" if share else str(width),
                "rule": row["rule"],
                "source": row["evidence"],
            }
    for row in facts("no_benefit"):
        yield _segment(row, 1, "Z", None, None, None) | {
            "width_share": "1.000000",
            "width_per_100k_gbp": "",
            "rule": "no double count",
            "source": "",
        }


def _values(row: Row, letter: str) -> tuple[Decimal, Decimal, Decimal | None]:
    low, high = row[f"{letter}_low"], row[f"{letter}_high"]
    return Decimal(row[letter]) * THOUSAND, Decimal(low) * THOUSAND, Decimal(high) * THOUSAND if high else None


def _with_present_spend(row: Row) -> list[tuple[str, Decimal, Decimal, Decimal, Decimal | None]]:
    """A1 and A2; their ranges are those of A and of B, in proportion."""
    a, a_low, a_high = _values(row, "a")
    b, b_low, b_high = _values(row, "b")
    a2 = b / LAST_FIFTH
    a1 = SPLIT / (1 / a - (1 - SPLIT) / a2)
    return [
        ("A1", SPLIT, a1, _not_below_cap(a1 * a_low / a, a_low), a1 * a_high / a if a_high else None),
        ("A2", 1 - SPLIT, a2, _not_below_cap(a2 * b_low / b, b_low), a2 * b_high / b if b_high else None),
    ]


def _not_below_cap(low: Decimal, entered_low: Decimal) -> Decimal:
    return max(low, SAVES_GBP) if entered_low == SAVES_GBP else low


def _segment(
    row: Row, number: int, label: str, value: Decimal | None, low: Decimal | None, high: Decimal | None
) -> Row:
    return {
        "pathway": row["pathway"],
        "stage": row["stage"],
        "segment": str(number),
        "label": label,
        "gbp_per_qaly": _gbp(value),
        "gbp_per_qaly_low": _gbp(low),
        "gbp_per_qaly_high": _gbp(high),
        "slope_qaly_per_gbp": _slope(value),
        "grade": row["grade"],
        "basis": "assumption",
        "note": row["note"]
        or ("by the rule from the evidence named" if row.get("evidence") else "judgement: no source"),
    }


def _gbp(value: Decimal | None) -> str:
    return "" if value is None else str(value.quantize(PENNY))


def _slope(value: Decimal | None) -> str:
    """QALY per GBP with twelve decimals, of the value as printed."""
    return "0" if value is None else f"{1 / value.quantize(PENNY):.12f}"


def check_rows(all_money: Money) -> Iterator[Row]:
    """R5 and the plausibility of the stand-in, computed; what fails is shown, not hidden."""
    for pathway in dict.fromkeys(row["pathway"] for row in all_money.stage_rows):
        yield _marginal_check(all_money, pathway)
    nhs = all_money.programme_total("lung")
    radiotherapy = all_money.programme_total("lung", *RADIOTHERAPY)
    yield _check(
        "radiotherapy-share",
        "lung",
        f"{float(Fraction(radiotherapy, nhs)):.4f}",
        "share",
        "0.04",
        "0.06",
        "radiotherapy in the pathway's programme money; 5% of all cancer spend is printed (2020health-2012)",
    )
    yield _check(
        "share-of-all-cancer",
        "lung",
        f"{float(Fraction(nhs, 5_700_000_000)):.4f}",
        "share",
        "0.06",
        "0.13",
        "the pathway's programme money over 5.7bn; lung is about 12.7% of new cancers, and 35,245 patients at 9,071 "
        "(E76, 2009 prices) would be 5.6%",
    )


def _marginal_check(all_money: Money, pathway: str) -> Row:
    values = {
        row["stage"]: Fraction(row["b"]) * 1000
        for row in facts("curve_values")
        if row["stage"] in TREATMENTS and row["pathway"] == pathway
    }
    spend = {stage: all_money.totals[pathway, stage] for stage in values}
    total = sum(spend.values())
    harmonic = Fraction(total) / sum(spend[stage] / values[stage] for stage in values)
    arithmetic = sum(spend[stage] * values[stage] for stage in values) / total
    if pathway == "lung":
        note = (
            f"a pound spread over the treatment lines as spend is; centre 18,500. The plain mean of the values by "
            f"spend is {round(arithmetic):,}, just outside: the margin of drug treatment weighs more there. Nothing "
            f"was scaled"
        )
    else:
        note = (
            f"a pound spread over the treatment lines as spend is; centre 18,500; the plain mean of the values by "
            f"spend is {round(arithmetic):,}. Nothing was scaled"
        )
    return _check("R5-marginal-cost-per-qaly", pathway, round(harmonic), "GBP per QALY", R5_LOW, R5_HIGH, note)


def _check(
    key: str, pathway: str, value: int | str, unit: str, at_least: int | str, at_most: int | str, note: str
) -> Row:
    passed = Decimal(at_least) <= Decimal(value) <= Decimal(at_most)
    return {
        "check": key,
        "pathway": pathway,
        "value": str(value),
        "unit": unit,
        "at_least": str(at_least),
        "at_most": str(at_most),
        "passed": "yes" if passed else "no",
        "note": note,
    }
