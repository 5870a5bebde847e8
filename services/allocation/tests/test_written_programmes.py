"""MPS and LP as other solvers write them: what each text means, and that nothing is guessed. In this process: fast."""

import math
from pathlib import Path
from typing import Any

import highspy
import pytest

from concord_allocation import translate
from concord_allocation.documents.programme_worker import answered
from concord_allocation.documents.stated_programme import stated_problem
from concord_allocation.documents.written.draft import NotReadable
from concord_allocation.documents.written.lp import read_lp
from concord_allocation.documents.written.mps import read_mps
from concord_contracts.allocation import Answer

MPS = """NAME T
{senses}ROWS
 N COST
 L R1
 G R2
 E R3
COLUMNS
 X COST 1 R1 1
 X R2 1 R3 1
{marker}
 Y COST 2 R1 1
 Y R3 1
RHS
 RHS R1 10 R2 1
 RHS R3 4
{more}ENDATA
"""


def mps(more: str = "", *, senses: str = "", marker: str = "* none") -> str:
    return MPS.format(more=more, senses=senses, marker=marker)


def solved(text: str, form: str = "mps") -> dict[str, Any]:
    found: dict[str, Any] = answered({"text": text, "form": form, "seconds": 10.0})
    assert "wrong" not in found, found
    return found


def refused(text: str, form: str) -> str:
    return str(answered({"text": text, "form": form, "seconds": 10.0})["wrong"])


def test_nothing_is_said_of_money_where_a_programme_has_none() -> None:
    """Nothing costs anything: the empty purse has nothing to lose, and no money rests on anything."""

    def told(text: str) -> list[str]:
        plan = translate.solve(stated_problem(read_lp(text), "a test"))
        assert isinstance(plan, Answer)
        return [one.words for one in plan.sentences]

    free = told("Maximize\n o: 3 x + 2 y\nSubject To\n a: x + y <= 4\nEnd\n")
    assert not any("what it costs" in words or "of the money rests" in words for words in free)
    costly = told("Minimize\n o: 3 x + 2 y\nSubject To\n a: x + y >= 4\nEnd\n")
    (price,) = (words for words in costly if "what it costs holds" in words)
    assert "loosened, it gains" in price
    assert "tighten" not in price


INF = math.inf


@pytest.mark.parametrize(
    ("ranges", "row", "bounds"),
    [
        ("R1 3", 0, (7, 10)), ("R1 -3", 0, (7, 10)), ("R2 3", 1, (1, 4)), ("R2 -3", 1, (1, 4)),
        ("R3 3", 2, (4, 7)), ("R3 -3", 2, (1, 4)), ("R3 0", 2, (4, 4)), ("COST 3", 0, (-INF, 10)),
    ],
)  # fmt: skip
def test_a_range_reaches_to_the_side_of_its_row(ranges: str, row: int, bounds: tuple[float, float]) -> None:
    found = read_mps(mps(f"RANGES\n RNG {ranges}\n")).rows[row]
    assert (found.lower, found.upper) == bounds


@pytest.mark.parametrize(
    ("bounds", "meant"),
    [
        ("MI B X", (-INF, None, 0)), ("PL B X", (None, INF, 0)), ("FR B X", (-INF, INF, 0)),
        ("FX B X 2", (2, 2, 0)), ("UP B X 3", (None, 3, 0)), ("UP B X -2", (-INF, -2, 0)), ("UP B X 0", (None, 0, 0)),
        ("LO B X -5\n UP B X -1", (-5, -1, 0)), ("BV B X", (0, 1, 1)), ("BV B X 1", (0, 1, 1)),
        ("LI B X 2", (2, None, 1)), ("UI B X 3", (None, 3, 1)), ("LO B X 2\n SC B X 3", (2, 3, 2)),
        ("UP B X 1e30", (None, INF, 0)), ("LO B X -1D30", (-INF, None, 0)), ("UP X 3", (None, 3, 0)),
        ("FR X", (-INF, INF, 0)),
    ],
)  # fmt: skip
def test_every_kind_of_bound(bounds: str, meant: tuple[float | None, float | None, int]) -> None:
    found = read_mps(mps(f"BOUNDS\n {bounds}\n")).variables[0]
    assert (found.lower, found.upper, int(found.kind)) == meant


