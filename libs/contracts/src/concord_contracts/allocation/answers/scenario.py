"""A question that is kept, with its answer and what it was built from."""

from datetime import date, datetime

from pydantic import Field

from concord_contracts.allocation.answers.outcome import Outcome
from concord_contracts.allocation.assembly import Assembly
from concord_contracts.allocation.changes import Changes
from concord_contracts.allocation.citations import CitedBy
from concord_contracts.allocation.freshness import Freshness
from concord_contracts.allocation.problem import Problem
from concord_contracts.identifiers import Digest, Reply


class Dependency(Reply):
    """What another service knew when the problem was built; ask it again with these for the same facts."""

    service: str
    as_of: date | None = None
    known_at: datetime | None = None
    seq: int | None = None


class Scenario(Reply):
    """An immutable question with its answer and everything it was built from.

    `cited_by` is what others say of it since: while any does, it is kept. `freshness` says whether figures that it uses
    were replaced since.
    """

    id: str
    parent: str | None = None
    title: str
    note: str | None = None
    author: str
    acting_for: str | None = None
    created_at: datetime
    as_of: date
    known_at: datetime
    dependencies: list[Dependency]
    changes: Changes | None = None
    problem_digest: Digest
    problem: Problem | None = Field(None, description="left out of lists")
    outcome: Outcome
    cited_by: list[CitedBy] = []
    freshness: Freshness | None = None
    stated: bool = Field(False, description="its problem was stated whole: who may pay for what is not the map's word")
    assembly: Assembly | None = Field(
        None, description="how contracts of the map and baselines of the books entered it, where it asked for them"
    )
