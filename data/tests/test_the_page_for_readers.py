"""`docs/reference-data.md` quotes the tables: what it says of them is what they hold."""

from collections import defaultdict
from pathlib import Path

import pytest

Row = dict[str, str]
Tables = dict[str, list[Row]]


@pytest.fixture(scope="module")
def page() -> str:
    path = Path(__file__).parents[2] / "docs" / "reference-data.md"
    return " ".join(path.read_text(encoding="utf-8").split())


def test_the_share_resting_on_assumptions(tables: Tables, page: str) -> None:
    total: dict[str, int] = defaultdict(int)
    assumed: dict[str, int] = defaultdict(int)
    for row in tables["allocation/lines"]:
        for key in (row["pathway"], "all"):
            total[key] += int(row["baseline_gbp"])
            assumed[key] += int(row["baseline_gbp"]) * (row["basis"] == "assumption")
    share = {key: round(100 * assumed[key] / total[key]) for key in total}
    assert f"{share['all']}% of the GBP {total['all'] / 10**9:.2f}bn" in page
    order = ("lung", "rarer", "colorectal", "prostate", "breast")
    assert ", ".join(f"{key} {share[key]}%" for key in order) in page


def test_what_is_printed_and_what_is_not(tables: Tables, page: str) -> None:
    printed = {r["body"] for r in tables["allocation/public_health_grants"] if r["basis"] == "published"}
    assert f"grants of {len(printed)} of the 152 councils" in page
    assert f"grants of {152 - len(printed)} councils" in page
    own = [r for r in tables["allocation/ccg_allocations"] if r["basis"] == "published"]
    assert len(own) == 15
    assert f"allocations of {211 - len(own)} CCGs" in page


def test_predecessors_and_bodies(tables: Tables, page: str) -> None:
    kinds = {r["body"]: r["kind"] for r in tables["registry/bodies"]}
    before = [r for r in tables["registry/succession"] if kinds[r["predecessor"]] == "pct"]
    told = {words: {r["predecessor"] for r in before if words in r["note"]} for words in ("postcodes", "remembered")}
    named = {r["predecessor"] for r in before} - told["postcodes"] - told["remembered"]
    assert f"{len(told['postcodes'])} trusts' successors by where their postcodes lie" in page
    assert f"{len(told['remembered'])} trust's successors remembered, {len(named)} by equal names" in page
    assert f"| Support unit | {sum(kind == 'csu' for kind in kinds.values())} |" in page
    assert f"{sum(kind == 'nhs_trust' for kind in kinds.values())} in all" in page


def test_what_no_stage_holds(tables: Tables, page: str) -> None:
    rest = next(
        int(r["amount_gbp"])
        for r in tables["allocation/reconciliation"]
        if (r["total"], r["part"]) == ("cancer-programme", "not modelled")
    )
    assert f"GBP {rest / 10**9:.2f}bn *not modelled*" in page
