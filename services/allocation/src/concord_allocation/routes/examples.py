"""Working examples for the OpenAPI document; tests send each of them."""

from typing import Any

from concord_contracts.allocation import EXAMPLE_PROBLEM

IMPOSSIBLE_PROBLEM: dict[str, Any] = {
    **EXAMPLE_PROBLEM,
    "title": "A floor above the budget",
    "limits": [
        {
            "key": "more-than-there-is",
            "label": "Stop-smoking keeps at least GBP 400,000",
            "terms": [{"select": {"stages": ["prevention"]}}],
            "at_least": 400000,
            "source": "made impossible on purpose",
        }
    ],
}

SOLVE_EXAMPLES: dict[str, Any] = {
    "plan": {"summary": "Two payers, one year", "value": {"problem": EXAMPLE_PROBLEM}},
    "refusal": {"summary": "A floor that the budget cannot meet", "value": {"problem": IMPOSSIBLE_PROBLEM}},
}

SCENARIO_EXAMPLES: dict[str, Any] = {
    "greater-manchester-lung": {
        "summary": "Lung cancer in Greater Manchester, two years",
        "value": {
            "title": "Lung, Greater Manchester, 2014-15",
            "pathways": ["lung"],
            "places": ["greater-manchester"],
            "years": ["2014-15", "2015-16"],
        },
    }
}

WHAT_IF_EXAMPLES: dict[str, Any] = {
    "grant-cut": {
        "summary": "Public health grants are cut by 6.2%",
        "value": {
            "title": "Grant cut",
            "changes": [{"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938}],
        },
    },
    "referrals": {
        "summary": "Referrals rise by 10%",
        "value": {
            "title": "Referrals +10%",
            "changes": [
                {
                    "kind": "scale_demand",
                    "select": {"stages": ["diagnostic_imaging", "generalist_care", "bronchoscopy"]},
                    "factor": 1.1,
                }
            ],
        },
    },
}
