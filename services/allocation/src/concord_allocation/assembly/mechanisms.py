"""Mechanisms and funds of the problem: the agreements in force that let a body pay for what is not its own to pay.

An agreement that moves no money (a pure lead) gives nobody a right to pay, and is left out. Where money is put
together, each purse contributes at least its signed amount each year; more would be a variation, which a what-if may
ask about.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from concord_allocation.assembly.faults import AssemblyFault
from concord_allocation.assembly.keys import joined_key
from concord_allocation.assembly.world import World
from concord_contracts import agreements
from concord_contracts.allocation import (
    Fund,
    FundContribution,
    Limit,
    Line,
    LineSelection,
    Measure,
    Mechanism,
    MechanismKind,
    Purse,
    Selection,
    Term,
)

PENCE_PER_POUND = 100


class Pooling(NamedTuple):
    """What the agreements in force add to a problem."""

    mechanisms: list[Mechanism]
    funds: list[Fund]
    limits: list[Limit]


class _InForce(NamedTuple):
    agreement: agreements.Mechanism
    years: list[str]
    lines: list[str]
    complete: bool
    contributions: Mapping[tuple[str, str], int]


def build_pooling(world: World, lines: Sequence[Line], purses: Sequence[Purse], faults: list[AssemblyFault]) -> Pooling:
    """Mechanisms, funds and signed contributions; faults name agreements whose kind this service does not know."""
    pooling = Pooling([], [], [])
    owned = {purse.key: purse for purse in purses}
    payers = {purse.owner for purse in purses} | {line.statutory_payer for line in lines}
    for found in _in_force(world, lines):
        if found.agreement.kind not in set(MechanismKind):
            words = f"agreement {found.agreement.agreement}: {found.agreement.kind} is no mechanism known here"
            faults.append(AssemblyFault(None, "unknown-mechanism", words))
            continue
        signed = {purse for purse, _ in found.contributions}
        contributors = sorted(key for key in signed if key in owned and owned[key].owner in found.agreement.payers)
        if not found.lines or not contributors:
            continue
        pooling.mechanisms.append(_mechanism(found, world, payers))
        pooling.funds.append(_fund(found, contributors))
        if found.complete:
            pooling.limits.extend(_signed_contributions(found, contributors, owned))
    return pooling


def _in_force(world: World, lines: Sequence[Line]) -> Iterator[_InForce]:
    """Each agreement once, with the planning years it is in force in and the chosen lines it reaches."""
    years: dict[str, list[str]] = defaultdict(list)
    by_agreement: dict[str, agreements.Mechanism] = {}
    for year in world.years:
        for mechanism in world.mechanisms.get(year, ()):
            if mechanism.pathway in world.request.pathways:
                by_agreement.setdefault(mechanism.agreement, mechanism)
                years[mechanism.agreement].append(year)
    for key, mechanism in sorted(by_agreement.items()):
        cells = set(mechanism.cells)
        own = [line for line in lines if line.statutory_payer in mechanism.payers]
        reached = {cell: _lines_of(world, cell, mechanism.pathway, own) for cell in cells}
        yield _InForce(
            agreement=mechanism,
            years=years[key],
            lines=sorted({line for found in reached.values() for line in found}),
            complete=all(place in world.place_of for _, place in cells),
            contributions=_contributions(mechanism),
        )


def _lines_of(world: World, cell: tuple[str, str], pathway: str, lines: Sequence[Line]) -> list[str]:
    """The chosen lines that a (stage of the map, place) pair of an agreement is planned as."""
    stage, place = cell
    allocation_stages = {
        found.allocation_stage
        for found in world.responsibilities
        if found.stage == stage and found.pathway == pathway and found.allocation_stage is not None
    }
    inside = world.places_inside(place)
    return [
        line.key
        for line in lines
        if line.pathway == pathway and line.stage in allocation_stages and line.place in inside
    ]


def _contributions(mechanism: agreements.Mechanism) -> Mapping[tuple[str, str], int]:
    """(purse, year) -> whole pounds of cash signed for; pence are left to the agreement."""
    pence: dict[tuple[str, str], int] = defaultdict(int)
    for contribution in mechanism.contributions:
        if contribution.kind == "cash":
            pence[(contribution.purse, contribution.year)] += contribution.amount_pence
    return {key: amount // PENCE_PER_POUND for key, amount in pence.items()}


def _mechanism(found: _InForce, world: World, payers: set[str]) -> Mechanism:
    return Mechanism(
        key=_key(found),
        kind=MechanismKind(found.agreement.kind),
        payers=sorted(payers.intersection(found.agreement.payers)),
        lines=LineSelection(lines=found.lines),
        years=None if len(found.years) == len(world.years) else found.years,
        citation=found.agreement.citation[:300],
        agreement=found.agreement.agreement,
    )


def _key(found: _InForce) -> str:
    return joined_key(found.agreement.kind, found.agreement.agreement)


def _fund_key(found: _InForce) -> str:
    return joined_key("fund", found.agreement.agreement)


def _fund(found: _InForce, contributors: Sequence[str]) -> Fund:
    return Fund(
        key=_fund_key(found),
        name=f"Fund of agreement {found.agreement.agreement}",
        mechanism=_key(found),
        contributors=[FundContribution(purse=purse) for purse in contributors],
        lines=LineSelection(lines=found.lines),
        source=f"{found.agreement.citation}; text {found.agreement.digest[:12]}"[:300],
    )


def _signed_contributions(found: _InForce, contributors: Sequence[str], owned: Mapping[str, Purse]) -> Iterator[Limit]:
    """contribution(purse, fund, year) >= what was signed for that year, where the agreement is in force."""
    for (purse, year), gbp in sorted(found.contributions.items()):
        if purse in contributors and year in found.years and gbp:
            yield Limit(
                key=joined_key("signed", found.agreement.agreement, purse, year),
                label=f"{owned[purse].name} pays at least GBP {gbp:,} into the fund in {year}, as signed",
                terms=[
                    Term(
                        select=Selection(purses=[purse], funds=[_fund_key(found)]),
                        measure=Measure.CONTRIBUTION,
                    )
                ],
                at_least=gbp,
                years=[year],
                source=f"agreement {found.agreement.agreement}, text {found.agreement.digest[:12]}",
            )
