"""What is commissioned: stages, pathways, the rule book, what the reports claim. Entered facts, brought into shape."""

from collections.abc import Iterator

from data.compile.facts import facts
from data.compile.reference import Reference
from data.compile.tables import OPEN_END, RULE_BOOK_BEGINS, Row, Table, table


def stage_tables(ref: Reference) -> list[Table]:
    """The registry's tables about stages, all entered by hand with their sources."""
    return [
        table(
            "registry/stages",
            "stage name kind order allocation_stage seed_key planning_population_min planning_population_max "
            "planning_note source",
            facts("stages"),
            sort_by=("order",),
        ),
        table("registry/seed_key_stages", "seed_key stage reading", facts("seed_key_stages")),
        table("registry/pathways", "pathway name tumour_group icd10 big_four source", _pathways(ref)),
        table(
            "registry/pathway_stages",
            "pathway stage order valid_from valid_to source note",
            _pathway_stages(),
            sort_by=("pathway", "order"),
        ),
        table(
            "registry/rules",
            "rule stage pathway commissioner office office_default population_basis procedure_class naming citation "
            "quotation note mark valid_from valid_to source",
            facts("rules"),
        ),
        table(
            "registry/claims",
            "claim claim_type role organisation stage pathway place function status asserted_by quotation authority "
            "stated_on valid_from valid_to seed_key source note",
            _claims(),
        ),
        table(
            "registry/planning_thresholds",
            "threshold rule measure at_least at_most unit stages quotation source note",
            facts("planning_thresholds"),
        ),
        table(
            "registry/hand_overs",
            "hand_over from_stage to_stage pathway problem quotation source",
            facts("hand_overs"),
        ),
        table(
            "registry/waiting_standards",
            "standard name threshold_share measured_from measured_to valid_from valid_to source note",
            facts("waiting_standards"),
        ),
        table(
            "registry/mandates",
            "holder body actions limit_gbp valid_from valid_to basis source note",
            facts("mandates"),
        ),
        table("registry/body_kinds", "kind name legal_person note", facts("body_kinds")),
    ]


def _pathways(ref: Reference) -> Iterator[Row]:
    """Codes as entered where they are a part of the waiting-times group, else the group's; `*`: all but the four."""
    rows = facts("pathways")
    named = {row["cwt_site"] for row in rows if row["big_four"] == "yes"}
    rest = sorted(code for site, codes in ref.sites.items() if site not in named for code in codes)
    for row in rows:
        group = ref.sites[row["cwt_site"]] if row["cwt_site"] else ()
        codes = {"": list(group), "*": rest}.get(row["icd10"], row["icd10"].split())
        if row["cwt_site"] and not set(codes) <= set(group):
            raise ValueError(f"{row['pathway']}: {sorted(set(codes) - set(group))} are not of {row['cwt_site']}")
        kept = {key: value for key, value in row.items() if key not in {"cwt_site", "template"}}
        yield kept | {"icd10": " ".join(codes)}


def _pathway_stages() -> Iterator[Row]:
    """The four common pathways as entered, the others by the template of their kind; from the rule book's first day."""
    period = {"valid_from": RULE_BOOK_BEGINS, "valid_to": OPEN_END}
    for row in facts("pathway_stages"):
        yield row | period
    templates = {row["template"]: row for row in facts("pathway_templates")}
    for pathway in facts("pathways"):
        if template := templates.get(pathway["template"]):
            for order, stage in enumerate(template["stages"].split(), 1):
                yield {
                    "pathway": pathway["pathway"],
                    "stage": stage,
                    "order": str(order),
                    **period,
                    "source": "cruk-2014",
                    "note": f"by the pattern {template['template']}: {template['note']}; the order is a judgement",
                }


def _claims() -> Iterator[Row]:
    """One row per stage: a statement about a heading of the reports is carried to each stage it was read to cover."""
    for row in facts("claims"):
        stages = row["stages"].split()
        for stage in stages:
            key = row["claim"] if len(stages) == 1 else f"{row['claim']}-{stage}"
            rest = {name: value for name, value in row.items() if name != "stages"}
            yield rest | {"claim": key, "stage": stage, "source": row["asserted_by"]}
