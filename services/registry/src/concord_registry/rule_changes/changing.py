"""A change of the rule book, checked, looked at and carried out: each function is one transaction's work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pydantic import ValidationError
from uuid_utils import uuid7

from concord_contracts.problems import Fault
from concord_contracts.registry import RuleChangeIn, RuleChangeView, RuleIn
from concord_kit.database import Reading, Writing
from concord_kit.problems import Problem
from concord_registry.file_rows import RuleRow
from concord_registry.reading import LAST_DAY
from concord_registry.refusals import Expect, refuse
from concord_registry.rulebook import SAID
from concord_registry.store import rule_changes as stored
from concord_registry.store.reference import ReferenceReader
from concord_registry.timeline import changed
from concord_registry.world import ANY, Reference, Rule

RESPONSIBLE = tuple(expression for expression in SAID if expression != "support_unit_of_place")
"""Expressions that the law may name; a support unit never holds the responsibility."""
MARKS = {"verified": "V", "awaiting-source": "M"}

type Timelines = Mapping[tuple[str, str], Sequence[RuleRow]]


def timelines(tx: Reading, reference: Reference, sent: RuleChangeIn) -> tuple[Timelines, list[str]]:
    """The rules that would be, by stage and pathway, and the keys of the new ones. All faults at once."""
    refuse(_faults(reference, sent))
    found: dict[tuple[str, str], Sequence[RuleRow]] = {}
    keys = []
    for index, one in enumerate(sent.rules):
        new = _row(sent, one, index)
        keys.append(new.rule)
        found[one.stage, one.pathway] = changed(stored.rules_of(tx, one.stage, one.pathway), new)
    return found, keys


def _faults(reference: Reference, sent: RuleChangeIn) -> Iterable[Fault]:
    twice: set[tuple[str, str]] = set()
    for index, one in enumerate(sent.rules):
        at = f"/rules/{index}"
        if one.stage not in reference.stages:
            yield Fault(pointer=f"{at}/stage", detail=f"unknown stage {one.stage}", type="unknown-stage")
        if one.pathway != ANY and one.pathway not in reference.pathways:
            yield Fault(pointer=f"{at}/pathway", detail=f"unknown pathway {one.pathway}", type="unknown-pathway")
        for name, body in (("commissioner", one.commissioner), ("office_default", one.office_default)):
            if body is not None and ":" in body and body not in reference.bodies:
                yield Fault(pointer=f"{at}/{name}", detail=f"unknown organisation {body}", type="unknown-organisation")
        if ":" not in one.commissioner and one.commissioner not in RESPONSIBLE:
            words = f"{one.commissioner} is neither a body nor one of {', '.join(RESPONSIBLE)}"
            yield Fault(pointer=f"{at}/commissioner", detail=words, type="unknown-expression")
        if (one.stage, one.pathway) in twice:
            yield Fault(pointer=at, detail=f"{one.stage} for {one.pathway} is changed twice", type="twice")
        twice.add((one.stage, one.pathway))
    for key in (sent.source or "").split():
        if key not in reference.sources:
            yield Fault(pointer="/source", detail=f"unknown source {key}: send it first", type="unknown-source")
    if sent.mark == "verified" and not sent.source:
        yield Fault(pointer="/source", detail="a verified change names the source it was read in", type="missing")


def _row(sent: RuleChangeIn, one: RuleIn, index: int) -> RuleRow:
    whose = one.stage if one.pathway == ANY else f"{one.stage}-{one.pathway}"
    try:
        return RuleRow(
            rule=f"{whose}-{sent.effective_from.isoformat()}"[:80],
            stage=one.stage,
            pathway=one.pathway,
            commissioner=one.commissioner,
            office=one.office,
            office_default=one.office_default,
            population_basis=one.population_basis,
            procedure_class=one.procedure_class,
            naming=one.naming,
            citation=sent.citation,
            quotation=sent.quotation,
            note=one.note,
            mark=MARKS[sent.mark],
            source=sent.source,
            valid_from=sent.effective_from,
            valid_to=sent.effective_to,
        )
    except ValidationError as error:
        faults = [
            Fault(pointer=f"/rules/{index}/{fault['loc'][0]}", detail=fault["msg"], type="invalid")
            for fault in error.errors(include_url=False)
        ]
        raise Problem("invalid-request", errors=faults) from None


def rules_after(before: Reference, found: Timelines) -> Reference:
    """The reference of a day with the rules that would be in force on it."""
    day = before.as_of
    kept = [rule for rule in before.rules if (rule.stage, rule.pathway) not in found]
    new = [_rule(row) for rows in found.values() for row in rows if row.valid_from <= day < row.valid_to]
    return replace(before, rules=(*kept, *new))


def _rule(row: RuleRow) -> Rule:
    return Rule(
        key=row.rule,
        stage=row.stage,
        pathway=row.pathway,
        commissioner=row.commissioner,
        office=row.office,
        office_default=row.office_default,
        population_basis=row.population_basis,
        procedure_class=row.procedure_class,
        naming=row.naming,
        citation=row.citation,
        quotation=row.quotation,
        note=row.note,
        verified=row.mark == "V",
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def day_of(sent: RuleChangeIn) -> date:
    return min(sent.effective_from, LAST_DAY)


def change(tx: Writing, references: ReferenceReader, sent: RuleChangeIn, *, me: str, expect: Expect) -> RuleChangeView:
    """Write the rules, known from this transaction on, unless the rule book has changed since it was read."""
    before = stored.version(tx, tx.head_at)
    expect(before)
    reference = references.read(tx, day_of(sent), tx.head_at)
    found, keys = timelines(tx, reference, sent)
    if all(list(rows) == stored.rules_of(tx, *key) for key, rows in found.items()):
        raise Problem("conflict", "The rule book says exactly this already.")
    for (stage, pathway), rows in found.items():
        stored.replace_rules(tx, stage, pathway, rows, me)
    made = str(uuid7())
    stored.record(tx, sent, change=made, me=me, version=before + 1, keys=keys)
    tx.concerns(f"rule-change:{made}")
    return RuleChangeView(
        id=made,
        version=before + 1,
        keys=keys,
        made_by=me,
        recorded_at=tx.at,
        **{name: getattr(sent, name) for name in RuleChangeIn.model_fields},
    )
