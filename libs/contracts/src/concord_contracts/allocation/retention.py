"""How long scenarios are kept: what is due under the rule, its removal by a person, and what stays to be seen of it.

The rule: a scenario goes when no agreement cites it, nothing that is kept was built on it, and nobody has touched it
for a number of years. Nothing goes by itself.
"""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from concord_contracts.identifiers import Digest, Reply, Request


class RetentionRule(Reply):
    """The rule that was applied; `key` and `years` are kept with what it removed."""

    key: str
    years: int
    untouched_since: datetime = Field(description="what was touched after this is kept")
    words: str
    basis: str = Field(description="where the number of years comes from")


class DueScenario(Reply):
    """A scenario that the rule would remove. `touched_at`: made, built on, or cited, whichever was last."""

    scenario: str
    title: str
    made_for: str | None
    created_at: datetime
    touched_at: datetime
    problem_digest: Digest
    answer_digest: Digest


class RetentionDue(Reply):
    """What is due now, what was built on others first; at most as many as one act removes.

    `digest` names exactly this list: a removal quotes it.
    """

    known_at: datetime
    rule: RetentionRule
    digest: Digest
    items: list[DueScenario]
    more: bool = Field(description="there are further ones, due after these are removed")


class RemovalIn(Request):
    """Remove exactly what was looked at."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "digest": "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
                    "reason": "yearly review of records, minute 2020/17",
                }
            ]
        },
    )

    digest: Digest = Field(description="of the list of what is due, as it was read")
    reason: Annotated[str, Field(min_length=1, max_length=1000)] = Field(description="for the journal")


class RemovedScenario(Reply):
    """What stays of a scenario that was removed: that it was there, its digests, when it went and by which rule."""

    scenario: str
    made_for: str | None
    created_at: datetime
    removed_at: datetime
    rule: str
    years: int
    problem_digest: Digest
    answer_digest: Digest


class Removal(Reply):
    removed: list[RemovedScenario]


class RemovedPage(Reply):
    """What was removed, latest first."""

    known_at: datetime
    items: list[RemovedScenario]
    next_cursor: str | None = None
