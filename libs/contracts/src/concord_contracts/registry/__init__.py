"""What the registry says: who commissions which stage of a pathway, where, since when, on what authority.

Law and opinion are two layers. A *rule* gives each stage, pathway and place its statutory commissioner, with citation.
A *claim* says what somebody believes or does; claims may contradict each other and the rule.
"""

from concord_contracts.registry.activations import ActivatedResponsibility, Activation, ActivationState
from concord_contracts.registry.changes import Change, Changes
from concord_contracts.registry.claims import (
    ClaimCorrection,
    ClaimDecision,
    ClaimDispute,
    ClaimHistory,
    ClaimIn,
    Claims,
    ClaimStatus,
    ClaimVersion,
    ClaimView,
    ClaimWithdrawal,
    Commitment,
    Function,
    InterimPayment,
    Role,
)
from concord_contracts.registry.common import AsKnown, Citation, KeyOrAny, NamedBody
from concord_contracts.registry.coverage import (
    Committed,
    Coverage,
    Finding,
    FindingKind,
    Fragmentation,
    StageCoverage,
)
from concord_contracts.registry.mandates import LENDABLE_ACTIONS, Mandate, MandateEnd, MandateIn, Mandates
from concord_contracts.registry.national import (
    FindingCount,
    FragmentationOfRegion,
    HandOverCount,
    LeadCount,
    National,
    RegionOfNation,
    StageCells,
)
from concord_contracts.registry.organisations import (
    Organisation,
    OrganisationResponsibilities,
    Organisations,
    OrganisationSummary,
)
from concord_contracts.registry.pathways import Pathways, PathwayView, Stages, StageView
from concord_contracts.registry.places import PlaceAnswer, Places, PlaceView, Population
from concord_contracts.registry.populations import People, PeopleFrom, PeopleTotal, Populations
from concord_contracts.registry.reference import DocumentView, FigureBasis, RegistryReference
from concord_contracts.registry.rolling import RolledClaim, RolledFrom, RolledPart, RolledPlace
from concord_contracts.registry.rules import Responsibilities, Responsibility, Rules, RuleView, Statutory

__all__ = [
    "LENDABLE_ACTIONS",
    "ActivatedResponsibility",
    "Activation",
    "ActivationState",
    "AsKnown",
    "Change",
    "Changes",
    "Citation",
    "ClaimCorrection",
    "ClaimDecision",
    "ClaimDispute",
    "ClaimHistory",
    "ClaimIn",
    "ClaimStatus",
    "ClaimVersion",
    "ClaimView",
    "ClaimWithdrawal",
    "Claims",
    "Commitment",
    "Committed",
    "Coverage",
    "DocumentView",
    "FigureBasis",
    "Finding",
    "FindingCount",
    "FindingKind",
    "Fragmentation",
    "FragmentationOfRegion",
    "Function",
    "HandOverCount",
    "InterimPayment",
    "KeyOrAny",
    "LeadCount",
    "Mandate",
    "MandateEnd",
    "MandateIn",
    "Mandates",
    "NamedBody",
    "National",
    "Organisation",
    "OrganisationResponsibilities",
    "OrganisationSummary",
    "Organisations",
    "PathwayView",
    "Pathways",
    "People",
    "PeopleFrom",
    "PeopleTotal",
    "PlaceAnswer",
    "PlaceView",
    "Places",
    "Population",
    "Populations",
    "RegionOfNation",
    "RegistryReference",
    "Responsibilities",
    "Responsibility",
    "Role",
    "RolledClaim",
    "RolledFrom",
    "RolledPart",
    "RolledPlace",
    "RuleView",
    "Rules",
    "StageCells",
    "StageCoverage",
    "StageView",
    "Stages",
    "Statutory",
]
