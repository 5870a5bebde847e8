"""Purses and payers of the problem: whose money there is, how much in each planning year, and what it may pay for."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from concord_allocation.assembly.faults import AssemblyFault
from concord_allocation.assembly.provenance import joined, provenance_of
from concord_allocation.assembly.world import World
from concord_allocation.reference.rows import PurseAmountRow, PurseRow
from concord_contracts.allocation import Line, LineSelection, Payer, Provenance, Purse

ALL = ("*",)
WHOLE = "*"
"""The pathway of an amount that is for all of a purse's pathways together."""

OUTSIDE_BASELINE = "outside the baseline: nothing is in this plan until a what-if brings it in"


def build_purses(world: World, lines: Sequence[Line], faults: list[AssemblyFault]) -> list[Purse]:
    """Every purse that can pay for a chosen line; faults name purses without an amount for a planning year."""
    rows = sorted(world.figures.purses, key=lambda row: row.purse)
    return [_purse(world, row, lines, faults) for row in rows if _takes_part(world, row, lines)]


def _takes_part(world: World, row: PurseRow, lines: Sequence[Line]) -> bool:
    """A purse in the baseline takes part where it pays; another where its owner is responsible for what it covers."""
    if row.in_baseline:
        return row.purse in world.paid_here
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
    parts = {year: _parts(world, row, year, faults) for year in world.years}
    first = next((found for found in parts.values() if found), [])
    return Purse(
        key=row.purse,
        name=f"{world.body_names.get(row.owner, row.owner)}: {row.name}"[:300],
        owner=row.owner,
        office=world.body_names.get(row.office, row.office)[:200] if row.office else None,
        amount_gbp={year: sum(part.gbp for part in found) if row.in_baseline else 0 for year, found in parts.items()},
        scope=_scope(row, lines, faults),
        recurrent=row.recurrent,
        kind=row.kind,
        provenance=_provenance(world, row, first),
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


class _Part(NamedTuple):
    """What a purse holds in a year by one row of the figures: GBP for the chosen lines, and their share of the row."""

    row: PurseAmountRow
    share: Fraction
    gbp: int


def _parts(world: World, row: PurseRow, year: str, faults: list[AssemblyFault]) -> list[_Part]:
    """The rows that say what the purse holds for the asked pathways; a fault where none does.

    One row for each pathway, added up, so that no other pathway's money comes with it; or one for all together, of
    which the asked pathways take the part that paid for the chosen lines in the baseline.
    """
    amounts = world.figures.amounts_of.get((row.purse, year), {})
    here, before = (paid.get(row.purse, {}) for paid in (world.paid_here, world.paid_before))
    paid = world.figures.paid_by.get(row.purse, {})
    asked = [pathway for pathway in world.request.pathways if pathway in amounts]
    if asked:
        return [_part(amounts[each], here.get(each, 0), before.get(each, 0), paid.get(each, 0)) for each in asked]
    if WHOLE in amounts:
        return [_part(amounts[WHOLE], sum(here.values()), sum(before.values()), sum(paid.values()))]
    if row.in_baseline:
        known = ", ".join(sorted(year for purse, year in world.figures.amounts_of if purse == row.purse))
        words = f"{row.purse} has no amount for {year} in the reference figures (known: {known or 'none'})"
        faults.append(AssemblyFault("/years", "year-unknown", words))
    return []


def _part(row: PurseAmountRow, here: int, before: int, paid: int) -> _Part:
    """The part of a row that pays for the chosen lines: all of it where it pays for nothing else.

    `here`: their baseline; `before`: the one that the figures have, of `paid` for all that the purse pays.
    """
    share = Fraction(before, paid) if paid else Fraction(1)
    return _Part(row, share, here if row.follows_lines else int(row.amount_gbp * share))


def _provenance(world: World, row: PurseRow, parts: Sequence[_Part]) -> Provenance:
    if not row.in_baseline:
        amount = parts[0].row if parts else None
        note = "; ".join(part for part in (OUTSIDE_BASELINE, row.note, amount.note if amount else None) if part)
        return Provenance(basis="assumption", source=amount.source if amount else None, note=note[:2000])
    if not parts:
        return Provenance(basis="assumption", note="no amount is known")
    here = sum(world.paid_before.get(row.purse, {}).get(part.row.pathway, 0) for part in parts)
    paid = sum(world.figures.paid_by.get(row.purse, {}).get(part.row.pathway, 0) for part in parts)
    share = parts[0].share if len(parts) == 1 else Fraction(here, paid or 1)
    words = "" if share == 1 else f"{float(share):.1%} of the purse: what it paid for the chosen places in the baseline"
    return joined([_provenance_of_part(part, words) for part in parts])


def _provenance_of_part(part: _Part, words: str) -> Provenance:
    """The row's own; its range says nothing of a part of it, nor of what moved with the lines."""
    provenance = provenance_of(part.row, words)
    return provenance if part.gbp == part.row.amount_gbp else provenance.model_copy(update={"low": None, "high": None})


def build_payers(world: World, lines: Sequence[Line], purses: Sequence[Purse]) -> list[Payer]:
    """Every legal person that owns a purse or must pay for a line, under the name the map gives it."""
    keys = sorted({purse.owner for purse in purses} | {line.statutory_payer for line in lines})
    return [Payer(key=key, name=world.body_names.get(key, key)[:300]) for key in keys]
