"""Benefit curves: strictly falling slopes, A's average kept by its split, no QALY counted twice."""

import itertools
from collections import defaultdict
from decimal import Decimal

from data.compile.facts import facts

Row = dict[str, str]
Tables = dict[str, list[Row]]

TESTS = {"diagnostic_imaging", "generalist_care", "bronchoscopy", "endoscopy", "biopsy", "pet_ct"}
VALUED_DOWNSTREAM = {"primary_care", "mdt", *TESTS}


def by_stage(tables: Tables) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables["allocation/curves"]:
        found[row["pathway"], row["stage"]].append(row)
    return found


def test_slopes_strictly_decrease_and_stay_above_nothing(tables: Tables) -> None:
    for stage, rows in by_stage(tables).items():
        slopes = [Decimal(row["slope_qaly_per_gbp"]) for row in rows]
        assert [int(row["segment"]) for row in rows] == list(range(1, len(rows) + 1))
        assert all(later < earlier for earlier, later in itertools.pairwise(slopes)), stage
        assert min(slopes) >= 0
        assert (stage[1] in VALUED_DOWNSTREAM) == (slopes == [0]), stage


def test_a_slope_is_the_inverse_of_its_value(tables: Tables) -> None:
    for row in tables["allocation/curves"]:
        if row["gbp_per_qaly"]:
            product = Decimal(row["slope_qaly_per_gbp"]) * Decimal(row["gbp_per_qaly"])
            assert abs(product - 1) < Decimal("0.000001")
            low, high = Decimal(row["gbp_per_qaly_low"]), Decimal(row["gbp_per_qaly_high"] or "Infinity")
            assert low <= Decimal(row["gbp_per_qaly"]) <= high, row
            assert low >= 500, "a slope is never near infinite"


def test_the_split_keeps_the_average_of_present_spend(tables: Tables) -> None:
    entered = {(row["pathway"], row["stage"]): row for row in facts("curve_values") if row["a"]}
    assert entered
    for stage, rows in by_stage(tables).items():
        if stage in entered:
            a1, a2, b = rows[:3]
            assert [a1["label"], a2["label"], b["label"]] == ["A1", "A2", "B"]
            assert (a1["width_share"], a2["width_share"]) == ("0.800000", "0.200000")
            bought = sum(Decimal(r["width_share"]) * Decimal(r["slope_qaly_per_gbp"]) for r in (a1, a2))
            assert abs(1 / bought - Decimal(entered[stage]["a"]) * 1000) < Decimal("0.1"), stage
            ratio = Decimal(a2["slope_qaly_per_gbp"]) / Decimal(b["slope_qaly_per_gbp"])
            assert abs(ratio - Decimal("1.07")) < Decimal("0.0001"), stage


def test_widths_fit_the_baselines(tables: Tables) -> None:
    """A stage without spend has widths in pounds per 100,000 people, one with spend in shares of it."""
    spent: dict[tuple[str, str], int] = defaultdict(int)
    for row in tables["allocation/lines"]:
        spent[row["pathway"], row["stage"]] += int(row["baseline_gbp"])
    for stage, rows in by_stage(tables).items():
        for row in rows:
            assert bool(row["width_share"]) == (spent[stage] > 0)
            assert bool(row["width_per_100k_gbp"]) == (spent[stage] == 0)


def test_every_line_has_a_curve(tables: Tables) -> None:
    assert {(row["pathway"], row["stage"]) for row in tables["allocation/lines"]} == set(by_stage(tables))


def test_nothing_links_earlier_diagnosis_to_treatment(tables: Tables) -> None:
    """Their published values already hold the treatment that follows."""
    found = {(row["pathway"], row["per_stage"]) for row in tables["allocation/links"]}
    assert found == {("lung", "mdt"), ("colorectal", "endoscopy")}
    treated = {"early_stages", "awareness"}
    assert {row["stage"] for row in tables["allocation/links"]} & treated == set()


def test_the_plausibility_checks_pass(tables: Tables) -> None:
    checks = {row["check"]: row for row in tables["allocation/checks"]}
    assert "R5-marginal-cost-per-qaly" in checks
    assert {row["passed"] for row in checks.values()} == {"yes"}
