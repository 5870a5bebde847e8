"""Findings of a cell that nobody fills, that each takes to be another's, or that nobody pays for."""

from collections.abc import Iterable, Iterator

from concord_contracts.registry import ClaimStatus, Commitment, FindingKind, Role
from concord_registry.cells import Cell
from concord_registry.claims import Applying
from concord_registry.found import Found, of_cell
from concord_registry.wording import asserter, asserters, day, in_a_sentence, names
from concord_registry.world import Reference


def gap(reference: Reference, cell: Cell) -> Iterator[Found]:
    """No applying `commissions` claim, stated or confirmed; one from an agreement counts once contracted."""
    if not cell.is_gap:
        return
    reached = _furthest(cell.agreed)
    severity, why = _gap_severity(cell, reached)
    yield of_cell(
        cell,
        FindingKind.GAP,
        severity,
        why,
        words=_gap_words(reference, cell),
        closes_when="the agreed responsibility is contracted"
        if reached
        else "a body states or confirms that it commissions the stage here, or an agreement's part is contracted",
        commitment=reached,
        bodies=cell.statutory | bodies_of(cell.agreed),
        claims=[*cell.agreed, *cell.nobody_named],
    )


def _gap_severity(cell: Cell, reached: Commitment | None) -> tuple[str, str]:
    if cell.paying_meanwhile:
        return "medium", "medium: a body pays meanwhile, without prejudice to who is responsible"
    if reached:
        return "medium", f"medium: agreed and {reached.value}, not yet contracted, so patients do not have it"
    if cell.assignment and cell.statutory and cell.assignment.rule.naming == "named":
        return "medium", "medium: the law names who is responsible for the service, but nobody is known to do it"
    if any(one.bodies & cell.statutory for one in cell.assumed) and not cell.nobody_named:
        return "medium", "medium: it is assumed that the statutory commissioner does it, but nobody has said so"
    return "high", "high: no law names the service, so nobody has to notice that it is missing"


def _gap_words(reference: Reference, cell: Cell) -> str:
    parts = []
    does, doer = ("commissions", "commissioner") if cell.stage.kind == "stage" else ("answers for", "body")
    if cell.agreed:
        since = min(one.claim.valid_from for one in cell.agreed)
        funded = "" if _furthest(cell.agreed) is Commitment.AGREED else ", funded"
        parts.append(f"Agreed since {day(since)}{funded}: {named_by(reference, cell.agreed)}; still to be contracted.")
    if cell.nobody_named:
        sources = asserters(reference, (one.claim for one in cell.nobody_named))
        parts.append(f"No {doer} named nationally ({sources}); local position unconfirmed.")
    elif cell.assumed and not cell.agreed:
        sources = asserters(reference, (one.claim for one in cell.assumed))
        parts.append(f"Only assumed: that {named_by(reference, cell.assumed)} {does} it ({sources}).")
    elif not cell.agreed:
        parts.append(f"Nobody is recorded who {does} it here.")
    parts.append(law_in_words(reference, cell))
    return " ".join(parts)


def named_by(reference: Reference, claims: Iterable[Applying]) -> str:
    return names(reference, bodies_of(claims))


def bodies_of(claims: Iterable[Applying]) -> frozenset[str]:
    return frozenset[str]().union(*(one.bodies for one in claims))


def law_in_words(reference: Reference, cell: Cell) -> str:
    if cell.assignment is None:
        return "The rule book says nothing about it on this day."
    rule = cell.assignment.rule
    by = rule.citation if rule.verified else f"{rule.citation}; source awaited"
    if not cell.statutory:
        return f"The rule book names nobody ({by})."
    duty = "" if rule.naming == "named" else " under a general duty"
    return f"The rule book makes {names(reference, cell.statutory)} responsible{duty} ({by})."


MUST_BE_FUNDED = frozenset({"nurse_specialists"})
"""Stages whose funding nobody is said to answer for: "at no point does it say, whose responsibility it is to fund
enough" (Cancer Research UK, 2014, of nurse specialists); their roles are to be "maintained by commissioners" (the
same, 2012, recommendation 11)."""


def no_funder(reference: Reference, cell: Cell) -> Iterator[Found]:
    """A stage that must be paid for by somebody named, and nobody stated or confirmed that it funds it.

    Who commissions the stage need not fund it; an agreement's money counts from *funded* on.
    """
    if cell.stage.key not in MUST_BE_FUNDED or cell.funders:
        return
    high = cell.is_gap and not cell.paying_meanwhile
    buyers = f" {names(reference, cell.commissioners)} would commission it." if cell.commissioners else ""
    yield of_cell(
        cell,
        FindingKind.NO_FUNDER,
        "high" if high else "medium",
        "high: nobody is known to commission the stage, and nobody to fund it"
        if high
        else "medium: somebody is known to commission the stage, but nobody says that it funds enough of it",
        words=f"Nobody says that it funds {in_a_sentence(cell.stage.name)} here.{buyers}",
        closes_when="a body states or confirms that it funds the stage here, or an agreement's part is funded",
        bodies=cell.commissioners,
    )


def assumed_elsewhere(reference: Reference, cell: Cell) -> Iterator[Found]:
    """A gap in which two bodies each name another as the commissioner."""
    if not cell.is_gap:
        return
    pointing = [one for one in cell.live if _points_elsewhere(reference, one)]
    if len({reference.payer(one.claim.asserted_by) for one in pointing}) < 2:
        return
    beliefs = "; ".join(
        f"{asserter(reference, one.claim)} believes it is {names(reference, one.bodies)}" for one in pointing
    )
    yield of_cell(
        cell,
        FindingKind.ASSUMED_ELSEWHERE,
        "high",
        "high: each body takes the stage to be another's, so none is looking",
        words=f"Each body assumes another commissions this stage: {beliefs}.",
        closes_when="one of the bodies confirms that it commissions the stage here",
        bodies={reference.payer(one.claim.asserted_by) for one in pointing}.union(*(one.bodies for one in pointing)),
        claims=pointing,
    )


def _points_elsewhere(reference: Reference, one: Applying) -> bool:
    claim = one.claim
    return (
        claim.role is Role.COMMISSIONS
        and claim.status is ClaimStatus.ASSUMED
        and not claim.by_document
        and bool(one.bodies)
        and reference.payer(claim.asserted_by) not in one.bodies
    )


def _furthest(claims: Iterable[Applying]) -> Commitment | None:
    reached = [one.claim.commitment for one in claims if one.claim.commitment]
    return max(reached, key=list(Commitment).index) if reached else None
