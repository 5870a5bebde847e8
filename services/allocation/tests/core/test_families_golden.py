"""One tiny expected LP per constraint family: the algebra as a solver reads it, kept as text beside this file.

After a wanted change, write them anew with `python -m services.allocation.tests.core.test_families_golden` and read the
difference before committing it.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from concord_allocation.core.columns import Columns, lay_out
from concord_allocation.core.families import BY_CHOICE, BY_COLUMN
from concord_allocation.core.families.money import purse_rows
from concord_allocation.core.families.rows import Chooser, Row
from concord_allocation.core.matrix import assemble, to_pulp
from concord_allocation.core.problem import ProblemTables
from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    answer,
    make_curve,
    make_limit,
    make_line,
    make_mode,
    make_payer,
    make_problem,
    make_purse,
    spend_on,
    tables,
)

GOLDEN = Path(__file__).with_name("golden")


def pooled_problem() -> ProblemTables:
    """A council's ring-fenced grant and a CCG's money, one line each, a pool for both, limits of every sort."""
    return tables(
        make_problem(
            payers=[make_payer("ccg"), make_payer("council")],
            purses=[
                make_purse("money", 1000),
                make_purse("grant", 400, owner="council", scope={"lines": ["quit"]}),
            ],
            lines=[
                make_line("ct", {"money": 500}, "ct", modes=[make_mode("scan", 100.0), make_mode("urgent", 150.0)]),
                make_line("quit", {"grant": 300}, "quit", "council"),
            ],
            curves=[make_curve("ct", (600, 0.002)), make_curve("quit", (200, 0.004), (None, 0.001))],
            mechanisms=[
                {
                    "key": "s75",
                    "kind": "s75_pool",
                    "payers": ["ccg", "council"],
                    "lines": {"lines": ["quit"]},
                    "citation": "s.75",
                }
            ],
            funds=[
                {
                    "key": "pot",
                    "name": "pot",
                    "mechanism": "s75",
                    "contributors": [
                        {"purse": "grant", "at_least_gbp": 50},
                        {"purse": "money", "at_most_gbp": 90},
                    ],
                    "source": "a test",
                }
            ],
            limits=[
                make_limit("floor", spend_on("ct"), at_least=100, at_most=900),
                make_limit("share", spend_on("quit"), {"coefficient": -0.3}, at_least=0),
                make_limit("burden", {"select": {"payers": ["ccg"]}, "measure": "burden"}, at_most=800),
                make_limit("direct", {"select": {"purses": ["grant"]}, "measure": "direct_spend"}, at_most=200),
                make_limit("pooled", {"select": {"funds": ["pot"]}, "measure": "contribution"}, equal=120),
                make_limit(
                    "scans",
                    {"select": {"modes": ["scan"]}, "measure": "activity"},
                    {"select": {"modes": ["urgent"]}, "measure": "activity", "coefficient": -2},
                    at_most=0,
                    unit="scan",
                ),
            ],
            pace_of_change=[
                {"key": "slow", "label": "slow", "max_up": 0.05, "max_down": 0.1, "per": "payer", "source": "a test"}
            ],
        )
    )


FIRST, SECOND = "2014-15", "2015-16"


def full_document() -> dict[str, Any]:
    """Two years of one CCG and a council with every later part once."""
    carry = {"at_most_share": 0.1, "final_year_value": 0.001, "source": "a test"}
    rule = {"label": "rule", "source": "a test"}
    return make_problem(
        years=[{"key": FIRST}, {"key": SECOND}],
        payers=[make_payer("ccg"), make_payer("council")],
        purses=[
            make_purse(
                "money", {FIRST: 1000, SECOND: 900}, carry=carry,
                overspend={"at_most_gbp": 40, "penalty": 0.003, "source": "a test"},
            ),
            make_purse("grant", {FIRST: 400, SECOND: 400}, owner="council", scope={"lines": ["quit"]}),
        ],
        lines=[
            make_line(
                "ct", {"money": 500}, "ct", place="north", cost_index="pay",
                modes=[make_mode("scan", 100.0), make_mode("phone", 0.0) | {"benefit": 0.05}],
            ),
            make_line("quit", {"grant": 300}, "quit", "council", place="south"),
            make_line("kit", {}, None, place="north", non_recurrent=True),
        ],
        curves=[make_curve("ct", (600, 0.002)), make_curve("quit", (200, 0.004), (None, 0.001))],
        mechanisms=[
            {"key": "s75", "kind": "s75_pool", "payers": ["ccg", "council"], "lines": {"lines": ["quit"]},
             "citation": "s.75"}
        ],
        funds=[
            {"key": "pot", "name": "pot", "mechanism": "s75", "carry": carry, "source": "a test",
             "contributors": [{"purse": "grant"}]}
        ],
        price_indices=[{"key": "pay", "name": "pay", "values": {SECOND: 1.02}, "provenance": SOURCED}],
        pace_of_change=[
            {"key": "real", "label": "real terms", "max_down": 0.1, "deflator": "pay", "source": "a test",
             "select": {"lines": ["ct"]}}
        ],
        limits=[
            make_limit("soft", spend_on("quit"), at_least=350, years=[FIRST]) | {"hard": False, "priority": 2},
            make_limit("gain", {"measure": "benefit"}, at_least=1, unit="QALY", per_year=False),
            make_limit("named", {"column": f"carry/{FIRST}/money"}, at_most=50, per_year=False),
        ],
        resources=[
            {"key": "hours", "name": "hours", "unit": "hour", "supply": {FIRST: 4, SECOND: 4}, "max_growth": 0.5,
             "uses": [{"select": {"lines": ["ct"]}, "per_case": 0.5}], "extra_at_most": {FIRST: 2, SECOND: 2},
             "price_gbp": 20.0, "bought_on": "kit", "lasting": True, "source": "a test"}
        ],
        demands=[
            {"key": "wait", "label": "scans", "unit": "patient", "cases": {FIRST: 6, SECOND: 6}, "waits": True,
             "opening_backlog": 2, "backlog_at_most": {SECOND: 3}, "minimum_share": 0.5, "source": "a test",
             "met_by": [{"select": {"lines": ["ct"]}}],
             "shifts": [{"select": {"lines": ["quit"]}, "measure": "spend", "rate": -0.001, "lag": 1}]}
        ],
        links=[
            {"key": "again", "label": "again", "kind": "induces", "per": {"lines": ["ct"]}, "to": {"lines": ["ct"]},
             "rate": 0.5, "lag": 1, "source": "a test"}
        ],
        savings=[
            {"key": "save", "label": "save", "lines": ["quit"], "rate": 0.2, "lag": 1, "to_purse": "money",
             "provenance": SOURCED}
        ],
        equity=[
            {"key": "floor", "label": "floor", "heads": {"north": 20, "south": 10}, "floor": 0.001,
             "raise_least": True, "per_year": False, "source": "a test"},
            {"key": "near", "label": "near", "measure": "spend", "heads": {"north": 20, "south": 10},
             "spread_at_most": 30, "years": [FIRST], "source": "a test"},
        ],
        options=[
            {"key": "scanner", "name": "scanner", "line": "kit", "starts": [FIRST, SECOND], "recurrent_gbp": 10,
             "capital_gbp": 100, "life_years": 10, "capital_rate": 0.0, "benefit": 0.01, "supplies": {"hours": 2},
             "volumes": [{"select": {"lines": ["ct"]}, "at_least": 2, "at_most": 9}], "provenance": SOURCED},
            {"key": "clinic", "name": "clinic", "line": "kit", "non_recurrent_gbp": 30, "provenance": SOURCED},
        ],
        option_rules=[
            {"key": "one", "kind": "at_most", "options": ["scanner", "clinic"], **rule},
            {"key": "needs", "kind": "requires", "options": ["clinic", "scanner"], **rule},
        ],
        contracts=[
            {"key": "block", "provider": "trust", "form": "block", "line": "ct", "value_gbp": 200, "source": "a test",
             "notice_given": "2014-10-01"}
        ],
        business_rules=[
            {"key": "surplus", "kind": "surplus", "share": 0.01, "payers": ["ccg"], **rule},
            {"key": "once", "kind": "non_recurrent", "share": 0.02, "payers": ["ccg"], **rule},
        ],
        transfers=[
            {"key": "moved", "from_purse": "money", "to_purse": "grant", "service": "advice", "day": "2014-04-01",
             "from_year": SECOND, "recurrent": True, "gbp": 5, "source": "a test"}
        ],
        outside=[{"key": "else", "label": "elsewhere", "purses": ["money"], "slope": 0.0005, "provenance": SOURCED}],
    )  # fmt: skip


LATER = (
    "purse_years", "fund_years", "bought", "curve_years", "pace_real", "limit_later", "carry", "overspend",
    "held_back", "contract", "resource", "demand", "link", "equity", "option", "volume", "option_rule", "worth",
)  # fmt: skip
"""Families of later parts, and what these change in the first ones."""

EXTENDED = {"purse_years": "purse", "fund_years": "fund_balance", "curve_years": "curve", "pace_real": "pace",
            "limit_later": "limit"}  # fmt: skip


def rows_of(family: str, tables: ProblemTables, columns: Columns) -> tuple[Row, ...]:
    name = EXTENDED.get(family, family)
    found = (
        BY_COLUMN[name](tables, columns) if name in BY_COLUMN else BY_CHOICE[name](tables, Chooser(tables, columns, {}))
    )
    return tuple(sorted(found, key=lambda row: row.key))


FAMILIES = (*(name for name in (*BY_COLUMN, *BY_CHOICE) if name not in LATER), *LATER)


def lp_text(family: str, folder: Path) -> str:
    problem = tables(full_document()) if family in LATER else pooled_problem()
    columns = lay_out(problem)
    rows = rows_of(family, problem, columns)
    file = folder / f"{family}.lp"
    to_pulp(assemble(problem, columns, rows)).writeLP(str(file))
    return file.read_text()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_the_algebra_written_down(family: str, tmp_path: Path) -> None:
    assert lp_text(family, tmp_path) == (GOLDEN / f"{family}.lp").read_text()


def test_every_family_has_its_text() -> None:
    assert set(FAMILIES) - {"fund_years"} >= set(BY_COLUMN) | set(BY_CHOICE)
    assert {file.stem for file in GOLDEN.glob("*.lp")} == set(FAMILIES)


@pytest.mark.parametrize("family", [*BY_COLUMN, *BY_CHOICE])
def test_a_family_says_its_formula_its_unit_and_its_source(family: str) -> None:
    said = (BY_COLUMN.get(family) or BY_CHOICE[family]).__doc__ or ""
    for part, looks_like in (
        ("formula", r"\w\S* .*(<=|>=|=) .*\w"),
        ("unit", r"\bUnit: (GBP|cases|patients|options|benefit|the \w+'s)"),
        ("source", r"\bSource:\s+(arithmetic\b|the \w+)"),
    ):
        assert re.search(looks_like, said), f"{family} does not say its {part}"


def test_a_problem_with_every_part_is_answered_and_proven() -> None:
    found = answer(full_document())
    assert found.status == "optimal"
    assert abs(found.check.gap) < 1e-6
    told = {sentence.about for sentence in found.sentences}
    assert told >= {"option", "year", "activity", "fairness", "contract"}


def test_purse_amounts_are_scaled_into_thousands() -> None:
    problem = tables(make_problem(purses=[make_purse("money", {YEAR: 4_200_000})]))
    columns = lay_out(problem)
    matrix = assemble(problem, columns, tuple(purse_rows(problem, columns)))
    assert matrix.money_scale == 1000
    assert matrix.row_upper.tolist() == [4200]


if __name__ == "__main__":
    for name in FAMILIES:
        lp_text(name, GOLDEN)
