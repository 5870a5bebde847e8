"""Plain values of the map as the contract's models. No rules here: only names put to keys."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from concord_contracts.registry import (
    Citation,
    ClaimStatus,
    ClaimVersion,
    ClaimView,
    Commitment,
    Committed,
    Coverage,
    DocumentView,
    FigureBasis,
    Finding,
    FindingCount,
    FindingKind,
    Fragmentation,
    FragmentationOfRegion,
    HandOverCount,
    Holding,
    LeadCount,
    NamedBody,
    National,
    OrganisationSummary,
    PathwayView,
    Person,
    PlaceView,
    Population,
    PowerView,
    RegionOfNation,
    RelationTypeView,
    Responsibility,
    RuleView,
    SharedGround,
    StageCells,
    StageCoverage,
    StageView,
    Statutory,
)
from concord_contracts.registry import Mandate as MandateView
from concord_kit.positions import Position
from concord_registry import views_of_pathways
from concord_registry.cells import Cell
from concord_registry.claims import Applying
from concord_registry.coverage import Map, local_position
from concord_registry.found import Found
from concord_registry.fragmentation import Fragmented
from concord_registry.ground import Shared, people_together
from concord_registry.holdings import Holding as Held
from concord_registry.national import RANKED_BY, Nation, Scores
from concord_registry.places import ccgs_of, councils_of, of_kind
from concord_registry.responsibilities import Responsible
from concord_registry.rulebook import Assignment, holders, said
from concord_registry.store.mandates import Mandate
from concord_registry.store.organisations import Power, RelationType
from concord_registry.store.reference import Basis
from concord_registry.wording import asserter, titles
from concord_registry.world import ANY, Body, Claim, Pathway, Place, Reference, Rule, Source, Stage


def named(reference: Reference, body: str) -> NamedBody:
    found = reference.body(body)
    return NamedBody(id=found.id, name=found.name, kind=found.kind, legal_person=found.legal_person)


def all_named(reference: Reference, bodies: Iterable[str]) -> list[NamedBody]:
    return [named(reference, body) for body in bodies]


def statutory(reference: Reference, assigned: Assignment | None) -> Statutory | None:
    if assigned is None:
        return None
    rule = assigned.rule
    return Statutory(
        rule=rule.key,
        said=said(reference, rule.commissioner),
        commissioners=all_named(reference, (holder.body for holder in assigned.holders)),
        shares=[(holder.body, holder.share) for holder in assigned.holders if holder.share is not None],
        office=named(reference, assigned.office) if assigned.office else None,
        office_note=assigned.office_note,
        population_basis=rule.population_basis,
        procedure_class=rule.procedure_class,
        naming=rule.naming,
        citation=citation(reference, rule),
        quotation=rule.quotation,
        note=rule.note,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
    )


def citation(reference: Reference, rule: Rule) -> Citation:
    return Citation(text=rule.citation, source=titles(reference, rule.source), verified=rule.verified)


def responsibilities(reference: Reference, found: Iterable[Responsible]) -> list[Responsibility]:
    """One for each; cells for which the rule book says the same share what it says."""
    said_once: dict[Assignment | None, Statutory | None] = {}
    made = []
    for one in found:
        if one.assignment not in said_once:
            said_once[one.assignment] = statutory(reference, one.assignment)
        made.append(
            Responsibility(
                stage=one.stage,
                pathway=one.pathway,
                place=one.place,
                allocation_stage=reference.stages[one.stage].allocation_stage,
                statutory=said_once[one.assignment],
                guidance=views_of_pathways.guidance_refs(reference, one.stage, one.pathway),
            )
        )
    return made


def claim(reference: Reference, one: Claim, place: str | None = None, displaced_by: str | None = None) -> ClaimView:
    """A claim as seen from a place (default: its own), whose bodies an expression then names."""
    bodies = all_named(reference, (holder.body for holder in holders(reference, one.organisation, place or one.place)))
    return ClaimView(
        id=one.id,
        version=one.version,
        role=one.role,
        organisation=bodies[0] if len(bodies) == 1 else None,
        organisations=bodies if place is not None or len(bodies) == 1 else [],
        organisation_said=said(reference, one.organisation),
        on_behalf_of=all_named(reference, one.on_behalf_of),
        stage=None if one.stage == ANY else one.stage,
        pathway=one.pathway,
        place=one.place,
        function=one.function,
        status=ClaimStatus.ENDED if one.valid_to <= reference.as_of else one.status,
        commitment=one.commitment,
        asserted_by=one.asserted_by,
        asserted_by_name=asserter(reference, one),
        authority=one.authority,
        quotation=one.quotation,
        source=titles(reference, one.source),
        stated_on=one.stated_on,
        confirmed_by=one.confirmed_by,
        confirmed_on=one.confirmed_on,
        review_by=one.review_by,
        disputed_by=one.disputed_by,
        disputed_reason=one.disputed_reason,
        interim_payer=named(reference, one.interim_payer) if one.interim_payer else None,
        interim_since=one.interim_since,
        displaces=one.displaces,
        displaced_by=displaced_by,
        succeeds=one.succeeds,
        agreement=one.agreement,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        recorded_from=one.recorded_from,
    )


def claim_version(reference: Reference, one: Claim, recorded_to: datetime) -> ClaimVersion:
    return ClaimVersion(**dict(claim(reference, one)), recorded_to=recorded_to)


def finding(reference: Reference, found: Found) -> Finding:
    return Finding(
        key=found.key,
        kind=found.kind,
        stage=found.stage,
        next_stage=found.next_stage,
        pathway=found.pathway,
        place=found.place,
        level=found.level,
        severity=found.severity,
        why_severity=found.why_severity,
        words=found.words,
        closes_when=found.closes_when,
        commitment=found.commitment,
        bodies=all_named(reference, found.bodies),
        claims=list(found.claims),
        records=list(found.records),
        interim_payers=all_named(reference, found.interim_payers),
    )


def cell(reference: Reference, one: Cell, findings: Sequence[Found]) -> StageCoverage:
    return StageCoverage(
        stage=one.stage.key,
        name=one.stage.name,
        kind=one.stage.kind,
        order=reference.cells_of(one.pathway).index(one.stage.key) + 1,
        place=one.place,
        statutory=statutory(reference, one.assignment),
        local_position=local_position(reference, one),
        commitment=one.committed[0].claim.commitment if one.committed else None,
        commitments=[_committed(reference, applying.claim) for applying in one.committed],
        funders=all_named(reference, sorted(one.funders)),
        claims=[_claim_in_cell(reference, one, applying) for applying in one.claims],
        findings=[finding(reference, found) for found in findings],
        guidance=views_of_pathways.guidance_refs(reference, one.stage.key, one.pathway),
    )


def _committed(reference: Reference, one: Claim) -> Committed:
    return Committed(
        agreement=one.agreement or "",
        role=one.role,
        organisation=named(reference, one.organisation or one.asserted_by),
        on_behalf_of=all_named(reference, one.on_behalf_of),
        commitment=one.commitment or Commitment.AGREED,
        since=one.valid_from,
        claim=one.id,
    )


def _claim_in_cell(reference: Reference, one: Cell, applying: Applying) -> ClaimView:
    return claim(reference, applying.claim, one.place, applying.displaced_by)


def fragmentation(found: Fragmented) -> Fragmentation:
    return Fragmentation(
        score=found.score,
        hand_overs=found.hand_overs,
        stages_known=found.stages_known,
        stages_confirmed_locally=found.stages_confirmed_locally,
        stages=found.stages,
        ranked=found.ranked,
    )


def coverage(reference: Reference, position: Position, found: Map, etag: str) -> Coverage:
    return Coverage(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        pathway=found.pathway,
        pathway_name=reference.pathways[found.pathway].name,
        places=list(found.places),
        stages=[cell(reference, one, findings) for one, findings in found.cells],
        findings=[finding(reference, one) for one in found.findings],
        fragmentation=[(place, fragmentation(score)) for place, score in found.fragmentation.items()],
        whole_pathway=[claim(reference, one.claim, place, one.displaced_by) for place, one in found.whole_pathway],
        etag=etag,
    )


def national(reference: Reference, position: Position, made: Nation, claims: Iterable[Claim], etag: str) -> National:
    """The counts, every list in a stable order: stages, then regions, then kinds."""
    stages = sorted({stage for stage, _ in made.cells}, key=lambda key: (reference.stages[key].order, key))
    by_status = Counter(one.status for one in claims)
    return National(
        as_of=position.as_of,
        known_at=position.known_at,
        seq=position.seq,
        pathways=list(made.pathways),
        regions=[_region(reference, key, places) for key, places in made.places.items()],
        stages=[_stage_cells(reference, key, made) for key in stages],
        findings=[
            FindingCount(
                stage=stage,
                region=region,
                kind=kind,
                findings=tally.findings,
                high=tally.high,
                medium=tally.medium,
                places=len(tally.places),
            )
            for stage in (*stages, None)
            for region in made.regions
            for kind in FindingKind
            if (tally := made.findings.get((stage, region, kind))) is not None
        ],
        hand_overs=[
            HandOverCount(
                rank=rank,
                stage=stage,
                name=reference.stages[stage].name,
                next_stage=next_stage,
                next_name=reference.stages[next_stage].name,
                kinds=list(kinds),
                next_kinds=list(next_kinds),
                hand_overs=pair.findings,
                between_nhs_and_council=pair.crossing,
                places=len(pair.places),
                pathways=sorted(pair.pathways),
                weight=pair.weight,
            )
            for rank, ((stage, next_stage, kinds, next_kinds), pair) in enumerate(made.ranked_pairs(), 1)
        ],
        hand_overs_ranked_by=RANKED_BY,
        leads=[
            LeadCount(pathway=pathway, level=level, missing=made.leads[pathway, level], places=places)
            for pathway in made.pathways
            for level, places in made.places_by_level().items()
        ],
        fragmentation=[_fragmentation_of(region, made.scores.get(region, Scores())) for region in made.regions],
        claims=[(status, by_status[status]) for status in ClaimStatus if status is not ClaimStatus.ENDED],
        etag=etag,
    )


def _region(reference: Reference, key: str, places: Sequence[str]) -> RegionOfNation:
    own = reference.places.get(key)
    ccgs, councils = (len(of_kind(reference, places, kind)) for kind in ("ccg", "council"))
    return RegionOfNation(key=key, name=own.name if own else key, ccgs=ccgs, councils=councils)


def _stage_cells(reference: Reference, key: str, made: Nation) -> StageCells:
    own = reference.stages[key]
    cells = [(region, made.cells[key, region]) for region in made.regions]
    return StageCells(stage=key, name=own.name, kind=own.kind, order=own.order, cells=cells)


def _fragmentation_of(region: str, scores: Scores) -> FragmentationOfRegion:
    """The average over the maps that may be ranked; without one there is nothing to compare."""
    few = f"{scores.ranked} of {scores.maps} maps have at least half of their stages locally confirmed"
    return FragmentationOfRegion(
        region=region,
        score=scores.total / scores.ranked if scores.ranked else None,
        ranked=scores.ranked,
        maps=scores.maps,
        words=f"over the {few.replace(' have', ' that have')}" if scores.ranked else f"not ranked: {few}",
    )


def place(reference: Reference, one: Place) -> PlaceView:
    return PlaceView(
        key=one.key,
        kind=one.kind,
        name=one.name,
        body=one.body,
        parents=list(reference.parents.get(one.key, ())),
        children=list(reference.children.get(one.key, ())),
        populations=_populations(reference, one),
        footprint=_footprint(reference, one),
    )


def _populations(reference: Reference, one: Place) -> list[Population]:
    """As recorded; of a union, which has no figures of its own, what lies in it together."""
    recorded = reference.populations_of.get(one.key, ())
    if one.kind == "union" and not recorded:
        return [
            Population(
                place=one.key,
                year=sum_.year,
                basis=sum_.basis,
                persons=sum_.persons,
                source=None,
                assumption=sum_.words,
            )
            for sum_ in people_together(reference, one.key)
        ]
    return [
        Population(
            place=figure.place,
            year=figure.year,
            basis=figure.basis,
            persons=figure.persons,
            source=titles(reference, figure.source),
            assumption=figure.assumption,
        )
        for figure in recorded
    ]


def shared_ground(reference: Reference, one: Shared) -> SharedGround:
    other = reference.places[one.place]
    return SharedGround(
        place=one.place,
        kind=other.kind,
        name=other.name,
        share=one.share,
        share_by=one.share_by,
        share_of_other=one.share_of_other,
        share_of_other_by=one.share_of_other_by,
    )


def _footprint(reference: Reference, one: Place) -> list[tuple[str, float]]:
    """A CCG's councils, a council's CCGs, with shares that sum to 1; other kinds of place have none."""
    members = {"ccg": councils_of, "council": ccgs_of}.get(one.kind)
    return [(key, share) for key, share in members(reference, one.key) if share is not None] if members else []


def stage(one: Stage) -> StageView:
    return StageView(
        key=one.key,
        name=one.name,
        kind=one.kind,
        order=one.order,
        allocation_stage=one.allocation_stage,
        planning_population_min=one.planning_population_min,
        planning_population_max=one.planning_population_max,
        planning_note=one.planning_note,
    )


def pathway(one: Pathway) -> PathwayView:
    return PathwayView(
        key=one.key,
        name=one.name,
        tumour_group=one.tumour_group,
        icd10=list(one.icd10),
        big_four=one.big_four,
        stages=list(one.stages),
    )


def rule(reference: Reference, one: Rule) -> RuleView:
    return RuleView(
        key=one.key,
        stage=one.stage,
        pathway=one.pathway,
        commissioner=one.commissioner,
        said=said(reference, one.commissioner),
        office=one.office,
        population_basis=one.population_basis,
        procedure_class=one.procedure_class,
        naming=one.naming,
        citation=citation(reference, one),
        quotation=one.quotation,
        note=one.note,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
    )


def organisation(reference: Reference, one: Body) -> OrganisationSummary:
    return OrganisationSummary(
        id=one.id,
        name=one.name,
        kind=one.kind,
        legal_person=one.legal_person,
        codes=list(reference.codes.get(one.id, ())),
        valid_from=one.valid_from,
        valid_to=one.valid_to,
    )


def holding(one: Held, holder: Person | None = None) -> Holding:
    return Holding(
        kind=one.kind,
        id=one.id,
        held_as=one.held_as,
        words=one.words,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        address=one.address,
        holder=holder,
    )


def power(one: Power) -> PowerView:
    return PowerView(**{name: getattr(one, name) for name in PowerView.model_fields})


def relation_type(one: RelationType) -> RelationTypeView:
    return RelationTypeView(**{name: getattr(one, name) for name in RelationTypeView.model_fields})


def mandate(one: Mandate) -> MandateView:
    return MandateView(
        id=one.id,
        version=one.version,
        holder=one.holder,
        body=one.body,
        actions=list(one.actions),
        limit_gbp=one.limit_gbp,
        pathways=list(one.pathways),
        stages=list(one.stages),
        places=list(one.places),
        valid_from=one.valid_from,
        valid_to=one.valid_to,
    )


def figure_basis(one: Basis) -> FigureBasis:
    published, derived, assumption = (one.rows.get(basis, 0) for basis in ("published", "derived", "assumption"))
    return FigureBasis(
        table=one.table,
        columns=one.columns,
        words=one.words,
        published=published,
        derived=derived,
        assumption=assumption,
    )


def document(key: str, one: Source, figures: int) -> DocumentView:
    return DocumentView(
        key=key,
        title=one.title,
        publisher=one.publisher,
        date=one.date,
        date_precision=one.date_precision,
        licence=one.licence,
        address=one.address,
        taken=one.taken,
        limits=one.limits,
        figures=figures,
    )
