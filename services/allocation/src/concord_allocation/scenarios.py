"""What is recorded of a scenario, and how a recorded one is shown."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from uuid_utils import uuid7

from concord_allocation.freshness import Built, Uses, freshness
from concord_allocation.freshness import Changes as FigureChanges
from concord_allocation.kept import read_today
from concord_allocation.solving import Solved, difference
from concord_allocation.store.scenarios import ListedScenario, NewScenario, StoredScenario
from concord_allocation.titles import what_if_title
from concord_contracts.allocation import (
    Answer,
    Changes,
    CitedBy,
    Dependency,
    Difference,
    Freshness,
    Outcome,
    Problem,
    Scenario,
    ScenarioDigests,
)
from concord_contracts.allocation.assembly import Assembly
from concord_contracts.allocation.scenarios import Reproduction, ScenarioSummary

_DEPENDENCIES = TypeAdapter(list[Dependency])
_CHANGES = TypeAdapter(Changes)
_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, under which title, from which position. `parent` and `changes` are set for a what-if."""

    title: str
    note: str | None
    author: str
    acting_for: str | None
    as_of: date
    known_at: datetime
    edition: int
    dependencies: Sequence[Dependency]
    parent: str | None = None
    changes: Changes | None = None
    oldest: tuple[int | None, datetime | None] = (None, None)
    """(edition, moment) that the oldest figure it uses came with."""
    told: Assembly | None = None
    stated_for: str | None = None
    """The body that stated the problem whole, and alone may read it; none: the problem was built."""


def uses_of(problem: Problem) -> Uses:
    """Which figures a problem was built from."""
    return Uses(
        pathways=frozenset(line.pathway for line in problem.lines),
        places=frozenset(line.place for line in problem.lines),
        purses=frozenset(purse.key for purse in problem.purses),
        baselines=any(payment.built_from for line in problem.lines for payment in line.reference),
    )


def new_scenario(asked: Asked, solved: Solved) -> NewScenario:
    """The record of a question and its outcome, under a fresh id."""
    return NewScenario(
        id=str(uuid7()),
        parent=asked.parent,
        title=asked.title,
        note=asked.note,
        author=asked.author,
        acting_for=asked.acting_for,
        as_of=asked.as_of,
        edition=asked.edition,
        known_at=asked.known_at,
        dependencies=_DEPENDENCIES.dump_json(list(asked.dependencies)).decode(),
        changes=None if asked.changes is None else _CHANGES.dump_json(asked.changes, exclude_none=True).decode(),
        problem=solved.problem_json,
        problem_digest=solved.outcome.problem_digest,
        outcome=solved.outcome_json,
        answer_digest=solved.outcome.digest,
        summary=json.dumps(_summary(asked, solved)),
        assembly=None if asked.told is None else asked.told.model_dump_json(),
        parties=[asked.stated_for] if asked.stated_for else [payer.key for payer in solved.problem.payers],
    )


def _summary(asked: Asked, solved: Solved) -> dict[str, object]:
    edition, moment = asked.oldest
    plan = solved.outcome if isinstance(solved.outcome, Answer) else None
    return {
        "pathways": sorted({line.pathway for line in solved.problem.lines}),
        "places": sorted({line.place for line in solved.problem.lines}),
        "years": [year.key for year in solved.problem.years],
        "outcome": solved.outcome.outcome,
        "status": solved.outcome.status,
        "benefit": plan.totals.benefit if plan else None,
        "spend_gbp": plan.totals.spend_gbp if plan else None,
        "assumption_share": plan.assumptions.share if plan else None,
        "purses": sorted({purse.key for purse in solved.problem.purses}),
        "baselines": uses_of(solved.problem).baselines,
        "stated_for": asked.stated_for,
        "oldest_edition": edition,
        "oldest_at": moment.isoformat() if moment else None,
    }


def outcome_of(stored: StoredScenario) -> Outcome:
    return _OUTCOME.validate_json(stored.row.outcome)


def changed(before: StoredScenario, after: StoredScenario) -> Difference | None:
    """What a what-if changed, where both have a plan."""
    changes = _CHANGES.validate_json(after.row.changes) if after.row.changes else ()
    return difference(outcome_of(before), outcome_of(after), text_of(before), changes)


def text_of(stored: StoredScenario) -> str:
    """The problem as JSON, as it is read today."""
    return read_today(stored.row.problem)


def problem_of(stored: StoredScenario) -> Problem:
    return Problem.model_validate_json(text_of(stored))


def default_title(base: StoredScenario, changes: Changes) -> str:
    """What a what-if asked of it is called where nobody says."""
    said = _CHANGES.dump_python(changes, mode="json", exclude_none=True)
    return what_if_title(base.row.title, json.loads(text_of(base)), said)


