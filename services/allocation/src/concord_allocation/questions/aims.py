"""The aims of a question as limits without a bound, in the problem's own document; and those that are no limit."""

from collections.abc import Collection, Mapping
from typing import Any

from concord_allocation import translate
from concord_allocation.core.problem import Fault, InvalidProblem, ProblemTables
from concord_contracts.allocation import Problem
from concord_contracts.allocation.questions import Aim

UNBOUNDED = 1e12

MEASURES = {"benefit": "benefit", "spend": "spend", "activity": "activity", "money": "burden"}


def terms_of(aim: Aim) -> list[dict[str, Any]]:
    """The terms of a limit that count what the aim measures."""
    return [{"select": aim.select.model_dump(exclude_none=True), "measure": MEASURES[aim.measure]}]


UNLIMITED = frozenset({"movement", "worst_off"})
"""Measures that no limit counts; they get a row of their own."""


def is_of_everything(aim: Aim) -> bool:
    """Whether an aim selects nothing in particular."""
    return not aim.select.model_dump(exclude_none=True)


def has_own_row(aim: Aim, *, as_limits: bool) -> bool:
    is_of_the_plan = aim.measure == "benefit" and is_of_everything(aim) and not as_limits
    return aim.measure in UNLIMITED or is_of_the_plan


def tables_with(
    problem: Problem, aims: Mapping[str, Aim], prefix: str, own: Collection[str]
) -> tuple[ProblemTables, dict[str, str]]:
    """The tables with a limit for every aim without a row of its `own`, and the fairness entry of the worst-off."""
    heads: dict[str, str] = {}
    document = problem.model_dump(mode="json")
    first, counted = len(document["limits"]), []
    for number, (name, aim) in enumerate(aims.items()):
        if aim.measure == "worst_off":
            heads[name] = _worst_off(document, aim, name, prefix)
        if name in own:
            continue
        counted.append(name)
        document["limits"].append(
            {
                "key": f"{prefix}-{number}",
                "label": name,
                "at_least": -UNBOUNDED,
                "per_year": False,
                "source": "the question",
                "terms": terms_of(aim),
            }
        )
    whole = Problem.model_validate(document)
    try:
        return translate.tables_of(whole), heads
    except InvalidProblem as invalid:
        raise _blamed(invalid, first, counted) from invalid


def _blamed(invalid: InvalidProblem, first: int, names: list[str]) -> InvalidProblem:
    """Faults of the limits that were added, told at the aim they stand for; others at /problem."""
    told = []
    for fault in invalid.faults:
        parts = fault.pointer.split("/")
        if parts[1:2] == ["limits"] and parts[2].isdigit() and int(parts[2]) >= first:
            rest = "/".join(part for part in parts[5:] if part)
            told.append(fault._replace(pointer=f"/{names[int(parts[2]) - first]}" + (f"/{rest}" if rest else "")))
        else:
            told.append(fault._replace(pointer=f"/problem{fault.pointer}"))
    return InvalidProblem(told)


def _worst_off(document: dict[str, Any], aim: Aim, name: str, prefix: str) -> str:
    """Key of the fairness entry whose least head the aim raises; written from `heads` where they are given."""
    raised = [entry for entry in document["equity"] if entry["raise_least"]]
    if aim.heads is None:
        if raised:
            return str(raised[0]["key"])
        words = "the problem says nothing of weighted heads: give `heads` by place"
        raise InvalidProblem([Fault(f"/{name}/heads", "no-worst-off", words)])
    document["equity"] = [entry for entry in document["equity"] if not entry["raise_least"]]
    document["objectives"] = [each for each in document["objectives"] if each != "worst_off"]
    document["sacrifices"].pop("worst_off", None)
    document["equity"].append(
        {
            "key": f"{prefix}-heads",
            "label": "the worst-off place",
            "heads": aim.heads,
            "raise_least": True,
            "per_year": False,
            "source": "the question",
        }
    )
    return f"{prefix}-heads"
