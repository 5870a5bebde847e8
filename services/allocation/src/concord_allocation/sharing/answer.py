"""The whole answer: games of cost and of gain, default divisions, the annex, what can be paid, sentences."""

from concord_allocation import translate
from concord_allocation.core.problem import Fault, InvalidProblem, ProblemTables
from concord_allocation.sharing.annex import annex
from concord_allocation.sharing.asked import Asked
from concord_allocation.sharing.defaults import defaults
from concord_allocation.sharing.divided import Dividing
from concord_allocation.sharing.parties import Parties, parties_of
from concord_allocation.sharing.sentences import sentences
from concord_allocation.sharing.solutions import core_of
from concord_contracts.allocation import Answer, Problem, Refusal
from concord_contracts.allocation.sharing import CoalitionValue, Core, Sharing, SharingQuestion, Standing
from concord_contracts.identifiers import digest_of


def share(
    problem: Problem,
    question: SharingQuestion,
    plan: Answer | Refusal | None = None,
    *,
    limit_seconds: float,
    assembled: bool = False,
) -> Sharing | Refusal:
    """Divide a problem's plan (solved here unless it is given); `assembled`: from the registry's and our own figures.

    Raises InvalidProblem naming every fault of the question, and of the problem at /problem; Unanswered.
    """
    tables, found = _understood(problem, question)
    allowed = min(question.time_limit_seconds or limit_seconds, limit_seconds)
    outcome = plan or translate.solve(problem, time_limit_seconds=allowed, prices=False)
    if isinstance(outcome, Refusal):
        return outcome
    return _answer(Asked(problem, tables, question, found, outcome, allowed, assembled=assembled))


def _understood(problem: Problem, question: SharingQuestion) -> tuple[ProblemTables, Parties]:
    faults: list[Fault] = []
    try:
        tables = translate.tables_of(problem)
    except InvalidProblem as invalid:
        faults = [fault._replace(pointer=f"/problem{fault.pointer}") for fault in invalid.faults]
    try:
        found = parties_of(problem, question)
    except InvalidProblem as invalid:
        faults += invalid.faults
    if faults:
        raise InvalidProblem(faults)
    return tables, found


def _answer(asked: Asked) -> Sharing:
    dividing, gained = Dividing(asked), asked.gained
    divisions = [*defaults(asked, dividing), *(annex(asked, dividing) if asked.question.annex else ())]
    content = {
        "model": "allocation-sharing/1",
        "answer_digest": asked.plan.digest,
        "divisions": [[d.key, [[a.party, a.gbp] for a in d.amounts]] for d in divisions],
    }
    soft = gained is not None and asked.has_soft_limits
    return Sharing(
        problem_digest=asked.plan.problem_digest,
        answer_digest=asked.plan.digest,
        digest=digest_of(content),
        cost_gbp=asked.money.total,
        benefit_unit=asked.problem.benefit_unit,
        fallback=asked.fallback.words,
        fallback_benefit=gained.fallback_benefit if gained else None,
        fallback_missed_gbp=gained.missed[0] if gained and soft else None,
        gain=gained.together if gained else None,
        missed_gbp=gained.missed_together if gained and soft else None,
        standing=_standing(asked),
        divisions=divisions,
        costs_core=_costs_core(asked),
        gains_core=_gains_core(asked),
        gain_divisions=gained.divisions if gained else [],
        coalitions=_coalitions(asked),
        sentences=list(sentences(asked, divisions)),
    )


def _standing(asked: Asked) -> list[Standing]:
    money, gained = asked.money, asked.gained
    alone = asked.cost_game.alone if asked.cost_game else [money.own.get(key, 0.0) for key in asked.keys]
    gain = gained.game.alone if gained and gained.game else None
    return [
        Standing(
            party=party.key,
            name=party.name,
            payers=sorted(party.payers),
            fallback_gbp=asked.before(party.key),
            plan_gbp=money.paid.get(party.key, 0),
            own_lines_gbp=round(money.own.get(party.key, 0.0)),
            alone_gbp=float(alone[k]),
            alone_gain=None if gain is None else float(gain[k]),
            benefit_of_own_lines_change=asked.benefit_change[party.key],
        )
        for k, party in enumerate(asked.found.parties)
    ]


def _costs_core(asked: Asked) -> Core | None:
    if asked.cost_game is None:
        return None
    return core_of(asked.cost_game, kind="costs", unit="GBP", names=asked.found.names)


def _gains_core(asked: Asked) -> Core | None:
    gained = asked.gained
    if gained is None or gained.game is None:
        return None
    return core_of(gained.game, kind="gains", unit=asked.problem.benefit_unit, names=asked.found.names)


def _coalitions(asked: Asked) -> list[CoalitionValue]:
    game, gained = asked.cost_game, asked.gained
    if game is None:
        return []
    gain = gained.game.values if gained and gained.game else None
    missed = gained.missed if gained and asked.has_soft_limits else {}
    return [
        CoalitionValue(
            parties=list(game.names(mask)),
            gain=None if gain is None else float(gain[mask]),
            missed_gbp=missed.get(mask),
            cost_gbp=float(game.values[mask]),
        )
        for mask in range(1, len(game.values))
    ]
