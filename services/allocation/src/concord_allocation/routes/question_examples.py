"""One worked example of every kind of question, for the published document; each is asked by a test.

Of the documented problem, and of any scenario: they name nothing of a problem.
"""

from typing import Any

QUESTION_EXAMPLES: dict[str, dict[str, Any]] = {
    "target": {
        "benefit": {
            "summary": "The least money of all purses that still brings this much benefit",
            "value": {"aim": {"measure": "benefit"}, "at_least": 20},
        }
    },
    "frontier": {
        "benefit-and-money": {
            "summary": "What benefit costs in money, five points",
            "value": {"first": {"measure": "benefit"}, "second": {"measure": "money"}, "points": 5},
        }
    },
    "tornado": {"all": {"summary": "Every figure with a stated range", "value": {}}},
    "monte-carlo": {"few": {"summary": "Ten draws", "value": {"draws": 10, "seed": 7}}},
    "alternatives": {
        "one-percent": {"summary": "Give up one part in a hundred of the benefit", "value": {"sacrifice": 0.01}}
    },
    "least-change": {
        "one-payment": {
            "summary": "An offer of one payment; what is not offered is not paid",
            "value": {
                "offer": [
                    {
                        "year": "2014-15",
                        "line": "ccg-02A.lung.diagnostic-imaging",
                        "purse": "ccg-02A.programme",
                        "gbp": 700000,
                    }
                ]
            },
        }
    },
    "nobody-worse": {"all": {"summary": "Gains of all together", "value": {}}},
    "ranges": {"dearest": {"summary": "The dearest budgets and limits that bind", "value": {"most": 5}}},
    "steps": {"dearest": {"summary": "GBP 100,000 more and less of what binds", "value": {"most": 3}}},
    "ring-fences": {"all": {"summary": "Every fenced purse", "value": {}}},
    "regret": {"curves": {"summary": "The curves at their low and high", "value": {}}},
}

APPRAISAL_EXAMPLES: dict[str, Any] = {
    "three": {
        "summary": "Three scenarios (ids of your own)",
        "value": dict.fromkeys(("do_nothing", "minimum", "recommended"), "01a2083e-0201-7365-8f29-103cd6f32145"),
    }
}
