"""Lists and figures of the reference data for the bodies of a later day, as the routes give them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from concord_allocation.reads import OnBehalf
from concord_allocation.reference.rolling import (
    FIGURE_FORM,
    LIST_FORMS,
    NOBODYS,
    NOT_TO_BE_ROLLED,
    REFERENCE_DAY,
    Backwards,
    Form,
    Lineage,
    Unknown,
    day_of,
    roll,
)
from concord_allocation.registry_client import RegistryClient
from concord_allocation.store.owned import OwnedFigure
from concord_allocation.succession import lineage
from concord_contracts.allocation.scenarios import Figure
from concord_contracts.problems import Fault
from concord_kit.calls import Call
from concord_kit.lists import Rows
from concord_kit.problems import Problem


async def rolled_list(call: Call, name: str, rows: Rows, roll_to: date) -> Rows:
    """The rows of a list for the bodies of the later day; of a list that names none, as they are."""
    if name in NOT_TO_BE_ROLLED:
        raise _refused(f"{name} says which office did what: it has no amounts that could be divided", "not-divisible")
    form = LIST_FORMS.get(name, NOBODYS)
    return roll(rows, form, await _followed(call, rows, form, roll_to))


async def rolled_figures(
    call: Call, found: Sequence[OwnedFigure], roll_to: date, place: str | None = None, key: str | None = None
) -> list[Figure]:
    """The figures for the bodies of the later day; of them those of a `place` of that day, with a text in their key.

    All of them are told for the later day before any is left out: what follows has several sources. A place that
    others followed is refused, with whom to ask for.
    """
    rows = [_cells(one) for one in found]
    form = FIGURE_FORM if any(one.where for one in found) else NOBODYS
    followed = await _followed(call, rows, form, roll_to)
    done = [row for row in roll(rows, form, followed) if place is None or row.get("where") == place]
    if place is not None and not done:
        after = {part.name for (_, name), parts in followed.items() if name == place for part in parts}
        if after:
            words = f"by {roll_to} {', '.join(sorted(after))} followed {place}: ask for that"
            raise Problem(
                "invalid-request", f"{words}.", errors=[Fault(parameter="query:place", detail=words, type="followed")]
            )
    return [one for one in map(_figure, done) if key is None or key in one.key]


async def _followed(call: Call, rows: Rows, form: Form, roll_to: date) -> Lineage:
    registry: RegistryClient = call.request.app.state.allocation.registry
    reader = OnBehalf(call.token, call.acting_for, roll_to)
    try:
        if roll_to < REFERENCE_DAY:
            raise Backwards(REFERENCE_DAY, roll_to)
        return await lineage(set(_named(rows, form)), roll_to, registry, reader)
    except Backwards as error:
        raise _refused(str(error), "backwards") from None
    except Unknown as error:
        raise _refused(str(error), "unknown-body") from None


def _named(rows: Iterable[dict[str, str]], form: Form) -> Iterator[tuple[date, str]]:
    for row in rows:
        for column in form.whose:
            if row.get(column):
                yield day_of(row), row[column]


def _cells(one: OwnedFigure) -> dict[str, str]:
    """A figure as cells. A key that begins with the place is kept without it, for the later one takes its stead; of
    another, `was` says whose it was."""
    cells = {name: str(value) for name, value in one.figure.model_dump().items() if value is not None}
    cells |= {"year": one.year} if one.year else {}
    if one.where is None:
        return cells
    key = one.figure.key
    own = {"key": key.removeprefix(one.where)} if key.startswith(one.where) else {"was": one.where}
    return cells | own | {"where": one.where}


def _figure(row: dict[str, str]) -> Figure:
    where, was = row.get("where", ""), row.get("was")
    before = where if was is None else "" if was == where else f"{where}:"
    return Figure.model_validate(dict.fromkeys(Figure.model_fields) | row | {"key": before + row["key"]})


def _refused(words: str, kind: str) -> Problem:
    return Problem("invalid-request", f"{words}.", errors=[Fault(parameter="query:roll_to", detail=words, type=kind)])
