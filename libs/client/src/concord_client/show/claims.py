"""Claims, their histories and mandates as tables; and who commissions a stage for the people of a place."""

from collections.abc import Iterable, Iterator
from datetime import date

from rich.console import Console

from concord_client.show.page import (
    add,
    day_in_words,
    known_at_option,
    listed,
    percent,
    say,
    say_more,
    say_position,
    table,
)
from concord_contracts.registry import (
    BulkOutcome,
    ClaimHistory,
    Claims,
    ClaimView,
    Commissioners,
    Mandate,
    Mandates,
    PopulationBody,
    RolledClaim,
)

FOREVER = "9999-12-31"


def show_claims(console: Console, claims: Iterable[ClaimView], title: str) -> None:
    made = table(title, "Claim:36", "Where:22", "Status:20", "Days:10")
    for one in claims:
        where = f"{one.stage or 'whole pathway'}, {one.pathway}\n{one.place}"
        add(made, f"{who(one)}\n{one.id}", where, status(one), days(one))
    console.print(made)


def show_claim_page(console: Console, found: Claims) -> None:
    """A page of claims; rolled, each with who stands in its bodies' and place's stead."""
    if not found.items:
        say(console, f"No claim in force on {found.as_of} is like that.")
        return
    show_claims(console, found.items, f"Claims on {found.as_of}")
    if found.roll_to is not None:
        made = table(f"Their bodies and places on {found.roll_to}", "Claim:38", "Said of:14", "Stands there:44")
        for one in found.items:
            for of, then in _rolled(one.rolled):
                add(made, one.id, of, then)
        console.print(made)
    say_more(console, found.next_cursor)


def _rolled(rolled: RolledClaim | None) -> Iterator[tuple[str, str]]:
    """What is said of a body or place, and who or what stands in its stead with which share."""
    for part in [*rolled.organisation, *rolled.on_behalf_of] if rolled else []:
        yield part.of, f"{part.body.name} ({part.body.id}), {percent(part.share)}, {part.basis}"
    for place in rolled.place if rolled else []:
        where = place.place or f"no place of {place.body.name} ({place.body.id})"
        yield place.of, f"{where}, {percent(place.share)}, {place.basis}"


def days(one: ClaimView) -> str:
    """Its first day, and the day it ends."""
    return f"{one.valid_from}\n{until(str(one.valid_to))}"


def who(one: ClaimView) -> str:
    """Who is said to do what, who says so, and when it was said."""
    named = one.organisation.name if one.organisation else one.organisation_said
    behalf = f" for {listed(body.name for body in one.on_behalf_of)}" if one.on_behalf_of else ""
    when = f"\nsaid {day_in_words(one.stated_on)}" if one.stated_on else ""
    return f"{named} {one.role}{behalf}\n[{one.asserted_by_name or one.asserted_by}]{when}"


def status(one: ClaimView) -> str:
    """Its status, how far an agreement has come, and who pays meanwhile in a dispute."""
    parts = [one.status.value, one.commitment.value if one.commitment else ""]
    if one.disputed_by:
        parts.append(f"by {one.disputed_by}")
    if one.interim_payer:
        parts.append(f"{one.interim_payer.name} pays meanwhile, without prejudice")
    return "\n".join(filter(None, parts))


def until(day: str) -> str:
    return "open" if day == FOREVER else day


def show_claim(console: Console, one: ClaimView, etag: str | None = None) -> None:
    """One claim after a change, with the version to decide on next."""
    show_claims(console, [one], f"Claim {one.id}, version {etag or one.version}")


def show_history(console: Console, history: ClaimHistory) -> None:
    """What was believed when: one row a version."""
    made = table(f"Claim {history.claim}", ">V", "Recorded until (UTC):19", "Says:30", "Status:20", "Days:10")
    for one in history.versions:
        ended = f"{one.recorded_to:%Y-%m-%d %H:%M:%S}" if one.recorded_to.year < 9999 else "now"
        add(made, one.version, f"{one.recorded_from:%Y-%m-%d %H:%M:%S}\n{ended}", who(one), status(one), days(one))
    console.print(made)
    for one in history.versions[:-1]:
        say(console, f"The map as believed by version {one.version}: {known_at_option(one.recorded_from)}", "dim")
    if history.withdrawn_at:
        say(console, f"Withdrawn at {history.withdrawn_at:%Y-%m-%d %H:%M:%S} UTC: as if never said since then.")


def show_bulk(console: Console, found: BulkOutcome) -> None:
    """Each entry with the name it was recorded in, and what is otherwise than sent."""
    verb = "would be recorded" if found.dry_run else "recorded"
    for title, entries in (("Claims", found.claims), ("Confirmations", found.confirmations)):
        if entries:
            made = table(f"{title} {verb}", "Entry:18", "Claim:38", "As:12", "In the name of")
            for one in entries:
                name = one.in_name_of or one.asserted_by
                add(made, one.pointer, one.claim, one.status.value, f"{name}\n{one.words}".strip())
            console.print(made)
    if found.assumed:
        say(console, f"{found.assumed} recorded as assumptions: no mandate covers them.")


def show_mandate_page(console: Console, found: Mandates) -> None:
    if not found.items:
        say(console, f"No mandate in force on {found.as_of} is like that.")
        return
    show_mandates(console, found.items)
    say_more(console, found.next_cursor)


def show_mandates(console: Console, mandates: Iterable[Mandate]) -> None:
    made = table("Mandates", "Mandate:20", "Who for whom:16", "May do:22", "Only for:16", "Days:10")
    for one in mandates:
        limits = [*one.pathways, *one.stages, *one.places]
        limits += [f"up to GBP {one.limit_gbp:,} at a time"] if one.limit_gbp is not None else []
        period = f"{one.valid_from}\n{until(str(one.valid_to))}"
        only = " ".join(limits) or "everything"
        add(made, one.id, f"{one.holder}\nfor {one.body}", " ".join(one.actions), only, period)
    console.print(made)


def show_commissioners(console: Console, found: Commissioners) -> None:
    """The answer in sentences, its authority, what is said beside it, and what is not known."""
    say(console, found.words, "bold")
    say(console)
    if not found.on_the_map:
        read_on = day_in_words(found.place_read_on)
        say(console, f"{found.place_name} is not on the map that day; its ground is read as on {read_on}. "
            f"Its people that day: {listed(map(_of, found.bodies), most=6) or 'not known'}.")  # fmt: skip
    law = found.statutory
    if law is not None:
        awaited = "" if law.citation.verified else " [source awaited]"
        ends = "" if law.valid_to == date.max else f" until {law.valid_to}"
        say(console, f"Authority: {law.citation.text}{awaited}; in force from {law.valid_from}{ends}.")
        if law.citation.source:
            verb = "Source" if law.citation.verified else "Until then it rests on"
            say(console, f"{verb}: {law.citation.source}", "dim")
        if law.note and law.citation.verified:
            say(console, f"To know: {law.note}.")
    for words in found.not_known:
        say(console, f"Not known: {words}")
    say(console)
    if found.claims:
        show_claims(console, found.claims, "What is said for that day")
    else:
        say(console, "Nothing is recorded of what anybody said for that day.")
    say_position(console, found.known_at, found.seq)


def _of(one: PopulationBody) -> str:
    if one.share is None:
        return one.body.name
    of = "of the people" if one.share_of == "place" else "of that body"
    basis = f", {one.basis}" if one.basis else ""
    return f"{one.body.name} ({percent(one.share)} {of}{basis})"
