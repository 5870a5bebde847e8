"""Many claims at once: a network maps out its area, a body sends its list. All or nothing."""

from typing import Annotated

from pydantic import ConfigDict, Field

from concord_contracts.identifiers import BodyId, Day, Key, Reply, Request
from concord_contracts.registry.claims import ClaimIn, ClaimStatus

MOST_IN_BULK = 500


class BulkConfirmation(Request):
    """A claim to confirm, on the version that was read."""

    claim: Key
    version: Annotated[int, Field(strict=True, ge=1)]
    review_by: Day | None = None


class ClaimsInBulk(Request):
    """Claims to record and claims to confirm, in one transaction.

    A strategic clinical network or an area team speaks for its area alone. Of a body it states or confirms only what
    that body lets it by a mandate in force (`claims.assert`; to confirm also `claims.confirm`): then the claim is the
    body's own. What no mandate covers is recorded as the network's assumption.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "claims": [
                        {
                            "role": "commissions",
                            "organisation": "ods:02A",
                            "stage": "palliative_eol",
                            "pathway": "lung",
                            "place": "ccg-02A",
                            "status": "confirmed",
                            "valid_from": "2013-04-01",
                        }
                    ],
                    "confirmations": [{"claim": "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44", "version": 1}],
                    "dry_run": True,
                    "reason": "The network's map of April",
                }
            ]
        },
    )

    claims: Annotated[list[ClaimIn], Field(max_length=MOST_IN_BULK)] = []
    confirmations: Annotated[list[BulkConfirmation], Field(max_length=MOST_IN_BULK)] = []
    on: Day | None = Field(None, description="the day of the confirmations; default today in England")
    dry_run: bool = Field(False, description="say what would be recorded, and record nothing")
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class BulkEntry(Reply):
    """What became of one entry."""

    pointer: str = Field(description="which entry, e.g. /claims/0")
    claim: str
    status: ClaimStatus
    asserted_by: str
    in_name_of: BodyId | None = Field(None, description="the body whose word it is, by its mandate")
    mandate: str | None = None
    words: str = Field(description="where it was recorded otherwise than sent, why")


class BulkOutcome(Reply):
    dry_run: bool
    claims: list[BulkEntry]
    confirmations: list[BulkEntry]
    assumed: int = Field(description="entries recorded as an assumption for want of a mandate")
