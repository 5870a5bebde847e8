"""What the study adds to a region's assembled problem: typed changes, each with a source or marked as an assumption.

Pure: from the problem as the service assembled it to the changes of four what-ifs. Codes such as E42 are those of
`data/england_2013_14/allocation/evidence.csv`.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter

from concord_contracts.allocation import Change, Line, Problem, Purse

CHANGES: TypeAdapter[list[Change]] = TypeAdapter(list[Change])

CT_GROWTH = 357_025 / 330_509
"""CT in England, average tests a month, 2013-14 against 2012-13 (cruk-2014)."""

NURSE_POST_GBP = 55_000
"""A clinical nurse specialist's post with on-costs, from professional memory: 50,000 to 60,000."""

SCREENED = 400
SCREENING_GBP_EACH = 200
"""Low-dose CT, about GBP 200 a person (E42)."""
SCREENING_GBP_PER_QALY = 14_000
"""E42; 8,500 to 28,800 in E43 to E45."""

EBUS_CAPITAL_GBP, EBUS_LIFE_YEARS, EBUS_RUNNING_GBP, EBUS_PROCEDURES = 90_000, 7, 25_000, 300
"""One endobronchial ultrasound set, and what it does in a year: judgements."""

SPECIALISED_BUDGET_GBP, MOVED_GBP = 13_000_000_000, 611_000_000
"""NHS England's specialised budget of 2013-14 (nao-2016) and what moved to it from groups in the year (hsj-2013)."""

POOLED_STAGES = ("prevention", "awareness", "early_stages", "care_coordination")
"""What a council and groups may put into one pool under section 75: nothing of these is excluded by regulation 5."""


NHS_GROWTH = (1.0214, 1.0170)
"""The least that a group's allocation grew by into the second and third year: NHS England's decision of December 2013,
from professional memory."""


def growth(problem: Problem) -> list[Change]:
    """The NHS's money grows as allocations did; councils' grants stay flat in cash."""
    second, third = [year.key for year in problem.years[1:3]]
    into_second, into_third = NHS_GROWTH
    nhs = {"kinds": ["general", "specialised", "primary_care"]}
    note = "assumption: each purse grows as groups' allocations did at the least, 2.14% and 1.70% (from memory)"
    return CHANGES.validate_python(
        [
            {"kind": "scale_purse", "select": nhs, "factor": into_second, "years": [second], "note": note},
            {"kind": "scale_purse", "select": nhs, "factor": into_second * into_third, "years": [third], "note": note},
        ]
    )


