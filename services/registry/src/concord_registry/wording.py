"""Names, dates and sources as a board reads them."""

from collections.abc import Iterable
from datetime import date

from concord_registry.world import Claim, Reference


def day(value: date) -> str:
    """1 April 2014."""
    return f"{value.day} {value:%B %Y}"


def in_a_sentence(name: str) -> str:
    """A name as it stands within a sentence: "imaging: X-ray and CT"; one that begins with an abbreviation keeps it."""
    return name[0].lower() + name[1:] if name[1:2].islower() else name


PLURALS = {"ccg": "CCGs", "council": "councils", "pct": "primary care trusts", "icb": "integrated care boards"}


def names(reference: Reference, bodies: Iterable[str], at_most: int = 4) -> str:
    """Names in a stable order, "A, B and C"; more than `at_most` of one kind are counted: "12 CCGs"."""
    bodies = sorted(set(bodies))
    if len(bodies) > at_most:
        kinds = {reference.body(body).kind for body in bodies}
        if len(kinds) == 1:
            return f"{len(bodies)} {PLURALS.get(kinds.pop(), 'bodies')}"
        shown = ", ".join(reference.name(body) for body in bodies[: at_most - 1])
        return f"{shown} and {len(bodies) - at_most + 1} others"
    found = [reference.name(body) for body in bodies]
    if not found:
        return "nobody"
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def asserter(reference: Reference, claim: Claim) -> str:
    """Who says so, with the year of a document: "NHS Trafford CCG", "Cancer Research UK, 2014"."""
    if claim.agreement is not None:
        return f"agreement {claim.agreement}"
    if not claim.by_document:
        return reference.name(claim.asserted_by)
    source = reference.sources.get(claim.asserted_by)
    label = (source.publisher or source.title) if source else claim.asserted_by
    return f"{label}, {claim.stated_on.year}" if claim.stated_on else label


def asserters(reference: Reference, claims: Iterable[Claim]) -> str:
    """Each asserter once, in the order of the claims."""
    return "; ".join(dict.fromkeys(asserter(reference, claim) for claim in claims))


def titles(reference: Reference, keys: str | None) -> str | None:
    """Titles of the sources named; a key without a title stands for itself."""
    if not keys:
        return None
    held = reference.sources
    return "; ".join(held[key].title if key in held else key for key in keys.split())