def test_a_semi_continuous_variable_is_nothing_or_within_its_bounds() -> None:
    found = solved(mps("BOUNDS\n LO B X 3\n SC B X 9\n UP B Y 2.5\n"))
    assert (found["objective"], found["worst_violation"]) == (4, 0)
    found = solved("Minimize\n o: x\nSubject To\n c: x + y >= 1\nBounds\n 2 <= x <= 3\n y <= 1\nSemi\n x\nEnd\n", "lp")
    assert (found["objective"], found["worst_violation"]) == (0, 0)


@pytest.mark.parametrize("senses", ["OBJSENSE\n    MAX\n", "OBJSENSE MAXIMIZE\n", "OBJSENSE\nMAX\nOBJNAME\n COST\n"])
def test_the_sense_however_it_is_written(senses: str) -> None:
    found = solved(mps(senses=senses))
    assert (found["sense"], found["objective"]) == ("max", 7)


def test_what_stands_right_of_the_objective_is_subtracted() -> None:
    assert solved(mps().replace("R3 4", "R3 4 COST -7"))["objective"] == 11


def test_integers_between_markers_are_binary_unless_bounds_say_otherwise() -> None:
    marker = " M1 'MARKER' 'INTORG'"
    found = read_mps(mps(marker=marker))
    assert [int(one.kind) for one in found.variables] == [0, 1]
    assert (found.variables[1].upper, found.notes) == (1, ["Y: an integer without bounds is 0 or 1 in MPS"])
    assert read_mps(mps("BOUNDS\n PL B Y\n", marker=marker)).variables[1].upper == INF


def test_names_with_blanks_are_read_by_the_columns_of_fixed_format() -> None:
    def line(*fields: str) -> str:
        return "".join(text.ljust(width) for text, width in zip(fields, (1, 3, 10, 10, 15, 10), strict=False)) + "\n"

    text = "NAME          TWO WORDS\nROWS\n" + line("", "N", "COST") + line("", "G", "MY ROW") + "COLUMNS\n"
    text += line("", "", "X ONE", "COST", "2.", "MY ROW") + "RHS\n" + line("", "", "", "MY ROW", "10.") + "ENDATA\n"
    with pytest.raises(NotReadable):
        read_mps(text)  # a pair without its number
    found = read_mps(text.replace("MY ROW    \nRHS", "MY ROW     1.\nRHS"))
    assert ([one.name for one in found.variables], found.rows[0].lower) == (["X ONE"], 10)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Y R3 1", "Y R9 1", "line 12: there is no row 'R9'"),
        ("Y R3 1", "Y R3 1x", "line 12: '1x' is not a number"),
        ("Y R3 1", "Y R3 nan", "'nan' is not a number"),
        ("Y R3 1", "Y R3 1e40", "too large for a coefficient"),
        ("Y R3 1", "Y R3 1\n Y R3 1", "line 13: column 'Y' has two entries in row 'R3'"),
        (" E R3", " E R3\n E R3", "row 'R3' stands twice"),
        ("RHS R3 4", "RHS R3 4\n R2 R2 5", "RHS has two sets, 'RHS' and 'R2': keep one"),
        ("ENDATA\n", "", "there is no ENDATA"),
        ("ENDATA", "BOUNDS\n UP B Z 3\nENDATA", "there is no column 'Z'"),
        ("ENDATA", "BOUNDS\n XX B X 3\nENDATA", "'XX' is no kind of bound"),
        ("ENDATA", "QUADOBJ\n X X 1\nENDATA", "QUADOBJ: a quadratic objective"),
        ("ENDATA", "SOS\n S1 s\nENDATA", "SOS: special ordered sets"),
        ("ENDATA", "INDICATORS\n IF R1 X 1\nENDATA", "INDICATORS: indicator constraints"),
        ("ROWS", "ROVS", "'ROVS' is no section of MPS"),
    ],
)
def test_mps_that_is_not_understood_is_refused_at_its_line(old: str, new: str, words: str) -> None:
    """The solver's own reader answered most of these, with another programme's optimum."""
    assert words in refused(mps().replace(old, new), "mps")


