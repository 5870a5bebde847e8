"""Which scenarios a caller may read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Path

from concord_allocation import citations, scenarios, store
from concord_allocation.desk import Desk
from concord_allocation.store.scenarios import StoredScenario
from concord_contracts.allocation import CitedBy, Scenario
from concord_kit.authority import Relation
from concord_kit.calls import Call
from concord_kit.database import Reading
from concord_kit.positions import resolve
from concord_kit.problems import Problem as Refused

ScenarioId = Annotated[str, Path(pattern=r"^[0-9a-f-]{36}$", description="A scenario's id")]


class HasDigests(Protocol):
    """A scenario, as far as citing goes."""

    @property
    def id(self) -> str: ...
    @property
    def problem_digest(self) -> str: ...
    @property
    def answer_digest(self) -> str: ...


def cited_by(tx: Reading, call: Call, scenarios: Sequence[HasDigests], known_at: datetime) -> dict[str, list[CitedBy]]:
    """Who cites each of these, as the caller may see it."""
    found = store.citations.of_scenarios(tx, [one.id for one in scenarios], known_at)
    sees_all = call.grant.row.relation in (Relation.AUDITOR, Relation.SERVICE)
    return {
        one.id: [
            citations.shown(
                cited, citations.Digests(one.problem_digest, one.answer_digest), call.acting_for, sees_all=sees_all
            )
            for cited in found.get(one.id, [])
        ]
        for one in scenarios
    }


def readable(tx: Reading, call: Call, scenario: str, known_at: datetime | None) -> StoredScenario:
    """The scenario, for callers whose body's money is in it and for its author; not found for anybody else.

    A stranger learns no more from the refusal than that there is nothing for them.
    """
    at = resolve(tx, None, known_at, call.clock)
    found = store.scenarios.find_scenario(tx, scenario, at.known_at)
    whose = call.acting_for or "you"
    nothing = Refused("not-found", f"No scenario {scenario} for {whose}, as known at {at.known_at.isoformat()}.")
    if found is None:
        raise _removed(tx, call, scenario, at.known_at) or nothing
    own = {call.acting_for} if found.row.author == call.actor and call.acting_for else set()
    try:
        call.require_party(found.parties | own)
    except Refused as refusal:
        raise nothing from refusal
    return found


def scenario_read(tx: Reading, call: Call, desk: Desk, scenario: str, known_at: datetime | None) -> Scenario:
    """A scenario as it is shown, with who cites it and how fresh its figures are."""
    found = readable(tx, call, scenario, known_at)
    at = resolve(tx, None, known_at, call.clock)
    fresh = scenarios.fresh_of(found, desk.changes_of(tx), at.known_at)
    return scenarios.shown(found, cited_by(tx, call, [found.row], at.known_at)[scenario], fresh)


def _removed(tx: Reading, call: Call, scenario: str, known_at: datetime) -> Refused | None:
    """What stays of a scenario, for whoever could read it; its content is gone for every moment of the record."""
    left = store.retention.find_tombstone(tx, scenario)
    if left is None or left.created_at > known_at:
        return None
    try:
        call.require_party(left.parties | {body for body in [left.made_for] if body})
    except Refused:
        return None
    return Refused(
        "removed",
        f"Scenario {scenario} was removed on {left.removed_at.date().isoformat()} under the rule {left.rule}: it had "
        f"been untouched and uncited for {left.years} years.",
        removed_at=left.removed_at.isoformat(),
        rule=left.rule,
        years=left.years,
        problem_digest=left.problem_digest,
        answer_digest=left.answer_digest,
    )
