"""Names, dates and sources as a board reads them."""

from collections.abc import Iterable
from datetime import date

from concord_registry.world import Claim, Reference


def day(value: date) -> str:
    """1 April 2014."""
    return f"{value.day} {value:%B %Y}"


def names(reference: Reference, bodies: Iterable[str], conjunction: str = "and", at_most: int = 4) -> str:
    """Names in a stable order, "A, B and C"; beyond `at_most` the rest is counted."""
    found = [reference.name(body) for body in sorted(bodies)]
    if not found:
        return "nobody"
    if len(found) > at_most:
        return f"{', '.join(found[: at_most - 1])} {conjunction} {len(found) - at_most + 1} others"
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} {conjunction} {found[-1]}"


def asserter(reference: Reference, claim: Claim) -> str:
    """Who says so, with the year where it is known: "NHS Trafford CCG", "Cancer Research UK (2014)"."""
    if claim.agreement is not None:
        return f"agreement {claim.agreement}"
    if not claim.by_document:
        return reference.name(claim.asserted_by)
    title = reference.sources.get(claim.asserted_by, claim.asserted_by)
    return f"{title} ({claim.stated_on.year})" if claim.stated_on and str(claim.stated_on.year) not in title else title


def asserters(reference: Reference, claims: Iterable[Claim]) -> str:
    """Each asserter once, in the order of the claims."""
    return "; ".join(dict.fromkeys(asserter(reference, claim) for claim in claims))
