"""All of England's money, loaded once: every area and pathway can be planned, and nothing is counted twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest

from concord_allocation import store, translate
from concord_allocation.assembly.assemble import assemble
from concord_allocation.load import load
from concord_allocation.reference.rows import LineRow
from concord_contracts.allocation import Answer
from concord_kit import migrations
from concord_kit.database import Database
from services.allocation.tests.conftest import database_at
from services.allocation.tests.greater_manchester import DATA, places_of, shipped_world, table

FOUR = ("breast", "colorectal", "lung", "prostate")
AREAS = sorted(row["place"] for row in table("places") if row["kind"] == "area")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = database_at(f"sqlite:///{tmp_path_factory.mktemp('england')}/allocation.db")
    migrations.upgrade(database)
    with database:
        assert load(None, database, [str(DATA)]) == 0
        yield database


def now(database: Database) -> datetime:
    return database.read_now(lambda tx: tx.head_at)


def test_there_are_twenty_five_areas() -> None:
    assert len(AREAS) == 25


@pytest.mark.parametrize("area", AREAS)
def test_each_of_the_four_big_pathways_can_be_planned_there(loaded: Database, area: str) -> None:
    """Every pound of the baseline is paid by a purse of the problem, which holds as much in the first year planned."""
    at, places = now(loaded), list(places_of(area))
    for pathway in FOUR:
        figures = loaded.read_now(
            lambda tx, pathway=pathway: store.figures.figures_for(tx, at, [pathway], [place.key for place in places])
        )
        problem = assemble(shipped_world(area, pathway, figures, places))
        assert {line.pathway for line in problem.lines} == {pathway}
        paid = Counter({purse.key: 0 for purse in problem.purses})
        for line in problem.lines:
            paid.update({payment.purse: payment.gbp for payment in line.reference})
        assert sum(paid.values()) == sum(line.baseline_gbp for line in figures.lines)
        for purse in problem.purses:
            assert purse.amount_gbp["2014-15"] >= paid[purse.key]
        assert set(paid) == {purse.key for purse in problem.purses}


@pytest.mark.parametrize(("area", "pathway"), [("london-area", "breast"), ("wessex", "prostate")])
def test_an_area_of_any_size_is_answered(loaded: Database, area: str, pathway: str) -> None:
    at, places = now(loaded), list(places_of(area))
    figures = loaded.read_now(lambda tx: store.figures.figures_for(tx, at, [pathway], [place.key for place in places]))
    outcome = translate.solve(assemble(shipped_world(area, pathway, figures, places)), prices=False)
    assert isinstance(outcome, Answer)
    assert outcome.check.passed


def test_the_lines_of_each_pathway_sum_to_what_england_spends_on_it(loaded: Database) -> None:
    """The control totals are per stage; each pound of them stands in exactly one line, of exactly one place."""
    lines: list[LineRow] = loaded.read_now(lambda tx: store.figures.rows_in_use(tx, tx.head_at, "lines"))
    totals = loaded.read_now(lambda tx: store.figures.rows_in_use(tx, tx.head_at, "stage_totals"))
    spent: Counter[tuple[str, str]] = Counter()
    for line in lines:
        spent[line.pathway, line.stage] += line.baseline_gbp
    assert spent == Counter({(row.pathway, row.stage): row.england_gbp for row in totals})


def test_no_line_is_in_two_areas(loaded: Database) -> None:
    lines = loaded.read_now(lambda tx: store.figures.rows_in_use(tx, tx.head_at, "lines"))
    found: Counter[str] = Counter()
    for area in AREAS:
        inside = {place.key for place in places_of(area)}
        found.update(line.line for line in lines if line.place in inside)
    assert set(found.values()) == {1}
    assert len(found) == len(lines)
