"""`concord plan`, `what-if`, `scenario(s)`, `solve`: how the money might be split, and what would change it."""

from pathlib import Path
from typing import Annotated

import typer
import uuid_utils
from rich.console import Console

from concord_client.cli.options import Csv, Cursor, Day, Json, Key, KnownAt, Limit, Xlsx, day, moment
from concord_client.cli.problem import PROGRAMMES, content_of, problem_in, question_in
from concord_client.cli.session import ExitCode, answer, checked, concord, end_with, read_model, save
from concord_client.client import Concord
from concord_client.show.page import say
from concord_client.show.plans import show_difference, show_outcome, show_reasons, show_scenario
from concord_client.show.programme import show_programme
from concord_client.show.scenarios import show_scenarios
from concord_contracts.allocation import (
    Change,
    Loosen,
    Outcome,
    ProblemWhatIf,
    ProblemWhatIfRequest,
    Refusal,
    SolveRequest,
    WhatIfRequest,
    WhatIfResult,
)
from concord_contracts.allocation.scenarios import ScenarioRequest, StatedScenarioRequest


def register(app: typer.Typer) -> None:
    app.command("plan")(plan)
    app.command("what-if")(what_if)
    app.command("scenario")(scenario)
    app.command("scenarios")(scenarios)
    app.command("solve")(solve)


def plan(
    pathway: Annotated[str, typer.Argument(help="for instance lung")],
    year: Annotated[list[str], typer.Option(help="financial years that follow each other, e.g. 2014-15")],
    place: Annotated[list[str] | None, typer.Option(help="one or several; default greater-manchester")] = None,
    title: Annotated[str | None, typer.Option()] = None,
    fill_in: Annotated[
        list[str] | None,
        typer.Option(help="also from the map and the books; several: --fill-in contracts --fill-in baseline"),
    ] = None,
    as_of: Day = None,
    key: Key = None,
    xlsx: Xlsx = None,
    as_json: Json = False,
) -> None:
    """Build the question from reference figures, the map and the agreements in force; solve it and keep it.

    --fill-in: contracts (what the registry's contracts hold back until when; each that was found is told of), baseline
    (built up from the outturn that bodies sent), business_rules, equity, price_indices.
    """
    places = place or ["greater-manchester"]
    request = checked(
        ScenarioRequest,
        title=title or f"{pathway} in {', '.join(places)}, {', '.join(year)}",
        pathways=[pathway],
        places=places,
        years=year,
        as_of=day(as_of),
        fill_in=fill_in or [],
    )
    with concord() as services:
        made = services.allocation.create_scenario(request, idempotency_key=key)
        answer(made, as_json, lambda console: show_scenario(console, made))
        if xlsx is not None:
            save(services.allocation.workbooks.scenario(made.id), xlsx)
        end_with(made.outcome)


