"""Problems as tables; and plain linear programmes, as other solvers write them, with their optimum."""

from typing import Annotated, Literal

from pydantic import Field

from concord_contracts.identifiers import Key, Reply, Request


class ProgrammeVariable(Reply):
    """`reduced_cost`: change of the objective per unit; none with integer variables."""

    name: str
    value: float
    reduced_cost: float | None


class ProgrammeRow(Reply):
    """`price`: change of the objective per +1 of the right-hand side, in its own sense; none with integers."""

    name: str
    activity: float
    lower: float | None
    upper: float | None
    price: float | None


class ProgrammeAnswer(Reply):
    """The optimum, or why there is none. Without a plan, variables and rows are empty."""

    status: Literal["optimal", "feasible_not_proven", "infeasible", "unbounded", "unknown"]
    sense: Literal["min", "max"]
    objective: float | None
    bound: float | None = Field(description="no plan does better")
    integer: bool
    worst_violation: float | None = Field(description="largest miss of a row, a bound or a whole number, recomputed")
    notes: list[str] = Field([], description="how the text was understood where the traditions of its format differ")
    variables: list[ProgrammeVariable]
    rows: list[ProgrammeRow]
    seconds: float


class ProblemTables(Request):
    """The tables of a problem, each as the text of a CSV: `problem`, `lines`, `lines.modes` and so on."""

    tables: Annotated[
        dict[Key, Annotated[str, Field(max_length=8_000_000)]],
        Field(min_length=1, max_length=100),
    ]
