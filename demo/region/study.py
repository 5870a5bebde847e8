"""`python -m demo.region.study`: lung cancer money for three years in London and Greater Manchester, all of the model.

Starts the services, asks them, and writes what they answered into `docs/case-study/` (for each region facts.json and
pictures). The page `docs/case-study.md` is written by hand from these; a test holds it to them.
"""

import argparse
import json
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console

from concord_client.allocation import AllocationClient
from concord_client.errors import ConcordError
from concord_client.launch import Deployment, Site
from concord_client.show.page import make_console, say
from concord_client.show.problems import show_failure
from concord_client.up import data_folder, interruptible
from concord_contracts.allocation import (
    Answer,
    BindingLimit,
    BridgeRow,
    Problem,
    Refusal,
    Scenario,
    SolveRequest,
    WhatIfRequest,
)
from concord_contracts.allocation.questions import FrontierAnswer, FrontierQuestion
from concord_contracts.allocation.questions.appraisal import AppraisalRequest
from concord_contracts.allocation.scenarios import ScenarioRequest
from concord_contracts.allocation.sharing import SharingQuestion
from demo.people import People
from demo.region.parts import POOLED_STAGES, STEPS, from_outturn
from demo.region.pictures import draw

PAGE = Path("docs/case-study")
PATHWAY = "lung"
REGIONS = {"london": "London", "greater-manchester": "Greater Manchester"}
YEARS = ["2013-14", "2014-15", "2015-16"]
ASKS = "ods:X24"
"""NHS England, whose money is in every part of the region's pathway."""

FAIRNESS = "benefit-per-weighted-head"
"""Key of the fairness that is filled in, which `worst_off` raises."""

KINDS = {"gss:": "councils", "ods:X24": "NHS England"}
"""How payers are told apart in tables and pictures; all others are groups."""


SECONDS = 600
"""For one question; one that needs more says so, with the bound."""


def first_question(region: str, backlog_at_most_share: float) -> ScenarioRequest:
    """The region's problem with patients who may wait and fairness between groups."""
    return ScenarioRequest.model_validate(
        {
            "title": f"Lung cancer, {REGIONS[region]}, {YEARS[0]} to {YEARS[-1]}",
            "pathways": [PATHWAY],
            "places": [region],
            "years": YEARS,
            "fill_in": ["price_indices", "equity"],
            "waiting": {
                "growth_a_year": 0.03,
                "minimum_share": 0.93,
                "backlog_at_most_share": backlog_at_most_share,
                "source": "assumption: 3% more patients a year; 93% as in the two-week standard",
            },
            "objectives": ["benefit", "worst_off", "least_movement", "uniqueness"],
            "sacrifices": {"benefit": 0.001},
            "time_limit_seconds": SECONDS,
        }
    )


def walk(deployment: Deployment, region: str, tell: Callable[[str], None]) -> dict[str, Any]:
    """Every question in turn; what came back as facts. Raises ConcordError where a service refused or failed."""
    with People(deployment.addresses, deployment.site.keys) as people:
        asker = people.at(ASKS, "commissioner")
        return _facts(asker.allocation, region, tell)


def _facts(allocation: AllocationClient, region: str, tell: Callable[[str], None]) -> dict[str, Any]:
    tell("a backlog of a twentieth at most")
    refused = allocation.create_scenario(first_question(region, 0.05))
    if not isinstance(refused.outcome, Refusal):
        raise AssertionError("a backlog of a twentieth was thought to be impossible")
    tell("a backlog of a tenth at most")
    base = allocation.create_scenario(first_question(region, 0.10))
    tell("how the baseline is built")
    baseline = _baseline(allocation, base)
    scenarios = {"base": base}
    told = {"base": _told("As it was assembled", base, None)}
    stands = base
    for step in STEPS:
        tell(step.title)
        changes = list(step.changes(allocation.problem(stands.id)))
        asked = WhatIfRequest(title=step.title, changes=changes, time_limit_seconds=SECONDS)
        result = allocation.what_if(stands.id, asked)
        scenarios[step.key] = result.scenario
        told[step.key] = _told(step.title, result.scenario, stands, len(changes))
        stands = result.scenario if step.then else stands
    chosen, divisible = scenarios["pool"], scenarios["divisible"]
    tell("the frontier")
    frontier = allocation.questions.ask(
        FrontierQuestion.model_validate(
            {
                "first": {"measure": "benefit"},
                "second": {"measure": "spend", "select": {"stages": list(POOLED_STAGES)}, "better": "less"},
                "points": 5,
                "time_limit_seconds": SECONDS,
            }
        ),
        divisible.id,
    )
    if not isinstance(frontier, FrontierAnswer):
        raise AssertionError("the frontier of a problem with a plan was refused")
    tell("who should bear it")
    problem = allocation.problem(chosen.id)
    shared = allocation.share_scenario(chosen.id, _sharing(problem))
    tell("the appraisal")
    appraisal = allocation.appraise(
        AppraisalRequest(do_nothing=base.id, minimum=scenarios["investments"].id, recommended=chosen.id)
    )
    return {
        "refusal": _refusal(refused.outcome),
        "baseline": baseline,
        "scenarios": told,
        "frontier": [
            point.model_dump(mode="json", include={"first", "second", "proven", "elsewhere_benefit"})
            | {"gbp_per_qaly": round(1 / point.exchange) if point.exchange else None}
            for point in frontier.points
        ],
        "gbp_per_qaly": {
            curve.key: [round(1 / segment.slope) for segment in curve.segments if segment.slope]
            for curve in problem.curves
        },
        "sharing": shared.model_dump(mode="json", exclude={"standing": {"__all__": {"payers"}}}),
        "appraisal": [
            one.model_dump(mode="json", include={"option", "cost_gbp", "activity", "benefit", "effect_on_62_days"})
            for one in appraisal.options
        ],
        "assumed": _plan(chosen).assumptions.model_dump(mode="json"),
    }


