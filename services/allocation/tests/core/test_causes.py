"""Each cause of infeasibility is named as what it is; the relaxation, applied, lets a plan exist and is least."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_matrix

from concord_allocation.core.matrix import Matrix, compile_matrix
from concord_allocation.core.refusal import elastic_matrix
from concord_allocation.core.solver import Live, Status
from services.allocation.tests.core.clashing import CLASHING
from services.allocation.tests.core.problems import refusal, tables

ARITHMETIC = ("balance", "sign")


@pytest.mark.parametrize("cause", CLASHING)
def test_the_conflict_is_what_people_decided_and_nothing_else(cause: str) -> None:
    problem, deciding = CLASHING[cause]
    found = refusal(problem)
    assert {member.limit for member in found.conflict if member.kind not in ARITHMETIC} == deciding
    assert found.relaxation_gbp is not None
    assert found.relaxation_gbp > 0
    assert {loosened.limit for loosened in found.relaxation} <= {
        row.limit for row in compile_matrix(tables(problem)).rows
    }


@pytest.mark.parametrize("cause", CLASHING)
def test_the_relaxation_applied_is_feasible_and_least(cause: str) -> None:
    """Least by scipy's own mixed-integer solver; applied to the rows' bounds, not trusted."""
    matrix = compile_matrix(tables(CLASHING[cause][0]))
    found = refusal(CLASHING[cause][0])
    lower, upper = matrix.row_lower.copy(), matrix.row_upper.copy()
    for loosened in found.relaxation:
        row = matrix.row_position[loosened.key]
        by = (loosened.by + 1e-6) / matrix.row_scale[row]
        lower[row], upper[row] = lower[row] - by, upper[row] + by
    assert Live(replace(matrix, row_lower=lower, row_upper=upper)).first_status == Status.OPTIMAL
    assert found.relaxation_gbp == pytest.approx(least(matrix), rel=1e-6, abs=1e-6)


def least(matrix: Matrix) -> float:
    """Weighted GBP by another method."""
    loose = frozenset(k for k, row in enumerate(matrix.rows) if row.weight > 0)
    elastic = elastic_matrix(matrix, loose, by_gbp=True)
    a = csr_matrix((elastic.value, elastic.index, elastic.start), shape=(len(elastic.rows), len(elastic.col_lower)))
    found = milp(
        elastic.objectives["relaxation"],
        integrality=elastic.whole.astype(np.int64),
        bounds=(elastic.col_lower, elastic.col_upper),
        constraints=LinearConstraint(a, elastic.row_lower, elastic.row_upper),
    )
    return float(found.fun * elastic.money_scale)
