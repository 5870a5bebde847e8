"""Options appraisal: do nothing, minimum and recommended side by side, as the governing-body paper has them."""

from typing import Annotated

from pydantic import Field

from concord_contracts.identifiers import Digest, Key, Reply, Request

ScenarioKey = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]


class AppraisalRequest(Request):
    """Three scenarios with a plan each."""

    do_nothing: ScenarioKey
    minimum: ScenarioKey
    recommended: ScenarioKey


class PayerPosition(Reply):
    """Table 1, GBP over all years. From outturn to baseline where the problem says how it is built, else its total."""

    payer: Key
    name: str
    outturn_gbp: int | None
    non_recurrent_gbp: int | None
    full_year_effect_gbp: int | None
    uplift_and_qipp_gbp: int | None
    baseline_gbp: int
    option_gbp: int
    change_gbp: int
    change: float | None = Field(description="share of the baseline; none where there is none")
    recurrent: bool = Field(description="no money of purses that are not recurrent")


class StagePosition(Reply):
    """Table 2, the recommended option over all years."""

    stage: Key
    name: str
    statutory_commissioners: list[str]
    providers: list[str]
    contract_forms: list[str]
    mechanisms: list[str]
    gbp: int
    releasable: list[str]
    source_grades: list[str]


class OptionPosition(Reply):
    """Table 3. The 62-day effect and the risk are no figures of the model: what it knows of them is said in words."""

    option: str
    scenario: str
    title: str
    cost_gbp: int
    activity: float = Field(description="cases of all kinds")
    benefit: float
    benefit_unit: str
    effect_on_62_days: str
    risk_five_percent_gbp: int = Field(description="what costs 5% higher or lower would mean")
    assumption_share: float
    answer_digest: Digest


class Appraisal(Reply):
    payers: list[PayerPosition]
    stages: list[StagePosition]
    options: list[OptionPosition]
    sentences: list[str]
    markdown: str = Field(description="the three tables as the paper prints them")
