"""Plain values of the map as the contract's models. No rules here: only names put to keys."""

from concord_registry.views.bodies import all_named, holding, named, organisation, power, relation_type
from concord_registry.views.claims import claim, claim_version, mandate
from concord_registry.views.maps import cell, coverage, finding, fragmentation
from concord_registry.views.nation import national
from concord_registry.views.pathways import pathway, stage
from concord_registry.views.places import place, shared_ground
from concord_registry.views.rules import citation, responsibilities, rule, statutory
from concord_registry.views.sources import document, figure_basis

__all__ = [
    "all_named",
    "cell",
    "citation",
    "claim",
    "claim_version",
    "coverage",
    "document",
    "figure_basis",
    "finding",
    "fragmentation",
    "holding",
    "mandate",
    "named",
    "national",
    "organisation",
    "pathway",
    "place",
    "power",
    "relation_type",
    "responsibilities",
    "rule",
    "shared_ground",
    "stage",
    "statutory",
]
