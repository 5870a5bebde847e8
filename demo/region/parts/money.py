"""Money over the years: growth, the rules of the year, what lung may take of it, leave to overspend, what moves.

Codes such as E5 are those of `data/england_2013_14/allocation/evidence.csv`, others those of its SOURCES.md.
"""

from collections.abc import Iterator
from typing import Any

from concord_contracts.allocation import Change, Problem
from demo.region.parts.reading import changes_of, lines_of, programmes, spent, years_of

NHS_GROWTH = (1.0214, 1.0170)
"""The least that a group's allocation grew by into the second and third year: NHS England's decision of December 2013,
from professional memory."""

HELD_LAST_YEAR = 0.01 + 0.005 + 0.02
"""Surplus, contingency and non-recurrent share of 2013-14 (hsj-2013): money that last year's spend is without."""

ELSEWHERE_GBP_PER_QALY = 14_100
"""E5: 12,936 in 2008, at prices of 2013-14; the index is from professional memory. 7,000 to 30,000."""

MOST_FOR_LUNG = 1.04
"""Of last year's: what a group may bear for the pathway in a year. An assumption, 1.02 to 1.06."""

SPECIALISED_BUDGET_GBP, MOVED_GBP = 13_000_000_000, 611_000_000
"""NHS England's specialised budget of 2013-14 (nao-2016) and what moved to it from groups in the year (hsj-2013)."""

OVERSPENT_GBP = 124_000_000
"""By which specialised commissioning overspent in 2014-15 (nao-2016); 377m in 2013-14."""


def money(problem: Problem) -> list[Change]:
    """Growth, what the rules of the year hold back of it, and how much of what is left the pathway may take."""
    return changes_of([*_growth(problem), *_rules_of_the_year(problem)])


def _growth(problem: Problem) -> list[dict[str, Any]]:
    """The NHS's money grows as allocations did; councils' grants stay flat in cash."""
    _, second, third = years_of(problem)
    into_second, into_third = NHS_GROWTH
    nhs = {"kinds": ["general", "specialised", "primary_care"]}
    note = "assumption: each purse grows as groups' allocations did at the least, 2.14% and 1.70% (from memory)"
    return [
        {"kind": "scale_purse", "select": nhs, "factor": into_second, "years": [second], "note": note},
        {"kind": "scale_purse", "select": nhs, "factor": into_second * into_third, "years": [third], "note": note},
    ]


def _rules_of_the_year(problem: Problem) -> list[dict[str, Any]]:
    """Last year's spend is what last year's rules left. So the money they held back is in the purses again before this
    year's rules are taken of them; a pound that may not go to the pathway is left to the rest of the NHS.
    """
    _, *later = years_of(problem)
    held = [purse.key for purse in programmes(problem)]
    return [
        {
            "kind": "scale_purse",
            "select": {"purses": held},
            "factor": round(1 / (1 - HELD_LAST_YEAR), 6),
            "years": later,
            "note": "assumption: what the rules of 2013-14 held back, 3.5% (hsj-2013), is in the allocation again",
        },
        *({"kind": "set_part", "business_rule": rule} for rule in _rules(held, later)),
        {
            "kind": "set_part",
            "outside": {
                "key": "rest-of-the-nhs",
                "label": f"the pound in the rest of the NHS: a QALY for GBP {ELSEWHERE_GBP_PER_QALY:,}",
                "slope": 1 / ELSEWHERE_GBP_PER_QALY,
                "slope_low": 1 / 30_000,
                "slope_high": 1 / 7_000,
                "purses": held,
                "provenance": {
                    "basis": "assumption",
                    "source": "E5",
                    "note": "12,936 a QALY in 2008 at prices of 2013-14; the index is from professional memory",
                },
            },
        },
        *({"kind": "add_limit", "limit": limit} for limit in _burdens(problem, later)),
    ]