def _baseline(allocation: AllocationClient, base: Scenario) -> dict[str, Any]:
    """From outturn to baseline in all, GBP; and that telling it moves no pound."""
    problem = from_outturn(allocation.problem(base.id))
    told = allocation.solve(SolveRequest(problem=problem, prices=False, time_limit_seconds=SECONDS))
    if not isinstance(told, Answer):
        raise AssertionError("a problem with a plan was refused once its baseline was told")
    parts = [name for name in BridgeRow.model_fields if name.endswith("_gbp")]
    sums = {name: sum(getattr(row, name) for row in told.bridges) for name in parts}
    return sums | {"same_plan": told.cells == _plan(base).cells}


def _sharing(problem: Problem) -> SharingQuestion:
    """Three parties: groups, NHS England and councils. Gains would be told against last year's split, which breaks what
    the partners sign and what the rules of the year hold back; so costs alone are divided.
    """
    named: dict[str, list[str]] = {}
    for payer in problem.payers:
        named.setdefault(kind_of(payer.key), []).append(payer.key)
    parties = [{"key": kind.lower().replace(" ", "-"), "name": kind, "payers": keys} for kind, keys in named.items()]
    return SharingQuestion.model_validate({"parties": parties, "realise": False, "gains": False})


def kind_of(payer: str) -> str:
    """councils, NHS England or groups."""
    return next((kind for beginning, kind in KINDS.items() if payer.startswith(beginning)), "groups")


def _plan(scenario: Scenario) -> Answer:
    if not isinstance(scenario.outcome, Answer):
        raise AssertionError(f"{scenario.title} has no plan")
    return scenario.outcome


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "limits_in_conflict": len(refusal.conflict),
        "conflict": [one.words for one in refusal.conflict][:5],
        "limits_to_loosen": len(refusal.relaxation),
        "relaxation": [one.words for one in refusal.relaxation][:5],
        "relaxation_gbp": refusal.relaxation_gbp,
    }


