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
from demo import days
from demo.case import Case, ccg_place, council_place


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
        if part.to_purse is not None and part.year == days.YEARS[0]
    ]


def more_referrals(case: Case, prepared: PreparedWhatIf) -> list[Change]:
    """(d) More people are referred with suspected lung cancer."""
    select = LineSelection(pathways=[case.pathway], stages=list(case.moved_by_referrals))
    return [ScaleDemand(select=select, factor=1 + float(prepared.value), note=prepared.question)]


def cut_but_keep_the_service(case: Case, cut: PreparedWhatIf, problem: Problem) -> list[Change]:
    """(e) The grant is cut and every council must keep its service of last year: impossible on purpose.

    The service is the council's first stage with money here: quits where the stage counts them, else what it costs.
    """
    lines = [line for line in problem.lines if line.stage == case.council_stages[0] and line.reference]
    return [*grant_cut(cut), *(AddLimit(limit=_quits_kept(line) if line.modes else _cost_kept(line)) for line in lines)]


def cut_but_keep_every_group(case: Case, cut: PreparedWhatIf, problem: Problem) -> list[Change]:
    """(e) where no council pays: the groups' money is cut by the grant's share and each must spend as last year.

    Impossible on purpose: a group's programme money is what its lines cost.
    """
    purses = {purse.key: purse.owner for purse in problem.purses if purse.kind == "general"}
    paid: dict[str, int] = {}
    lines: dict[str, list[str]] = {}
    for line in problem.lines:
        for payment in line.reference:
            if payment.purse in purses:
                paid[payment.purse] = paid.get(payment.purse, 0) + payment.gbp
                lines.setdefault(payment.purse, []).append(line.key)
    spending = [purse for purse in sorted(paid) if paid[purse] > 0]
    return [
        ScalePurse(
            select=PurseSelection(purses=spending),
            factor=1 + float(cut.value),
            note="the share by which grants were cut, put to the groups' money on purpose",
        ),
        *(
            AddLimit(
                limit=Limit(
                    key=f"spend-kept.{purse}",
                    label=f"{case.names.get(purses[purse], purses[purse])}: at least GBP {paid[purse]:,} a year on its "
                    "programme's lines, as much as last year",
                    terms=[Term(select=Selection(lines=lines[purse], payers=[purses[purse]]))],
                    at_least=paid[purse],
                    source="asked on purpose, to see what gives",
                )
            )
            for purse in spending
        ),
    ]


def impossible_question(case: Case, prepared: PreparedWhatIf) -> str:
    """The prepared question, or the same of whoever pays for this pathway beside NHS England."""
    if not case.pooled:
        return "The groups' money is cut by 6.2% and each must spend as much as in 2013-14: can both hold?"
    if case.council_stages[0] == "prevention":
        return prepared.question
    stage = case.council_stages[0].replace("_", " ")
    return f"The grant is cut by 6.2% and every council must keep what it spent on {stage} in 2013-14: can both hold?"


def _cost_kept(line: Line) -> Limit:
    paid = sum(payment.gbp for payment in line.reference)
    return Limit(
        key=f"spend-kept.{line.place}",
        label=f"{line.name or line.key}: at least GBP {paid:,} a year, as much as last year",
        terms=[Term(select=Selection(lines=[line.key]))],
        at_least=paid,
        source="asked on purpose, to see what gives",
    )


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


def pool(case: Case, problem: Problem, without: Answer, basis: LegalBasisView) -> list[Change]:
    """What if Manchester's pool were in force: who may then pay for what, and what goes through it.

    `without`: the plan without a pool, below which navigation shall not fall.
    """
    lines = [line.key for line in pooled_lines(case, problem)]
    payers = [case.host, *case.host_ccgs]
    selection = LineSelection(lines=lines)
    return [
        SetMechanism(
            mechanism=Mechanism(
                key=pool_key(case),
                kind=MechanismKind.S75_POOL,
                payers=payers,
                lines=selection,
                excluded_classes=basis.excluded,
                citation=basis.citation,
            )
        ),
        SetFund(
            fund=Fund(
                key=pool_key(case),
                name=f"{case.host_name} pooled fund",
                mechanism=pool_key(case),
                contributors=[FundContribution(purse=purse.key) for purse in paying_in(case, problem.purses)],
                lines=selection,
                source=proposal(case),
            )
        ),
        AddLimit(
            limit=Limit(
                key="paid-from-the-pool",
                label="what is pooled is paid from the pool, not beside it",
                terms=[Term(select=Selection(lines=lines, payers=payers), measure=Measure.DIRECT_SPEND)],
                at_most=0,
                source=proposal(case),
            )
        ),
        *(
            _navigation_kept(case, line, without)
            for line in pooled_lines(case, problem)
            if line.stage in case.navigation
        ),
    ]


def _navigation_kept(case: Case, line: Line, without: Answer) -> AddLimit:
    planned = min(row.gbp for row in without.lines if row.line == line.key)
    return AddLimit(
        limit=Limit(
            key=f"navigation-kept.{line.place}",
            label=f"{line.name or line.key}: at least GBP {planned:,} a year, what it would have without the pool",
            terms=[Term(select=Selection(lines=[line.key]))],
            at_least=planned,
            source=proposal(case),
        )
    )


def pool_key(case: Case) -> str:
    return f"{case.host_name.lower().replace(' ', '-').replace(',', '')}-pool"


def proposal(case: Case) -> str:
    return f"proposal of {case.council_name} and its {case.partners_words}, January 2014"


def pooled_lines(case: Case, problem: Problem) -> list[Line]:
    """The council's own stages at the council, navigation at its groups."""
    at_council = {(stage, council_place(case.host)) for stage in case.council_stages}
    at_ccgs = {(stage, ccg_place(body)) for stage in case.navigation for body in case.host_ccgs}
    return [line for line in problem.lines if (line.stage, line.place) in at_council | at_ccgs]


def paying_in(case: Case, purses: Sequence[Purse]) -> list[Purse]:
    """The council's public health grant and the three groups' programme money."""
    return [
        purse
        for purse in purses
        if (purse.owner == case.host and purse.kind == "ring_fence")
        or (purse.owner in case.host_ccgs and purse.kind == "general")
    ]
