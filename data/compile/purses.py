"""Whose money: payers, their purses, the yearly amounts, and the money of the example questions."""

from collections.abc import Iterator
from fractions import Fraction

from data.compile.apportion import apportion, rounded
from data.compile.bodies import NHS_ENGLAND
from data.compile.facts import facts
from data.compile.money import (
    AREA,
    EARLIER_DIAGNOSIS,
    PATHWAY,
    PRIMARY_CARE_OFFICE,
    SECTION_7A_OFFICE,
    SPECIALISED_OFFICE,
    YEARS,
    Money,
    council_of,
)
from data.compile.places import Geography
from data.compile.tables import Row

SPECIALISED_2013_GBP = 13_000_000_000
TRANSFERS_2013_GBP = 611_000_000
SECTION_7A_2013_GBP = 1_800_000_000
GRANT_CUT = Fraction(62, 1000)
FLAT = "the pathway's share taken as flat in cash from 2013-14; replaced by the payer's own figure"


def council_lines_of(code: str, all_money: Money, geo: Geography) -> list[str]:
    """Places of the council lines that serve the CCG's people: by agreement its money may go there, not elsewhere."""
    places = sorted({line.place for line in all_money.lines if line.population_basis == "resident"})
    councils = {f"la-{council}" for council in geo.councils_of(code)}
    return [place for place in places if place in councils or place.split("~")[0] == f"ccg-{code}"]


def purse_rows(all_money: Money, geo: Geography) -> list[Row]:
    """Every purse of the area: what pays the baseline, the CCGs' headroom, and section 7A for other pathways."""
    rows = []
    for code in geo.ccgs_in(AREA):
        owner, place = f"ods:{code}", f"ccg-{code}"
        places = " ".join([place, *council_lines_of(code, all_money, geo)])
        rows.append(purse_row(f"{place}-programme", owner, "", "programme budget", "general", PATHWAY, "*", places))
        rows.append(
            purse_row(
                f"{place}-headroom",
                owner,
                "",
                "non-recurrent headroom for earlier diagnosis",
                "non_recurrent",
                PATHWAY,
                EARLIER_DIAGNOSIS,
                place,
                baseline=False,
            )
        )
    for place in sorted({line.place for line in all_money.lines if line.population_basis == "resident"}):
        council = council_of(place, geo)
        owner = f"gss:{council.removeprefix('la-')}"
        name = "public health grant: stop-smoking and awareness"
        stages = "prevention awareness"
        rows.append(purse_row(f"{council}-public-health", owner, "", name, "ring_fence", PATHWAY, stages, place))
    ccg_places = " ".join(f"ccg-{code}" for code in geo.ccgs_in(AREA))
    stages = _stages(all_money, "nhse-Q44-specialised")
    rows += [
        purse_row(
            "nhse-Q46-primary-care",
            NHS_ENGLAND,
            PRIMARY_CARE_OFFICE,
            "primary medical services",
            "primary_care",
            PATHWAY,
            "primary_care",
            ccg_places,
        ),
        purse_row(
            "nhse-Q44-specialised",
            NHS_ENGLAND,
            SPECIALISED_OFFICE,
            "specialised commissioning",
            "specialised",
            PATHWAY,
            stages,
            ccg_places,
        ),
        purse_row(
            "nhse-Q46-section-7a",
            NHS_ENGLAND,
            SECTION_7A_OFFICE,
            "section 7A: screening",
            "section_7a",
            "breast colorectal",
            "screening",
            ccg_places,
        ),
    ]
    return rows


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


def _stages(all_money: Money, purse: str) -> str:
    return " ".join(dict.fromkeys(line.stage for line in all_money.lines if line.purse == purse))


def amount_rows(all_money: Money, purses: list[Row], geo: Geography) -> Iterator[Row]:
    """Each purse's amount by year; a purse that pays the baseline holds exactly what its lines cost."""
    for purse in purses:
        if purse["kind"] == "section_7a":
            yield _section_7a(purse["purse"], geo)
        elif purse["in_baseline"] == "no":
            note = "none in the baseline; the whole CCG's headroom is in ccg_allocations.csv"
            for year in YEARS:
                yield amount_row(purse["purse"], year, 0, 0, 0, "plan", note)
        else:
            yield from baseline_amounts(all_money, purse["purse"])


def baseline_amounts(all_money: Money, purse: str) -> Iterator[Row]:
    """What a purse that pays the baseline holds in each year: exactly what its lines cost."""
    lines = [line for line in all_money.lines if line.purse == purse]
    amount = sum(line.baseline_gbp for line in lines)
    low, high = (sum(line.range_gbp()[side] for line in lines) for side in (0, 1))
    for year in YEARS:
        kind, note = ("forecast", "sum of the baselines it pays") if year == YEARS[0] else ("plan", FLAT)
        yield amount_row(purse, year, amount, low, high, kind, note)


def _section_7a(purse: str, geo: Geography) -> Row:
    here = sum(geo.registered[code] for code in geo.ccgs_in(AREA))
    amount = rounded(Fraction(SECTION_7A_2013_GBP * here, sum(geo.registered.values())))
    note = "England's section 7A money by registered list, all programmes, not screening only; range a judgement"
    row = amount_row(purse, YEARS[0], amount, amount * 8 // 10, amount * 12 // 10, "allocation", note)
    return row | {"source": "fin-directions-2013 qof-2013-14"}


def amount_row(purse: str, year: str, gbp: int, low: int, high: int, kind: str, note: str) -> Row:
    """One purse's amount in one year: a stand-in, so an assumption with its range."""
    return {
        "purse": purse,
        "year": year,
        "amount_gbp": str(gbp),
        "kind_of_money": kind,
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