LP = "\ufeffMaximize\r\n obj: 3x + 2 y\r\nSubject To\r\n c: x + y <= 4\r\n{row}\r\nBounds\r\n x <= 3\r\nEnd\r\n"


@pytest.mark.parametrize(
    ("row", "bounds"),
    [
        ("-3 <= x + y <= 8", (-3, 8)), ("8 >= x + y >= -3", (-3, 8)), ("-3 <= x\r\n + y <= 8", (-3, 8)),
        ("e: x + y =< 2", (-INF, 2)), ("x + y < 2", (-INF, 2)), ("x + y + 2 => 3", (1, INF)), ("3 >= x + y", (-INF, 3)),
        ("x + 2 * y <= 4 + y", (-INF, 4)), ("x + y == 3 \\ told", (3, 3)), ("x\r\n + y\r\n <=\r\n 2", (-INF, 2)),
        ("x + y >= -inf", (-INF, INF)), ("- x - y >= - 2", (-2, INF)),
    ],
)  # fmt: skip
def test_every_way_to_write_a_row(row: str, bounds: tuple[float, float]) -> None:
    found = read_lp(LP.format(row=row))
    assert len(found.rows) == 2
    assert (found.rows[1].lower, found.rows[1].upper) == bounds
    assert sorted(map(abs, found.rows[1].entries.values())) == [1, 1]


def test_rows_without_names_are_told_apart_by_their_lines() -> None:
    found = read_lp("min\n x\nst\n x + y <= 5\n - y >= -3\n z >= 1\nend\n")
    assert [list(row.entries.values()) for row in found.rows] == [[1, 1], [-1], [1]]
    assert [row.name for row in found.rows] == ["row_1", "row_2", "row_3"]


@pytest.mark.parametrize(
    ("bound", "meant"),
    [
        ("x free", (-INF, INF)), ("-inf <= x <= 3", (-INF, 3)), ("x >= -1e30", (-INF, None)), ("x = 3", (3, 3)),
        ("3 >= x", (None, 3)), ("3 >= x >= 1", (1, 3)), ("-5 <= x", (-5, None)), ("x <= +infinity", (None, INF)),
    ],
)  # fmt: skip
def test_every_way_to_write_a_bound(bound: str, meant: tuple[float | None, float | None]) -> None:
    (found,) = read_lp(f"min\n x\nst\n c: x >= -9\nbounds\n {bound}\nend\n").variables
    assert (found.lower, found.upper) == meant


@pytest.mark.parametrize(
    ("bound", "meant"),
    [("", (0, 1)), ("x = 1", (1, 1)), ("x = 0", (0, 0)), ("x <= 9", (0, 1)), ("x free", (0, 1)), ("x >= 5", (5, 1))],
)
def test_a_binary_keeps_the_bounds_that_are_said_of_it(bound: str, meant: tuple[float, float]) -> None:
    (found,) = read_lp(f"min\n x\nst\n c: x >= -9\nbounds\n {bound}\nbinary\n x\nend\n").variables
    assert (found.lower, found.upper) == meant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "does not begin with Maximize or Minimize"),
        ("max\n x\nst\n c: x <= 4\n", "there is no End"),
        ("max\n x\nst\n c: x <= 4\nend\nmax\n y\n", "line 6: stands after End"),
        ("max\n 3 4 x\nst\n c: x <= 4\nend\n", "'4' is not expected"),
        ("max\n x\nsubject two\n c: x <= 4\nend\n", "line 3: 'subject' is not expected"),
        ("max\n x\nst\n c: x <= 4\n c: x <= 3\nend\n", "row 'c' stands twice"),
        ("max\n x\nst\n c: x [ x ^ 2 ] <= 4\nend\n", "line 4: a quadratic term"),
        ("max\n x\nst\n c: x * y <= 4\nend\n", "a product of variables"),
        ("max\n x\nst\n c: b = 1 -> x <= 4\nend\n", "an indicator constraint"),
        ("max\n x\nst\n c: x <= 4\nsos1\n s: x:1 y:2\nend\n", "special ordered sets"),
        ("max\n x\nst\n c: x <= 4\nlazy constraints\n d: x <= 3\nend\n", "lazy constraints"),
        ("max\n x\nst\n c: x <= y\n + z <= 4\nend\n", "not clear where the row ends"),
        ("max\n x\nst\n c: 1 <= x >= 4\nend\n", "both signs alike"),
        ("max\n x\nst\n c: x <= 4\nbounds\n x + y <= 3\nend\n", "a bound is of one variable alone"),
    ],
)
def test_lp_that_is_not_understood_is_refused_at_its_line(text: str, words: str) -> None:
    assert words in refused(text, "lp")


