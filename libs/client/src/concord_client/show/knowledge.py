"""Knowledge beside the map, for a person."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from concord_client.show.nation import groups
from concord_client.show.page import add, listed, percent, pounds, say, shortened, table
from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import (
    ClinicalLeads,
    ContractView,
    NetworkCoverage,
    Person,
    Persons,
    PlanCoverage,
    Reach,
    RecordHistory,
    RecordPage,
    RecordView,
    RiskRegister,
    RiskView,
    SigningAuthorityView,
    StandardRow,
)

OWN = frozenset(RecordView.model_fields)
"""What every record has."""
BELOW = frozenset({"values", "values_withheld", "rolled_over_unread", "notice_by"})
"""What is told of a contract below its fields."""


def period(view: RecordView) -> str:
    """`2013-04-01 to 2015-03-31`; the last day is the last on which it holds."""
    until = "" if view.valid_to == FOREVER else f" until {view.valid_to}"
    return f"{view.valid_from}{until}"


def show_records(console: Console, page: RecordPage[Any], kind: str, *, every_day: bool = False) -> None:
    """A list of records: what each is about, where, who, when."""
    if not page.items:
        when = "of any day" if every_day else f"on {page.as_of}; --every-day lists ended and future ones too"
        say(console, f"No {kind} {when}.")
        return
    made = table(f"{kind.capitalize()} on {page.as_of}", "What:48", "Who", "Where", "From:16")
    for one in page.items:
        who = listed((body.name for body in one.bodies), 2)
        add(made, f"{shortened(what(one), 70)}\n{one.id}", who, where(one), period(one))
    console.print(made)


def what(view: RecordView) -> str:
    """A record in a line, by what its kind has."""
    if isinstance(view, ContractView):
        return f"{view.title} ({view.form.value})"
    if isinstance(view, RiskView):
        return f"{view.score}: {view.title} ({view.status.value})"
    if isinstance(view, SigningAuthorityView):
        upto = "without limit" if view.limit_gbp is None else f"up to {pounds(view.limit_gbp)}"
        other = f" with {view.jointly_with}" if view.jointly_with else ""
        return f"{view.role} {upto}{other}, {view.decision}"
    given = {name: getattr(view, name, None) for name in ("title", "name", "role", "subject", "outcome", "decision")}
    words = [str(getattr(value, "value", value)) for value in given.values() if value]
    holder: Person | None = getattr(view, "holder", None)
    return ", ".join(words) + (f": {person(holder)}" if holder else "")


def where(view: RecordView) -> str:
    """The places and pathways a record is about."""
    places = getattr(view, "places", None) or [getattr(view, "place", None)]
    pathways = getattr(view, "pathways", None) or [getattr(view, "pathway", None)]
    return ", ".join([listed((one for one in places if one), 2), *[one for one in pathways if one and one != "*"]][:3])


def person(one: Person) -> str:
    """A person as the caller may see them."""
    if one.erased:
        return "erased"
    return ", ".join(part for part in (one.name, one.email, one.telephone) if part) or "named, not public"


def show_history(console: Console, history: RecordHistory[Any]) -> None:
    """The last version in full, and the versions before it."""
    last: RecordView = history.versions[-1].record
    say(console, what(last), "bold")
    made = table(f"Record {history.id}", "Field:24", "Value")
    for name, value in last.model_dump(mode="json").items():
        if name not in OWN | BELOW and value not in (None, [], {}):
            add(made, name.replace("_", " "), _value(value))
    for name in ("source", "note", "owner", "succeeds", "committed_by"):
        if getattr(last, name):
            add(made, name.replace("_", " "), getattr(last, name))
    add(made, "holds", period(last))
    console.print(made)
    if isinstance(last, ContractView):
        _show_contract(console, last)
    versions = table("Versions", ">Version", "Recorded from", "Until", "Holds")
    for one in history.versions:
        until = "now" if one.recorded_to.year == FOREVER.year else f"{one.recorded_to:%Y-%m-%d %H:%M}"
        recorded = f"{one.record.recorded_from:%Y-%m-%d %H:%M}"
        add(versions, one.record.version, recorded, until, period(one.record))
    console.print(versions)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_value(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items() if part is not None)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _show_contract(console: Console, contract: ContractView) -> None:
    if contract.values:
        made = table("Values", "Year", "Money", ">GBP")
        for value in sorted(contract.values, key=lambda one: (one.year, one.money.value)):
            add(made, value.year, value.money.value, pounds(value.value_gbp))
        console.print(made)
    if contract.values_withheld:
        say(console, "Its values are for its parties; sign in for one of them to see them.")
    if contract.rolled_over_unread:
        say(console, "Rolled over unread: it was renewed, and not reviewed since the renewal before.", "bold")
    if contract.notice_by:
        say(console, f"Notice is possible until {contract.notice_by}.")


def show_person(console: Console, one: Person) -> None:
    say(console, f"{one.id}: {person(one)}; entered by {one.owner}; shown to all: {one.shown.value}")


def show_people(console: Console, found: Persons) -> None:
    if not found.items:
        say(console, "Nobody's details are kept, of those that you may see.")
        return
    made = table("People", "Id:36", "Entered by", "Person", "Shown to all")
    for one in found.items:
        add(made, one.id, one.owner, person(one), one.shown.value)
    console.print(made)


def show_leads(console: Console, found: ClinicalLeads) -> None:
    """Which CCGs (trusts before them, boards after) have a clinical cancer lead, which have none."""
    who = groups(found.as_of)
    say(
        console, f"{len(found.without_lead)} of {len(found.items)} {who} have no clinical cancer lead on {found.as_of}."
    )
    made = table(f"Clinical cancer leads in {found.within}", who[:-1], "Lead", "Authorised", ">Advice in 12 months")
    for one in found.items:
        vacant = f"none since {one.vacant_since}" if one.vacant_since else "none recorded"
        until = "" if one.lead_until in (None, FOREVER) else f" until {one.lead_until}"
        add(made, one.body.name, f"yes{until}" if one.lead else vacant, one.authorisation or "", one.advice_in_the_year)
    console.print(made)


REACH = {
    Reach.WHOLE: "every stage",
    Reach.SOME_STAGES: "some stages",
    Reach.EVERY_CANCERS: "not by name",
    Reach.NONE: "not at all",
}
"""How far reference groups reach, in words."""


def show_networks(console: Console, found: NetworkCoverage) -> None:
    """Tumour groups and stages by reference group; places without a network; overlaps."""
    columns = ("Pathway:27", "How far:12", "Reference groups:30", "Specialised, none advises:22")
    made = table(f"Clinical reference groups on {found.as_of}", *columns)
    for one in found.tumour_groups:
        missed = ", ".join(one.specialised_without)
        groups = "; ".join(name.removesuffix(" Clinical Reference Group") for name in one.reference_groups)
        add(made, one.name, REACH[one.reach], groups or "none recorded", missed)
    console.print(made)
    without = len(found.without_reference_group)
    say(console, f"{without} of {len(found.tumour_groups)} tumour groups are named by no reference group.")
    if found.groups_without_scope:
        names = ", ".join(body.name for body in found.groups_without_scope)
        say(console, f"Known by name, their tumour groups not stated: {names}.")
        say(console)
    covered = len(found.places) - len(found.without_network)
    say(console, f"{covered} of {len(found.places)} CCGs in {found.within} have a network.")
    if found.without_network:
        say(console, f"Without: {listed(found.without_network, 10)}.")
    for pair in found.overlaps:
        say(console, f"Overlap: {' and '.join(pair.networks)} in {listed(pair.places, 5)}.")


def show_plan_coverage(console: Console, found: PlanCoverage) -> None:
    made = table(f"Plans for {found.pathway} in {found.place} on {found.as_of}", "Stage", "Plans")
    for one in found.stages:
        add(made, one.name, "; ".join(one.plans) or "none")
    console.print(made)
    say(console, f"{len(found.without_plan)} of {len(found.stages)} stages are in no plan.")


def show_register(console: Console, found: RiskRegister) -> None:
    """The risks, the highest score first, then the standards."""
    made = table(
        f"Risks of {found.pathway} in {found.place} on {found.as_of}", ">Score", "Risk", "Owner", "Due", "Status"
    )
    for one in found.risks:
        owner = f"{listed((body.name for body in one.bodies), 1)}, {one.owner_role}"
        due = f"{one.due}{' overdue' if one.overdue else ''}" if one.due else ""
        add(made, one.score, f"{one.title}. {one.cause}; {one.effect}", owner, due, one.status.value)
    if found.risks:
        console.print(made)
    else:
        say(console, "No risk is recorded.")
    show_standards(console, found.standards)
    if found.stages_without_standard:
        say(console, f"Nothing to hold them against: {', '.join(found.stages_without_standard)}.")


def show_standards(console: Console, rows: Sequence[StandardRow]) -> None:
    made = table("Actual against best practice", "Standard:34", ">Wanted", ">Measured", "Where and when", "Verdict")
    for one in rows:
        measured = f"{one.measured_of}, {one.period}" if one.measured_of else ""
        measured += f", file {one.file}" if one.file else ""
        name = one.name if one.unit == "share" else f"{one.name} ({one.unit})"
        add(made, name, _figure(one.threshold, one), _figure(one.actual, one), measured, one.verdict)
    console.print(made)
    for one in rows:
        if one.kind != "standard" and one.note:
            say(console, f"{one.name}: {one.note}.", "dim")
    editions = {one.file: one.edition for one in rows if one.file}
    for file, edition in sorted(editions.items()):
        say(console, f"File {file}: {edition}.", "dim")


def _figure(value: float | None, row: StandardRow) -> str:
    if value is None:
        return ""
    return percent(value) if row.unit == "share" else f"{value:,.10g}"
