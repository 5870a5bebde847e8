"""The questions put to allocation, as typed changes; their sizes are the reference data's, with sources."""

from collections.abc import Sequence

from concord_contracts.agreements import LegalBasisView
from concord_contracts.allocation import (
    AddLimit,
    AddMoney,
    Answer,
    Change,
    Fund,
    FundContribution,
    Limit,
    Line,
    LineSelection,
    Measure,
    Mechanism,
    MechanismKind,
    Problem,
    Purse,
    PurseSelection,
    ScaleDemand,
    ScalePurse,
    Selection,
    SetFund,
    SetMechanism,
    Term,
    Transfer,
)
from concord_contracts.allocation.scenarios import PreparedWhatIf
from demo import case

POOL = "manchester-pool"
THE_PROPOSAL = "proposal of Manchester City Council and its three groups, January 2014"


def grant_cut(prepared: PreparedWhatIf) -> list[Change]:
    """(a) Public health grants are cut; stop-smoking and awareness take their share, in every year."""
    purses = sorted({part.purse for part in prepared.amounts})
    return [ScalePurse(select=PurseSelection(purses=purses), factor=1 + float(prepared.value), note=prepared.question)]


def headroom(prepared: PreparedWhatIf) -> list[Change]:
    """(b) Part of the groups' non-recurrent headroom for earlier diagnosis, in one year only."""
    return [
        AddMoney(select=PurseSelection(purses=[part.purse]), gbp=part.gbp, years=[part.year])
        for part in prepared.amounts
    ]


def boundary_shift(prepared: PreparedWhatIf) -> list[Change]:
    """(c) Specialised money moves from the groups to NHS England, recurrently from the first planning year."""
    return [
        Transfer(
            from_purse=part.purse,
            to_purse=part.to_purse,
            gbp=part.gbp,
            from_year=part.year,
            recurrent=True,
            service="specialised cancer services",
        )
        for part in prepared.amounts
        if part.to_purse is not None and part.year == case.YEARS[0]
    ]


def more_referrals(prepared: PreparedWhatIf) -> list[Change]:
    """(d) More people are referred with suspected lung cancer."""
    select = LineSelection(pathways=[case.PATHWAY], stages=list(case.MOVED_BY_REFERRALS))
    return [ScaleDemand(select=select, factor=1 + float(prepared.value), note=prepared.question)]


def cut_but_keep_the_quits(cut: PreparedWhatIf, problem: Problem) -> list[Change]:
    """(e) The grant is cut and every borough must keep its quits: impossible on purpose."""
    lines = [line for line in problem.lines if line.stage == "prevention" and line.modes]
    return [*grant_cut(cut), *(AddLimit(limit=_quits_kept(line)) for line in lines)]


def _quits_kept(line: Line) -> Limit:
    paid = sum(payment.gbp for payment in line.reference)
    quits = int(paid / line.modes[0].unit_cost_gbp)
    return Limit(
        key=f"quits-kept.{line.place}",
        label=f"{line.name}: at least {quits:,} quits, as many as last year's money buys",
        terms=[Term(select=Selection(lines=[line.key]), measure=Measure.ACTIVITY)],
        at_least=quits,
        unit=line.unit or "quits",
        source="asked on purpose, to see what gives",
    )


def pool(problem: Problem, without: Answer, basis: LegalBasisView) -> list[Change]:
    """What if Manchester's pool were in force: who may then pay for what, and what goes through it.

    `without`: the plan without a pool, below which navigation shall not fall.
    """
    lines = [line.key for line in pooled_lines(problem)]
    payers = [case.MANCHESTER, *case.MANCHESTER_CCGS]
    selection = LineSelection(lines=lines)
    return [
        SetMechanism(
            mechanism=Mechanism(
                key=POOL,
                kind=MechanismKind.S75_POOL,
                payers=payers,
                lines=selection,
                excluded_classes=basis.excluded,
                citation=basis.citation,
            )
        ),
        SetFund(
            fund=Fund(
                key=POOL,
                name="Manchester pooled fund",
                mechanism=POOL,
                contributors=[FundContribution(purse=purse.key) for purse in paying_in(problem.purses)],
                lines=selection,
                source=THE_PROPOSAL,
            )
        ),
        AddLimit(
            limit=Limit(
                key="paid-from-the-pool",
                label="what is pooled is paid from the pool, not beside it",
                terms=[Term(select=Selection(lines=lines, payers=payers), measure=Measure.DIRECT_SPEND)],
                at_most=0,
                source=THE_PROPOSAL,
            )
        ),
        *(_navigation_kept(line, without) for line in pooled_lines(problem) if line.stage in case.POOLED_AT_THE_CCGS),
    ]


def _navigation_kept(line: Line, without: Answer) -> AddLimit:
    planned = min(row.gbp for row in without.lines if row.line == line.key)
    return AddLimit(
        limit=Limit(
            key=f"navigation-kept.{line.place}",
            label=f"{line.name or line.key}: at least GBP {planned:,} a year, what it would have without the pool",
            terms=[Term(select=Selection(lines=[line.key]))],
            at_least=planned,
            source=THE_PROPOSAL,
        )
    )


def pooled_lines(problem: Problem) -> list[Line]:
    """Stop smoking and awareness at the council, navigation at its three groups."""
    at_council = {(stage, case.council_place(case.MANCHESTER)) for stage in case.POOLED_AT_THE_COUNCIL}
    at_ccgs = {(stage, case.ccg_place(body)) for stage in case.POOLED_AT_THE_CCGS for body in case.MANCHESTER_CCGS}
    return [line for line in problem.lines if (line.stage, line.place) in at_council | at_ccgs]


def paying_in(purses: Sequence[Purse]) -> list[Purse]:
    """The council's public health grant and the three groups' programme money."""
    return [
        purse
        for purse in purses
        if (purse.owner == case.MANCHESTER and purse.kind == "ring_fence")
        or (purse.owner in case.MANCHESTER_CCGS and purse.kind == "general")
    ]
