"""The registry's tables. A row of reference data has the columns of its file (data/england_2013_14/README.md).

Every fact has a recorded period `[recorded_from, recorded_to)`, stamped by the journal; dated facts have a world period
`[valid_from, valid_to)` as well. Only `recorded_to` is ever updated, once. Table models do not validate: `file_rows`
does for files, the contracts for requests.
"""

from concord_registry.tables.base import Base, Dated, Loaded, Recorded, runs_forward
from concord_registry.tables.claims import Activation, Claim, Mandate
from concord_registry.tables.comparisons import (
    Comparator,
    ComparatorValue,
    Guidance,
    GuidanceLink,
    PlanningThreshold,
    ResponsibleRule,
    Service,
)
from concord_registry.tables.publications import Edition, EditionStatements, EditionWithdrawal, Measure, Term
from concord_registry.tables.records import Person, Record, RecordTerm
from concord_registry.tables.reference import (
    Body,
    BodyCode,
    BodyName,
    Footprint,
    Load,
    Pathway,
    PathwayStage,
    Place,
    PlaceParent,
    Population,
    PopulationAge,
    Power,
    Relation,
    RelationType,
    Rule,
    Source,
    Stage,
    Succession,
)
from concord_registry.tables.reorganisations import Reorganisation
from concord_registry.tables.rule_changes import RuleBookChange
from concord_registry.tables.webhooks import Webhook, WebhookDelivery

__all__ = [
    "Activation",
    "Base",
    "Body",
    "BodyCode",
    "BodyName",
    "Claim",
    "Comparator",
    "ComparatorValue",
    "Dated",
    "Edition",
    "EditionStatements",
    "EditionWithdrawal",
    "Footprint",
    "Guidance",
    "GuidanceLink",
    "Load",
    "Loaded",
    "Mandate",
    "Measure",
    "Pathway",
    "PathwayStage",
    "Person",
    "Place",
    "PlaceParent",
    "PlanningThreshold",
    "Population",
    "PopulationAge",
    "Power",
    "Record",
    "RecordTerm",
    "Recorded",
    "Relation",
    "RelationType",
    "Reorganisation",
    "ResponsibleRule",
    "Rule",
    "RuleBookChange",
    "Service",
    "Source",
    "Stage",
    "Succession",
    "Term",
    "Webhook",
    "WebhookDelivery",
    "runs_forward",
]
