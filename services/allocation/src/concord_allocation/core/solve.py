"""The entry to the core: a problem's tables in, an answer or a refusal out. No clock, no file, no network.

tables  = parse(document)
outcome = solve(tables)
changed, other = what_if(document, changes)
difference = compare(outcome, other)
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from concord_allocation.core import answer as read
from concord_allocation.core.amounts import benefits_of, spend_of
from concord_allocation.core.binding import binding_limits, spare_of
from concord_allocation.core.candidates import find_candidates
from concord_allocation.core.changes import apply
from concord_allocation.core.choose import LEAST_SECONDS, Held, choose_options, hold
from concord_allocation.core.conflicts import conflict_words, find_conflict
from concord_allocation.core.exits import exits
from concord_allocation.core.explain import Priced, answer_sentences
from concord_allocation.core.fences import ring_fences
from concord_allocation.core.ledger import ledger_of
from concord_allocation.core.matrix import Matrix, compile_matrix
from concord_allocation.core.parse import parse
from concord_allocation.core.phases import Phase, Within, unwatched
from concord_allocation.core.plans import reference_values
from concord_allocation.core.prices import Price, price_limits
from concord_allocation.core.problem import ProblemTables
from concord_allocation.core.refusal import least_relaxation
from concord_allocation.core.relaxed import attempts, by_payer
from concord_allocation.core.results import Answer, Candidate, Check, Sentence, SolverFacts
from concord_allocation.core.results_of_refusals import PayerLoosening, Refusal, Relaxation
from concord_allocation.core.rounding import Whole, round_plan
from concord_allocation.core.solver import OPTIONS, Live, Solution, Status, Unanswered, solver_versions
from concord_allocation.core.splits import cell_rows, splits_of, totals_of
from concord_allocation.core.stages import Optimum, optimise, reach_benefit, stage_result
from concord_allocation.core.stopped import what_stops
from concord_allocation.core.unfunded import to_ask, without_money
from concord_allocation.core.verify import kept_of, verify
from concord_allocation.core.words import pounds

type Outcome = Answer | Refusal


def solve(
    tables: ProblemTables,
    *,
    time_limit_seconds: float | None = None,
    prices: bool = True,
    within: Within = unwatched,
) -> Outcome:
    """Answer the problem, cold and in canonical order: the same tables always give the same pounds.

    The time limit bounds the solver's own time. Without `prices`, nothing binding and no candidates are worked out.
    """
    with within(Phase.MATRIX):
        matrix = compile_matrix(tables)
    with within(Phase.CHOOSING):
        asked = choose_options(matrix, time_limit_seconds) if matrix.whole.any() else None
    if asked is not None:
        held, live = asked
        if held is None:
            return _without_plan(live, live.last_status)
        left = None if time_limit_seconds is None else max(LEAST_SECONDS, time_limit_seconds - live.seconds)
        return _linear(hold(matrix, held.chosen), held, left, prices=prices, within=within)
    return _linear(matrix, None, time_limit_seconds, prices=prices, within=within)


def _linear(
    matrix: Matrix, held: Held | None, time_limit_seconds: float | None, *, prices: bool, within: Within
) -> Outcome:
    """The answer of a linear programme: the whole problem, or what is left of it once options are held."""
    live = Live(matrix, time_limit_seconds, within=within)
    with within(Phase.SOLVER):
        status = reach_benefit(live)
        optimum = optimise(live) if status == Status.OPTIMAL else None
    if optimum is None:
        return _without_plan(live, status, held)
    return _answer(live, optimum, held, prices=prices)


def _without_plan(live: Live, status: Status, held: Held | None = None) -> Outcome:
    """No optimum: why, or what there is when time has run out."""
    match status:
        case Status.INFEASIBLE:
            with live.within(Phase.EXPLAINING):
                return _infeasible(live)
        case Status.UNBOUNDED:
            words = "Benefit grows without end: some curve has no end, or cases that cost nothing have no limit"
            return _refusal(live, "unbounded", "unbounded", words)
        case Status.TIME_LIMIT:
            return _out_of_time(live, held)
    words = "The numbers of this problem lie too far apart to be solved reliably"
    return _refusal(live, "unknown", "solver_failed", words)


def what_if(
    document: Mapping[str, Any],
    changes: Sequence[Mapping[str, Any]],
    *,
    time_limit_seconds: float | None = None,
    prices: bool = True,
) -> tuple[dict[str, Any], Outcome]:
    """The changed document and its outcome. Raises InvalidProblem for faults in the changes or what they lead to."""
    changed = apply(document, changes)
    return changed, solve(parse(changed), time_limit_seconds=time_limit_seconds, prices=prices)


def _answer(live: Live, optimum: Optimum, held: Held | None, *, prices: bool) -> Outcome:
    matrix = live.matrix
    with live.within(Phase.EXPLAINING):
        whole = round_plan(matrix, optimum.values)
    if whole is None:
        words = "A plan exists in fractions of a pound, but none in whole pounds keeps every sum of pounds"
        return _refusal(live, "infeasible", "no_whole_pound_plan", words)
    return hand_out(live, _assemble(live, optimum, held, whole, prices=prices))


def hand_out(live: Live, answer: Answer) -> Outcome:
    """A plan that the independent check rejects is never handed out."""
    if answer.check.passed:
        return answer
    worst = answer.check.violations[0]
    words = f"The plan found misses '{worst.label}' by {worst.amount:g} {worst.unit} and is not handed out"
    return _refusal(live, "unknown", "check_failed", words)


def _assemble(live: Live, optimum: Optimum, held: Held | None, whole: Whole, *, prices: bool) -> Answer:
    matrix, cells = live.matrix, whole.cells
    priced: Sequence[Price] | None = None
    investments: tuple[Candidate, ...] = ()
    releases: tuple[Candidate, ...] = ()
    if prices and _is_proven(optimum, held):
        with live.within(Phase.PRICES):
            priced = price_limits(live, optimum)
        with live.within(Phase.CANDIDATES):
            investments, releases = find_candidates(live, optimum, cells, priced)
    with live.within(Phase.CHECKING):
        kept = {name: _kept_until(live, name) for name in matrix.stages if name.startswith("soft/")}
        check = verify(matrix, optimum, whole, kept_of(matrix, kept), None if held is None else held.bound)
    with live.within(Phase.EXPLAINING):
        return _told(live, optimum, held, whole, priced, investments, releases, check)


def _is_proven(optimum: Optimum, held: Held | None) -> bool:
    return optimum.proven and (held is None or held.proven)


def _kept_until(live: Live, objective: str) -> float:
    """The scaled value that an objective before benefit was held at."""
    return float(live.settled[1][live.matrix.row_position[f"objective/{objective}"]])


def _told(
    live: Live,
    optimum: Optimum,
    held: Held | None,
    whole: Whole,
    priced: Sequence[Price] | None,
    investments: tuple[Candidate, ...],
    releases: tuple[Candidate, ...],
    check: Check,
) -> Answer:
    matrix, tables, cells = live.matrix, live.matrix.tables, whole.cells
    spend = spend_of(tables, cells)
    benefit = benefits_of(tables, spend, whole.more)
    rows = cell_rows(tables, cells)
    binding = binding_limits(matrix, priced or (), options_held=held is not None)
    found = Answer(
        status="optimal" if _is_proven(optimum, held) else "feasible_not_proven",
        totals=totals_of(tables, rows, benefit, whole.more),
        cells=rows,
        splits=splits_of(tables, rows, benefit),
        contributions=read.contribution_rows(matrix, whole),
        activity=read.activity_rows(matrix, optimum.values),
        lines=read.line_rows(tables, spend, benefit),
        binding=binding,
        ring_fences=() if priced is None else ring_fences(tables, binding),
        candidate_investments=investments,
        candidate_releases=releases,
        exits=exits(tables, cells),
        ties=read.ties_of(matrix, optimum, () if held is None else held.otherwise),
        assumptions=read.assumptions_of(tables, cells),
        check=check,
        objectives=read.objective_results(optimum),
        solver=_facts(live, held),
        sentences=(),
        **ledger_of(matrix, optimum, whole, unique=held is None or held.unique),
    )
    asked = None
    if priced is not None:
        stops = what_stops(live, optimum, priced, to_ask(without_money(tables, found)))
        asked = Priced(spare_of(matrix, optimum.values), stops)
    return replace(found, sentences=answer_sentences(tables, found, asked))


def _infeasible(live: Live) -> Refusal:
    """The conflict and, unless law conflicts with law, the least loosening."""
    try:
        members, statutory_alone = find_conflict(live)
    except Unanswered as why:
        return _refusal(live, "infeasible", "conflict", f"No plan keeps every limit; {why}")
    words = conflict_words(members, statutory_alone=statutory_alone)
    if statutory_alone:
        return replace(_refusal(live, "infeasible", "statutory_conflict", words), conflict=members)
    found = least_relaxation(live.matrix)
    if found is None:
        return replace(_refusal(live, "infeasible", "conflict", words), conflict=members)
    relaxation, total = found
    told = [Sentence("refusal", f"A plan would exist if you {loosened.words}") for loosened in relaxation[:10]]
    sums = by_payer(relaxation)
    told += [Sentence("refusal", f"Of the loosening {pounds(row.gbp)} is {_whose(row)}") for row in sums[:10]]
    changes = _proven_changes(live, relaxation)
    return replace(
        _refusal(live, "infeasible", "conflict", words, *told),
        conflict=members,
        relaxation=relaxation,
        relaxation_gbp=total,
        relaxation_by_payer=sums,
        changes=changes,
    )


def _whose(row: PayerLoosening) -> str:
    return row.name if row.payer is None else f"{row.name}'s"


def _proven_changes(live: Live, relaxation: Sequence[Relaxation]) -> tuple[dict[str, Any], ...]:
    """The loosening as changes that gave a plan in whole pounds which passed the check; none where time runs out."""
    spent = live.seconds
    for looser, change in attempts(live.matrix, relaxation):
        if live.time_limit_seconds is not None and spent >= live.time_limit_seconds:
            break
        found, seconds = _has_plan(looser, live.time_limit_seconds)
        if found:
            return (change,)
        spent += seconds
    return ()


def _has_plan(tables: ProblemTables, time_limit_seconds: float | None) -> tuple[bool, float]:
    """(whether there is a plan that is handed out, solver seconds), with nothing explained where there is none."""
    matrix, held, seconds = compile_matrix(tables), None, 0.0
    if matrix.whole.any():
        held, choosing = choose_options(matrix, time_limit_seconds)
        seconds = choosing.seconds
        if held is None:
            return False, seconds
        matrix = hold(matrix, held.chosen)
    live = Live(matrix, time_limit_seconds)
    optimum = optimise(live) if reach_benefit(live) == Status.OPTIMAL else None
    made = None if optimum is None else _answer(live, optimum, held, prices=False)
    return isinstance(made, Answer), seconds + live.seconds


def _out_of_time(live: Live, held: Held | None = None) -> Outcome:
    """The better of what the solver has and the reference split, as far as the check accepts them; else nothing."""
    matrix, solution = live.matrix, live.solution()
    known = [values for values in (solution.values, reference_values(matrix)) if len(values) == matrix.columns.count]
    outcomes = [_unproven(live, solution, values, held) for values in known if np.isfinite(values).all()]
    plans = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
    if plans:
        return max(plans, key=lambda plan: plan.totals.benefit)
    words = f"No plan was found within {live.time_limit_seconds:g} seconds, and the reference split breaks a limit"
    return _refusal(live, "unknown", "no_plan_in_time", words)


def _unproven(live: Live, solution: Solution, values: np.ndarray[Any, Any], held: Held | None) -> Outcome:
    matrix = live.matrix
    duals = solution.dual if len(solution.dual) == len(matrix.rows) else np.zeros(len(matrix.rows))
    benefit = Solution(values, np.zeros_like(values), np.zeros(len(matrix.rows)), duals, 0.0)
    stages = tuple(stage_result(matrix, name, {}, values) for name in matrix.stages)
    return _answer(live, Optimum(values, values, (), benefit, None, stages), held, prices=False)


def _refusal(live: Live, status: str, reason: str, words: str, *more: Sentence) -> Refusal:
    return Refusal(
        status=status,
        reason=reason,
        words=words,
        solver=_facts(live),
        sentences=(Sentence("refusal", words), *more),
    )


def _facts(live: Live, held: Held | None = None) -> SolverFacts:
    nodes = {} if held is None else {"branch_and_bound_nodes": f"{held.nodes}"}
    return SolverFacts(
        solver="HiGHS",
        versions=solver_versions(),
        options={name: f"{value}" for name, value in OPTIONS.items()} | {"threads": "1"} | nodes,
        rows=len(live.matrix.rows),
        columns=live.matrix.columns.count,
        iterations=live.iterations,
        seconds=round(live.seconds, 4),
    )
