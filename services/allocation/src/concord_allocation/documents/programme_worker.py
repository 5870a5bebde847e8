"""The process that a plain programme is solved in: a JSON line in, one out. It imports little of ours, to start fast.

Its one argument is the address space it may take, in bytes.
"""

import json
import math
import resource
import sys
from itertools import accumulate
from typing import Any

import highspy

from concord_allocation.documents.written.draft import SMALLEST, Draft, NotReadable
from concord_allocation.documents.written.lp import read_lp
from concord_allocation.documents.written.mps import read_mps

MOST_NOTES = 20


TOLERANCE = 1e-9
"""How far a row, a bound or a whole number may be missed, and a price."""


def answered(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        draft = (read_mps if asked["form"] == "mps" else read_lp)(asked["text"])
    except NotReadable as wrong:
        return {"wrong": f"cannot be read as {asked['form'].upper()}: {wrong}"}
    model = _model(draft)
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    options = {"threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "time_limit": asked["seconds"]}
    options |= {"small_matrix_value": SMALLEST}
    options |= dict.fromkeys(
        ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"), TOLERANCE
    )
    for option, value in options.items():
        highs.setOptionValue(option, value)
    if highs.passModel(model) == highspy.HighsStatus.kError:
        return {"wrong": "has numbers that the solver does not take"}
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        highs.setOptionValue("presolve", "off")
        highs.run()
        status = highs.getModelStatus()
    return _told(highs, model, status) | {"notes": draft.notes[:MOST_NOTES]}


def _model(draft: Draft) -> Any:
    """The programme as the solver takes it, rows first; bounds that were not said have their defaults."""
    model = highspy.HighsLp()
    variables, rows = draft.variables, draft.rows
    model.num_col_, model.num_row_ = len(variables), len(rows)
    model.sense_ = highspy.ObjSense.kMaximize if draft.maximise else highspy.ObjSense.kMinimize
    model.offset_ = draft.offset
    model.col_cost_ = [one.cost for one in variables]
    model.col_lower_ = [0.0 if one.lower is None else one.lower for one in variables]
    model.col_upper_ = [math.inf if one.upper is None else one.upper for one in variables]
    model.integrality_ = [highspy.HighsVarType(int(one.kind)) for one in variables]
    model.col_names_ = [one.name for one in variables]
    model.row_lower_, model.row_upper_ = [row.lower for row in rows], [row.upper for row in rows]
    model.row_names_ = [row.name for row in rows]
    entries = [[(j, value) for j, value in row.entries.items() if value] for row in rows]
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = list(accumulate((len(row) for row in entries), initial=0))
    model.a_matrix_.index_ = [j for row in entries for j, _ in row]
    model.a_matrix_.value_ = [value for row in entries for _, value in row]
    return model


def _told(highs: Any, model: Any, status: Any) -> dict[str, Any]:
    kinds = highspy.HighsModelStatus
    word = {
        kinds.kOptimal: "optimal",
        kinds.kInfeasible: "infeasible",
        kinds.kUnbounded: "unbounded",
        kinds.kTimeLimit: "feasible_not_proven",
    }.get(status, "unknown")
    info, solution = highs.getInfo(), highs.getSolution()
    integer = any(kind != highspy.HighsVarType.kContinuous for kind in model.integrality_)
    has_plan = (
        word in ("optimal", "feasible_not_proven")
        and bool(solution.value_valid)
        and math.isfinite(info.objective_function_value)
    )
    if not has_plan and word == "feasible_not_proven":
        word = "unknown"
    prices = has_plan and not integer and bool(solution.dual_valid)
    # HiGHS's duals are the change of the objective per +1 of a right-hand side, in the sense the programme has.
    return {
        "status": word,
        "sense": "max" if model.sense_ == highspy.ObjSense.kMaximize else "min",
        "objective": info.objective_function_value if has_plan else None,
        "bound": _bound(info, integer) if has_plan else None,
        "integer": integer,
        "worst_violation": _worst(model, solution.col_value) if has_plan else None,
        "variables": [
            {
                "name": model.col_names_[k],
                "value": solution.col_value[k],
                "reduced_cost": solution.col_dual[k] + 0.0 if prices else None,
            }
            for k in range(model.num_col_ if has_plan else 0)
        ],
        "rows": [
            {
                "name": model.row_names_[k],
                "activity": solution.row_value[k],
                "lower": _finite(model.row_lower_[k]),
                "upper": _finite(model.row_upper_[k]),
                "price": solution.row_dual[k] + 0.0 if prices else None,
            }
            for k in range(model.num_row_ if has_plan else 0)
        ],
        "seconds": highs.getRunTime(),
    }


def _bound(info: Any, integer: bool) -> float | None:
    bound = float(info.mip_dual_bound if integer else info.objective_function_value)
    return bound if math.isfinite(bound) else None


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _worst(model: Any, values: Any) -> float:
    """The largest miss of any row, bound or whole number, recomputed from the programme's own numbers."""
    matrix = model.a_matrix_
    start, index, value = list(matrix.start_), list(matrix.index_), list(matrix.value_)
    activity = [
        math.fsum(value[k] * values[index[k]] for k in range(start[row], start[row + 1]))
        for row in range(model.num_row_)
    ]
    misses = [0.0]
    for one, low, high in zip(activity, model.row_lower_, model.row_upper_, strict=True):
        misses.append(max(low - one, one - high))
    for one, low, high, kind in zip(values, model.col_lower_, model.col_upper_, model.integrality_, strict=True):
        beyond = max(low - one, one - high)
        if kind in (highspy.HighsVarType.kSemiContinuous, highspy.HighsVarType.kSemiInteger):
            beyond = min(beyond, abs(one))  # such a variable is nothing, or within its bounds
        fraction = abs(one - round(one)) if kind in WHOLE else 0.0
        misses.append(max(beyond, fraction))
    return max(misses)


WHOLE = (highspy.HighsVarType.kInteger, highspy.HighsVarType.kSemiInteger)


def main() -> None:
    """Answer the one question on standard input."""
    most = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    print(json.dumps(answered(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
