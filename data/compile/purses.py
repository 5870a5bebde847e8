"""Whose money: payers, their purses, the yearly amounts, and the money of the example questions."""

from collections.abc import Iterator
from fractions import Fraction

from data.compile.apportion import apportion, rounded
from data.compile.bodies import NHS_ENGLAND
from data.compile.facts import facts
from data.compile.money import (
    AREA,
    EARLIER_DIAGNOSIS,
    HEADROOM,
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

CCG_PROGRAMME_2013_GBP = 63_400_000_000
SPECIALISED_2013_GBP = 13_000_000_000
TRANSFERS_2013_GBP = 611_000_000
SECTION_7A_2013_GBP = 1_800_000_000
GRANT_2013_GBP, GRANT_2014_GBP = 2_660_000_000, 2_790_000_000
GRANT_CUT = Fraction(62, 1000)
FLAT = "the pathway's share taken as flat in cash from 2013-14; replaced by the payer's own figure"


def _council_lines_of(code: str, all_money: Money, geo: Geography) -> list[str]:
    """Places of the council lines that serve the CCG's people: by agreement its money may go there, not elsewhere."""
    places = sorted({line.place for line in all_money.lines if line.population_basis == "resident"})
    councils = {f"la-{council}" for council in geo.councils_of(code)}
    return [
        place for place in places if council_of(place) in councils and place.split("~")[0] in {place, f"ccg-{code}"}
    ]


def purse_rows(all_money: Money, geo: Geography) -> list[Row]:
    """Every purse of the area: what pays the baseline, the CCGs' headroom, and section 7A for other pathways."""
    rows = []
    for code in geo.ccgs_in(AREA):
        owner, place = f"ods:{code}", f"ccg-{code}"
        places = " ".join([place, *_council_lines_of(code, all_money, geo)])
        rows.append(_purse(f"{place}-programme", owner, "", "programme budget", "general", PATHWAY, "*", places))
        rows.append(
            _purse(
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
        council = council_of(place)
        owner = f"gss:{council.removeprefix('la-')}"
        name = "public health grant: stop-smoking and awareness"
        stages = "prevention awareness"
        rows.append(_purse(f"{council}-public-health", owner, "", name, "ring_fence", PATHWAY, stages, place))
    ccg_places = " ".join(f"ccg-{code}" for code in geo.ccgs_in(AREA))
    stages = _stages(all_money, "nhse-Q44-specialised")
    rows += [
        _purse(
            "nhse-Q46-primary-care",
            NHS_ENGLAND,
            PRIMARY_CARE_OFFICE,
            "primary medical services",
            "primary_care",
            PATHWAY,
            "primary_care",
            ccg_places,
        ),
        _purse(
            "nhse-Q44-specialised",
            NHS_ENGLAND,
            SPECIALISED_OFFICE,
            "specialised commissioning",
            "specialised",
            PATHWAY,
            stages,
            ccg_places,
        ),
        _purse(
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


def _purse(
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
                yield _amount(purse["purse"], year, 0, 0, 0, "plan", note)
        else:
            yield from _baseline_amounts(all_money, purse["purse"])


def _baseline_amounts(all_money: Money, purse: str) -> Iterator[Row]:
    lines = [line for line in all_money.lines if line.purse == purse]
    amount = sum(line.baseline_gbp for line in lines)
    low, high = (sum(line.range_gbp()[side] for line in lines) for side in (0, 1))
    for year in YEARS:
        kind, note = ("forecast", "sum of the baselines it pays") if year == YEARS[0] else ("plan", FLAT)
        yield _amount(purse, year, amount, low, high, kind, note)


def _section_7a(purse: str, geo: Geography) -> Row:
    here = sum(geo.registered[code] for code in geo.ccgs_in(AREA))
    amount = rounded(Fraction(SECTION_7A_2013_GBP * here, sum(geo.registered.values())))
    note = "England's section 7A money by registered list, all programmes, not screening only; range a judgement"
    row = _amount(purse, YEARS[0], amount, amount * 8 // 10, amount * 12 // 10, "allocation", note)
    return row | {"source": "fin-directions-2013 qof-2013-14"}


def _amount(purse: str, year: str, gbp: int, low: int, high: int, kind: str, note: str) -> Row:
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


def ccg_allocation_rows(all_money: Money, geo: Geography) -> Iterator[Row]:
    """Whole allocations of the area's CCGs in 2013-14, with their 2% headroom and this pathway's share of it."""
    printed = {row["body"]: row for row in facts("ccg_allocations")}
    england = sum(geo.registered.values())
    for code in geo.ccgs_in(AREA):
        body = f"ods:{code}"
        row = printed.get(body)
        by_list = rounded(Fraction(CCG_PROGRAMME_2013_GBP * geo.registered[code], england))
        amount = int(row["allocation_gbp"]) if row else by_list
        yield {
            "body": body,
            "year": YEARS[0],
            "allocation_gbp": str(amount),
            "headroom_gbp": str(rounded(HEADROOM * amount)),
            "pathway_headroom_gbp": str(rounded(HEADROOM * all_money.paid_by(f"ccg-{code}-programme"))),
            "basis": "published" if row else "assumption",
            "source": row["source"] if row else "nhse-accounts-2013 qof-2013-14",
            "note": "headroom: 2% (hsj-2013)" if row else "by registered list from the national 63.4bn; headroom: 2%",
            "low": "" if row else str(amount * 85 // 100),
            "high": "" if row else str(amount * 115 // 100),
        }


def grant_rows(all_money: Money, geo: Geography) -> Iterator[Row]:
    """Public health grants of the area's councils: 2015-16 as printed; earlier years scaled where not printed."""
    printed = {(row["body"], row["year"]): row for row in facts("public_health_grants")}
    councils = sorted({council_of(line.place) for line in all_money.lines if line.population_basis == "resident"})
    for council in councils:
        body = f"gss:{council.removeprefix('la-')}"
        final = printed.get((body, "2015-16"))
        by_residents = rounded(
            Fraction(GRANT_2014_GBP * geo.council_residents(council.removeprefix("la-")), 53_500_000)
        )
        later = int(final["grant_gbp"]) if final else by_residents
        earlier = rounded(Fraction(later * GRANT_2013_GBP, GRANT_2014_GBP))
        for year, amount in (("2013-14", earlier), ("2014-15", later), ("2015-16", later)):
            row = printed.get((body, year))
            yield {
                "body": body,
                "year": year,
                "grant_gbp": row["grant_gbp"] if row else str(amount),
                **(_grant_provenance(row, year, printed_later=final is not None, amount=amount)),
            }


def _grant_provenance(row: Row | None, year: str, *, printed_later: bool, amount: int) -> Row:
    if row:
        return {"basis": "published", "source": row["source"], "note": row["note"], "low": "", "high": ""}
    if printed_later and year == "2014-15":
        note = "taken as equal to 2015-16: the national total was the same in cash"
        return {"basis": "derived", "source": "commons-210456", "note": note, "low": "", "high": ""}
    how = "2015-16 less the national growth of 2014-15" if printed_later else "national grant by residents"
    spread = (90, 103) if printed_later else (80, 120)
    return {
        "basis": "assumption",
        "source": "dh-grants-2013",
        "note": f"{how}; the council's own figure was not found",
        "low": str(amount * spread[0] // 100),
        "high": str(amount * spread[1] // 100),
    }


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