def _rules(held: list[str], years: list[str]) -> Iterator[dict[str, Any]]:
    second, third = years
    for name, kind, share in (("surplus", "surplus", 0.01), ("contingency", "contingency", 0.005)):
        yield {
            "key": name,
            "label": f"{name} of {share:.1%} of groups' programme money",
            "kind": kind,
            "share": share,
            "years": years,
            "purses": held,
            "source": "hsj-2013 for 2013-14; assumed to go on",
        }
    for year, waived in ((second, None), (third, "the area team: an assumption; it could (hsj-2013)")):
        yield {
            "key": f"non-recurrent-{year}",
            "label": f"2.5% of groups' programme money for what does not recur, {year}",
            "kind": "non_recurrent",
            "share": 0.025,
            "years": [year],
            "purses": held,
            "waived_by": waived,
            "source": "assumption: from professional memory, 2% to 3%; 2% in 2013-14 (hsj-2013)",
        }


def _burdens(problem: Problem, years: list[str]) -> Iterator[dict[str, Any]]:
    """What a group pays and puts into funds, against what it paid last year."""
    for purse in programmes(problem):
        paid = sum(part.gbp for line in problem.lines for part in line.reference if part.purse == purse.key)
        owner = next(payer.name for payer in problem.payers if payer.key == purse.owner)
        yield {
            "key": f"burden-{purse.key}"[:80],
            "label": f"{owner} bears at most {MOST_FOR_LUNG - 1:.0%} more for lung cancer than in 2013-14",
            "terms": [{"select": {"payers": [purse.owner]}, "measure": "burden"}],
            "at_most": int(MOST_FOR_LUNG * paid),
            "years": years,
            "source": "assumption: the pathway takes no more than allocations grow by in two years; 2% to 6%",
        }


def overspend(problem: Problem) -> Iterator[dict[str, Any]]:
    """NHS England's specialised money may overspend as far as it did; it is taken from the rest."""
    _, *later = years_of(problem)
    for purse in problem.purses:
        if purse.kind == "specialised":
            yield {
                "kind": "set_overspend",
                "select": {"purses": [purse.key]},
                "overspend": {
                    "at_most_gbp": purse.amount_gbp[later[0]] * OVERSPENT_GBP // SPECIALISED_BUDGET_GBP,
                    "penalty": 1 / ELSEWHERE_GBP_PER_QALY,
                    "years": later,
                    "source": "nao-2016: 124m in 2014-15, as a share of 13.0bn; the penalty is what E5 loses elsewhere",
                },
            }


def reserve() -> dict[str, Any]:
    """Councils' underspend may be kept."""
    return {
        "kind": "set_carry",
        "select": {"kinds": ["ring_fence"]},
        "carry": {
            "at_most_share": 0.1,
            "source": "assumption for 2013-14: the grant's underspend may be kept in a public health reserve",
        },
    }


def boundary_shift(problem: Problem) -> list[Change]:
    """Money that moves to NHS England with specialised services: who is short?"""
    return changes_of(list(_transfers(problem)))


def _transfers(problem: Problem) -> Iterator[dict[str, Any]]:
    """GBP(group) = 611m x the region's specialised lines / 13.0bn, by what each group's programme holds."""
    (to, *_) = [purse for purse in problem.purses if purse.kind == "specialised"]
    _, year, _ = years_of(problem)
    specialised = {purse.key for purse in problem.purses if purse.kind == "specialised"}
    base = sum(part.gbp for line in problem.lines for part in line.reference if part.purse in specialised)
    held = sum(purse.amount_gbp[year] for purse in programmes(problem))
    for purse in programmes(problem):
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


def campaign(problem: Problem) -> dict[str, Any]:
    """The local share of the national lung campaign is promised as it was."""
    first, second, _ = years_of(problem)
    return {
        "key": "national-campaign",
        "label": "awareness: the local share of the national lung campaign is spent as last year",
        "terms": [{"select": {"stages": ["awareness"]}}],
        "equal": spent(lines_of(problem, "awareness")),
        "years": [first, second],
        "source": "assumption: promised for two years (E39 is about that campaign)",
    }