AFIRO = """X01 X48 .301 R09 -1; X01 R10 -1.06 X05 1; X02 X21 -1 R09 1; X02 COST -.4; X03 X46 -1 R09 1; X04 X50 1 R10 1;
X06 X49 .301 R12 -1; X06 R13 -1.06 X17 1; X07 X49 .313 R12 -1; X07 R13 -1.06 X18 1; X08 X49 .313 R12 -1;
X08 R13 -.96 X19 1; X09 X49 .326 R12 -1; X09 R13 -.86 X20 1; X10 X45 2.364 X17 -1; X11 X45 2.386 X18 -1;
X12 X45 2.408 X19 -1; X13 X45 2.429 X20 -1; X14 X21 1.4 R12 1; X14 COST -.32; X15 X47 -1 R12 1; X16 X51 1 R13 1;
X22 X46 .109 R19 -1; X22 R20 -.43 X27 1; X23 X44 -1 R19 1; X23 COST -.6; X24 X48 -1 R19 1; X25 X45 -1 R19 1;
X26 X50 1 R20 1; X28 X47 .109 R22 -.43; X28 R23 1 X40 1; X29 X47 .108 R22 -.43; X29 R23 1 X41 1; X30 X47 .108 R22 -.39;
X30 R23 1 X42 1; X31 X47 .107 R22 -.37; X31 R23 1 X43 1; X32 X45 2.191 X40 -1; X33 X45 2.219 X41 -1;
X34 X45 2.249 X42 -1; X35 X45 2.279 X43 -1; X36 X44 1.4 R23 -1; X36 COST -.48; X37 X49 -1 R23 1; X38 X51 1 R22 1;
X39 R23 1 COST 10"""
"""Netlib's smallest, of M. Saunders (netlib, lp/data): 27 rows, 32 columns, 83 entries; its optimum -464.75314286."""


def afiro() -> str:
    rows = " E R09;E R10;L X05;L X21;E R12;E R13;L X17;L X18;L X19;L X20;E R19;E R20;L X27;L X44;E R22;E R23;L X40"
    rows += "".join(f";L X{number}" for number in (41, 42, 43, 45, 46, 47, 48, 49, 50, 51)) + ";N COST"
    sides = " B X50 310 X51 300; B X05 80 X17 80; B X27 500 R23 44; B X40 500"
    columns = " " + AFIRO.replace("\n", " ")
    text = f"NAME AFIRO;ROWS;{rows};COLUMNS;{columns};RHS;{sides};ENDATA"
    return "\n".join(
        line if line.partition(" ")[0] in ("NAME", "ROWS", "COLUMNS", "RHS", "ENDATA") else f" {line.strip()}"
        for line in text.split(";")
    )


def test_a_programme_of_netlib() -> None:
    assert solved(afiro())["objective"] == pytest.approx(-464.75314285714, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (afiro(), "mps"),
        (mps("RANGES\n RNG R3 -3\nBOUNDS\n MI B X\n UP B Y 2.5\n", marker=" M 'MARKER' 'INTORG'"), "mps"),
        ("Maximize\n o: 3 x + 2 y + 7\nSubject To\n a: x + y <= 4\nBounds\n x <= 3\nGeneral\n y\nEnd\n", "lp"),
    ],
)  # fmt: skip
def test_texts_that_nobody_doubts_are_read_as_the_solver_reads_them(text: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"programme.{form}"
    path.write_text(text)
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    highs.readModel(str(path))
    highs.run()
    found = solved(text, form)
    assert found["objective"] == pytest.approx(highs.getInfo().objective_function_value, abs=1e-9)
    assert [one["name"] for one in found["variables"]] == list(highs.getLp().col_names_)
    assert found["worst_violation"] <= 1e-9
