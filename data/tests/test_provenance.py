"""Every figure has a source or a mark with a range, every quotation is verbatim, every source is used."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

Row = dict[str, str]
Tables = dict[str, list[Row]]

FIGURES = {
    "registry/populations": ("persons",),
    "registry/comparator_values": ("value",),
    "allocation/money_national": ("amount_gbp",),
    "allocation/deflators": ("index",),
    "allocation/purse_amounts": ("amount_gbp",),
    "allocation/lines": ("baseline_gbp",),
    "allocation/stage_totals": ("england_gbp",),
    "allocation/unit_costs": ("unit_cost_gbp",),
    "allocation/activity": ("cases",),
    "allocation/links": ("at_most",),
    "allocation/ccg_allocations": ("allocation_gbp",),
    "allocation/public_health_grants": ("grant_gbp",),
    "allocation/what_ifs": ("value",),
    "allocation/boundary_transfers": ("amount_gbp",),
    "allocation/cases_by_place": ("cases",),
    "allocation/incidence": ("new_cases",),
    "allocation/business_rules": ("value",),
    "agreements/authority_limits": ("limit_gbp",),
}
NO_RANGE = {
    "registry/succession",
    "registry/footprints",
    "registry/mandates",
    "allocation/stage_prices",
    "allocation/specialised_offices",
    "allocation/reconciliation",
}
"""Tables whose assumptions are not single figures: shares by a rule, relations, classes."""

SEEDS = {
    "macmillan-opm-2014": "000",
    "2020health-2012": "001",
    "cruk-2014": "002",
    "ccg-networks-2012": "003",
    "cruk-2012": "004",
}


def faults_of(name: str, row: Row) -> Iterator[str]:
    """What is missing for somebody to check this row's figures."""
    basis = row.get("basis", "")
    if basis not in {"published", "derived", "assumption"}:
        yield f"basis {basis!r}"
    if basis in {"published", "derived"} and not row["source"]:
        yield "no source"
    if basis == "assumption" and not row["note"]:
        yield "an assumption without a note"
    if basis == "assumption" and name in FIGURES and row[FIGURES[name][0]] and not (row["low"] and row["high"]):
        yield "an assumption without a range"
    if row.get("low") and row.get("high") and not float(row["low"]) <= float(row["high"]):
        yield "low above high"
    if row.get("low") and row.get("high") and name in FIGURES:
        value = float(row[FIGURES[name][0]])
        if not float(row["low"]) <= value <= float(row["high"]):
            yield f"{value} outside its range"


def test_every_figure_says_what_it_rests_on(tables: Tables) -> None:
    found = [
        (name, tuple(row.values())[:3], fault)
        for name, rows in tables.items()
        if "basis" in rows[0]
        for row in rows
        for fault in faults_of(name, row)
    ]
    assert found == []


def test_a_figure_without_source_or_mark_is_found() -> None:
    bare = {"amount_gbp": "5", "basis": "published", "source": "", "note": "", "low": "", "high": ""}
    assert list(faults_of("allocation/purse_amounts", bare)) == ["no source"]
    guessed = bare | {"basis": "assumption"}
    assert list(faults_of("allocation/purse_amounts", guessed)) == [
        "an assumption without a note",
        "an assumption without a range",
    ]
    outside = guessed | {"note": "guess", "low": "6", "high": "7"}
    assert list(faults_of("allocation/purse_amounts", outside)) == ["5.0 outside its range"]


def test_every_table_with_money_or_figures_carries_provenance(tables: Tables) -> None:
    bearing = {name for name, rows in tables.items() if any(column.endswith("_gbp") for column in rows[0])}
    told_elsewhere = {"allocation/what_if_amounts", "registry/mandates"}  # the question's row; a limit nobody set
    without = {name for name in bearing - told_elsewhere if "basis" not in tables[name][0]}
    assert without == set()
    assert set(FIGURES) <= set(tables)
    ranged = {name for name, rows in tables.items() if "basis" in rows[0] and "low" not in rows[0]}
    assert {n for n in ranged if any(r["basis"] == "assumption" for r in tables[n])} <= NO_RANGE | {"allocation/curves"}


def test_every_source_named_exists_and_every_source_is_used(tables: Tables) -> None:
    known = {row["source"] for row in tables["registry/sources"]}
    named: set[str] = set()
    for name, rows in tables.items():
        if name != "registry/sources" and "source" in rows[0]:
            for row in rows:
                named |= set(row["source"].split())
        for row in rows:
            named |= set(re.findall(r"\(([a-z]+-[0-9a-z-]+)\)", row.get("note", "")))
    assert named - known == set()
    evidence = {row["code"] for row in tables["allocation/evidence"]}
    assert evidence <= known
    assert known - named - evidence == set()


def test_what_is_only_remembered_is_marked(tables: Tables) -> None:
    remembered = [row for row in tables["registry/rules"] if row["mark"] == "M"]
    assert remembered
    assert all("memory" in row["note"] or "found" in row["citation"] or row["note"] for row in remembered)
    for name in ("agreements/legal_bases", "agreements/required_content", "registry/rules"):
        assert {row["mark"] for row in tables[name]} <= {"V", "M"}
    for rows in tables.values():
        for row in rows:
            if "professional memory" in row.get("note", "") and row.get("basis"):
                assert row["basis"] == "assumption" or "excludes" in row["note"], row


def test_the_share_resting_on_assumptions_is_known(tables: Tables) -> None:
    lines = tables["allocation/lines"]
    total = sum(int(row["baseline_gbp"]) for row in lines)
    assumed = sum(int(row["baseline_gbp"]) for row in lines if row["basis"] == "assumption")
    assert 0.8 < assumed / total < 0.9


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "document"),
    [("registry/claims", "asserted_by"), ("registry/planning_thresholds", "source"), ("registry/hand_overs", "source")],
)
def test_quotations_are_verbatim(tables: Tables, reference_folder: Path, name: str, document: str) -> None:
    reports = reference_folder.parent / "seeds"
    if not reports.is_dir():
        pytest.skip(f"no reports at {reports}")
    texts = {
        key: " ".join(next(reports.glob(f"{number}_*.txt")).read_text(encoding="utf-8").split())
        for key, number in SEEDS.items()
    }
    quoted = [row for row in tables[name] if row["quotation"]]
    assert quoted
    assert [row["quotation"] for row in quoted if row["quotation"] not in texts[row[document]]] == []


def test_every_claim_is_quoted(tables: Tables) -> None:
    assert [row["claim"] for row in tables["registry/claims"] if not row["quotation"]] == []
