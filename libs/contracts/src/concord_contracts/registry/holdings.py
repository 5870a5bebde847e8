"""What a body holds on a day and after it: the work to reassign when it ends."""

from datetime import date

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from concord_contracts.identifiers import Reply
from concord_contracts.registry.common import AsKnown, NamedBody
from concord_contracts.registry.people import Person
from concord_contracts.registry.rolling import RolledPart


class Holding(Reply):
    """One record that names the body. It holds on the day asked about, or begins after it."""

    kind: str = Field(description="claim, mandate, relation, place, agreement, people, or another topic's word")
    id: str
    held_as: str = Field(description="how the record names the body: as organisation, on_behalf_of, holder ...")
    words: str
    valid_from: date
    valid_to: date
    address: str | None = Field(None, description="where the record can be read, and changed")
    holder: Person | None = Field(
        None, description="who holds the role, or whose details are kept: as the caller may see them, as they are now"
    )


class HoldingCount(Reply):
    kind: str
    held_as: str
    records: int


HOLDINGS_EXAMPLE: JsonDict = {
    "as_of": "2018-04-01",
    "known_at": "2018-04-01T10:21:00.123456Z",
    "seq": 7,
    "body": {"id": "ods:10G", "name": "NHS Bracknell and Ascot CCG", "kind": "ccg", "legal_person": True},
    "ends": "2018-04-01",
    "successors": [],
    "counts": [{"kind": "claim", "held_as": "organisation", "records": 1}],
    "items": [
        {
            "kind": "claim",
            "id": "01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44",
            "held_as": "organisation",
            "words": "commissions imaging of lung in ccg-10G (stated by ods:10G)",
            "valid_from": "2013-04-01",
            "valid_to": "9999-12-31",
            "address": "/v1/claims/01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44",
        }
    ],
    "next_cursor": None,
}


class Holdings(AsKnown):
    """By kind, way of holding and id; `counts` are of all pages, and of what the caller is not told one by one."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [HOLDINGS_EXAMPLE]})

    body: NamedBody
    ends: date | None = Field(None, description="the first day without it; none: no end is known")
    successors: list[RolledPart] = Field([], description="who stands in its place once all known events have happened")
    counts: list[HoldingCount]
    items: list[Holding]
    next_cursor: str | None = None
