"""Cases: scanners, lists and nurses; who can be treated to cure, and how; who waits; follow-up by telephone."""

import math
from collections.abc import Iterator
from typing import Any

from concord_contracts.allocation import Change, Problem
from demo.region.parts.reading import (
    PATIENTS_GROW,
    cases,
    cases_of,
    changes_of,
    grown,
    line_of_place,
    lines_of,
    name_of,
    programmes,
    spent,
    unit_cost,
    years_of,
)

CT_GROWTH = 357_025 / 330_509
"""CT in England, average tests a month, 2013-14 against 2012-13 (cruk-2014)."""

NURSE_POST_GBP = 55_000
"""A clinical nurse specialist's post with on-costs, from professional memory: 50,000 to 60,000."""

WEEKEND_GBP = 150
"""What a bronchoscopy at the weekend costs on top: a judgement, 100 to 300."""

CURABLE = 0.17 + 0.13
"""Of new patients in the best fifth of areas: resections and radical radiotherapy (E11). One patient has either."""

VISITS_OF_TREATED = 4.0
"""A patient treated to cure is seen each quarter of the next year: an assumption, 3 to 6."""

CALL_GBP = 26.0
"""Half an hour of a practice nurse, 13 a quarter of an hour (E46). 20 to 60: longer, or a specialist nurse."""

CALL_QALY = 0.002
"""What the last fifth of clinic visits is worth each, 111 / 56,075 of the curve: by telephone is no worse (E66)."""

BY_CALL = "telephone"

AS_CLINIC = {"place", "pathway", "stage", "population_basis", "statutory_payer", "citation"}

HALF = 0.05
"""Of a year's patients: how many should wait at the end, half of those who may."""


def service(problem: Problem) -> list[Change]:
    """Scanners, bronchoscopy, nurses; what one activity brings about; who is treated to cure; waits; telephone."""
    years = years_of(problem)
    return changes_of(
        [
            *({"kind": "set_part", "resource": resource} for resource in _resources(problem, years)),
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
            *({"kind": "set_part", "demand": demand} for demand in _curable(problem, years)),
            *_brought_about(problem),
            *({"kind": "add_limit", "limit": limit} for limit in _waits(problem, years[-1])),
            *_telephone(problem, years),
        ]
    )


def _resources(problem: Problem, years: list[str]) -> Iterator[dict[str, Any]]:
    yield {
        "key": "ct-hours",
        "name": "CT for the lung pathway",
        "unit": "scanner hours",
        "supply": grown(math.ceil(0.25 * cases(problem, "diagnostic_imaging")), CT_GROWTH - 1, years),
        "uses": [{"select": {"stages": ["diagnostic_imaging"]}, "per_case": 0.25}],
        "source": "assumption: a quarter of an hour a scan; hours grow as CT in England did (cruk-2014)",
    }
    scoped = math.ceil(cases(problem, "bronchoscopy"))
    most = programmes(problem)[0].owner
    largest = next(line for line in lines_of(problem, "bronchoscopy") if line.statutory_payer == most)
    yield {
        "key": "bronchoscopy",
        "name": "bronchoscopy lists",
        "unit": "procedures",
        "supply": grown(scoped, 0.0, years),
        "uses": [{"select": {"stages": ["bronchoscopy"]}, "per_case": 1.0}],
        "extra_at_most": dict.fromkeys(years[1:], float(math.ceil(0.05 * scoped))),
        "price_gbp": float(WEEKEND_GBP),
        "bought_on": largest.key,
        "source": "assumption: the lists of 2013-14, a twentieth more at weekends for GBP 150 each, more with a set",
    }
    yield {
        "key": "nurses",
        "name": "lung nurse specialists",
        "unit": "WTE",
        "supply": grown(math.ceil(spent(lines_of(problem, "nurse_specialists")) / NURSE_POST_GBP), 0.09, years),
        "uses": [
            {
                "select": {"stages": ["nurse_specialists"]},
                "per_case": round(unit_cost(problem, "nurse_specialists") / NURSE_POST_GBP, 6),
            }
        ],
        "max_growth": 0.10,
        "source": "assumption: a tenth more posts a year can be filled",
    }


