"""A text as it is sent, and what is wrong with one."""

from typing import Annotated

from pydantic import Field

from concord_contracts.agreements.common import example_of
from concord_contracts.agreements.paper import PaperAnnex
from concord_contracts.agreements.text import Content
from concord_contracts.identifiers import Reply, Request


class DraftIn(Request):
    """A new agreement, or a new version of one: the text, and beside it the facts for the governing-body paper."""

    model_config = example_of(
        {
            "content": {
                "title": "Manchester pooled fund for stop smoking and awareness",
                "basis": "s75_pool",
                "pathway": "lung",
                "parties": [
                    {"organisation": "gss:E08000003", "role": "host"},
                    {"organisation": "ods:01M", "role": "partner"},
                ],
                "stages": [
                    {"stage": "prevention", "handling": "pooled", "places": ["la-E08000003"]},
                    {"stage": "diagnostic_imaging", "handling": "aligned", "places": ["ccg-01M"]},
                ],
                "contributions": [
                    {
                        "party": "gss:E08000003",
                        "purse": "phg-E08000003",
                        "year": "2014-15",
                        "amount_pence": 60000000,
                        "ring_fence": "public-health-grant",
                        "for_stages": ["prevention"],
                    },
                    {"party": "ods:01M", "purse": "programme-01M", "year": "2014-15", "amount_pence": 20000000},
                ],
                "risk": [
                    {
                        "over_shares": {"gss:E08000003": "0.75", "ods:01M": "0.25"},
                        "under_shares": {"gss:E08000003": "0.75", "ods:01M": "0.25"},
                    }
                ],
                "clauses": [{"item": "aims", "text": "Fewer people smoke; lung cancer is found earlier."}],
                "starts": "2014-04-01",
                "ends": "2016-04-01",
                "review_by": "2015-01-15",
                "notice_months": 6,
            },
            "reason": "first draft from the chosen plan",
        }
    )

    content: Content
    annex: PaperAnnex | None = None
    reason: Annotated[str, Field(max_length=1000)] | None = None


class Fault(Reply):
    """Why a text may not be sent or signed: the rule, where in the text, in words."""

    pointer: str = Field(description="RFC 6901 pointer into the content", examples=["/stages/2/handling"])
    rule: str = Field(description="stable key of the rule", examples=["excluded-function"])
    citation: str | None = None
    words: str
    instead: str | None = Field(None, description="what would be lawful")
