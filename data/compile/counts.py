"""National series and counts beside the money: tests, waiting, incidence, ages, and what adds up to what."""

from collections.abc import Iterator
from fractions import Fraction

from data.compile.apportion import apportion, floor_text
from data.compile.facts import facts
from data.compile.geography import Geography
from data.compile.money import YEARS, Money, register_of
from data.compile.reference import Reference
from data.compile.tables import Row, Table, table

PROVENANCE = "basis source note low high"
CANCER_PROGRAMME_GBP = 5_680_000_000
RADIOTHERAPY_SHARE = Fraction(5, 100)
FOLLOW_UP_GBP = 250_000_000
STOP_SMOKING_GBP = 87_700_000
SECTION_7A_GBP = 1_800_000_000
REFERRALS_PER_100K = 2525
AGE_BANDS = ((0, 17), (18, 24), (25, 49), (50, 59), (60, 69), (70, 74), (75, 84), (85, 90))


def count_tables(ref: Reference, geo: Geography, all_money: Money) -> list[Table]:
    """Tables that explain the rest, and that the services do not need to load."""
    return [
        table(
            "allocation/diagnostics",
            "test year average_a_month kind basis source note",
            _diagnostics(),
            sort_by=("test", "year"),
        ),
        table("allocation/measured_values", "measure period value unit as_printed basis source note", _measured()),
        table("allocation/incidence", f"pathway year new_cases rate_per_100k {PROVENANCE}", _incidence(geo)),
        table("allocation/cases_by_place", f"place pathway year measure cases {PROVENANCE}", _cases(geo, all_money)),
        table(
            "allocation/business_rules",
            f"rule year value unit may_be_waived_by {PROVENANCE}",
            facts("business_rules"),
        ),
        table("allocation/reconciliation", "total part amount_gbp basis source note", _reconciliation(all_money)),
        table("registry/contradictions", "topic stages versions kept_as sources", facts("contradictions")),
        table("registry/rule_changes", "on change effect_on_rules citation mark source", facts("rule_changes")),
        table("registry/population_ages", "body on age_from age_to persons basis source note", _ages(ref)),
    ]


def _diagnostics() -> Iterator[Row]:
    for row in facts("diagnostics"):
        for year, count in row.items():
            if year != "test":
                yield {
                    "test": row["test"],
                    "year": year,
                    "average_a_month": count,
                    "kind": "total" if row["test"] == "Total" else "test",
                    "basis": "published",
                    "source": "cruk-2014",
                    "note": "England, average tests a month, all reasons",
                }


def _measured() -> Iterator[Row]:
    for row in facts("measured_values"):
        yield row | {"basis": "published"}


def _incidence(geo: Geography) -> Iterator[Row]:
    england = sum(geo.registered.values())
    for row in facts("incidence"):
        yield row | {"rate_per_100k": floor_text(Fraction(int(row["new_cases"]) * 100_000, england), 2)}


def _cases(geo: Geography, all_money: Money) -> Iterator[Row]:
    """Expected new cases by CCG and pathway, and expected urgent referrals: national figures divided, to the unit."""
    for row in facts("incidence"):
        register = register_of(row["pathway"])
        parts = apportion(int(row["new_cases"]), all_money.need[register])
        note = "England's new cases by need weight"
        for code, cases in sorted(parts.items()):
            yield _case(code, row["pathway"], "new cases", cases, row["source"], note, 20)
    england = sum(geo.registered.values())
    total = REFERRALS_PER_100K * england // 100_000
    for code, cases in sorted(apportion(total, geo.registered).items()):
        note = "2,525 urgent referrals per 100,000 people, by registered list"
        yield _case(code, "*", "urgent referrals", cases, "cruk-2014", note, 40)


def _case(code: str, pathway: str, measure: str, cases: int, source: str, note: str, margin: int) -> Row:
    return {
        "place": f"ccg-{code}",
        "pathway": pathway,
        "year": YEARS[0],
        "measure": measure,
        "cases": str(cases),
        "basis": "assumption",
        "source": f"{source} qof-2013-14",
        "note": note,
        "low": str(cases * (100 - margin) // 100),
        "high": str(cases * (100 + margin) // 100 + 1),
    }


def _reconciliation(all_money: Money) -> Iterator[Row]:
    """Published totals and their parts; where the parts leave something, it is named and nothing is spread."""
    pathways = list(dict.fromkeys(row["pathway"] for row in all_money.stage_rows))
    parts = {pathway: all_money.programme_total(pathway) for pathway in pathways}
    rest = CANCER_PROGRAMME_GBP - sum(parts.values())
    source = "commons-2014-07-22"
    yield _part("cancer-programme", "total", CANCER_PROGRAMME_GBP, source, "2012-13, carried to 2013-14 in cash")
    for pathway, amount in parts.items():
        yield _part("cancer-programme", pathway, amount, "", "CCG and specialised lines of stage_totals")
    note = "no stage of ours holds it: emergency and other inpatient care, prescribing, what the estimates miss"
    yield _part("cancer-programme", "not modelled", rest, "", note)
    radiotherapy = ("radical_radiotherapy", "palliative_radiotherapy")
    share = CANCER_PROGRAMME_GBP * RADIOTHERAPY_SHARE
    yield _part("radiotherapy", "total", int(share), f"2020health-2012 {source}", "5% of cancer spend")
    for pathway in pathways:
        yield _part("radiotherapy", pathway, all_money.programme_total(pathway, *radiotherapy), "", "")
    yield _part("follow-up", "total", FOLLOW_UP_GBP, "E64", "follow-up of years 1 to 5")
    for pathway in pathways:
        yield _part("follow-up", pathway, all_money.programme_total(pathway, "follow_up"), "", "")
    yield _part("stop-smoking", "total", STOP_SMOKING_GBP, "E27", "2012-13, carried to 2013-14")
    yield _part("stop-smoking", "lung", all_money.totals["lung", "prevention"], "", "all diseases, kept under lung")
    screening = {p: all_money.totals[p, "screening"] for p in pathways if (p, "screening") in all_money.totals}
    yield _part("section-7a", "total", SECTION_7A_GBP, "fin-directions-2013", "all programmes")
    for pathway, amount in screening.items():
        yield _part("section-7a", pathway, amount, "", "cancer screening")
    left = SECTION_7A_GBP - sum(screening.values())
    yield _part("section-7a", "not modelled", left, "", "immunisation, other screening, children's public health")


def _part(total: str, part: str, gbp: int, source: str, note: str) -> Row:
    basis = "assumption"
    if part == "total":  # radiotherapy's is a printed share of a printed sum
        basis = "derived" if total == "radiotherapy" else "published"
    return {
        "total": total,
        "part": part,
        "amount_gbp": str(gbp),
        "basis": basis,
        "source": source,
        "note": note or "the pathway's lines in stage_totals",
    }


def _ages(ref: Reference) -> Iterator[Row]:
    for code, ages in sorted(ref.ages_2018.items()):
        for first, last in AGE_BANDS:
            yield {
                "body": f"ods:{code}",
                "on": "2018-06-30",
                "age_from": str(first),
                "age_to": "" if last == 90 else str(last),
                "persons": str(sum(count for age, count in ages.items() if first <= age <= last)),
                "basis": "published",
                "source": "ons-ccg-ages-2018",
                "note": "residents at mid-2018, CCGs of that year",
            }
