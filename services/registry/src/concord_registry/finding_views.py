"""Findings of lists as contract models and as lines of a table. No rules here: only names put to keys."""

from collections.abc import Iterable, Mapping

from concord_contracts.registry import FindingChange, Findings, ForeseenChange, ListedFinding
from concord_registry import rolled_views, views
from concord_registry.finding_changes import Changed, Foreseen, in_words
from concord_registry.finding_lists import Listed
from concord_registry.national import region_around
from concord_registry.wording import in_a_sentence
from concord_registry.world import Reference

CSV_COLUMNS = (
    "as_of", "known_at", "key", "kind", "severity", "place", "place_name", "region", "pathway", "stage", "stage_name",
    "next_stage", "next_stage_name", "level", "side", "words", "why_severity", "closes_when", "commitment", "bodies",
    "body_names", "interim_payers", "claims",
)  # fmt: skip

ROLLED_COLUMNS = ("roll_to", "rolled_to", "rolled_places")
"""What a line has beside these where it is told for the bodies of a later day."""


def listed(reference: Reference, one: Listed) -> ListedFinding:
    found = one.found
    own = reference.places.get(found.place)
    return ListedFinding(
        **dict(views.finding(reference, found)),
        place_name=own.name if own else found.place,
        pathway_name=reference.pathways[found.pathway].name,
        stage_name=_stage(reference, found.stage),
        next_stage_name=_stage(reference, found.next_stage),
        region=region_around(reference, found.place) if own else None,
        side=one.side,
    )


def _stage(reference: Reference, key: str | None) -> str | None:
    return reference.stages[key].name if key is not None and key in reference.stages else key


def csv_rows(items: Iterable[ListedFinding], echoed: Mapping[str, object]) -> list[dict[str, object]]:
    """One line a finding, with the position it was read at; several values of a cell are separated by one space."""
    plain = (
        "key", "kind", "severity", "place", "place_name", "region", "pathway", "stage", "stage_name", "next_stage",
        "next_stage_name", "level", "side", "words", "why_severity", "closes_when", "commitment",
    )  # fmt: skip
    return [
        {
            **echoed,
            **{name: getattr(one, name) for name in plain},
            "bodies": " ".join(body.id for body in one.bodies),
            "body_names": "; ".join(body.name for body in one.bodies),
            "interim_payers": " ".join(body.id for body in one.interim_payers),
            "claims": " ".join(one.claims),
        }
        for one in items
    ]


def rolled_cells(page: Findings, one: ListedFinding) -> dict[str, object]:
    """Who stood on the later day in the place of the finding's bodies and of its place."""
    bodies = {body.id for body in (*one.bodies, *one.interim_payers)}
    return {
        "roll_to": page.roll_to,
        "rolled_to": rolled_views.in_a_cell(part for part in page.rolled if part.of in bodies),
        "rolled_places": rolled_views.in_a_cell(part for part in page.rolled_places if part.of == one.place),
    }


def changed(before: Reference, after: Reference, one: Changed) -> FindingChange:
    return FindingChange(**_changed(before, after, one))


def _changed(before: Reference, after: Reference, one: Changed) -> dict[str, object]:
    shown = one.shown
    return {
        "change": one.change,
        "finding": listed(after if one.after else before, shown),
        "severity_before": one.before.found.severity if one.before else None,
        "severity_after": one.after.found.severity if one.after else None,
        "because": _because(before, after, shown.found.place),
    }


def _because(before: Reference, after: Reference, place: str) -> str | None:
    """Where a place is on the map at one of the two positions alone."""
    if (place in before.places) == (place in after.places):
        return None
    return f"{place} is {'no longer' if place in before.places else 'newly'} on the map on {after.as_of}"


def foreseen(before: Reference, after: Reference, one: Foreseen) -> ForeseenChange:
    fields = _changed(before, after, one.changed)
    shown = fields["finding"]
    if not isinstance(shown, ListedFinding):
        raise TypeError("a change shows its finding")
    what = f"{shown.pathway_name}, {in_a_sentence(shown.stage_name or 'the whole pathway')}"
    return ForeseenChange(
        **fields,
        on=one.on,
        last_day=one.last_day,
        words=in_words(one, what, shown.place_name, fields["because"] is not None),
        claims_ending=list(one.ending),
        claims_beginning=list(one.beginning),
        records_ending=list(one.records_ending),
        records_beginning=list(one.records_beginning),
    )
