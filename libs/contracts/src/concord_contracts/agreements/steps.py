"""What happens to an agreement after its text: sent, withdrawn, notice, an earlier end, commitments that move on."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from concord_contracts.agreements.common import example_of
from concord_contracts.identifiers import BodyId, Day, Key, Reply, Request, ShortText
from concord_contracts.registry import Commitment


class Reasoned(Request):
    """A step that needs its reason: sending, withdrawing."""

    model_config = example_of({"reason": "approved by every party", "on": "2014-02-26"})

    reason: Annotated[str, Field(min_length=1, max_length=1000)]
    on: Day | None = Field(None, description="the day it was done; default today in England")


class NoticeIn(Request):
    """One party's notice; it ends the agreement for all when the agreed months have run."""

    model_config = example_of(
        {"organisation": "ods:01M", "given_on": "2014-08-31", "reason": "the groups plan to merge"}
    )

    organisation: BodyId
    given_on: Day
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class EndIn(Request):
    """One party's consent to an earlier end; the agreement ends on that day once every party has named the same one."""

    model_config = example_of({"organisation": "ods:01M", "on": "2015-04-01", "reason": "the merged group takes over"})

    organisation: BodyId
    on: Day
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class CommitmentIn(Request):
    """A stage moves on: agreed, funded, contracted, mobilised."""

    model_config = example_of(
        {"stage": "prevention", "commitment": "funded", "on": "2014-04-10", "evidence": "budget book 2014-15, line 12"}
    )

    stage: Key
    commitment: Commitment
    on: Day
    evidence: ShortText


class CommitmentView(Reply):
    """How far a stage has come, with the evidence for its last step."""

    stage: Key
    commitment: Commitment
    on: date
    evidence: str
    at: datetime
