"""Purses and payers of the problem: whose money there is, how much in each planning year, and what it may pay for."""

from collections.abc import Sequence
from fractions import Fraction

from concord_allocation.assembly.faults import AssemblyFault
from concord_allocation.assembly.provenance import provenance_of
from concord_allocation.assembly.world import World
from concord_allocation.reference.rows import PurseAmountRow, PurseRow
from concord_contracts.allocation import Line, LineSelection, Payer, Provenance, Purse

ALL = ("*",)

OUTSIDE_BASELINE = "outside the baseline: nothing is in this plan until a what-if brings it in"


def build_purses(world: World, lines: Sequence[Line], faults: list[AssemblyFault]) -> list[Purse]:
    """Every purse that can pay for a chosen line; faults name purses without an amount for a planning year."""
    rows = sorted(world.figures.purses, key=lambda row: row.purse)
    return [_purse(world, row, lines, faults) for row in rows if _takes_part(world, row, lines)]


def _takes_part(world: World, row: PurseRow, lines: Sequence[Line]) -> bool:
    """A purse in the baseline takes part where it pays; another where its owner is responsible for what it covers."""
    if row.in_baseline:
        return any(line.purse == row.purse for line in world.lines)
    return any(
        line.statutory_payer == row.owner
        and _covers(row.pathways, line.pathway)
        and _covers(row.stages, line.stage)
        and _covers(row.places, line.place)
        for line in lines
    )


def _covers(listed: tuple[str, ...], value: str) -> bool:
    return listed == ALL or value in listed


def _purse(world: World, row: PurseRow, lines: Sequence[Line], faults: list[AssemblyFault]) -> Purse:
    share = share_of_purse(world, row)
    amounts = {year: _amount(world, row, year, share, faults) for year in world.years}
    known = next((found for year in world.years if (found := world.figures.amount_of.get((row.purse, year)))), None)
    return Purse(
        key=row.purse,
        name=f"{world.body_names.get(row.owner, row.owner)}: {row.name}"[:300],
        owner=row.owner,
        office=world.body_names.get(row.office, row.office)[:200] if row.office else None,
        amount_gbp=amounts,
        scope=_scope(row, lines, faults),
        recurrent=row.recurrent,
        kind=row.kind,
        provenance=_provenance(world, row, known, share),
    )


def _scope(row: PurseRow, lines: Sequence[Line], faults: list[AssemblyFault]) -> LineSelection:
    """What the purse may pay for, of what this plan holds."""
    chosen = {
        "pathways": _chosen(row.pathways, {line.pathway for line in lines}),
        "stages": _chosen(row.stages, {line.stage for line in lines}),
        "places": _chosen(row.places, {line.place for line in lines}),
    }
    if lines and [] in chosen.values():
        words = f"{row.purse} pays for a chosen line in the reference figures, and its own scope covers none"
        faults.append(AssemblyFault(None, "purse-without-scope", words))
    return LineSelection(**{name: keys or None for name, keys in chosen.items()})


def _chosen(listed: tuple[str, ...], present: set[str]) -> list[str] | None:
    return None if listed == ALL else sorted(present.intersection(listed))


def share_of_purse(world: World, row: PurseRow) -> Fraction:
    """The part of a purse that pays for the chosen lines: 1 where it pays for nothing else."""
    total = world.figures.baseline_of_purse.get(row.purse, 0)
    if not row.in_baseline or not total:
        return Fraction(1)
    return Fraction(sum(line.baseline_gbp for line in world.lines if line.purse == row.purse), total)


def _amount(world: World, row: PurseRow, year: str, share: Fraction, faults: list[AssemblyFault]) -> int:
    if not row.in_baseline:
        return 0
    found = world.figures.amount_of.get((row.purse, year))
    if found is None:
        known = ", ".join(sorted(known for purse, known in world.figures.amount_of if purse == row.purse))
        words = f"{row.purse} has no amount for {year} in the reference figures (known: {known or 'none'})"
        faults.append(AssemblyFault("/years", "year-unknown", words))
        return 0
    return int(found.amount_gbp * share)


def _provenance(world: World, row: PurseRow, amount: PurseAmountRow | None, share: Fraction) -> Provenance:
    if not row.in_baseline:
        note = "; ".join(part for part in (OUTSIDE_BASELINE, row.note, amount.note if amount else None) if part)
        return Provenance(basis="assumption", source=amount.source if amount else None, note=note[:2000])
    if amount is None:
        return Provenance(basis="assumption", note="no amount is known")
    part = "" if share == 1 else f"{float(share):.1%} of the purse: what it paid for the chosen places in the baseline"
    provenance = provenance_of(amount, part)
    return provenance if share == 1 else provenance.model_copy(update={"low": None, "high": None})


def build_payers(world: World, lines: Sequence[Line], purses: Sequence[Purse]) -> list[Payer]:
    """Every legal person that owns a purse or must pay for a line, under the name the map gives it."""
    keys = sorted({purse.owner for purse in purses} | {line.statutory_payer for line in lines})
    return [Payer(key=key, name=world.body_names.get(key, key)[:300]) for key in keys]
