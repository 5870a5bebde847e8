"""One section 75 agreement of all groups and councils: who puts in what, and what the fund may keep."""

from concord_contracts.allocation import Change, Problem
from demo.region.parts.reading import changes_of, programmes, years_of

POOLED_STAGES = ("prevention", "awareness", "early_stages", "care_coordination")
"""What a council and groups may put into one pool under section 75: nothing of these is excluded by regulation 5."""

AT_LEAST, AT_MOST = 0.005, {"general": 0.03, "ring_fence": 1.0}
"""Of a purse's money for the pathway in 2013-14: what each partner signs, and the most it may put in by kind of purse.
Assumptions; a ceiling of 1% to 5% for groups."""

KEPT = 0.25
"""Of what the fund holds in a year, what it may keep for the next."""


def pool(problem: Problem) -> list[Change]:
    """One section 75 agreement of all groups and councils for what comes before diagnosis, and for coordination."""
    councils = sorted({purse.owner for purse in problem.purses if purse.kind == "ring_fence"})
    groups = sorted({purse.owner for purse in programmes(problem)})
    first, *later = years_of(problem)
    lines = {"stages": list(POOLED_STAGES)}
    return changes_of(
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
                            {
                                "purse": purse.key,
                                "at_least_gbp": int(AT_LEAST * purse.amount_gbp[first]),
                                "at_most_gbp": int(most * purse.amount_gbp[first]),
                            }
                            for purse in problem.purses
                            if (most := AT_MOST.get(purse.kind))
                        ),
                    ],
                    "carry": {
                        "at_most_share": KEPT,
                        "source": "assumption: the host may keep a quarter for the next year, 0 to 1 as partners agree",
                    },
                    "lines": lines,
                    "source": "assumption: half a percent of each purse of 2013-14 at least; 3% of a group at most",
                },
            },
        ]
    )