def capacity(problem: Problem) -> list[Change]:
    """Scanners, bronchoscopy and nurses; what one activity brings about; a floor in real terms."""
    years = [year.key for year in problem.years]
    return CHANGES.validate_python(
        [
            {
                "kind": "set_part",
                "resource": {
                    "key": "ct-hours",
                    "name": "CT for the lung pathway",
                    "unit": "scanner hours",
                    "supply": _grown(math.ceil(0.25 * cases(problem, "diagnostic_imaging")), CT_GROWTH - 1, years),
                    "uses": [{"select": {"stages": ["diagnostic_imaging"]}, "per_case": 0.25}],
                    "source": "assumption: a quarter of an hour a scan; hours grow as CT in England did (cruk-2014)",
                },
            },
            {
                "kind": "set_part",
                "resource": {
                    "key": "bronchoscopy",
                    "name": "bronchoscopy lists",
                    "unit": "procedures",
                    "supply": _grown(math.ceil(cases(problem, "bronchoscopy")), 0.0, years),
                    "uses": [{"select": {"stages": ["bronchoscopy"]}, "per_case": 1.0}],
                    "source": "assumption: no more lists than in 2013-14 unless a set is bought",
                },
            },
            {
                "kind": "set_part",
                "resource": {
                    "key": "nurses",
                    "name": "lung nurse specialists",
                    "unit": "WTE",
                    "supply": _grown(math.ceil(spend(problem, "nurse_specialists") / NURSE_POST_GBP), 0.09, years),
                    "uses": [
                        {
                            "select": {"stages": ["nurse_specialists"]},
                            "per_case": round(unit_cost(problem, "nurse_specialists") / NURSE_POST_GBP, 6),
                        }
                    ],
                    "max_growth": 0.10,
                    "source": "assumption: a tenth more posts a year can be filled",
                },
            },
            {
                "kind": "set_part",
                "link": {
                    "key": "follow-up-of-treated",
                    "label": "each patient treated to cure is seen four times in the next year",
                    "kind": "induces",
                    "per": {"stages": ["thoracic_surgery", "radical_radiotherapy"]},
                    "to": {"stages": ["follow_up"]},
                    "rate": 4.0,
                    "lag": 1,
                    "source": "assumption: a visit a quarter",
                },
            },
            {
                "kind": "set_part",
                "link": {
                    "key": "pet-after-mdt",
                    "label": "nobody has PET-CT who is not discussed",
                    "kind": "nested",
                    "per": {"stages": ["mdt"]},
                    "to": {"stages": ["pet_ct"]},
                    "rate": 1.0,
                    "source": "assumption: one scan a patient discussed at most",
                },
            },
            {
                "kind": "set_pace",
                "pace": {
                    "key": "palliative-in-real-terms",
                    "label": "end-of-life care keeps 95% of last year's money in real terms",
                    "select": {"stages": ["palliative_eol"]},
                    "per": "place",
                    "max_down": 0.05,
                    "deflator": "gdp-deflator",
                    "source": "assumption: the study's own floor",
                },
            },
            *_brought_about(problem),
        ]
    )


def _brought_about(problem: Problem) -> Iterator[dict[str, Any]]:
    """Money on earlier diagnosis brings people to CT in the same place: three scans for each GBP 1,000."""
    early = {line.place: line.key for line in problem.lines if line.stage == "early_stages"}
    place_of = {line.key: line.place for line in problem.lines if line.stage == "diagnostic_imaging"}
    for demand in problem.demands:
        (line,) = demand.met_by[0].select.lines or [""]
        if line in place_of and place_of[line] in early:
            shift = {"select": {"lines": [early[place_of[line]]]}, "measure": "spend", "rate": 0.003}
            changed = demand.model_dump(mode="json") | {"shifts": [shift]}
            note = "assumption: three more scans for each GBP 1,000 of earlier diagnosis"
            yield {"kind": "set_part", "demand": changed, "note": note}


def commitments(problem: Problem) -> list[Change]:
    """Block contracts, a contingency, reserves, and what the pound does elsewhere."""
    return CHANGES.validate_python(
        [
            *_contracts(problem),
            {
                "kind": "set_part",
                "business_rule": {
                    "key": "contingency",
                    "label": "half a percent of groups' programme money is held back",
                    "kind": "contingency",
                    "share": 0.005,
                    "years": [year.key for year in problem.years[1:]],
                    "purses": [purse.key for purse in _programmes(problem)],
                    "source": "hsj-2013 for 2013-14; assumed to go on",
                },
            },
            {
                "kind": "set_carry",
                "select": {"kinds": ["ring_fence"]},
                "carry": {
                    "at_most_share": 0.1,
                    "source": "assumption for 2013-14: the grant's underspend may be kept in a public health reserve",
                },
            },
            {
                "kind": "set_part",
                "outside": {
                    "key": "rest-of-the-nhs",
                    "label": "the pound in the rest of the NHS: a QALY for GBP 14,100",
                    "slope": 1 / 14_100,
                    "slope_low": 1 / 30_000,
                    "slope_high": 1 / 7_000,
                    "purses": [purse.key for purse in _programmes(problem)],
                    "provenance": {
                        "basis": "assumption",
                        "source": "E5",
                        "note": "12,936 a QALY in 2008 at prices of 2013-14; the index is from professional memory",
                    },
                },
            },
        ]
    )


