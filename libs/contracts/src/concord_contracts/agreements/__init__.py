"""What agreements say: who leads for whom, who pays in what, who bears which risk, how it ends.

A version's content is immutable; approvals and signatures name its digest. State is derived from dated events.
Money in a signed schedule is whole pence.
"""

from concord_contracts.agreements.common import example_of
from concord_contracts.agreements.decisions import Approval, ApprovalView, AuthorityView, SignatureIn, SignatureView
from concord_contracts.agreements.drafts import DraftIn, Fault
from concord_contracts.agreements.funds import FundPosition, FundPositions, PositionIn, fund_key
from concord_contracts.agreements.legal_bases import LegalBases, LegalBasisView, RequiredContentView
from concord_contracts.agreements.mechanisms import Mechanism, Mechanisms
from concord_contracts.agreements.paper import Gbp, GoverningBodyPaper, Note, OptionRow, PaperAnnex, PayerRow, StageRow
from concord_contracts.agreements.states import (
    Agreements,
    AgreementSummary,
    AgreementView,
    EventView,
    State,
    VersionView,
)
from concord_contracts.agreements.steps import CommitmentIn, CommitmentView, EndIn, NoticeIn, Reasoned
from concord_contracts.agreements.text import (
    FIRST_DAY,
    LAST_DAY,
    AllocationCitation,
    BasisKey,
    Clause,
    Content,
    Contribution,
    Handling,
    Party,
    PartyRole,
    RingFence,
    RiskLayer,
    Share,
    Shares,
    StageScope,
)

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "AgreementSummary",
    "AgreementView",
    "Agreements",
    "AllocationCitation",
    "Approval",
    "ApprovalView",
    "AuthorityView",
    "BasisKey",
    "Clause",
    "CommitmentIn",
    "CommitmentView",
    "Content",
    "Contribution",
    "DraftIn",
    "EndIn",
    "EventView",
    "Fault",
    "FundPosition",
    "FundPositions",
    "Gbp",
    "GoverningBodyPaper",
    "Handling",
    "LegalBases",
    "LegalBasisView",
    "Mechanism",
    "Mechanisms",
    "Note",
    "NoticeIn",
    "OptionRow",
    "PaperAnnex",
    "Party",
    "PartyRole",
    "PayerRow",
    "PositionIn",
    "Reasoned",
    "RequiredContentView",
    "RingFence",
    "RiskLayer",
    "Share",
    "Shares",
    "SignatureIn",
    "SignatureView",
    "StageRow",
    "StageScope",
    "State",
    "VersionView",
    "example_of",
    "fund_key",
]
