"""Dividing a plan's cost, and what it gains, between the parties to it.

A *party* is one payer or several that act as one. Divisions of money are whole pounds that add up to the cost divided.
The default divisions come first; what game theory says is the analysts' annex.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from concord_contracts.agreements import RingFence
from concord_contracts.allocation.answers import ConflictMember, Refusal, Relaxation
from concord_contracts.allocation.problem import Problem
from concord_contracts.allocation.quantities import Keys, LineKey, Provenance, Share
from concord_contracts.identifiers import Digest, FinancialYear, Key, Reply, Request, ShortText

MOST_PARTIES = 60
"""All coalitions are looked at up to 12 parties; beyond, gains are sampled."""

Weight = Annotated[float, Field(ge=0, le=1e12)]
Value = Annotated[float, Field(ge=-1e12, le=1e12)]


class Party(Request):
    """Payers that act as one; `payers` are keys of the problem."""

    key: Key
    name: ShortText | None = None
    payers: Keys


class DivisionKey(Request):
    """What to divide by, with a number for each party: people, weighted people, or what somebody proposes.

    Numbers are in proportion; their unit does not matter. A party left out has 0.
    """

    key: Key
    name: ShortText
    weights: Annotated[dict[Key, Weight], Field(min_length=1, max_length=MOST_PARTIES)]
    provenance: Provenance


class LineUse(Request):
    """Who uses a joint line: shares of use by party, which sum to 1. Without it a line is its statutory payer's."""

    line: LineKey
    shares: Annotated[dict[Key, Share], Field(min_length=1, max_length=MOST_PARTIES)]

    @model_validator(mode="after")
    def _sums_to_one(self) -> Self:
        if abs(sum(self.shares.values()) - 1.0) > 1e-6:
            raise ValueError("the shares of use must sum to 1")
        return self


class Brought(Request):
    """Who brings how much of a limit's `at_most`: capacity, staff, goods. By payer, in the limit's unit.

    A coalition has what its members bring, at least what the fallback plan needs; what nobody brings is there for all.
    """

    limit: Key
    by_payer: Annotated[dict[Key, Weight], Field(min_length=1, max_length=1000)]


class BenefitPrice(Request):
    """GBP per unit of benefit: without it benefit cannot be paid over, and gains are told in units of benefit only."""

    gbp: Annotated[float, Field(gt=0, le=1e9)]
    provenance: Provenance


class SharingQuestion(Request):
    """How to divide what a plan costs and gains. Every field has a default: each payer is a party of its own."""

    parties: Annotated[list[Party], Field(max_length=MOST_PARTIES)] = Field([], description="none: each payer is one")
    fallback: Literal["last_year", "nothing"] = Field(
        "last_year", description="what happens if nothing is agreed: last year's payments, or nobody pays anything"
    )
    uses: Annotated[list[LineUse], Field(max_length=20000)] = []
    brought: Annotated[list[Brought], Field(max_length=5000)] = []
    keys: Annotated[list[DivisionKey], Field(max_length=20)] = []
    benefit_price: BenefitPrice | None = None
    gains: bool = Field(True, description="value the coalitions by re-planning; up to 4,095 plans for 12 parties")
    annex: bool = Field(False, description="Shapley, nucleolus, Owen and claims rules, for analysts")
    realise: bool = Field(True, description="find the payments by purse and year that realise each default division")
    seed: Annotated[int, Field(strict=True, ge=0, le=2**32 - 1)] = 0
    sampled_within: Annotated[
        float, Field(ge=0.001, le=0.5, description="half-width of a sampled value, as a share of the whole gain")
    ] = 0.01
    most_pairs: Annotated[int, Field(strict=True, ge=20, le=20000)] = 500
    time_limit_seconds: Annotated[float, Field(gt=0, le=600)] | None = None


class SharingRequest(SharingQuestion):
    """The same of a self-contained problem; nothing is stored."""

    problem: Problem


class Complaint(Reply):
    """The coalition a division treats worst, and how much more it would have alone; below 0: how much less."""

    coalition: list[Key]
    amount: float
    unit: str
    words: str


class CoalitionValue(Reply):
    """What some parties have by themselves: benefit gained by re-planning their purses, cost of running their lines.

    Soft limits come before benefit, as in the plan: a coalition that can keep them gives benefit up for them.
    """

    parties: list[Key]
    gain: float | None
    missed_gbp: float | None = Field(
        None, description="weighted GBP by which soft limits are then missed; none where there are none"
    )
    cost_gbp: float


class Core(Reply):
    """Whether some division leaves no coalition with a reason to complain. `least_complaint` above 0: none does."""

    empty: bool
    least_complaint: float
    unit: str
    coalitions: list[list[Key]] = Field(description="those that hold the least complaint where it is")
    superadditive: bool = Field(description="joining forces never loses; tested, not assumed")
    words: str


class Standing(Reply):
    """A party as it stands: by itself, and in the plan."""

    party: Key
    name: str
    payers: list[Key]
    fallback_gbp: int
    plan_gbp: int
    own_lines_gbp: int = Field(description="what its own lines and its use of joint ones cost in the plan")
    alone_gbp: float = Field(description="what they would cost if it ran them alone")
    alone_gain: float | None = Field(description="benefit it could gain by re-planning its own purses alone")
    benefit_of_own_lines_change: float = Field(description="benefit of its lines in the plan minus in the fallback")


class Amount(Reply):
    party: Key
    gbp: int
    share: float
    change_gbp: int = Field(description="against the fallback plan")


