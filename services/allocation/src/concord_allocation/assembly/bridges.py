"""Baselines built up from outturn: the bridge of each line, and what they come to by payer, re-added."""

from collections.abc import Sequence

from concord_allocation.assembly.faults import AssemblyFault
from concord_allocation.assembly.provenance import cited
from concord_allocation.assembly.world import World
from concord_allocation.core.words import pounds
from concord_allocation.reference.rows import LineRow
from concord_allocation.reference.rows_for_plans import BridgeRow
from concord_contracts.allocation import Bridge, Purse
from concord_contracts.allocation.assembly import BaselineBuilt

PARTS = {
    "non_recurrent_gbp": ("less", "non-recurrent"),
    "full_year_effect_gbp": ("plus", "full-year effect"),
    "tariff_uplift_gbp": ("plus", "tariff uplift"),
    "efficiency_gbp": ("less", "efficiency"),
    "growth_gbp": ("plus", "growth"),
    "qipp_gbp": ("less", "QIPP"),
}
"""The steps from outturn to baseline, in the order of the governing-body paper."""


def bridge_for(row: BridgeRow | None) -> Bridge | None:
    """The bridge as the problem carries it; the optimiser adds it up again."""
    if row is None:
        return None
    parts = {name: getattr(row, name) for name in ("outturn_gbp", *PARTS)}
    return Bridge(**parts, source=cited(row))


def check_bridges(world: World, faults: list[AssemblyFault]) -> None:
    """A fault where baselines are asked for and no outturn of a chosen line is known."""
    if "baseline" in world.request.fill_in and not any(line.line in world.bridge_of for line in world.lines):
        words = f"no outturn was sent for a chosen line and a year until {world.years[0]} (table baseline_bridges)"
        faults.append(AssemblyFault(world.filling("baseline"), "nothing-to-fill-in", words))


def baselines_told(world: World, purses: Sequence[Purse]) -> list[BaselineBuilt]:
    """By payer, in the order of their keys; none where no baseline was asked for."""
    if not world.bridge_of:
        return []
    by_owner: dict[str, list[LineRow]] = {}
    for line in world.lines_before:
        by_owner.setdefault(world.figures.purse_of[line.purse].owner, []).append(line)
    return [
        _told(world, owner, lines, purses)
        for owner, lines in sorted(by_owner.items())
        if any(line.line in world.bridge_of for line in lines)
    ]


def _told(world: World, owner: str, lines: Sequence[LineRow], purses: Sequence[Purse]) -> BaselineBuilt:
    built = [world.bridge_of[line.line] for line in lines if line.line in world.bridge_of]
    sums = {name: sum(getattr(row, name) for row in built) for name in ("outturn_gbp", *PARTS)}
    come_to = sums["outturn_gbp"] + sum(
        sums[name] if sign == "plus" else -sums[name] for name, (sign, _) in PARTS.items()
    )
    before = sum(line.baseline_gbp for line in lines if line.line in world.bridge_of)
    without = len(lines) - len(built)
    steps = [f"{sign} {pounds(sums[name])} {words}" for name, (sign, words) in PARTS.items() if sums[name]]
    told = [
        f"{world.body_names.get(owner, owner)}: outturn {' '.join([pounds(sums['outturn_gbp']), *steps])} is "
        f"{pounds(come_to)} on {_lines(len(built))}, where the figures have {pounds(before)}."
    ]
    if without:
        told.append(
            f"No outturn was sent for {_lines(without)} more: {'it keeps' if without == 1 else 'they keep'} theirs."
        )
    told += _too_little(world, owner, purses)
    return BaselineBuilt(
        payer=owner,
        lines=len(built),
        **sums,
        baseline_gbp=come_to,
        before_gbp=before,
        lines_without=without,
        words=" ".join(told),
    )


def _too_little(world: World, owner: str, purses: Sequence[Purse]) -> list[str]:
    """A payer whose purses hold less than its lines cost cannot go on as before: a plan may have no answer."""
    mine = {purse.key: purse for purse in purses if purse.owner == owner}
    year = world.years[0]
    held = sum(purse.amount_gbp.get(year, 0) for purse in mine.values())
    cost = sum(line.baseline_gbp for line in world.lines if line.purse in mine)
    if held >= cost:
        return []
    return [f"Its purses hold {pounds(held)} in {year}, {pounds(cost - held)} less than its lines then cost."]


def _lines(number: int) -> str:
    return "one line" if number == 1 else f"{number} lines"
