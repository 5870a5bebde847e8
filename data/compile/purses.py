"""Whose money: payers, their purses, the yearly amounts, and the money of the example questions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from data.compile.apportion import apportion, rounded
from data.compile.bodies import NHS_ENGLAND
from data.compile.facts import facts
from data.compile.geography import Geography
from data.compile.money import (
    AREA,
    EARLIER_DIAGNOSIS,
    YEARS,
    Line,
    Money,
    council_of,
)
from data.compile.tables import Row

SPECIALISED_2013_GBP = 13_000_000_000
TRANSFERS_2013_GBP = 611_000_000
GRANT_CUT = Fraction(62, 1000)
KINDS = {
    "ccg": ("general", "programme budget"),
    "council": ("ring_fence", "public health grant: stop-smoking and awareness"),
    "primary_care": ("primary_care", "primary medical services"),
    "specialised": ("specialised", "specialised commissioning"),
    "section_7a": ("section_7a", "section 7A: screening"),
}
"""Payer of a line -> kind and name of its purse."""
FLAT = "the pathway's share taken as flat in cash from 2013-14; replaced by the payer's own figure"


def council_lines_of(code: str, all_money: Money, geo: Geography) -> list[str]:
    """Places of the council lines that serve the CCG's people: by agreement its money may go there, not elsewhere."""
    councils = {f"la-{council}" for council in geo.councils_of(code)}
    return [place for place in all_money.council_places if place in councils or place.split("~")[0] == f"ccg-{code}"]


def purse_rows(all_money: Money, geo: Geography) -> Iterator[Row]:
    """Every purse: those that pay the baseline, one for each budget whatever the pathways, and the CCGs' headroom."""
    by_purse: dict[str, list[Line]] = defaultdict(list)
    for line in all_money.lines:
        by_purse[line.purse].append(line)
    for purse, lines in by_purse.items():
        yield _paying(purse, lines, all_money, geo)
    new = [line for line in all_money.lines if line.stage == EARLIER_DIAGNOSIS]
    pathways = _listed(line.pathway for line in new)
    for place in sorted({line.place for line in new}):
        name = "non-recurrent headroom for earlier diagnosis"
        owner = f"ods:{place.removeprefix('ccg-')}"
        yield purse_row(
            f"{place}-headroom",
            owner,
            "",
            name,
            "non_recurrent",
            pathways,
            EARLIER_DIAGNOSIS,
            place,
            baseline=False,
        )


def _paying(purse: str, lines: list[Line], all_money: Money, geo: Geography) -> Row:
    payer, place = lines[0].money["payer"], lines[0].place
    kind, name = KINDS[payer]
    pathways, stages = _listed(line.pathway for line in lines), _listed(line.stage for line in lines)
    if payer == "ccg":
        code = place.removeprefix("ccg-")
        reach = _listed([place, *council_lines_of(code, all_money, geo)])
        return purse_row(purse, f"ods:{code}", "", name, kind, pathways, "*", reach)
    places = " ".join(sorted({line.place for line in lines}))
    if payer == "council":
        owner = f"gss:{council_of(place, geo).removeprefix('la-')}"
        return purse_row(purse, owner, "", name, kind, pathways, stages, places)
    return purse_row(purse, NHS_ENGLAND, f"ods:{purse.split('-')[1]}", name, kind, pathways, stages, places)


def _listed(values: Iterable[str]) -> str:
    """Each once, in the order of their first mention."""
    return " ".join(dict.fromkeys(values))


def purse_row(
    key: str,
    owner: str,
    office: str,
    name: str,
    kind: str,
    pathways: str,
    stages: str,
    places: str,
    *,
    baseline: bool = True,
) -> Row:
    """One purse; `baseline` False: nothing in it until a what-if puts money there."""
    return {
        "purse": key,
        "owner": owner,
        "office": office,
        "name": name,
        "kind": kind,
        "pathways": pathways,
        "stages": stages,
        "places": places,
        "recurrent": "yes" if baseline else "no",
        "in_baseline": "yes" if baseline else "no",
        "note": "" if baseline else "nothing in the baseline: a what-if puts money here",
    }