def _curable(problem: Problem, years: list[str]) -> Iterator[dict[str, Any]]:
    """Surgery and radical radiotherapy are two ways to treat the same patients."""
    for place, meeting in line_of_place(problem, "mdt").items():
        yield {
            "key": f"curable-{place}"[:80],
            "label": f"patients who can be treated to cure, {name_of(problem, place)}",
            "unit": "patient",
            "cases": grown(CURABLE * cases_of(meeting), PATIENTS_GROW, years),
            "met_by": [
                {"select": {"places": [place], "stages": ["thoracic_surgery"]}},
                {"select": {"places": [place], "stages": ["radical_radiotherapy"]}},
            ],
            "minimum_share": 0.7,
            "source": "E11, the best fifth: 17% resected, 13% radical radiotherapy; 3% more a year assumed",
        }


def _brought_about(problem: Problem) -> Iterator[dict[str, Any]]:
    """Money on earlier diagnosis brings people to CT in the same place: three scans for each GBP 1,000."""
    early = {place: line.key for place, line in line_of_place(problem, "early_stages").items()}
    place_of = {line.key: line.place for line in lines_of(problem, "diagnostic_imaging")}
    for demand in problem.demands:
        (line,) = demand.met_by[0].select.lines or [""]
        if line in place_of and place_of[line] in early:
            shift = {"select": {"lines": [early[place_of[line]]]}, "measure": "spend", "rate": 0.003}
            changed = demand.model_dump(mode="json") | {"shifts": [shift]}
            note = "assumption: three more scans for each GBP 1,000 of earlier diagnosis"
            yield {"kind": "set_part", "demand": changed, "note": note}


def _waits(problem: Problem, last: str) -> Iterator[dict[str, Any]]:
    """A wish before all benefit, one for each kind of test or clinic: half as many wait at the end as may."""
    stage_of = {line.key: line.stage for line in problem.lines}
    waiting: dict[str, list[str]] = {}
    patients: dict[str, float] = {}
    for demand in problem.demands:
        if demand.waits:
            (line,) = demand.met_by[0].select.lines or [""]
            waiting.setdefault(stage_of[line], []).append(demand.key)
            patients[stage_of[line]] = patients.get(stage_of[line], 0.0) + demand.cases[last]
    for stage, demands in sorted(waiting.items()):
        yield {
            "key": f"wait-{stage}",
            "label": f"{problem.names.get(stage, stage)}: a twentieth of {last}'s patients wait at its end at most",
            "terms": [{"select": {"demands": demands}, "measure": "waiting"}],
            "at_most": round(HALF * patients[stage], 3),
            "years": [last],
            "unit": next(demand.unit for demand in problem.demands if demand.key == demands[0]),
            "hard": False,
            "priority": 1,
            "source": "the study's own wish: the waits that the first question asked for",
        }


def _telephone(problem: Problem, years: list[str]) -> Iterator[dict[str, Any]]:
    """Follow-up by telephone beside clinics: two ways to the same visits."""
    clinics = line_of_place(problem, "follow_up")
    for place, clinic in clinics.items():
        call = f"{place}:lung:follow_up_telephone"
        yield {
            "kind": "add_line",
            "line": {
                "key": call,
                "name": f"Follow-up by telephone, {name_of(problem, place)}",
                "purpose": BY_CALL,
                "unit": "review",
                "modes": [
                    {"key": "telephone", "name": "nurse by telephone", "unit_cost_gbp": CALL_GBP, "benefit": CALL_QALY}
                ],
                "provenance": {
                    "basis": "assumption",
                    "source": "E46 E66",
                    "note": "half an hour of a nurse, 20 to 60; a review is worth what the last fifth of visits is",
                },
            }
            | clinic.model_dump(include=AS_CLINIC),
        }
        treated = {"places": [place], "stages": ["thoracic_surgery", "radical_radiotherapy"]}
        today = sum(cases_of(line) for line in lines_of(problem, *treated["stages"]) if line.place == place)
        yield {
            "kind": "set_part",
            "demand": {
                "key": f"follow-up-{place}"[:80],
                "label": f"visits after treatment, {name_of(problem, place)}",
                "unit": "visit",
                "cases": grown(max(0.0, cases_of(clinic) - VISITS_OF_TREATED * today), PATIENTS_GROW, years)
                | {years[0]: round(cases_of(clinic), 3)},
                "met_by": [{"select": {"lines": [clinic.key]}}, {"select": {"lines": [call]}}],
                "shifts": [{"select": treated, "rate": VISITS_OF_TREATED, "lag": 1}],
                "minimum_share": 0.9,
                "source": "assumption: last year's visits, 3% more a year, four for each patient treated to cure",
            },
        }
