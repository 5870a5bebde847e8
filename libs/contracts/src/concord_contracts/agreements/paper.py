"""The facts of the governing-body paper that the text does not hold, and the paper made from both."""

from typing import Annotated

from pydantic import Field, model_validator

from concord_contracts.identifiers import BodyId, Digest, FinancialYear, Key, Reply, Request, ShortText

Gbp = Annotated[int, Field(strict=True, ge=-(10**12), le=10**12)]
Note = Annotated[str, Field(max_length=600)]


class PayerRow(Request):
    """Paper, table 1: from last year's outturn to next year's baseline and the option; whole pounds.

    The four steps between outturn and baseline may be left out where they are not known; given, they must add up:
    baseline = outturn - non-recurrent + full-year effect + uplift and QIPP.
    """

    payer: BodyId
    name: ShortText
    outturn_gbp: Gbp
    non_recurrent_gbp: Gbp | None = None
    full_year_effect_gbp: Gbp | None = None
    uplift_and_qipp_gbp: Gbp | None = None
    baseline_gbp: Gbp
    option_gbp: Gbp
    recurrent: bool = True

    @model_validator(mode="after")
    def _steps_add_up(self) -> "PayerRow":
        steps = (self.non_recurrent_gbp, self.full_year_effect_gbp, self.uplift_and_qipp_gbp)
        if all(step is None for step in steps):
            return self
        less, plus, uplift = (step or 0 for step in steps)
        reached = self.outturn_gbp - less + plus + uplift
        if reached != self.baseline_gbp:
            raise ValueError(f"outturn and its steps come to {reached} GBP, the baseline says {self.baseline_gbp} GBP")
        return self


class StageRow(Request):
    """Paper, table 2: what is bought at a stage, from whom, under which mechanism."""

    stage: Key
    name: ShortText
    statutory_commissioner: ShortText
    provider: Note = ""
    contract_form: Note = ""
    mechanism: Note = ""
    amount_gbp: Gbp
    releasable_when: Note = ""
    source_grade: Note = ""


class OptionRow(Request):
    """Paper, table 3: do nothing, minimum, recommended."""

    option: ShortText
    cost_gbp: Gbp
    activity: Note = ""
    effect_62_day: Note = ""
    risk: Note = ""


class PaperAnnex(Request):
    """The facts of the governing-body paper that the text does not hold; stored beside the version and digested.

    `binds` and `candidates` are the allocation answer's own sentences. `outturn_is` says which of the five moneys the
    first column of table 1 holds, or that it is a stand-in; `gives_way` names what pays for the recommended option.
    """

    model: Annotated[str, Field(pattern=r"^paper/1$")] = "paper/1"
    approve: Note
    delegate: Note = ""
    note: Note = ""
    author: ShortText
    clinical_lead: ShortText
    conflicts_of_interest: Note = "None declared."
    outturn_year: FinancialYear
    outturn_is: Annotated[str, Field(min_length=1, max_length=60)] = "outturn"
    baseline_year: FinancialYear
    payers: Annotated[list[PayerRow], Field(min_length=1, max_length=40)]
    stages: Annotated[list[StageRow], Field(min_length=1, max_length=40)]
    payers_note: Note = ""
    options: Annotated[list[OptionRow], Field(min_length=2, max_length=6)]
    options_note: Note = ""
    gives_way: Annotated[list[Note], Field(max_length=12)] = []
    binds: Annotated[list[Note], Field(max_length=12)] = []
    candidates: Annotated[list[Note], Field(max_length=12)] = []
    quality: Note = ""
    equality: Note = ""
    privacy: Note = ""
    engagement: Note = ""
    assumptions: Note = Field("", description="what the share that rests on assumptions is made of")
    timetable: Annotated[list[Note], Field(max_length=12)] = []


class GoverningBodyPaper(Reply):
    """The two-page paper, from stored facts: Markdown and the same as one HTML page."""

    agreement: str
    digest: Digest
    version: int
    annex_digest: Digest | None
    markdown: str
    html: str
