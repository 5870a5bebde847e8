"""No plan keeps every limit: which ones conflict, and the least loosening."""

from typing import Literal

from pydantic import Field

from concord_contracts.allocation.answers.trust import Sentence, SolverFacts
from concord_contracts.allocation.changes import Change
from concord_contracts.identifiers import Digest, Reply


class ConflictMember(Reply):
    """One of the things that cannot all hold; without any one of them the rest could."""

    key: str
    limit: str | None
    label: str
    kind: str = Field(description="purse, limit, pace of change, contribution, capacity and so on; balance or sign")
    bound: float | None
    unit: str
    statutory: bool
    source: str
    words: str


class Relaxation(Reply):
    """Loosen this limit by this much."""

    key: str
    limit: str
    label: str
    by: float
    unit: str
    by_gbp: float
    weight: float
    words: str
    side: Literal["lower", "upper"] | None = Field(None, description="the bound that moves outwards")
    payer: str | None = Field(None, description="whose it is: see `payer_name`; none: nobody's alone")
    payer_name: str = Field(
        "not one payer's", description="the purse's owner; of other limits who is responsible for all lines selected"
    )


class PayerLoosening(Reply):
    """What the least loosening comes to for one payer; the last row is what is nobody's alone."""

    payer: str | None
    name: str
    gbp: float
    weighted_gbp: float = Field(description="times the limits' weights; these add up to `relaxation_gbp`")


class Refusal(Reply):
    """No plan keeps every limit: which ones conflict, and the least weighted loosening (GBP) that would let one exist.

    Statutory limits are never loosened. `statutory_conflict`: they conflict by themselves, so there is no relaxation.
    """

    outcome: Literal["refusal"] = "refusal"
    status: Literal["infeasible", "unbounded", "unknown"]
    reason: Literal[
        "conflict",
        "statutory_conflict",
        "no_whole_pound_plan",
        "unbounded",
        "no_plan_in_time",
        "check_failed",
        "solver_failed",
    ]
    problem_digest: Digest
    digest: Digest
    words: str
    conflict: list[ConflictMember]
    relaxation: list[Relaxation]
    relaxation_gbp: float | None
    relaxation_by_payer: list[PayerLoosening] = []
    changes: list[Change] = Field(
        [],
        description="the least loosening as changes, rounded outwards: as a what-if of the same problem they give a "
        "plan (it was made and checked). Empty where there is none, or none was found in time",
    )
    solver: SolverFacts
    sentences: list[Sentence]