def _contracts(problem: Problem) -> Iterator[dict[str, Any]]:
    for line in problem.lines:
        if line.stage == "palliative_eol" and line.reference:
            yield {
                "kind": "set_part",
                "contract": {
                    "key": f"community-{line.place}"[:80],
                    "provider": "community provider",
                    "form": "block",
                    "line": line.key,
                    "value_gbp": int(0.6 * sum(part.gbp for part in line.reference)),
                    "notice_given": "2013-10-01",
                    "notice_months": 12,
                    "source": "assumption: six tenths in block contracts; a year of notice, given in October 2013",
                },
            }


def boundary_shift(problem: Problem) -> list[Change]:
    """Money that moves to NHS England with specialised services: who is short?"""
    return CHANGES.validate_python(list(_transfers(problem)))


def _transfers(problem: Problem) -> Iterator[dict[str, Any]]:
    """GBP(group) = 611m x the region's specialised lines / 13.0bn, by what each group's programme holds."""
    (to, *_) = [purse for purse in problem.purses if purse.kind == "specialised"]
    year = problem.years[1].key
    specialised = {purse.key for purse in problem.purses if purse.kind == "specialised"}
    base = sum(part.gbp for line in problem.lines for part in line.reference if part.purse in specialised)
    programmes = _programmes(problem)
    held = sum(purse.amount_gbp[year] for purse in programmes)
    for purse in programmes:
        yield {
            "kind": "transfer",
            "from_purse": purse.key,
            "to_purse": to.key,
            "gbp": MOVED_GBP * base * purse.amount_gbp[year] // (SPECIALISED_BUDGET_GBP * held),
            "from_year": year,
            "recurrent": True,
            "service": "specialised lung services",
            "note": "611m of all services (hsj-2013), in proportion: an assumption",
        }


def investments(problem: Problem) -> list[Change]:
    """What may be bought whole or not at all, what saves money later, and a wish that need not be met."""
    largest = sorted(_programmes(problem), key=lambda purse: -purse.amount_gbp[problem.years[0].key])
    early = {line.statutory_payer: line for line in problem.lines if line.stage == "early_stages"}
    hosts = [early[purse.owner] for purse in largest if purse.owner in early]
    pilots = [_pilot(line, problem) for line in hosts[:8]]
    sets = [_ebus(line, problem) for line in hosts[:3]]
    return CHANGES.validate_python(
        [
            *({"kind": "set_part", "option": option} for option in (*pilots, *sets)),
            {
                "kind": "set_part",
                "option_rule": {
                    "key": "four-pilots",
                    "label": "at most four screening pilots in the region",
                    "kind": "at_most",
                    "options": [option["key"] for option in pilots],
                    "count": 4,
                    "source": "assumption: readers and scanners for four",
                },
            },
            *_savings(problem),
            {
                "kind": "add_limit",
                "limit": {
                    "key": "a-tenth-before-diagnosis",
                    "label": "a tenth of the money is spent before diagnosis",
                    "terms": [
                        {"select": {"stages": list(POOLED_STAGES)}},
                        {"coefficient": -0.1},
                    ],
                    "at_least": 0,
                    "hard": False,
                    "priority": 1,
                    "source": "the study's own wish, after the reports: money stuck at the treatment end",
                },
            },
        ]
    )


def _pilot(line: Line, problem: Problem) -> dict[str, Any]:
    gbp = SCREENED * SCREENING_GBP_EACH
    return {
        "key": f"ldct-{line.place}"[:80],
        "name": f"low-dose CT for {SCREENED} people a year at high risk, {problem.names.get(line.place, line.place)}"[
            :300
        ],
        "line": line.key,
        "starts": [year.key for year in problem.years],
        "recurrent_gbp": gbp,
        "benefit": round(gbp / SCREENING_GBP_PER_QALY, 3),
        "uses": {"ct-hours": SCREENED * 0.25},
        "provenance": {
            "basis": "assumption",
            "source": "E42",
            "note": "GBP 200 a person, 14,000 a QALY (8,500 to 28,800 in E43 to E45); later evidence than the period",
        },
    }


