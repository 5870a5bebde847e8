"""The process that a plain programme is solved in: a JSON line in, one out. It imports nothing of ours, to start fast.

Its one argument is the address space it may take, in bytes.
"""

import json
import math
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import highspy


def _answered(asked: dict[str, Any]) -> dict[str, Any]:
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    for option, value in (("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0), ("time_limit", asked["seconds"])):
        highs.setOptionValue(option, value)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"programme.{asked['form']}"
        path.write_text(asked["text"], encoding="utf-8")
        if highs.readModel(str(path)) == highspy.HighsStatus.kError:
            return {"wrong": f"cannot be read as {asked['form'].upper()}"}
    model = highs.getLp()
    if highs.getModel().hessian_.dim_:
        return {"wrong": "has a quadratic objective: only linear ones are solved here"}
    if model.num_col_ == 0:
        return {"wrong": "has no variables"}
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        highs.setOptionValue("presolve", "off")
        highs.run()
        status = highs.getModelStatus()
    return _told(highs, model, status)


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
                "name": model.col_names_[k] if model.col_names_ else f"c{k}",
                "value": solution.col_value[k],
                "reduced_cost": solution.col_dual[k] if prices else None,
            }
            for k in range(model.num_col_ if has_plan else 0)
        ],
        "rows": [
            {
                "name": model.row_names_[k] if model.row_names_ else f"r{k}",
                "activity": solution.row_value[k],
                "lower": _finite(model.row_lower_[k]),
                "upper": _finite(model.row_upper_[k]),
                "price": solution.row_dual[k] if prices else None,
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
    """The largest miss of any row or bound, recomputed from the programme's own numbers."""
    activity = [0.0] * model.num_row_
    matrix = model.a_matrix_
    by_column = str(matrix.format_).endswith("kColwise")
    start, index, value = list(matrix.start_), list(matrix.index_), list(matrix.value_)
    for outer in range(len(start) - 1):
        for k in range(start[outer], start[outer + 1]):
            row, column = (index[k], outer) if by_column else (outer, index[k])
            activity[row] += value[k] * values[column]
    misses = [0.0]
    for sums, lower, upper in (
        (activity, model.row_lower_, model.row_upper_),
        (values, model.col_lower_, model.col_upper_),
    ):
        misses += [max(low - one, one - high) for one, low, high in zip(sums, lower, upper, strict=True)]
    return max(misses)


def main() -> None:
    """Answer the one question on standard input."""
    most = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    print(json.dumps(_answered(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
