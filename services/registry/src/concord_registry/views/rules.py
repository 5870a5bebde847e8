"""What the rule book says: a rule, whom it names, who is responsible where."""

from collections.abc import Iterable

from concord_contracts.registry import Citation, Responsibility, RuleView, Statutory
from concord_registry import views_of_pathways
from concord_registry.responsibilities import Responsible
from concord_registry.rulebook import Assignment, said
from concord_registry.views.bodies import all_named, named
from concord_registry.wording import titles
from concord_registry.world import Reference, Rule


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