class AgreementContribution(Reply):
    """One contribution, field by field as the text of an agreement has it, to be put there as it is."""

    party: Key = Field(description="the payer: a legal person")
    purse: Key
    year: FinancialYear
    amount_pence: int
    kind: Literal["cash"] = "cash"
    recurrent: bool
    money: Literal["plan"] = "plan"
    ring_fence: RingFence = Field(description="by the purse's kind and its owner: only a council holds the grant")
    for_stages: list[Key] = Field([], description="where the money is ring-fenced: the stages it pays for")


class ScheduledContribution(Reply):
    """A year's payment from a purse into a fund, or directly (`fund` none), for all that the fund pays for.

    What is paid into a fund counts in the year it is paid in, whenever the fund spends it. Recurrent money that a plan
    asks for once is told for every later year too, nothing as 0: in an agreement it would run on.
    """

    contribution: AgreementContribution
    fund: Key | None
    stages: list[Key] = Field(description="the stages that the plan pays for by this purse and fund, over all years")
    because: list[str] = Field(description="the rules and mechanisms that let it pay")


class Realisation(Reply):
    """Payments that give each party exactly its part of a division, line by line as planned; or why there are none."""

    possible: bool
    words: str
    schedule: list[ScheduledContribution] = []
    conflict: list[ConflictMember] = []
    relaxation: list[Relaxation] = []


class Division(Reply):
    """A way to divide the cost, in whole pounds."""

    key: Key
    name: str
    group: Literal["default", "annex"]
    words: str
    amounts: list[Amount]
    cost_complaint: Complaint | None
    gain_complaint: Complaint | None = Field(None, description="only with a price of benefit")
    assumption: bool = Field(False, description="whether it rests on an assumption")
    figures: Literal["plan", "registry", "stated"] = Field(
        "plan", description="whose figures it divides by: the plan's own, the registry's, or stated by whoever asks"
    )
    realisation: Realisation | None = None


class GainValue(Reply):
    """A party's part of the benefit gained; `least` and `greatest` where it is a range."""

    party: Key
    value: float
    least: float | None = None
    greatest: float | None = None


class GainDivision(Reply):
    """A way to divide the benefit gained, in units of benefit."""

    key: Key
    name: str
    words: str
    values: list[GainValue]
    complaint: Complaint | None


class Sharing(Reply):
    """Who should put in what, by which rule; who would complain, and whether it can be paid so."""

    outcome: Literal["sharing"] = "sharing"
    problem_digest: Digest
    answer_digest: Digest
    digest: Digest
    cost_gbp: int
    benefit_unit: str
    fallback: str
    fallback_benefit: float | None
    fallback_missed_gbp: float | None = Field(
        None, description="weighted GBP by which the fallback misses soft limits; none where there are none"
    )
    gain: float | None
    missed_gbp: float | None = Field(None, description="the same of the plan of all together")
    standing: list[Standing]
    divisions: list[Division]
    costs_core: Core | None
    gains_core: Core | None
    gain_divisions: list[GainDivision]
    coalitions: list[CoalitionValue] = Field(description="every coalition, up to 12 parties")
    sentences: list[str]


type SharingOutcome = Sharing | Refusal


class StatedValue(Request):
    coalition: Annotated[list[Key], Field(min_length=1, max_length=12)]
    value: Value


class GameRequest(Request):
    """A game somebody else valued: every coalition of its players, in any order, each once."""

    kind: Literal["gains", "costs"] = "gains"
    players: Annotated[list[Key], Field(min_length=1, max_length=12)]
    values: Annotated[list[StatedValue], Field(min_length=1, max_length=4095)]
    unit: Annotated[str, Field(min_length=1, max_length=40)] = "GBP"

    @model_validator(mode="after")
    def _every_coalition_once(self) -> Self:
        if len(set(self.players)) != len(self.players):
            raise ValueError("a player is named twice")
        strangers = {key for stated in self.values for key in stated.coalition} - set(self.players)
        if strangers:
            raise ValueError(f"values name players that there are not: {', '.join(sorted(strangers))}")
        coalitions = [frozenset(stated.coalition) for stated in self.values]
        if len(set(coalitions)) != len(coalitions):
            raise ValueError("a coalition has two values")
        every = 2 ** len(self.players) - 1
        if len(coalitions) != every:
            raise ValueError(f"{len(self.players)} players have {every} coalitions; give each a value")
        return self


class GameAnswer(Reply):
    """Divisions of a stated game."""

    unit: str
    core: Core | None
    divisions: list[GainDivision]


class ClaimsRequest(Request):
    """An estate and claims on it that are together at least as much."""

    estate: Annotated[float, Field(ge=0, le=1e12)]
    claims: Annotated[dict[Key, Weight], Field(min_length=1, max_length=1000)]

    @model_validator(mode="after")
    def _too_little(self) -> Self:
        if self.estate > sum(self.claims.values()) * (1 + 1e-12):
            raise ValueError("the estate is more than all claims: everybody can have what they claim")
        return self


class ClaimsAnswer(Reply):
    """The estate divided by each rule: award by claimant; random arrival for up to 12 of them."""

    rules: dict[str, dict[Key, float]]


__all__ = [
    "AgreementContribution",
    "Amount",
    "BenefitPrice",
    "Brought",
    "ClaimsAnswer",
    "ClaimsRequest",
    "CoalitionValue",
    "Complaint",
    "Core",
    "Division",
    "DivisionKey",
    "GainDivision",
    "GainValue",
    "GameAnswer",
    "GameRequest",
    "LineUse",
    "Party",
    "Realisation",
    "ScheduledContribution",
    "Sharing",
    "SharingOutcome",
    "SharingQuestion",
    "SharingRequest",
    "Standing",
    "StatedValue",
]
