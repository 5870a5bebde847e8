"""What may be bought whole or not at all, what saves money later, and a wish that need not be met."""

from collections.abc import Iterator
from typing import Any

from concord_contracts.allocation import Change, Line, Problem
from demo.region.parts.pool import POOLED_STAGES
from demo.region.parts.reading import cases_of, changes_of, line_of_place, lines_of, name_of, programmes, years_of
from demo.region.parts.service import BY_CALL

PILOTS, SETS = 4, 2
"""Groups with most money that may begin a pilot, and that may get an ultrasound set."""

SCREENED = 400
SCREENING_GBP_EACH = 200
"""Low-dose CT, about GBP 200 a person (E42)."""
SCREENING_GBP_PER_QALY = 10_069
"""E44, Manchester's own pilot; 8,500 to 28,800 in E42, E43 and E45. All are later than the period."""

EBUS_CAPITAL_GBP, EBUS_LIFE_YEARS, EBUS_RUNNING_GBP, EBUS_PROCEDURES = 90_000, 7, 25_000, 300
"""One endobronchial ultrasound set, and what it does in a year: judgements."""

HUB_GBP = 20
"""Setting up follow-up by telephone, for each visit a year that it can take over: a judgement, 10 to 50."""

BY_TELEPHONE = 0.5
"""Of the visits of 2013-14, what a hub can take over at most."""


def investments(problem: Problem) -> list[Change]:
    """Screening pilots and a telephone hub out of money that does not recur, ultrasound sets, savings, a wish."""
    early = {line.statutory_payer: line for line in lines_of(problem, "early_stages")}
    hosts = [early[purse.owner] for purse in programmes(problem) if purse.owner in early]
    pilots = [_pilot(line, problem) for line in hosts[:PILOTS]]
    return changes_of(
        [
            *({"kind": "add_line", "line": _once(line, problem)} for line in hosts[:PILOTS]),
            *({"kind": "set_part", "option": option} for option in pilots),
            *({"kind": "set_part", "option": _ebus(line, problem)} for line in hosts[:SETS]),
            {"kind": "set_part", "option": _hub(hosts[0], problem)},
            {
                "kind": "set_part",
                "option_rule": {
                    "key": "two-pilots",
                    "label": "at most two screening pilots in the region",
                    "kind": "at_most",
                    "options": [option["key"] for option in pilots],
                    "count": 2,
                    "source": "assumption: readers and scanners for two",
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
                    "priority": 2,
                    "source": "the study's own wish, after the reports: money stuck at the treatment end",
                },
            },
        ]
    )


def _once(early: Line, problem: Problem) -> dict[str, Any]:
    """What a group buys that ends with the year: money that does not recur may pay for it."""
    return {
        "key": once(early.place),
        "name": f"Pilots and set-up, {name_of(problem, early.place)}",
        "stage": "early_stages",
        "purpose": "once",
        "non_recurrent": True,
        "provenance": {"basis": "assumption", "note": "holds the costs of the study's options"},
    } | early.model_dump(include={"place", "pathway", "population_basis", "statutory_payer", "citation"})


def once(place: str) -> str:
    """Key of the line that pilots are paid on."""
    return f"{place}:lung:once"


def _pilot(line: Line, problem: Problem) -> dict[str, Any]:
    gbp = SCREENED * SCREENING_GBP_EACH
    scans = line_of_place(problem, "diagnostic_imaging")[line.place]
    return {
        "key": f"ldct-{line.place}"[:80],
        "name": f"low-dose CT for {SCREENED} people a year at high risk, {name_of(problem, line.place)}"[:300],
        "line": once(line.place),
        "starts": years_of(problem)[1:2],
        "recurrent_gbp": gbp,
        "benefit": round(gbp / SCREENING_GBP_PER_QALY, 3),
        "uses": {"ct-hours": SCREENED * 0.25},
        "volumes": [{"select": {"lines": [scans.key]}, "at_least": round(cases_of(scans), 3)}],
        "provenance": {
            "basis": "assumption",
            "source": "E44",
            "note": "GBP 200 a person (E42), 10,069 a QALY (8,500 to 28,800 in E42, E43, E45); later than the period. "
            "Only where patients with symptoms have as many scans as in 2013-14",
        },
    }


def _ebus(line: Line, problem: Problem) -> dict[str, Any]:
    return {
        "key": f"ebus-{line.place}"[:80],
        "name": f"an endobronchial ultrasound set, {name_of(problem, line.place)}"[:300],
        "line": line.key,
        "starts": years_of(problem)[1:2],
        "capital_gbp": EBUS_CAPITAL_GBP,
        "life_years": EBUS_LIFE_YEARS,
        "recurrent_gbp": EBUS_RUNNING_GBP,
        "supplies": {"bronchoscopy": EBUS_PROCEDURES},
        "provenance": {"basis": "assumption", "note": "price, life and lists are judgements"},
    }


def _hub(host: Line, problem: Problem) -> dict[str, Any]:
    """Without it nobody is followed up by telephone."""
    clinics = [line for line in lines_of(problem, "follow_up") if line.purpose != BY_CALL]
    calls = [line.key for line in lines_of(problem, "follow_up") if line.purpose == BY_CALL]
    visits = BY_TELEPHONE * sum(cases_of(line) for line in clinics)
    return {
        "key": "telephone-hub",
        "name": f"follow-up by telephone, up to {visits:,.0f} reviews a year",
        "line": once(host.place),
        "starts": years_of(problem)[1:],
        "non_recurrent_gbp": round(HUB_GBP * visits),
        "volumes": [{"select": {"lines": calls}, "at_most": round(visits, 3)}],
        "provenance": {"basis": "assumption", "note": "a judgement: 10 to 50 for each visit that it can take over"},
    }


def _savings(problem: Problem) -> Iterator[dict[str, Any]]:
    purse_of = {purse.owner: purse.key for purse in programmes(problem)}
    for line in lines_of(problem, "care_coordination"):
        if line.statutory_payer in purse_of:
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


def divisible(problem: Problem) -> list[Change]:
    """Without anything that is bought whole: what questions to many plans are asked of."""
    calls = [line.key for line in lines_of(problem, "follow_up") if line.purpose == BY_CALL]
    return changes_of(
        [
            *({"kind": "remove_part", "part": "option_rules", "key": rule.key} for rule in problem.option_rules),
            *({"kind": "remove_part", "part": "options", "key": option.key} for option in problem.options),
            {
                "kind": "add_limit",
                "limit": {
                    "key": "no-hub",
                    "label": "nobody is followed up by telephone where no hub is set up",
                    "terms": [{"select": {"lines": calls}}],
                    "at_most": 0,
                    "source": "what the hub would let be done",
                },
            },
        ]
    )
