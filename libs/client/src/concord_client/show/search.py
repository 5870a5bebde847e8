"""What a search found, and whom to turn to, on a page."""

from datetime import date

from rich.console import Console

from concord_client.show.page import add, listed, say, say_more, table
from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import ContactHolder, Contacts, Found, MatchedBy, SearchAnswer, SearchHit

WORDS_OF_KINDS = {"ccg": "CCG", "pct": "PCT", "csu": "CSU", "icb": "ICB", "sha": "SHA", "hwb": "HWB"}

# With what stands between them they fill the page: wider ones are narrowed, and words are broken.
COLUMNS = ("Id:21", "Name:25", "Kind:16", "Why:27")
COLUMNS_WITH_PEOPLE = ("Id:15", "Name:19", "Kind:16", "Why:18", "Whom to turn to:18")


def show_search(console: Console, found: SearchAnswer) -> None:
    """A row each, the best first."""
    if not found.items:
        say(console, f"Nothing found on {found.as_of}.")
    else:
        shown = f" (the first {len(found.items)} of {found.total})" if found.total > len(found.items) else ""
        people = any(one.contacts for one in found.items)
        made = table(f"Found on {found.as_of}{shown}", *(COLUMNS_WITH_PEOPLE if people else COLUMNS))
        for one in found.items:
            asked = ["; ".join(map(_person, one.contacts))] if people else []
            add(made, one.id, one.name, _kind(one), _why(one, found.as_of), *asked)
        console.print(made)
    for note in found.notes:
        say(console, note, "dim")
    say_more(console, found.next_cursor)


def _kind(one: SearchHit) -> str:
    kind = WORDS_OF_KINDS.get(one.kind, one.kind.replace("_", " "))
    return f"place: {kind}" if one.found is Found.PLACE else kind


def _gone(valid_from: date, valid_to: date, as_of: date) -> str:
    return f"begins {valid_from}" if as_of < valid_from else f"ended {valid_to}"


def _why(one: SearchHit, as_of: date) -> str:
    match, parts = one.match, []
    if match.by is MatchedBy.NAME and match.text != one.name:
        parts.append(f"named {match.text} {_period(match.valid_from, match.valid_to)}")
    elif match.by in (MatchedBy.CODE, MatchedBy.POSTCODE):
        scheme = f"{match.scheme} " if match.scheme and match.scheme != match.by.value else ""
        days = "" if match.valid_to == FOREVER else f" {_period(match.valid_from, match.valid_to)}"
        parts.append(f"{match.by.value} {scheme}{match.text}{days}")
    elif match.by is MatchedBy.NAME and not match.exact:
        parts.append("like the name")
    if not one.in_being and one.valid_to is not None and one.valid_from is not None:
        now = listed((f"{body.name} ({body.id})" for body in one.successors), most=2)
        parts.append(_gone(one.valid_from, one.valid_to, as_of) + (f", now {now}" if now else ""))
    return "; ".join(parts)


def _period(valid_from: date, valid_to: date) -> str:
    return f"from {valid_from}" if valid_to == FOREVER else f"{valid_from} until {valid_to}"


def show_contacts(console: Console, found: Contacts) -> None:
    """The points in order, with the people."""
    pathway = "every pathway" if found.pathway == "*" else found.pathway
    if found.points:
        title = f"Whom to turn to: {found.stage_name}, {pathway}, {found.place_name}, {found.as_of}"
        made = table(title, "Body", "Is there as:11", "Because", "People")
        for point in found.points:
            people = "; ".join(_person(holder) for holder in point.holders) or "none recorded"
            add(made, f"{point.body.name} ({point.body.id})", point.capacity.value, point.because, people)
        console.print(made)
    else:
        say(console, f"Nobody to turn to is known for {found.stage_name}, {pathway}, {found.place_name}.")
    for note in found.notes:
        say(console, f"Note: {note}.", "dim")


def _person(holder: ContactHolder) -> str:
    role = holder.role.replace("-", " ")
    if holder.vacant:
        return f"{role}: vacant"
    reach = " ".join(part for part in (holder.email, holder.telephone) if part)
    return f"{role}: {holder.name or 'name not public'}{f', {reach}' if reach else ''}"
