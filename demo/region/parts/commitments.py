"""What is promised already: contracts with their notice and steps of release, reserves, the campaign, fairness."""

from collections.abc import Iterator
from typing import Any

from concord_contracts.allocation import Change, Problem
from demo.region.parts.money import campaign, overspend, reserve
from demo.region.parts.reading import changes_of, lines_of, spent, years_of

RELEASED = {"2014-04-01": 0.05, "2014-10-01": 0.10, "2015-04-01": 0.15}
"""Of a drug contract's value, what less activity takes off the bill from that day: assumptions, 0 to 0.3."""

SUPPORTING = ("palliative_eol", "psychosocial", "rehabilitation", "survivorship")

NEW_SERVICES = ("care_coordination", "early_stages")


def commitments(problem: Problem) -> list[Change]:
    """Contracts, leave to overspend, the reserve, the campaign; what every group is owed."""
    return changes_of(
        [
            *({"kind": "set_part", "contract": contract} for contract in _contracts(problem)),
            reserve(),
            *overspend(problem),
            {"kind": "add_limit", "limit": campaign(problem)},
            *({"kind": "set_part", "equity": equity} for equity in _fairness(problem)),
        ]
    )


def _contracts(problem: Problem) -> Iterator[dict[str, Any]]:
    """A block releases nothing before its notice; cost and volume releases step by step."""
    for line in lines_of(problem, "palliative_eol"):
        yield {
            "key": f"community-{line.place}"[:80],
            "provider": "community provider",
            "form": "block",
            "line": line.key,
            "value_gbp": int(0.6 * spent([line])),
            "notice_given": "2013-10-01",
            "notice_months": 12,
            "source": "assumption: six tenths in block contracts; a year of notice, given in October 2013",
        }
    for line in lines_of(problem, "chemotherapy"):
        yield {
            "key": f"drugs-{line.place}"[:80],
            "provider": "cancer centre",
            "form": "cost_and_volume",
            "line": line.key,
            "value_gbp": spent([line]),
            "releasable": [{"day": day, "share": share} for day, share in RELEASED.items()],
            "source": "assumption: last year's value, of which a twentieth more is released each half-year",
        }


def _fairness(problem: Problem) -> Iterator[dict[str, Any]]:
    """Between groups by weighted heads: a floor for supporting care, a spread for what is new."""
    heads = problem.equity[0].heads
    *_, last = years = years_of(problem)
    today = spent(lines_of(problem, *SUPPORTING)) / sum(heads.values())
    yield {
        "key": "supporting-care",
        "label": "supporting and end-of-life care of 98% of last year's mean",
        "measure": "spend",
        "select": {"stages": list(SUPPORTING)},
        "heads": heads,
        "floor": round(0.98 * today, 4),
        "source": "the study's own floor: 2% may be lost to what a QALY measures better",
    }
    yield {
        "key": "new-services",
        "label": "what is new reaches all groups",
        "measure": "spend",
        "select": {"stages": list(NEW_SERVICES)},
        "heads": heads,
        "spread_at_most": SPREAD_GBP,
        "years": [year for year in years if year == last],
        "source": "the study's own limit; saw a nurse: 33.7% to 100% of patients, trust by trust (E20)",
    }


SPREAD_GBP = 0.05
"""A weighted head, between the group that gets most of what is new and the one that gets least: 0.02 to 0.20."""
