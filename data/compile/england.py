"""All of England beside the example: each pathway's lines, activity, purses and amounts, in a folder of its own."""

from collections import defaultdict
from collections.abc import Iterator

from data.compile.bodies import NHS_ENGLAND
from data.compile.money import (
    EARLIER_DIAGNOSIS,
    PATHWAY,
    YEARS,
    Line,
    Money,
    activity_rows,
    council_of,
    line_rows,
)
from data.compile.places import Geography
from data.compile.purses import amount_row, baseline_amounts, council_lines_of, purse_row
from data.compile.tables import Row, Table, table

PROVENANCE = "basis source note low high"
KINDS = {
    "ccg": ("general", "programme budget"),
    "council": ("ring_fence", "public health grant: stop-smoking and awareness"),
    "primary_care": ("primary_care", "primary medical services"),
    "specialised": ("specialised", "specialised commissioning"),
    "section_7a": ("section_7a", "section 7A: screening"),
}


def pathways_with_money(all_money: Money) -> list[str]:
    """The pathways that have lines, in the order they were entered."""
    return list(dict.fromkeys(row["pathway"] for row in all_money.stage_rows))


def england_tables(all_money: Money, geo: Geography) -> Iterator[Table]:
    """lines, activity, purses and purse_amounts of each pathway, without the rows of the example."""
    for pathway in pathways_with_money(all_money):
        rest = all_money.rest_of(pathway)
        folder = f"allocation/england/{pathway}"
        purses = list(_purses(rest, pathway, geo))
        yield table(
            f"{folder}/purses",
            "purse owner office name kind pathways stages places recurrent in_baseline note",
            purses,
        )
        yield table(
            f"{folder}/purse_amounts", f"purse year amount_gbp kind_of_money {PROVENANCE}", _amounts(rest, purses)
        )
        yield table(
            f"{folder}/lines",
            f"line place pathway stage population_basis purse baseline_gbp kind_of_money {PROVENANCE}",
            line_rows(rest, brief=True),
        )
        yield table(
            f"{folder}/activity",
            f"line mode unit cases driver must_meet {PROVENANCE}",
            activity_rows(rest, brief=True),
        )


def all_purses(all_money: Money, geo: Geography) -> Iterator[Row]:
    """Purses of every pathway beside the example's."""
    for pathway in pathways_with_money(all_money):
        yield from _purses(all_money.rest_of(pathway), pathway, geo)


def _purses(rest: Money, pathway: str, geo: Geography) -> Iterator[Row]:
    by_purse: dict[str, list[Line]] = defaultdict(list)
    for line in rest.lines:
        by_purse[line.purse].append(line)
    for purse, lines in by_purse.items():
        yield _paying(purse, lines, rest, pathway, geo)
    if any(line.stage == EARLIER_DIAGNOSIS for line in rest.lines):
        other = "" if pathway == PATHWAY else f"-{pathway}"
        for place in sorted({line.place for line in rest.lines if line.stage == EARLIER_DIAGNOSIS}):
            name = "non-recurrent headroom for earlier diagnosis"
            owner = f"ods:{place.removeprefix('ccg-')}"
            key = f"{place}-headroom{other}"
            yield purse_row(key, owner, "", name, "non_recurrent", pathway, EARLIER_DIAGNOSIS, place, baseline=False)


def _paying(purse: str, lines: list[Line], rest: Money, pathway: str, geo: Geography) -> Row:
    payer, place = lines[0].money["payer"], lines[0].place
    kind, name = KINDS[payer]
    places = " ".join(sorted({line.place for line in lines}))
    stages = " ".join(dict.fromkeys(line.stage for line in lines))
    if payer == "ccg":
        code = place.removeprefix("ccg-")
        reach = " ".join(dict.fromkeys([place, *council_lines_of(code, rest, geo)]))
        return purse_row(purse, f"ods:{code}", "", name, kind, pathway, "*", reach)
    if payer == "council":
        owner = f"gss:{council_of(place, geo).removeprefix('la-')}"
        return purse_row(purse, owner, "", name, kind, pathway, stages, places)
    return purse_row(purse, NHS_ENGLAND, f"ods:{purse.split('-')[1]}", name, kind, pathway, stages, places)


def _amounts(rest: Money, purses: list[Row]) -> Iterator[Row]:
    for purse in purses:
        if purse["in_baseline"] == "yes":
            yield from baseline_amounts(rest, purse["purse"])
        else:
            note = "none in the baseline; the whole CCG's headroom is in ccg_allocations.csv"
            for year in YEARS:
                yield amount_row(purse["purse"], year, 0, 0, 0, "plan", note)
