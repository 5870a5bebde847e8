"""How last year's baseline is built from the outturn before it, group by group.

Nobody published either by place and stage. So the outturn is worked out backwards from the baseline's stand-in: it
shows the steps and that they add up, and moves no pound. A body that sends its own outturn replaces all of it.
"""

from typing import Any

from concord_contracts.allocation import Problem

SIGNED = {
    "non_recurrent": -0.010,
    "full_year_effect": 0.005,
    "tariff_uplift": -0.011,
    "growth": 0.030,
    "qipp": -0.020,
}
"""Of the outturn of 2012-13: the tariff of 2013-14 less 1.1% (hfma-2014-02: uplift net of efficiency); the rest are
assumptions: 0 to 3%, 0 to 2%, 1% to 5%, 1% to 4%."""

SOURCE = "outturn 2012-13, worked out backwards: tariff by hfma-2014-02, the rest assumed"


def from_outturn(problem: Problem) -> Problem:
    """The same problem; what groups' purses paid in the reference split tells how it is built."""
    document = problem.model_dump(mode="json")
    groups = {purse.key for purse in problem.purses if purse.kind == "general"}
    for line in document["lines"]:
        for payment in line["reference"]:
            if payment["purse"] in groups:
                payment["built_from"] = bridge(payment["gbp"])
    return Problem.model_validate(document)


def bridge(baseline_gbp: int) -> dict[str, Any]:
    """The parts add up to the baseline; what rounding leaves over is growth."""
    outturn = round(baseline_gbp / (1 + sum(SIGNED.values())))
    parts = {f"{name}_gbp": round(abs(share) * outturn) for name, share in SIGNED.items()}
    parts["tariff_uplift_gbp"] *= -1
    others = parts["full_year_effect_gbp"] + parts["tariff_uplift_gbp"]
    others -= parts["non_recurrent_gbp"] + parts["qipp_gbp"]
    return parts | {"outturn_gbp": outturn, "growth_gbp": baseline_gbp - outturn - others, "source": SOURCE}