def amount_rows(all_money: Money, purses: Iterable[Row]) -> Iterator[Row]:
    """Each purse's amount by pathway and year; a purse that pays the baseline holds exactly what its lines cost."""
    lines: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in all_money.lines:
        lines[line.purse, line.pathway].append(line)
    for purse in purses:
        for pathway in purse["pathways"].split():
            if purse["in_baseline"] == "yes":
                yield from _baseline_amounts(purse["purse"], pathway, lines[purse["purse"], pathway])
            else:
                note = "none in the baseline; the whole CCG's headroom is in ccg_allocations.csv"
                for year in YEARS:
                    yield amount_row(purse["purse"], pathway, year, 0, 0, 0, "plan", note, follows_lines=False)


def _baseline_amounts(purse: str, pathway: str, lines: list[Line]) -> Iterator[Row]:
    """What a purse that pays the baseline holds for a pathway in each year: exactly what its lines cost."""
    amount = sum(line.baseline_gbp for line in lines)
    low, high = (sum(line.range_gbp()[side] for line in lines) for side in (0, 1))
    for year in YEARS:
        kind, note = ("forecast", "sum of the baselines it pays") if year == YEARS[0] else ("plan", FLAT)
        yield amount_row(purse, pathway, year, amount, low, high, kind, note, follows_lines=True)


def amount_row(
    purse: str, pathway: str, year: str, gbp: int, low: int, high: int, kind: str, note: str, *, follows_lines: bool
) -> Row:
    """One purse's amount for one pathway in one year: a stand-in, so an assumption with its range."""
    return {
        "purse": purse,
        "pathway": pathway,
        "year": year,
        "amount_gbp": str(gbp),
        "kind_of_money": kind,
        "follows_lines": "yes" if follows_lines else "no",
        "basis": "assumption",
        "source": "",
        "note": note,
        "low": str(low),
        "high": str(high),
    }


def payer_rows(purses: list[Row]) -> Iterator[Row]:
    """The legal persons that own purses."""
    for owner in sorted({purse["owner"] for purse in purses}):
        scheme, code = owner.split(":")
        place = "" if owner == NHS_ENGLAND else f"{'ccg' if scheme == 'ods' else 'la'}-{code}"
        yield {"payer": owner, "place": place, "note": "pays through its offices" if owner == NHS_ENGLAND else ""}


def what_if_tables(all_money: Money, geo: Geography) -> tuple[list[Row], list[Row]]:
    """(questions, amounts): the example questions, and their money split over purses to the pound."""
    shift = _boundary_shift(all_money)
    questions = []
    for row in facts("what_ifs"):
        if row["what_if"] == "boundary-shift":
            row = row | {"value": str(shift), "low": str(shift // 2), "high": str(shift * 2)}
        questions.append(row)
    return questions, [*_cut(all_money), *_headroom(geo), *_shift(all_money, geo, shift)]


def _boundary_shift(all_money: Money) -> int:
    specialised = all_money.paid_by("nhse-Q44-specialised")
    return rounded(Fraction(TRANSFERS_2013_GBP * specialised, SPECIALISED_2013_GBP))


def _cut(all_money: Money) -> Iterator[Row]:
    for purse in sorted({line.purse for line in all_money.lines if line.purse.endswith("-public-health")}):
        amount = -rounded(GRANT_CUT * all_money.paid_by(purse))
        for year in YEARS[1:]:
            yield _what_if("grant-cut", purse, "", year, amount, "6.2% of the purse")


def _headroom(geo: Geography) -> Iterator[Row]:
    lists = {code: geo.registered[code] for code in geo.ccgs_in(AREA)}
    for code, amount in apportion(1_000_000, lists).items():
        yield _what_if("headroom", f"ccg-{code}-headroom", "", YEARS[1], amount, "by registered list")


def _shift(all_money: Money, geo: Geography, total: int) -> Iterator[Row]:
    paid = {f"ccg-{code}-programme": all_money.paid_by(f"ccg-{code}-programme") for code in geo.ccgs_in(AREA)}
    for purse, amount in apportion(total, paid).items():
        for year in YEARS[1:]:
            note = "recurrent, by what each pays for the pathway; the total is for one year"
            yield _what_if("boundary-shift", purse, "nhse-Q44-specialised", year, amount, note)


def _what_if(key: str, purse: str, to_purse: str, year: str, amount: int, note: str) -> Row:
    return {
        "what_if": key,
        "purse": purse,
        "to_purse": to_purse,
        "year": year,
        "amount_gbp": str(amount),
        "note": note,
    }
