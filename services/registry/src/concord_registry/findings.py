"""Findings of one cell: what a commissioner should look at, why, how bad, and what would close it.

Always derived, never stored. Each function takes a cell and gives the findings of one kind; severity follows the rule
stated in `why_severity`. Gaps are in `gap_findings`, findings about whole places and pathways in `place_findings`.
"""

from collections.abc import Callable, Iterable, Iterator

from concord_contracts.registry import ClaimStatus, FindingKind, Role
from concord_registry.cells import Cell
from concord_registry.cited_files import withdrawn_among
from concord_registry.claims import Applying
from concord_registry.found import Found, of_cell
from concord_registry.gap_findings import assumed_elsewhere, bodies_of, gap, law_in_words, named_by, no_funder
from concord_registry.wording import asserter, asserters, day, names
from concord_registry.world import ANY, LOCAL_KINDS, Reference


def cell_findings(reference: Reference, cell: Cell) -> list[Found]:
    """All findings of one cell, in the order of the kinds below."""
    return [found for kind in CELL_FINDINGS for found in kind(reference, cell)]


def duplicate(reference: Reference, cell: Cell) -> Iterator[Found]:
    """Two commissioners of one function, and no agreement covering them."""
    if len(cell.counted) < 2:
        return
    sides = competing(cell.counted, agreements=[one for one in cell.live if one.claim.agreement])
    if len(sides) < 2:
        return
    firm = sum(1 for side in sides if any(one.confirmed and one.bodies <= side for one in cell.counted))
    yield of_cell(
        cell,
        FindingKind.DUPLICATE,
        "high" if firm > 1 else "medium",
        "high: two or more bodies have each confirmed it"
        if firm > 1
        else "medium: several are said to commission it, but at most one has confirmed it",
        words=f"More than one commissioner and no agreement between them: "
        f"{' — against — '.join(names(reference, side) for side in sides)}.",
        closes_when="an agreement covers them, or all but one claim is ended or displaced",
        bodies=frozenset[str]().union(*sides),
        claims=cell.counted,
    )


def competing(counted: Iterable[Applying], agreements: Iterable[Applying]) -> list[frozenset[str]]:
    """Groups of bodies that each commission a function apart from the others, where there are two or more.

    Bodies that one claim names together are one group (a CCG over two councils), and so are bodies that an agreement
    joins. Different functions of a stage (planning, buying) may lie with different bodies: `*` meets them all.
    """
    counted = list(counted)
    joined = [one.bodies | frozenset(one.claim.on_behalf_of) for one in agreements]
    functions = {one.claim.function for one in counted}
    for function in sorted(functions - {ANY}) or [ANY]:
        same = [one for one in counted if one.claim.function in (function, ANY)]
        named = frozenset[str]().union(*(one.bodies for one in same))
        groups = _merged([*(one.bodies for one in same), *joined])
        sides = [group & named for group in groups if group & named]
        if len(sides) > 1:
            return sorted(sides, key=sorted)
    return []