def _ebus(line: Line, problem: Problem) -> dict[str, Any]:
    return {
        "key": f"ebus-{line.place}"[:80],
        "name": f"an endobronchial ultrasound set, {problem.names.get(line.place, line.place)}"[:300],
        "line": line.key,
        "starts": [year.key for year in problem.years],
        "capital_gbp": EBUS_CAPITAL_GBP,
        "life_years": EBUS_LIFE_YEARS,
        "recurrent_gbp": EBUS_RUNNING_GBP,
        "supplies": {"bronchoscopy": EBUS_PROCEDURES},
        "provenance": {"basis": "assumption", "note": "price, life and lists are judgements"},
    }


def _savings(problem: Problem) -> Iterator[dict[str, Any]]:
    purse_of = {purse.owner: purse.key for purse in _programmes(problem)}
    for line in problem.lines:
        if line.stage == "care_coordination" and line.statutory_payer in purse_of:
            yield {
                "kind": "set_part",
                "saving": {
                    "key": f"coordination-{line.place}"[:80],
                    "label": "care coordination saves admissions in the next year",
                    "lines": [line.key],
                    "rate": 0.5,
                    "lag": 1,
                    "to_purse": purse_of[line.statutory_payer],
                    "provenance": {
                        "basis": "assumption",
                        "note": "one-to-one support costs 60m and saves 89m (Frontier 2010, from professional memory); "
                        "a third of that: 0 to 1.48",
                    },
                },
            }


def pool(problem: Problem) -> list[Change]:
    """One section 75 agreement of all groups and councils for what comes before diagnosis, and for coordination."""
    councils = sorted({purse.owner for purse in problem.purses if purse.kind == "ring_fence"})
    groups = sorted({purse.owner for purse in _programmes(problem)})
    first = problem.years[0].key
    later = [year.key for year in problem.years[1:]]
    lines = {"stages": list(POOLED_STAGES)}
    return CHANGES.validate_python(
        [
            {
                "kind": "set_mechanism",
                "mechanism": {
                    "key": "before-diagnosis",
                    "kind": "s75_pool",
                    "payers": [*groups, *councils],
                    "lines": lines,
                    "years": later,
                    "excluded_classes": ["surgery", "radiotherapy", "endoscopy"],
                    "citation": "NHS Act 2006 s.75",
                },
                "note": "what if this were signed: no agreement is in force",
            },
            {
                "kind": "set_fund",
                "fund": {
                    "key": "before-diagnosis-fund",
                    "name": "pooled fund before diagnosis",
                    "mechanism": "before-diagnosis",
                    "contributors": [
                        *(
                            {"purse": purse.key, "at_most_gbp": purse.amount_gbp[first] * 3 // 100}
                            for purse in _programmes(problem)
                        ),
                        *({"purse": purse.key} for purse in problem.purses if purse.kind == "ring_fence"),
                    ],
                    "lines": lines,
                    "source": "assumption: at most 3% of a group's programme money for the pathway",
                },
            },
        ]
    )


def _programmes(problem: Problem) -> Sequence[Purse]:
    """Groups' programme money for the pathway."""
    return [purse for purse in problem.purses if purse.kind == "general"]


def spend(problem: Problem, stage: str) -> int:
    """GBP a year in the reference split."""
    return sum(part.gbp for line in problem.lines if line.stage == stage for part in line.reference)


def unit_cost(problem: Problem, stage: str) -> float:
    """GBP a case, the first delivery mode's."""
    return next(line.modes[0].unit_cost_gbp for line in problem.lines if line.stage == stage and line.modes)


def cases(problem: Problem, stage: str) -> float:
    """What the reference split buys, a year."""
    return spend(problem, stage) / unit_cost(problem, stage)


def _grown(base: float, rate: float, years: Sequence[str]) -> dict[str, float]:
    return {year: round(base * (1 + rate) ** number, 3) for number, year in enumerate(years)}
