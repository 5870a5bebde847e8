"""Approvals and signatures: by whom, for exactly which text, within whose limit."""

from datetime import date, datetime

from pydantic import Field

from concord_contracts.agreements.common import EXAMPLE_DIGEST, example_of
from concord_contracts.identifiers import BodyId, Day, Digest, Reply, Request, ShortText


class Approval(Request):
    """A body's decision to enter, for exactly this text, recorded with its minute."""

    model_config = example_of(
        {
            "digest": EXAMPLE_DIGEST,
            "organisation": "ods:01M",
            "role": "governing-body",
            "decided_on": "2014-02-12",
            "minute": "February 2014, item 7",
        }
    )

    digest: Digest
    organisation: BodyId
    role: ShortText = Field(description="who decided: governing-body, chief-finance-officer, cabinet ...")
    decided_on: Day
    minute: ShortText


class SignatureIn(Request):
    """A signature over exactly this text."""

    model_config = example_of(
        {
            "digest": EXAMPLE_DIGEST,
            "organisation": "ods:01M",
            "name": "A. Signatory",
            "office": "chief officer",
            "signed_on": "2014-03-20",
        }
    )

    digest: Digest
    organisation: BodyId
    name: ShortText
    office: ShortText = Field(description="the signatory's post, e.g. chief officer")
    signed_on: Day | None = Field(None, description="the day of the signature; default today in England")


class AuthorityView(Reply):
    """By whose limit a role was judged, when its approval was recorded."""

    record: str | None = Field(
        None, description="the body's own limit in the registry; none: that of its kind, as loaded in this service"
    )
    known_at: datetime | None = Field(None, description="what the registry held then; none: it did not answer")


class ApprovalView(Reply):
    organisation: BodyId
    role: str
    decided_on: date
    minute: str
    digest: Digest
    at: datetime
    authority: AuthorityView | None = Field(None, description="none: recorded before the registry was asked")


class SignatureView(Reply):
    organisation: BodyId
    signatory: str = Field(description="the id under which the name is held, for its erasure")
    name: str = Field(
        description="'(erased)' once erased; '(held apart)' in answers to changes, which are stored for replay"
    )
    office: str
    signed_on: date
    digest: Digest
    at: datetime
