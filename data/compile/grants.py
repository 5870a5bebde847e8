"""Whole allocations of CCGs and public health grants of councils: printed where found, the rest of the national total
divided by a stated rule, so that each year sums to the published figure to the pound."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from data.compile.apportion import apportion, rounded
from data.compile.facts import facts
from data.compile.geography import Geography
from data.compile.money import AREA, HEADROOM, YEARS, Money
from data.compile.tables import Row

CCG_PROGRAMME_2013_GBP = 63_400_000_000
GRANT_2013_GBP, GRANT_2014_GBP = 2_660_000_000, 2_790_000_000
BOUNDARY_TRANSFERS_2013_GBP = 611_000_000


def ccg_allocation_rows(all_money: Money, geo: Geography) -> Iterator[Row]:
    """Allocations of the 211 CCGs in 2013-14, with their 2% headroom and this example pathway's share of it."""
    printed = {row["body"].removeprefix("ods:"): row for row in facts("ccg_allocations")}
    amounts = _allocations({code: int(row["allocation_gbp"]) for code, row in printed.items()}, geo)
    for code in sorted(geo.registered):
        row, amount = printed.get(code), amounts[code]
        yield {
            "body": f"ods:{code}",
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


def _allocations(printed: Mapping[str, int], geo: Geography) -> dict[str, int]:
    """Printed ones; the example's others by list from the whole total; the rest of England what is left, by list."""
    england = sum(geo.registered.values())
    known = dict(printed)
    for code in geo.ccgs_in(AREA):
        by_list = rounded(Fraction(CCG_PROGRAMME_2013_GBP * geo.registered[code], england))
        known.setdefault(code, by_list)
    lists = {code: persons for code, persons in geo.registered.items() if code not in known}
    return known | apportion(CCG_PROGRAMME_2013_GBP - sum(known.values()), lists)


def grant_rows(geo: Geography) -> Iterator[Row]:
    """Public health grants of every council in three years; each year's sum is the national total."""
    printed = {(row["body"].removeprefix("gss:"), row["year"]): row for row in facts("public_health_grants")}
    later = _later_grants(printed, geo)
    earlier = _earlier_grants(printed, later, geo)
    for council in sorted(later):
        for year, amounts in zip(YEARS, (earlier, later, later), strict=True):
            row = printed.get((council, year))
            amount = int(row["grant_gbp"]) if row else amounts[council]
            yield {
                "body": f"gss:{council}",
                "year": year,
                "grant_gbp": str(amount),
                **_grant_provenance(row, year, _other_year(printed, council, year), amount),
            }


def _councils(geo: Geography) -> set[str]:
    return {council for _, council in geo.overlaps}


def _other_year(printed: Mapping[tuple[str, str], Row], council: str, year: str) -> Row | None:
    """The council's printed figure of the neighbouring year of equal total (2014-15 and 2015-16)."""
    other = {"2014-15": "2015-16", "2015-16": "2014-15", "2013-14": "2015-16"}[year]
    return printed.get((council, other)) or (printed.get((council, "2014-15")) if year == "2013-14" else None)


def _later_grants(printed: Mapping[tuple[str, str], Row], geo: Geography) -> dict[str, int]:
    """2014-15 and 2015-16: as printed for either year; the rest of 2.79bn by residents."""
    known = {}
    for council in _councils(geo):
        row = printed.get((council, "2015-16")) or printed.get((council, "2014-15"))
        if row:
            known[council] = int(row["grant_gbp"])
    residents = {council: geo.council_residents(council) for council in _councils(geo) - set(known)}
    return known | apportion(GRANT_2014_GBP - sum(known.values()), residents)


def _earlier_grants(printed: Mapping[tuple[str, str], Row], later: Mapping[str, int], geo: Geography) -> dict[str, int]:
    """2013-14: as printed; the example's boroughs less the national growth; the others the rest of 2.66bn likewise."""
    example = {council for code, council in geo.overlaps if geo.area_of[code] == AREA and council.startswith("E08")}
    known = {council: rounded(Fraction(later[council] * GRANT_2013_GBP, GRANT_2014_GBP)) for council in example}
    known |= {council: int(row["grant_gbp"]) for (council, year), row in printed.items() if year == YEARS[0]}
    rest = {council: grant for council, grant in later.items() if council not in known}
    return known | apportion(GRANT_2013_GBP - sum(known.values()), rest)


def _grant_provenance(row: Row | None, year: str, other: Row | None, amount: int) -> Row:
    if row:
        return {"basis": "published", "source": row["source"], "note": row["note"], "low": "", "high": ""}
    if other and year == "2014-15":
        note = "taken as equal to 2015-16: the national total was the same in cash"
        return {"basis": "derived", "source": other["source"], "note": note, "low": "", "high": ""}
    if other and year == "2015-16":
        note = "taken as equal to 2014-15: the national total was the same in cash"
        return {"basis": "derived", "source": f"{other['source']} commons-210456", "note": note, "low": "", "high": ""}
    how = "2015-16 less the national growth of 2014-15" if other else "the rest of the national grant by residents"
    low, high = (90, 103) if other else (60, 180)
    return {
        "basis": "assumption",
        "source": "dh-grants-2013",
        "note": f"{how}; the council's own figure was not found",
        "low": str(amount * low // 100),
        "high": str(amount * high // 100),
    }


def transfer_rows(geo: Geography) -> Iterator[Row]:
    """The boundary transfers of 2013-14 from each CCG to NHS England: the national figure, divided by list."""
    note = "all specialised services; the national figure by registered list; what each CCG lost was not found"
    for code, amount in sorted(apportion(BOUNDARY_TRANSFERS_2013_GBP, geo.registered).items()):
        yield {
            "from_body": f"ods:{code}",
            "to_body": "ods:X24",
            "service": "specialised services",
            "year": YEARS[0],
            "recurrent": "yes",
            "amount_gbp": str(amount),
            "kind_of_money": "allocation",
            "basis": "assumption",
            "source": "hsj-2013 qof-2013-14",
            "note": note,
            "low": "0",
            "high": str(amount * 3),
        }
