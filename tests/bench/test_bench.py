"""`make bench` measures and writes what it says; how long anything takes is no matter here."""

import json
import re
from pathlib import Path

import pytest

from bench import coverage, importing, load, responsibilities, signing, stored, what_if
from bench.__main__ import main
from bench.bare_solver import YardstickBroken, bare_solver
from bench.figures import figures_of, per_second
from bench.timing import interleaved
from concord_allocation.core.matrix import compile_matrix
from concord_allocation.core.phases import Phase
from services.allocation.tests.core.problems import make_limit, make_problem, spend_on, tables


@pytest.mark.long
def test_a_small_run_writes_each_row_beside_its_yardstick(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--smallest", "--repeats", "1", "--output", str(tmp_path / "new" / "bench.json")]) == 0
    rows = json.loads((tmp_path / "new" / "bench.json").read_text())
    assert all(list(row) == ["name", "value", "unit", "yardstick", "ratio"] for row in rows)
    by_name = {row["name"]: row for row in rows}
    assert len(by_name) == len(rows)
    what_ifs = {"total", "transport", "service", *Phase, what_if.BARE}
    assert set(by_name) == {
        *(f"what-if/{next(iter(what_if.SIZES))}/{part}" for part in what_ifs),
        *(f"responsibilities/{next(iter(responsibilities.SIZES))}/{part}" for part in ("served", "bare-route")),
        *(f"england/{next(iter(coverage.SIZES))}/{p}" for p in ("cold", "bare-read", "from-cache", "bare-route")),
        *(f"signing/{next(iter(signing.SIZES))}/{part}" for part in ("signed", "bare-insert")),
        *(f"load/{next(iter(load.LOOK_UPS))}/{part}" for part in ("served", "bare-route")),
        *(
            f"stored/{database}/{next(iter(stored.SIZES))}/{part}"
            for database in ("sqlite", "postgresql")
            for part in ("place", "place-as-known-in-the-past", "bare-read")
        ),
        *(
            f"{what}/{database}/{next(iter(importing.SIZES))}/{part}{counted}"
            for what in ("e-file", "claims")
            for database in ("sqlite", "postgresql")
            for part in ("imported", "bare-rows")
            for counted in ("", "-per-second")
        ),
    }
    printed = capsys.readouterr().out
    for row in rows:
        assert row["unit"] == ("lines/s" if row["name"].endswith("-per-second") else "ms")
        assert row["value"] > 0
        assert row["ratio"] == pytest.approx(row["value"] / by_name[row["yardstick"]]["value"], rel=0.01)
        assert re.search(rf"{row['name']} +{row['value']:.2f} ", printed)
    parts = [row["value"] for name, row in by_name.items() if name.startswith("what-if/") and "total" not in name]
    whole = by_name["what-if/one-pathway/total"]["value"]
    assert sum(parts) - by_name["what-if/one-pathway/bare-solver"]["value"] == pytest.approx(whole), (
        "nothing is missing"
    )


def test_the_first_round_warms_up_and_medians_are_of_the_rest() -> None:
    times = iter([100.0, 1.0, 5.0, 2.0])
    assert interleaved([lambda: {"one": next(times)}, lambda: {"two": 7.0}], 3) == {"one": 2.0, "two": 7.0}


def test_a_row_is_compared_with_its_own_yardstick_or_the_groups() -> None:
    medians = {"a": 3.0, "b": 2.0, "c": 1.0}
    found = {row.name: (row.yardstick, row.ratio) for row in figures_of("g", medians, {"a": "b"}, otherwise="c")}
    assert found == {"g/a": ("g/b", 1.5), "g/b": ("g/c", 2.0), "g/c": ("g/c", 1.0)}


def test_the_bare_solver_is_no_yardstick_of_a_problem_without_a_plan() -> None:
    impossible = make_problem(limits=[make_limit("f", spend_on("rich"), at_least=10**9)])
    with pytest.raises(YardstickBroken):
        bare_solver(compile_matrix(tables(impossible)))


def test_the_bare_solver_ends_where_ours_does(monkeypatch: pytest.MonkeyPatch) -> None:
    bare_solver(compile_matrix(tables(make_problem())))()
    monkeypatch.setattr("bench.bare_solver.CHANGES", frozenset({"run"}))
    with pytest.raises(YardstickBroken):
        bare_solver(compile_matrix(tables(make_problem())))


def test_what_is_done_in_a_second_is_compared_the_other_way_round() -> None:
    found = {row.name: row for row in per_second("g", {"a": 10.0, "b": 0.001}, {"a": "b"}, 100, "lines")}
    assert (found["g/a-per-second"].value, found["g/a-per-second"].unit) == (10.0, "lines/s")
    assert found["g/a-per-second"].ratio == pytest.approx(0.0001)
    assert found["g/b-per-second"].ratio == 1
