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

PROBLEM_EXAMPLES: dict[str, Any] = {
    name: {**example, "value": example["value"]["problem"]} for name, example in SOLVE_EXAMPLES.items()
}

TABLES_EXAMPLES: dict[str, Any] = {
    "small": {
        "summary": "One payer, one line",
        "value": {
            "tables": {
                "problem": "title,base_year\nA tiny problem,2014-15\n",
                "years": "key\n2014-15\n",
                "payers": "key,name\nccg,The CCG\n",
                "purses": "key,name,owner,amount_gbp.2014-15,provenance.basis,provenance.note\n"
                "money,Programme money,ccg,1000,assumption,an example\n",
                "lines": "key,place,pathway,stage,population_basis,statutory_payer,citation,curve,provenance.basis,"
                "provenance.note\nimaging,here,lung,imaging,registered,ccg,NHS Act 2006 s.3,c,assumption,an example\n",
                "curves": "key,provenance.basis,provenance.note\nc,assumption,an example\n",
                "curves.segments": "of,width_gbp,slope\nc,600,0.002\nc,,0.0005\n",
            }
        },
    }
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
    },
    "stated": {
        "summary": "A problem stated whole",
        "value": {"title": "Two payers, one year, as stated", "problem": EXAMPLE_PROBLEM},
    },
    "contracts-and-outturn": {
        "summary": "The same, with the registry's contracts and baselines built up from the outturn that was sent",
        "value": {
            "title": "Lung, Greater Manchester, 2014-15, from the books",
            "pathways": ["lung"],
            "places": ["greater-manchester"],
            "years": ["2014-15", "2015-16"],
            "fill_in": ["contracts", "baseline"],
        },
    },
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
    "referrals-later": {
        "summary": "Referrals rise by 10% in the second year alone",
        "value": {
            "title": "Referrals +10% in 2015-16",
            "changes": [
                {
                    "kind": "scale_demand",
                    "select": {"stages": ["diagnostic_imaging", "generalist_care", "bronchoscopy"]},
                    "factor": 1.1,
                    "years": ["2015-16"],
                }
            ],
        },
    },
    "new-money-only": {
        "summary": "The baseline stays where it is; only growth is decided",
        "value": {"title": "New money only", "changes": [{"kind": "new_money_only", "keep_payers": True}]},
    },
}

POOLED_FOR_TWO_YEARS: dict[str, Any] = EXAMPLE_PROBLEM | {
    "title": "The documented problem for two years, its two payers in a pool",
    "years": [{"key": "2014-15"}, {"key": "2015-16"}],
    "purses": [
        purse | {"amount_gbp": dict.fromkeys(("2014-15", "2015-16"), purse["amount_gbp"]["2014-15"])}
        for purse in EXAMPLE_PROBLEM["purses"]
    ],
    "mechanisms": [
        {
            "key": "pool",
            "kind": "s75_pool",
            "payers": [payer["key"] for payer in EXAMPLE_PROBLEM["payers"]],
            "lines": {},
            "citation": "NHS Act 2006 s.75",
        }
    ],
    "funds": [
        {
            "key": "pooled",
            "name": "Pooled fund",
            "mechanism": "pool",
            "contributors": [{"purse": purse["key"]} for purse in EXAMPLE_PROBLEM["purses"]],
            "source": "an example",
        }
    ],
}

PROBLEM_WHAT_IF_EXAMPLES: dict[str, Any] = {
    "leaves-after-notice": {
        "summary": "A partner leaves the pool in the year after its notice has run",
        "value": {
            "problem": POOLED_FOR_TWO_YEARS,
            "changes": [
                {"kind": "leave_pool", "payer": EXAMPLE_PROBLEM["payers"][0]["key"], "from_year": "2015-16"},
                {"kind": "scale_demand", "select": {}, "factor": 1.02, "years": ["2015-16"]},
            ],
        },
    },
    "grant-cut": {
        "summary": "The documented problem with its grant cut by 6.2%",
        "value": {
            "problem": EXAMPLE_PROBLEM,
            "changes": [{"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938}],
        },
    },
}

SHARING_EXAMPLES: dict[str, Any] = {
    "two-parties": {
        "summary": "Each payer a party; divided by outturn, activity and people; with the annex",
        "value": {
            "problem": EXAMPLE_PROBLEM,
            "keys": [
                {
                    "key": "registered",
                    "name": "Registered people",
                    "weights": {"ods:02A": 236000, "gss:E08000009": 229000},
                    "provenance": {"basis": "assumption", "note": "example, not published figures"},
                }
            ],
            "annex": True,
        },
    }
}

SCENARIO_SHARING_EXAMPLES: dict[str, Any] = {
    "defaults": {"summary": "Each payer a party, nothing else stated", "value": {}},
    "priced": {
        "summary": "A unit of benefit at GBP 15,000, so that gains can be paid over",
        "value": {
            "benefit_price": {
                "gbp": 15000,
                "provenance": {"basis": "assumption", "note": "example of a price, not a published one"},
            },
            "annex": True,
            "realise": False,
        },
    },
}

GAME_EXAMPLES: dict[str, Any] = {
    "three-owners": {
        "summary": "A linear production game: three owners of two resources",
        "value": {
            "kind": "gains",
            "players": ["a", "b", "c"],
            "values": [
                {"coalition": list(coalition), "value": value}
                for coalition, value in (
                    ("a", 68),
                    ("b", 102),
                    ("c", 0),
                    ("ab", 170),
                    ("ac", 710),
                    ("bc", 762),
                    ("abc", 992),
                )
            ],
        },
    }
}

CLAIMS_EXAMPLES: dict[str, Any] = {
    "contested-garment": {
        "summary": "200 between claims of 100, 200 and 300",
        "value": {"estate": 200, "claims": {"a": 100, "b": 200, "c": 300}},
    }
}