def scenario(
    scenario_id: Annotated[str, typer.Argument(metavar="SCENARIO")],
    xlsx: Xlsx = None,
    problem: Annotated[Path | None, typer.Option(help="write its problem too, to be solved elsewhere")] = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """A stored scenario with its answer."""
    when = moment(known_at)
    with concord() as services:
        if problem is not None:
            problem.write_bytes(services.allocation.problem_text(scenario_id, known_at=when))
        found = services.allocation.scenario(scenario_id, known_at=when)
        if problem is not None:
            typer.echo(f"To solve it elsewhere: concord solve {problem} --expect {found.outcome.digest}", err=True)
        answer(found, as_json, lambda console: show_scenario(console, found))
        if xlsx is not None:
            save(services.allocation.workbooks.scenario(scenario_id, known_at=when), xlsx)
        end_with(found.outcome)


def scenarios(
    digest: Annotated[
        str | None, typer.Option(help="only those whose problem or answer has this digest, as papers quote it")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Scenarios that your body's money is in, newest first: what rests on assumptions, and which are cited."""
    with concord() as services:
        page = services.allocation.scenarios(digest=digest, limit=limit, cursor=cursor, known_at=moment(known_at))
        answer(page, as_json, lambda console: show_scenarios(console, page, digest), as_csv=as_csv)


def solve(
    file: Annotated[
        Path, typer.Argument(help="a problem as JSON, .xlsx or a folder of CSVs; an .mps or .lp programme; `-`: JSON")
    ],
    xlsx: Xlsx = None,
    as_proposed: Annotated[bool, typer.Option(help="if it is refused: again, loosened as proposed")] = False,
    expect: Annotated[str | None, typer.Option(help="the digest its answer should have, from another machine")] = None,
    keep: Annotated[str | None, typer.Option(help="keep it as a scenario of this title, for your body alone")] = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Solve a self-contained problem; nothing is stored unless it is kept."""
    with concord() as services:
        if file.suffix.lower() in PROGRAMMES and keep is None:
            found = services.allocation.solve_programme(content_of(file), file.suffix.lower()[1:])
            answer(found, as_json, lambda console: show_programme(console, found))
            if xlsx is not None:
                save(services.allocation.workbooks.solve_programme(content_of(file), file.suffix.lower()[1:]), xlsx)
            if found.objective is None:
                raise typer.Exit(ExitCode.NO_PLAN)
            return
        request = question_in(file, services)
        if keep is not None:
            stated = checked(
                StatedScenarioRequest,
                title=keep,
                problem=request.problem,
                time_limit_seconds=request.time_limit_seconds,
            )
            made = services.allocation.create_scenario(stated, idempotency_key=key)
            answer(made, as_json, lambda console: show_scenario(console, made))
            if xlsx is not None:
                save(services.allocation.workbooks.scenario(made.id), xlsx)
            end_with(made.outcome)
            return
        outcome = services.allocation.solve(request)
        if as_proposed and isinstance(outcome, Refusal) and outcome.changes:
            request = loosened(request, outcome)
            outcome = services.allocation.solve(request)
        answer(outcome, as_json, lambda console: show_outcome(console, outcome))
        if expect is not None and outcome.digest != expect:
            versions = ", ".join(f"{name} {number}" for name, number in outcome.solver.versions.items())
            typer.echo(
                f"Another answer than expected: {outcome.digest}, of the problem {outcome.problem_digest}, by "
                f"{versions}. The same pounds are promised for the same problem on the same versions.",
                err=True,
            )
            raise typer.Exit(ExitCode.REFUSED)
        if expect is not None:
            typer.echo(f"The answer expected, {expect}, came out again.", err=True)
        if xlsx is not None:
            save(services.allocation.workbooks.solve(request), xlsx)
        end_with(outcome)


def what_if(
    base: Annotated[
        str, typer.Argument(help="id of the scenario to change; or a problem: a file or a folder of CSVs, not kept")
    ],
    file: Annotated[Path | None, typer.Argument(help="the changes as JSON, `-` for standard input")] = None,
    as_proposed: Annotated[bool, typer.Option(help="loosen as the scenario's own refusal proposes")] = False,
    key: Key = None,
    xlsx: Xlsx = None,
    as_json: Json = False,
) -> None:
    """Change a scenario or a problem, solve it again, and show the difference.

    Kinds of change: money (scale_purse, add_money, add_purse, transfer, set_carry, set_overspend), rules (add_limit,
    set_limit, scale_limit, remove_limit, loosen, set_pace, hold_lines, new_money_only), the service (scale_demand,
    price_shock, scale_supply, add_line, set_part, remove_part, delay), who may pay (set_mechanism, remove_mechanism,
    set_fund, remove_fund, remove_eligibility, reassign_lines), who takes part (new_payer, join_pool, leave_pool). See
    docs/problem.md.
    """
    if (file is None) != as_proposed:
        raise typer.BadParameter("give a file of changes, or --as-proposed")
    given = None if file is None else read_model(WhatIfRequest, file)
    with concord() as services:
        if Path(base).exists():
            if given is None:
                raise typer.BadParameter("no refusal of a file is kept: see `concord solve --as-proposed`")
            asked = _of_problem(Path(base), given, key, services)
            changed = services.allocation.what_if_of(asked)
            answer(changed, as_json, lambda console: show_what_if_of_problem(console, base, changed))
            if xlsx is not None:
                save(services.allocation.workbooks.what_if_of(asked), xlsx)
            end_with(changed.outcome)
            return
        request = given or WhatIfRequest(changes=proposed(services.allocation.scenario(base).outcome))
        key = key or str(uuid_utils.uuid7())
        result = services.allocation.what_if(base, request, idempotency_key=key)
        answer(result, as_json, lambda console: show_what_if(console, result))
        if xlsx is not None:
            save(services.allocation.workbooks.what_if(base, request, key), xlsx)
        end_with(result.scenario.outcome)


def proposed(outcome: Outcome) -> list[Change]:
    """The changes that a refusal proposes. Raises BadParameter where there are none."""
    if not isinstance(outcome, Refusal):
        raise typer.BadParameter("there is a plan already: nothing needs loosening")
    if not outcome.changes:
        raise typer.BadParameter("its refusal proposes no loosening")
    return outcome.changes


def loosened(request: SolveRequest, outcome: Outcome) -> SolveRequest:
    """The same question with what its refusal proposes."""
    rows = [row for change in proposed(outcome) if isinstance(change, Loosen) for row in change.rows]
    problem = request.problem.model_copy(update={"loosened": [*request.problem.loosened, *rows]})
    return request.model_copy(update={"problem": problem})


def _of_problem(file: Path, request: WhatIfRequest, key: str | None, services: Concord) -> ProblemWhatIfRequest:
    """Raises typer.BadParameter for what belongs to an answer that is kept."""
    if request.title or request.note or key:
        raise typer.BadParameter("a what-if of a problem is not kept: it has no title, note or key")
    return checked(
        ProblemWhatIfRequest,
        problem=problem_in(file, services),
        changes=request.changes,
        time_limit_seconds=request.time_limit_seconds,
    )


def show_what_if_of_problem(console: Console, base: str, result: ProblemWhatIf) -> None:
    if result.difference is not None:
        say(console, f"{result.problem.title}, changed, against {base}", "bold")
        show_difference(console, result.difference)
        if result.outcome.outcome == "plan":
            show_reasons(console, result.outcome)
        return
    if result.outcome.outcome == "plan":
        say(console, f"{base} as it is has no plan ({result.base_status}); changed it has one.", "bold")
    show_outcome(console, result.outcome)


def show_what_if(console: Console, result: WhatIfResult) -> None:
    if result.difference is None:
        show_scenario(console, result.scenario)
        return
    say(console, f"{result.scenario.title} ({result.scenario.id}) against {result.base}", "bold")
    show_difference(console, result.difference)
    if result.scenario.outcome.outcome == "plan":
        show_reasons(console, result.scenario.outcome)
