"""One tiny expected LP per constraint family: the algebra as a solver reads it, kept as text beside this file.

After a wanted change, write them anew with `python -m services.allocation.tests.core.test_families_golden` and read the
difference before committing it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from concord_allocation.core.columns import Columns, lay_out
from concord_allocation.core.families.limits import limit_rows, pace_rows
from concord_allocation.core.families.lines import case_rows, curve_rows, movement_rows, spend_rows
from concord_allocation.core.families.money import contribution_rows, fund_balance_rows, purse_rows
from concord_allocation.core.families.rows import Chooser, Row
from concord_allocation.core.matrix import assemble, to_pulp
from concord_allocation.core.problem import ProblemTables
from services.allocation.tests.core.problems import (
    YEAR,
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
type Family = Callable[[ProblemTables, Columns], Iterator[Row]]


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


FAMILIES: dict[str, Family] = {
    "purse": purse_rows,
    "fund_balance": fund_balance_rows,
    "contribution": contribution_rows,
    "spend": spend_rows,
    "case": case_rows,
    "curve": curve_rows,
    "movement": movement_rows,
    "limit": lambda tables, columns: limit_rows(tables, Chooser(tables, columns, {})),
    "pace": lambda tables, columns: pace_rows(tables, Chooser(tables, columns, {})),
}


def lp_text(family: str, folder: Path) -> str:
    problem = pooled_problem()
    columns = lay_out(problem)
    rows = tuple(sorted(FAMILIES[family](problem, columns), key=lambda row: row.key))
    file = folder / f"{family}.lp"
    to_pulp(assemble(problem, columns, rows)).writeLP(str(file))
    return file.read_text()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_the_algebra_written_down(family: str, tmp_path: Path) -> None:
    assert lp_text(family, tmp_path) == (GOLDEN / f"{family}.lp").read_text()


def test_purse_amounts_are_scaled_into_thousands() -> None:
    problem = tables(make_problem(purses=[make_purse("money", {YEAR: 4_200_000})]))
    columns = lay_out(problem)
    matrix = assemble(problem, columns, tuple(purse_rows(problem, columns)))
    assert matrix.money_scale == 1000
    assert matrix.row_upper.tolist() == [4200]


if __name__ == "__main__":
    for name in FAMILIES:
        lp_text(name, GOLDEN)