def _merged(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Sets that share a member, joined until none do."""
    groups: list[frozenset[str]] = []
    for new in sets:
        touching = [group for group in groups if group & new]
        groups = [group for group in groups if not group & new]
        groups.append(new.union(*touching))
    return groups


def disputed(reference: Reference, cell: Cell) -> Iterator[Found]:
    """A claim that is disputed, or sources of which one names somebody and another says that nobody is named."""
    contested = [one for one in cell.live if one.claim.status is ClaimStatus.DISPUTED]
    silent = [one for one in cell.nobody_named if one not in contested]
    contradicted = [*silent, *cell.answered] if silent and cell.answered else []
    if not contested and not contradicted:
        return
    by_body = any(one.claim.disputed_by or not one.claim.by_document for one in contested)
    paying = cell.paying_meanwhile
    parts = [_dispute_words(reference, cell, one) for one in contested]
    if contradicted:
        sources = asserters(reference, (one.claim for one in silent))
        answers = asserters(reference, (one.claim for one in cell.answered))
        parts.append(f"{sources}: nobody is named; {answers}: {named_by(reference, cell.answered)}")
    yield of_cell(
        cell,
        FindingKind.DISPUTED,
        *_dispute_severity(by_body, bool(paying)),
        words=f"{'; '.join(parts)}." + (f" {pays_meanwhile(reference, paying)}." if paying else ""),
        closes_when="the bodies concerned confirm one position and the contested claims are ended or displaced here",
        bodies=bodies_of([*contested, *contradicted]),
        claims=[*contested, *contradicted],
        interim_payers=paying,
    )


def _dispute_severity(by_body: bool, paid: bool) -> tuple[str, str]:
    if not by_body:
        return "medium", "medium: documents disagree, no body has disputed it"
    if paid:
        return "medium", "medium: a body itself disputes it, and one pays meanwhile, so nobody waits"
    return "high", "high: a body itself disputes it, and nobody pays meanwhile"


def pays_meanwhile(reference: Reference, bodies: Iterable[str]) -> str:
    """Who pays while a claim is disputed, in words."""
    bodies = list(bodies)
    return f"{names(reference, bodies)} pay{'s' if len(bodies) == 1 else ''} meanwhile, without prejudice"


PASSIVE = {
    Role.ACCOUNTABLE: "answered for by",
    Role.COMMISSIONS: "commissioned by",
    Role.FUNDS: "funded by",
    Role.LEADS: "led by",
    Role.SUPPORTS: "supported by",
    Role.ADVISES: "advised by",
    Role.COORDINATES: "coordinated by",
    Role.SCRUTINISES: "scrutinised by",
    Role.PROVIDES: "provided by",
}


def _dispute_words(reference: Reference, cell: Cell, one: Applying) -> str:
    claim, stage = one.claim, cell.stage.name
    said = f"{PASSIVE[claim.role]} {names(reference, one.bodies)}" if one.bodies else "nobody clearly named"
    said = f"{stage}: {said}"
    if claim.disputed_by:
        why = f" ({claim.disputed_reason})" if claim.disputed_reason else ""
        return f"{reference.name(claim.disputed_by)} disputes “{said}”{why}"
    return f"{said}, says {asserter(reference, claim)}; others differ"


def departs_from_rule(reference: Reference, cell: Cell) -> Iterator[Found]:
    """Somebody is said to commission the stage whom neither the rule book nor an agreement with its bodies names."""
    if not cell.statutory:
        return
    covered = cell.statutory
    for one in cell.live:
        if one.claim.agreement and (one.bodies | set(one.claim.on_behalf_of)) & cell.statutory:
            covered = covered | one.bodies | frozenset(one.claim.on_behalf_of)
    departing = [one for one in cell.counted if not one.bodies & covered]
    if not departing:
        return
    firm = any(one.confirmed for one in departing)
    yield of_cell(
        cell,
        FindingKind.DEPARTS_FROM_RULE,
        "medium" if firm else "low",
        "medium: a body has confirmed it" if firm else "low: it is said, nobody has confirmed it",
        words=f"{asserters(reference, (one.claim for one in departing))}: "
        f"{names(reference, bodies_of(departing))} commissions it. "
        f"{law_in_words(reference, cell)}",
        closes_when="an agreement lets the body act for the statutory commissioner, or the claim is ended or displaced",
        bodies=cell.statutory.union(*(one.bodies for one in departing)),
        claims=departing,
    )


def unconfirmed(reference: Reference, cell: Cell) -> Iterator[Found]:
    """Somebody is said to commission the stage, and nobody has confirmed it at the place's own level."""
    if cell.is_gap or cell.confirmed_locally:
        return
    who = cell.commissioners or bodies_of(cell.answered)
    yield of_cell(
        cell,
        FindingKind.UNCONFIRMED,
        "low" if cell.statutory else "medium",
        "low: the law names who is responsible" if cell.statutory else "medium: it rests on what is said alone",
        words=f"Stated, not confirmed here: {names(reference, who)}.",
        closes_when="the body confirms it by a claim for this place",
        bodies=who,
        claims=cell.answered,
    )


def stale(reference: Reference, cell: Cell) -> Iterator[Found]:
    """A live claim whose review date has passed."""
    overdue = [one for one in cell.live if one.claim.review_by and one.claim.review_by < reference.as_of]
    if not overdue:
        return
    sole = any(one.confirmed for one in overdue) and all(one in overdue for one in cell.confirmed_locally)
    due = min(one.claim.review_by for one in overdue if one.claim.review_by)
    yield of_cell(
        cell,
        FindingKind.STALE,
        "medium" if sole else "low",
        "medium: no other confirmation stands" if sole else "low: something else still supports the position",
        words=f"Review was due on {day(due)}: {asserters(reference, (one.claim for one in overdue))}.",
        closes_when="the claim is confirmed again with a later review date, or ended",
        bodies=bodies_of(overdue),
        claims=overdue,
    )


def rests_on_withdrawn_file(reference: Reference, cell: Cell) -> Iterator[Found]:
    """A live claim that cites a publisher's file which was taken back since."""
    cited = {
        one.claim.id: files
        for one in cell.live
        if (files := withdrawn_among(one.claim.source, reference.withdrawn_files))
    }
    if not cited:
        return
    resting = [one for one in cell.live if one.claim.id in cited]
    sole = all(one in resting for one in cell.counted)
    files = sorted({key for some in cited.values() for key in some})
    yield of_cell(
        cell,
        FindingKind.RESTS_ON_WITHDRAWN,
        "medium" if sole else "low",
        "medium: nothing else says who commissions it" if sole else "low: another claim says who commissions it",
        words=f"{asserters(reference, (one.claim for one in resting))}: rests on {', '.join(files)}, "
        f"which {'was' if len(files) == 1 else 'were'} taken back.",
        closes_when="the claim is corrected to cite what it rests on now, or is withdrawn",
        bodies=bodies_of(resting),
        claims=resting,
    )


def below_planning_population(reference: Reference, cell: Cell) -> Iterator[Found]:
    """Local commissioners who together cover fewer people than the stage is best planned for. Advice only."""
    wanted = cell.stage.planning_population_min
    if wanted is None or not cell.commissioners:
        return
    together = cell.commissioners.union(
        *(one.claim.on_behalf_of for one in cell.live if one.claim.agreement and one.bodies & cell.commissioners)
    )
    persons = _persons_of(reference, together)
    if persons is None or persons >= wanted:
        return
    advice = f" ({cell.stage.planning_note})" if cell.stage.planning_note else ""
    yield of_cell(
        cell,
        FindingKind.BELOW_PLANNING_POPULATION,
        "low",
        "low: planning advice; it never decides who is responsible",
        words=f"{names(reference, cell.commissioners)}: {persons:,} people; the stage is best planned for "
        f"{wanted:,} or more{advice}.",
        closes_when="an agreement plans the stage for enough people together",
        bodies=cell.commissioners,
    )


def _persons_of(reference: Reference, bodies: Iterable[str]) -> int | None:
    """People of the bodies' own places; None unless each has one with a figure (NHS England has none of its own)."""
    total = 0
    for body in bodies:
        own = [key for key in reference.places_of_body.get(body, ()) if reference.places[key].kind in LOCAL_KINDS]
        figures = [reference.persons[key] for key in own if key in reference.persons]
        if not figures:
            return None
        total += sum(figures)
    return total


type CellFinding = Callable[[Reference, Cell], Iterator[Found]]

CELL_FINDINGS: tuple[CellFinding, ...] = (
    gap,
    no_funder,
    assumed_elsewhere,
    duplicate,
    disputed,
    departs_from_rule,
    unconfirmed,
    stale,
    rests_on_withdrawn_file,
    below_planning_population,
)