def _told(title: str, scenario: Scenario, parent: Scenario | None, changes: int = 0) -> dict[str, Any]:
    """What the page says of a scenario; sums by kind of payer and by stage, GBP over all years."""
    base: dict[str, Any] = {"title": title, "changes": changes, "digest": scenario.problem_digest}
    if isinstance(scenario.outcome, Refusal):
        return base | {"refusal": _refusal(scenario.outcome)}
    plan = scenario.outcome
    payers: dict[str, dict[str, int]] = {}
    for row in plan.splits.payer:
        kind = payers.setdefault(kind_of(row.key), {})
        kind[row.year] = kind.get(row.year, 0) + row.gbp
        kind[f"reference {row.year}"] = kind.get(f"reference {row.year}", 0) + row.reference_gbp
    stages: dict[str, dict[str, float]] = {}
    for stage in plan.splits.stage:
        found = stages.setdefault(stage.name, {"gbp": 0, "reference_gbp": 0, "benefit": 0.0})
        found["gbp"] += stage.gbp
        found["reference_gbp"] += stage.reference_gbp
        found["benefit"] += stage.benefit or 0.0
        found["change_gbp"] = found["gbp"] - found["reference_gbp"]
    fair = [row for row in plan.equity if row.equity == FAIRNESS]
    dearest = sorted(plan.binding, key=lambda limit: -(limit.price_more or 0.0) * (limit.unit == "GBP"))[:12]
    return base | {
        "totals": plan.totals.model_dump(mode="json"),
        "gain": None if parent is None else _in_all(plan) - _in_all(_plan(parent)),
        "status": plan.status,
        "objectives": [one.model_dump(mode="json") for one in plan.objectives],
        "payers": payers,
        "stages": stages,
        "binding": [
            {"label": one.label, "kind": one.kind, "unit": one.unit, "price_more": one.price_more} for one in dearest
        ],
        "dearest_of_kind": _dearest(plan.binding),
        "binding_kinds": _counted(one.kind for one in plan.binding),
        "options": [one.words for one in plan.options if one.starts],
        "options_refused": len([one for one in plan.options if not one.starts]),
        "resources": [one.words for one in plan.resources],
        "waiting": {year: round(sum(row.waiting or 0.0 for row in plan.demands if row.year == year)) for year in YEARS},
        "carried": _carried(plan),
        "elsewhere": plan.totals.elsewhere_benefit,
        "saved_gbp": round(sum(row.gbp for row in plan.savings)),
        "idle_gbp": sum(row.idle_gbp for row in plan.contracts),
        "held_gbp": sum(row.gbp for row in plan.rules),
        "rules_waived": [one.words for one in plan.rules if one.waived_by][:1],
        "missed": [one.words for one in plan.missed],
        "contributions": _contributions(plan),
        "worst_off": [
            {"name": row.name, "per_head": row.per_head} for row in sorted(fair, key=lambda row: row.per_head)[:3]
        ],
        "best_off": max((row.per_head for row in fair), default=None),
        "check": {"passed": plan.check.passed, "gap": plan.check.gap},
        "seconds": plan.solver.seconds,
        "rows": plan.solver.rows,
        "columns": plan.solver.columns,
    }


def _in_all(plan: Answer) -> float:
    """QALYs of the pathway, and of what is left to the rest of the NHS or overspent at its cost."""
    return plan.totals.benefit + plan.totals.elsewhere_benefit


def _dearest(binding: Sequence[BindingLimit]) -> dict[str, dict[str, Any]]:
    """Of each kind the limit that one unit of loosening is worth most at."""
    found: dict[str, BindingLimit] = {}
    for limit in binding:
        if limit.kind not in found or (limit.price_more or 0.0) > (found[limit.kind].price_more or 0.0):
            found[limit.kind] = limit
    return {
        kind: one.model_dump(mode="json", include={"label", "unit", "price_more", "price_less"})
        for kind, one in sorted(found.items())
    }


def _counted(kinds: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind in kinds:
        found[kind] = found.get(kind, 0) + 1
    return dict(sorted(found.items()))


def _carried(plan: Answer) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in plan.carried:
        found[row.kind] = found.get(row.kind, 0) + row.gbp
    return found


def _contributions(plan: Answer) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in plan.contributions:
        found[kind_of(row.payer)] = found.get(kind_of(row.payer), 0) + row.gbp
    return found


def _walked(deployment: Deployment, region: str, console: Console, out: Path) -> None:
    """Two regions side by side: the service solves two questions at once."""
    facts = walk(deployment, region, lambda words: say(console, f"{REGIONS[region]}: {words}"))
    _keep(facts, out / region)


def _keep(facts: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "facts.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draw(facts, folder)


def main(given: Sequence[str] | None = None) -> int:
    """0: written; 1: a service refused or failed; 130: stopped."""
    parser = argparse.ArgumentParser(prog="python -m demo.region.study", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, default=PAGE, help="where facts and pictures go")
    parser.add_argument("--only", choices=REGIONS, help="one of the regions")
    asked = parser.parse_args(given)
    out: Path = asked.out
    console = make_console()
    try:
        with interruptible():
            folder = Path("var/demo") / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"
            patient = {"allocation": {"SOLVE_SECONDS": str(SECONDS)}}
            site = Site(folder=folder, data=data_folder(), keys=Path("var/keys"), settings=patient)
            with Deployment(site) as deployment:
                deployment.open(lambda words: say(console, f"… {words}", "dim"))
                regions = list(REGIONS) if asked.only is None else [asked.only]
                with ThreadPoolExecutor(len(regions)) as side_by_side:
                    walked = [side_by_side.submit(_walked, deployment, one, console, out) for one in regions]
                for one in walked:
                    one.result()
    except KeyboardInterrupt:
        say(console, "stopped")
        return 130
    except ConcordError as failure:
        show_failure(console, failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
