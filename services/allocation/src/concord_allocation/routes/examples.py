"""Working examples for the OpenAPI document; tests send each of them."""

from typing import Any

_ASSUMED = {"basis": "assumption", "note": "made up for this example"}


def _line(key: str, stage: str, payer: str, purse: str, gbp: int) -> dict[str, Any]:
    return {
        "key": key,
        "place": "riverside",
        "pathway": "lung",
        "stage": stage,
        "population_basis": "registered",
        "statutory_payer": payer,
        "citation": "NHS Act 2006 s.3",
        "reference": [{"purse": purse, "gbp": gbp}],
        "curve": stage,
        "provenance": _ASSUMED,
    }


def _curve(stage: str, width: int, slope: float) -> dict[str, Any]:
    return {
        "key": stage,
        "segments": [{"width_gbp": width, "slope": slope}, {"width_gbp": width, "slope": slope / 3}],
        "provenance": _ASSUMED,
    }


SMALL_PROBLEM: dict[str, Any] = {
    "title": "Two stages, one commissioner",
    "years": [{"key": "2014-15"}],
    "base_year": "2014-15",
    "payers": [{"key": "ods:02A", "name": "Riverside CCG"}],
    "purses": [
        {
            "key": "riverside-programme",
            "name": "Programme budget",
            "owner": "ods:02A",
            "amount_gbp": {"2014-15": 300000},
            "provenance": _ASSUMED,
        }
    ],
    "lines": [
        _line("riverside.lung.follow_up", "follow_up", "ods:02A", "riverside-programme", 120000),
        _line("riverside.lung.palliative_eol", "palliative_eol", "ods:02A", "riverside-programme", 180000),
    ],
    "curves": [_curve("follow_up", 120000, 0.00002), _curve("palliative_eol", 200000, 0.0001)],
    "limits": [
        {
            "key": "keep-follow-up",
            "label": "Follow-up keeps at least GBP 90,000",
            "terms": [{"select": {"stages": ["follow_up"]}}],
            "at_least": 90000,
            "source": "agreed in the planning group",
        }
    ],
}

IMPOSSIBLE_PROBLEM: dict[str, Any] = {
    **SMALL_PROBLEM,
    "title": "A floor above the budget",
    "limits": [
        {
            **SMALL_PROBLEM["limits"][0],
            "label": "Follow-up keeps at least GBP 400,000",
            "at_least": 400000,
        }
    ],
}

SOLVE_EXAMPLES: dict[str, Any] = {
    "plan": {"summary": "One purse, two stages, one floor", "value": {"problem": SMALL_PROBLEM}},
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
