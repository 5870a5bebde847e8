"""Scenarios: a question built from reference figures, the map and the agreements in force; and the figures themselves.

The problem of a scenario is written by the service: who may pay for what comes from the registry and from agreements,
and what a caller chooses is the selection, the years and the limits that are not law. A problem that is somebody else's
may be stated whole instead; then it says so wherever it is shown, and is for the body that stated it alone.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Discriminator, Field, Tag, model_validator

from concord_contracts.allocation.citations import CitedBy
from concord_contracts.allocation.freshness import Freshness
from concord_contracts.allocation.problem import Limit, Objective, PaceOfChange, Problem
from concord_contracts.allocation.quantities import Share
from concord_contracts.identifiers import Day, Digest, FinancialYear, Key, Reply, Request, ShortText


def _on_the_calendar(instant: datetime) -> datetime:
    """In UTC; ValueError where no calendar reaches it."""
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside of the calendar") from None


DayOfPlan = Annotated[Day, Field(ge=date(1900, 1, 1), le=date(9999, 12, 30))]
Instant = Annotated[AwareDatetime, AfterValidator(_on_the_calendar)]
FilledIn = Literal["price_indices", "equity", "business_rules", "contracts", "baseline"]
PlaceKeys = Annotated[list[Key], Field(min_length=1, max_length=500)]


class Waiting(Request):
    """Demand that grows and may wait, in place of last year's as a floor on each year's cases.

    patients[t] = cases of 2013-14 x (1 + growth_a_year) ^ years since; who is not seen waits for the next year.
    """

    growth_a_year: Annotated[float, Field(ge=-0.5, le=1, json_schema_extra={"unit": "share a year"})] = 0.0
    minimum_share: Share = Field(0.0, description="of the patients of a year, seen in it: 0.93")
    backlog_at_most_share: Annotated[float, Field(ge=0, le=10)] | None = Field(
        None, description="of a year's patients, waiting at its end at most; none: any number may wait"
    )
    source: ShortText = Field(description="what growth and standard rest on; quoted in the answer")


class ScenarioRequest(Request):
    """Which pathways, places and years to plan for, under which limits.

    A place may be an area (`greater-manchester`): every place below it that has money in the reference figures takes
    part. Purses that also pay for places left out take part with the share that pays for the chosen ones.
    """

    title: ShortText
    note: Annotated[str, Field(max_length=2000)] | None = None
    pathways: Annotated[list[Key], Field(min_length=1, max_length=50)] = Field(examples=[["lung"]])
    places: PlaceKeys = Field(examples=[["greater-manchester"]])
    years: Annotated[list[FinancialYear], Field(min_length=1, max_length=10)] = Field(
        examples=[["2014-15", "2015-16"]], description="years that follow each other, in order"
    )
    price_basis: Literal["constant", "cash"] = Field(
        "constant",
        description="constant: prices of the reference year; cash: unit costs move with the published tariff",
    )
    discount_rate: Share = 0.035
    as_of: DayOfPlan | None = Field(
        None, description="day on which the map is read; default: the first day of the first planning year"
    )
    known_at: Instant | None = Field(None, description="use what the services knew then; default: what they know now")
    without: Annotated[list[Key], Field(max_length=200)] = Field(
        [], description="planning rules to leave out, by key; law cannot be left out"
    )
    limits: Annotated[list[Limit], Field(max_length=2000)] = Field([], description="further limits of the caller's")
    pace_of_change: Annotated[list[PaceOfChange], Field(max_length=200)] = Field(
        [], description="further pace-of-change limits of the caller's"
    )
    fill_in: Annotated[list[FilledIn], Field(max_length=5)] = Field(
        [],
        description="further parts of the problem to fill in from the figures and the map. price_indices: series that "
        "floors in real terms may follow. equity: benefit per weighted head between CCGs' places, which the objective "
        "worst_off raises. business_rules: surplus, contingency and non-recurrent headroom held back of CCGs' "
        "programme money; it is last year's spend, so what a plan holds back it takes from services. contracts: "
        "those that the registry holds for the lines, with what each holds back until when; `assembly` in the "
        "answer tells of every one found, and their values are then seen by all whose money is in the scenario. "
        "baseline: lines whose outturn was sent begin from what it comes to by non-recurrent money, full-year effect, "
        "uplift, efficiency, growth and QIPP",
    )
    waiting: Waiting | None = None
    objectives: Annotated[list[Objective], Field(min_length=2, max_length=4)] = [
        Objective.BENEFIT,
        Objective.LEAST_MOVEMENT,
        Objective.UNIQUENESS,
    ]
    sacrifices: dict[Objective, Share] = Field(
        {}, description="share of an objective's best value that later objectives may cost it; its cost is reported"
    )
    time_limit_seconds: Annotated[float, Field(gt=0, le=600)] | None = None

    @model_validator(mode="after")
    def _says_each_part_once(self) -> "ScenarioRequest":
        if len(set(self.fill_in)) < len(self.fill_in):
            raise ValueError("fill_in names each part once")
        if Objective.WORST_OFF in self.objectives and "equity" not in self.fill_in:
            raise ValueError('the objective worst_off needs "equity" in fill_in: the places that fairness is between')
        return self

    @model_validator(mode="after")
    def _years_follow_each_other(self) -> "ScenarioRequest":
        firsts = [int(year[:4]) for year in self.years]
        if firsts != list(range(firsts[0], firsts[0] + len(firsts))):
            raise ValueError("years follow each other, earliest first, each once")
        return self


class StatedScenarioRequest(Request):
    """A problem stated whole, to be solved and kept as it is: somebody else's, or one written by hand.

    Nothing of it is read from the figures, the map or agreements: who may pay for what is what it says.
    """

    title: ShortText
    note: Annotated[str, Field(max_length=2000)] | None = None
    problem: Problem
    time_limit_seconds: Annotated[float, Field(gt=0, le=600)] | None = None


def _how_asked(body: Any) -> str:
    stated = isinstance(body, StatedScenarioRequest) or (isinstance(body, dict) and "problem" in body)
    return "stated" if stated else "built"


AnyScenarioRequest = Annotated[
    Annotated[ScenarioRequest, Tag("built")] | Annotated[StatedScenarioRequest, Tag("stated")],
    Discriminator(_how_asked),
]
"""With `problem` it is stated, without it is built."""


class ScenarioSummary(Reply):
    """A scenario as lists show it."""

    id: str
    parent: str | None
    title: str
    author: str
    acting_for: str | None
    created_at: datetime
    pathways: list[str]
    places: list[str]
    years: list[str]
    outcome: Literal["plan", "refusal"]
    status: str
    benefit: float | None = Field(description="discounted, in the problem's unit; none for a refusal")
    spend_gbp: int | None
    assumption_share: float | None = Field(None, description="of the plan's pounds; none for a refusal")
    cited_by: list[CitedBy] = []
    freshness: Freshness | None = Field(None, description="none where the problem was stated whole")
    stated: bool = Field(False, description="its problem was stated whole: who may pay for what is not the map's word")
    problem_digest: Digest
    answer_digest: Digest


class ReproduceRequest(Request):
    """How long it may take."""

    time_limit_seconds: Annotated[float, Field(gt=0, le=600)] | None = None


class Reproduction(Reply):
    """A scenario's stored problem solved again: whether it has the same digest and gives the same answer, and on what.

    Pounds to the last one are promised for the same versions of the solver and processor type; with others, a
    difference in digest is told here and the difference in benefit beside it.
    """

    scenario: str
    problem_digest: Digest = Field(description="as stored")
    problem_again: Digest = Field(description="of the stored problem, counted anew")
    answer_digest: Digest = Field(description="as stored")
    answer_again: Digest
    agrees: bool
    benefit_difference: float | None = Field(description="again minus stored; none where either has no plan")
    versions: dict[str, str] = Field(description="of what solved it now")
    stored_versions: dict[str, str]
    words: str


class ScenarioPage(Reply):
    known_at: datetime
    items: list[ScenarioSummary]
    next_cursor: str | None = None


class Checked(Reply):
    """A problem that is well formed and consistent; whether a plan exists is another question."""

    problem_digest: Digest
    years: int
    lines: int
    purses: int
    limits: int


class Figure(Reply):
    """One number of the reference tables with what it rests on; `value` as printed in the table."""

    table: str
    key: str
    column: str
    value: str
    unit: str
    basis: Literal["published", "derived", "assumption"]
    source: str | None
    note: str | None
    low: str | None
    high: str | None
    sent_by: str | None = Field(None, description="the body whose own figure it is, in place of ours; null: it is ours")


class Source(Reply):
    """A document that figures cite."""

    key: str
    title: str
    publisher: str | None = None


class FigurePage(Reply):
    """A page of figures from the edition of the reference tables that was known at `known_at`."""

    edition: Digest
    as_of: date
    known_at: datetime
    roll_to: date | None = Field(None, description="the later day whose bodies the figures were re-expressed for")
    rule: str | None = Field(None, description="how, where they were")
    items: list[Figure]
    next_cursor: str | None = None


class SourcePage(Reply):
    edition: Digest
    as_of: date
    known_at: datetime
    items: list[Source]
    next_cursor: str | None = None


class PurseTransfer(Reply):
    """One part of a what-if's money: what a purse gains (or loses, where negative), or sends to another purse."""

    purse: str
    to_purse: str | None
    year: str
    gbp: int


class PreparedWhatIf(Reply):
    """A question with published figures, ready to be asked of a scenario of these purses."""

    key: str
    question: str
    kind: str
    value: str
    unit: str
    basis: Literal["published", "derived", "assumption"]
    source: str | None
    note: str | None
    amounts: list[PurseTransfer]


class PreparedWhatIfs(Reply):
    edition: Digest
    as_of: date
    known_at: datetime
    items: list[PreparedWhatIf]