def stated_for(scenario: StoredScenario | ListedScenario) -> str | None:
    """The body that stated its problem whole; none: it was built."""
    body: str | None = _summary_of(scenario).get("stated_for")
    return body


def _summary_of(scenario: StoredScenario | ListedScenario) -> dict[str, Any]:
    if isinstance(scenario, ListedScenario):
        return scenario.summary
    said: dict[str, Any] = json.loads(scenario.row.summary)
    return said


def fresh_of(scenario: StoredScenario | ListedScenario, changes: FigureChanges, at: datetime) -> Freshness | None:
    """How fresh its figures are, as known at a moment; none where the problem was stated whole."""
    return None if stated_for(scenario) else freshness(built_of(scenario), changes, at)


def built_of(scenario: StoredScenario | ListedScenario) -> Built:
    """What was fixed of its freshness when it was made."""
    said = _summary_of(scenario)
    row = scenario.row if isinstance(scenario, StoredScenario) else scenario
    edition, known_at = row.edition, row.known_at
    return Built(
        uses=Uses(
            frozenset(said["pathways"]),
            frozenset(said["places"]),
            frozenset(said["purses"]),
            said.get("baselines", False),
        ),
        edition=edition,
        known_at=known_at,
        oldest_edition=said["oldest_edition"],
        oldest_at=datetime.fromisoformat(said["oldest_at"]) if said["oldest_at"] else None,
    )


def shown(stored: StoredScenario, cited_by: Sequence[CitedBy] = (), fresh: Freshness | None = None) -> Scenario:
    """The scenario without its problem, which is asked for by itself."""
    row = stored.row
    return Scenario(
        id=row.id,
        parent=row.parent,
        title=row.title,
        note=row.note,
        author=row.author,
        acting_for=row.acting_for,
        created_at=row.created_at,
        as_of=row.as_of,
        known_at=row.known_at,
        dependencies=_DEPENDENCIES.validate_json(row.dependencies),
        changes=None if row.changes is None else _CHANGES.validate_json(row.changes),
        problem_digest=row.problem_digest,
        problem=None,
        outcome=outcome_of(stored),
        cited_by=list(cited_by),
        freshness=fresh,
        stated=stated_for(stored) is not None,
        assembly=None if row.assembly is None else Assembly.model_validate_json(row.assembly),
    )


def tag(scenario: Scenario) -> str:
    """Changes with what others say of the scenario; all else in it never does."""
    said = scenario.model_dump_json(include={"cited_by", "freshness"})
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def digests(stored: StoredScenario) -> ScenarioDigests:
    """What it takes to cite it."""
    row = stored.row
    summary = json.loads(row.summary)
    return ScenarioDigests(
        scenario=row.id,
        title=row.title,
        problem_digest=row.problem_digest,
        answer_digest=row.answer_digest,
        outcome=summary["outcome"],
        assumption_share=summary["assumption_share"],
        payers=sorted(stored.parties),
        made_for=row.acting_for,
        stated=stated_for(stored) is not None,
    )


def listed(scenario: ListedScenario, cited_by: Sequence[CitedBy], fresh: Freshness | None) -> ScenarioSummary:
    return ScenarioSummary.model_validate(
        {
            "id": scenario.id,
            "parent": scenario.parent,
            "title": scenario.title,
            "author": scenario.author,
            "acting_for": scenario.acting_for,
            "created_at": scenario.created_at,
            "problem_digest": scenario.problem_digest,
            "answer_digest": scenario.answer_digest,
            "cited_by": cited_by,
            "freshness": fresh,
            "stated": stated_for(scenario) is not None,
            **scenario.summary,
        }
    )


def reproduction(stored: StoredScenario, solved: Solved) -> Reproduction:
    """The stored outcome held against the same problem's outcome now."""
    then, now = outcome_of(stored), solved.outcome
    agrees = (then.problem_digest, then.digest) == (now.problem_digest, now.digest)
    moved = None
    if isinstance(then, Answer) and isinstance(now, Answer):
        moved = now.totals.benefit - then.totals.benefit
    same_versions = then.solver.versions == now.solver.versions
    on = "the same versions" if same_versions else "other versions"
    return Reproduction(
        scenario=stored.row.id,
        problem_digest=then.problem_digest,
        problem_again=now.problem_digest,
        answer_digest=then.digest,
        answer_again=now.digest,
        agrees=agrees,
        benefit_difference=moved,
        versions=now.solver.versions,
        stored_versions=then.solver.versions,
        words=f"The same problem gives {'the same answer' if agrees else 'another answer'}, on {on} of the solver.",
    )
