"""The what-ifs' sizes where the reference data prepared none for these purses, each with its source, in one place.

The reference data's own questions are for one set of purses. Elsewhere the same questions are put to the purses of the
case: the sizes are theirs where they are shares, and are computed here by their own method where they are amounts.
"""

from collections.abc import Sequence

from concord_contracts.allocation import Purse
from concord_contracts.allocation.scenarios import PreparedWhatIf, PurseTransfer
from demo import days
from demo.case import Case

SHIFTED_GBP = 611_000_000
"""Moved from CCGs to NHS England during 2013-14, all services (Health Service Journal 2013, as in the prepared one)."""
SPECIALISED_GBP = 13_000_000_000
"""The specialised budget the prepared question divides by (National Audit Office 2016)."""
HEADROOM_SHARE = 0.02
"""The groups' non-recurrent headroom, a share of what they pay (Health Service Journal 2013)."""


def fitted(case: Case, prepared: PreparedWhatIf, purses: Sequence[Purse]) -> PreparedWhatIf:
    """The prepared question where its purses are those of the case; else the same question over the case's purses."""
    known = {purse.key for purse in purses}
    if prepared.amounts and {part.purse for part in prepared.amounts} <= known:
        return prepared
    made = {"grant-cut": grant_cut, "headroom": headroom, "boundary-shift": boundary_shift}.get(prepared.key)
    if made is None:
        return prepared
    amounts = made(case, prepared, purses)
    return prepared.model_copy(update={"amounts": amounts, "question": worded(case, prepared, amounts)})


def grant_cut(case: Case, prepared: PreparedWhatIf, purses: Sequence[Purse]) -> list[PurseTransfer]:
    """The councils' ring-fenced purses; what each loses is the published share of it."""
    return [
        PurseTransfer(
            purse=purse.key, to_purse=None, year=days.YEARS[0], gbp=round(_first_year(purse) * float(prepared.value))
        )
        for purse in purses
        if purse.kind == "ring_fence" and _first_year(purse) > 0
    ]


def headroom(case: Case, prepared: PreparedWhatIf, purses: Sequence[Purse]) -> list[PurseTransfer]:
    """2% of each group's money for the pathway, for one year, into its headroom purse, else into its programme."""
    kept = {purse.owner: purse for purse in purses if purse.kind == "non_recurrent" and purse.owner in case.ccgs}
    return [
        PurseTransfer(
            purse=kept.get(purse.owner, purse).key,
            to_purse=None,
            year=days.YEARS[0],
            gbp=round(_first_year(purse) * HEADROOM_SHARE),
        )
        for purse in _programmes(case, purses)
    ]


def boundary_shift(case: Case, prepared: PreparedWhatIf, purses: Sequence[Purse]) -> list[PurseTransfer]:
    """The national shift x this pathway's specialised money here / the specialised budget; by programme money."""
    specialised = [purse for purse in purses if purse.kind == "specialised" and _first_year(purse) > 0]
    groups = _programmes(case, purses)
    if not specialised or not groups:
        return []
    to = max(specialised, key=lambda purse: (_first_year(purse), purse.key))
    total = SHIFTED_GBP * sum(map(_first_year, specialised)) / SPECIALISED_GBP
    paid = sum(map(_first_year, groups))
    return [
        PurseTransfer(
            purse=purse.key, to_purse=to.key, year=days.YEARS[0], gbp=round(total * _first_year(purse) / paid)
        )
        for purse in groups
    ]


def worded(case: Case, prepared: PreparedWhatIf, amounts: Sequence[PurseTransfer]) -> str:
    """The question as it is put here; the prepared one says how many groups and how much."""
    if prepared.key == "grant-cut":
        return prepared.question.replace("stop-smoking and awareness taking", f"{case.council_words} taking")
    if prepared.key != "headroom":
        return prepared.question
    total = sum(part.gbp for part in amounts)
    return f"The groups put GBP {total:,} of headroom, 2% of what they pay for the pathway, into it in one year: what \
does it buy, and what does it leave behind?"


def _programmes(case: Case, purses: Sequence[Purse]) -> list[Purse]:
    return [p for p in purses if p.kind == "general" and p.owner in case.ccgs and _first_year(p) > 0]


def _first_year(purse: Purse) -> int:
    return purse.amount_gbp.get(days.YEARS[0], 0)
