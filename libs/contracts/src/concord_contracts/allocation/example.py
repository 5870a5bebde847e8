"""A whole small allocation problem, as sent: the example of the OpenAPI documents, and of the tests."""

from typing import Any

EXAMPLE_PROBLEM: dict[str, Any] = {
    "title": "Two payers, one year: stop smoking and CT for one borough",
    "years": [{"key": "2014-15"}],
    "base_year": "2014-15",
    "payers": [
        {"key": "ods:02A", "name": "NHS Trafford CCG", "kind": "ccg"},
        {"key": "gss:E08000009", "name": "Trafford Council", "kind": "council"},
    ],
    "purses": [
        {
            "key": "ccg-02A.programme",
            "name": "NHS Trafford CCG programme money, lung",
            "owner": "ods:02A",
            "amount_gbp": {"2014-15": 700000},
            "provenance": {"basis": "assumption", "note": "example, not a published figure"},
        },
        {
            "key": "la-E08000009.public-health",
            "name": "Trafford Council public health grant, stop smoking",
            "owner": "gss:E08000009",
            "amount_gbp": {"2014-15": 350000},
            "scope": {"purposes": ["public-health"]},
            "kind": "ring_fence",
            "provenance": {"basis": "assumption", "note": "example, not a published figure"},
        },
    ],
    "lines": [
        {
            "key": "la-E08000009.lung.prevention",
            "place": "la-E08000009",
            "pathway": "lung",
            "stage": "prevention",
            "purpose": "public-health",
            "population_basis": "resident",
            "statutory_payer": "gss:E08000009",
            "citation": "NHS Act 2006 s.2B",
            "reference": [{"purse": "la-E08000009.public-health", "gbp": 350000}],
            "curve": "prevention",
            "provenance": {"basis": "assumption", "note": "example, not a published figure"},
        },
        {
            "key": "ccg-02A.lung.diagnostic-imaging",
            "place": "ccg-02A",
            "pathway": "lung",
            "stage": "diagnostic-imaging",
            "purpose": "acute",
            "population_basis": "registered",
            "statutory_payer": "ods:02A",
            "citation": "NHS Act 2006 s.3",
            "reference": [{"purse": "ccg-02A.programme", "gbp": 700000}],
            "curve": "imaging",
            "unit": "work-up",
            "modes": [
                {
                    "key": "ct",
                    "name": "CT work-up",
                    "unit_cost_gbp": 575.0,
                    "provenance": {"basis": "assumption", "note": "example, not a published figure"},
                }
            ],
            "provenance": {"basis": "assumption", "note": "example, not a published figure"},
        },
    ],
    "curves": [
        {
            "key": "prevention",
            "segments": [{"width_gbp": 280000, "slope": 0.001}, {"width_gbp": 245000, "slope": 0.0006}],
            "provenance": {"basis": "assumption", "note": "example, not a published figure"},
        },
        {
            "key": "imaging",
            "segments": [{"width_gbp": 840000, "slope": 0.00005}],
            "provenance": {"basis": "assumption", "note": "example, not a published figure"},
        },
    ],
    "limits": [
        {
            "key": "work-ups",
            "label": "At least 1,000 CT work-ups, the demand of last year",
            "terms": [
                {"select": {"stages": ["diagnostic-imaging"]}, "measure": "activity"},
            ],
            "at_least": 1000,
            "unit": "work-up",
            "source": "example",
            "demand_driven": True,
        }
    ],
}
