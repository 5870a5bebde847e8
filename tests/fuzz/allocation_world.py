"""The allocation service with its tests' fixed figures, beside doubles of the services it asks, and some scenarios."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from concord_allocation.authority import TABLE
from concord_allocation.documents.books import problem_book
from concord_allocation.documents.sheets import to_sheets
from concord_allocation.questions.kinds import KINDS
from concord_allocation.retention import digest
from concord_allocation.routes.examples import CLAIMS_EXAMPLES, GAME_EXAMPLES, PROBLEM_WHAT_IF_EXAMPLES, TABLES_EXAMPLES
from concord_allocation.routes.question_examples import QUESTION_EXAMPLES
from concord_contracts.allocation import EXAMPLE_PROBLEM, Problem
from concord_kit.sheets import CSV_TYPE
from services.allocation.tests.conftest import Running, prepare, run, scenario_request
from services.allocation.tests.test_assembly_baselines import IMAGING as BRIDGE
from services.allocation.tests.test_assembly_contracts import make_contract
from services.allocation.tests.test_imports import LINE, as_csv, as_workbook
from services.allocation.tests.worlds import CCG, COUNCIL, NHSE, make_mechanism
from tests.fuzz.fuzzing import Valid, World
from tests.fuzz.people import People, fresh_key, made
from tests.support.serving import served
from tests.support.signing import Signing

AGREEMENTS = "service:agreements"
SECONDS = 5
"""Time limit of each solve: any is answered in much less, unless something is wrong."""
PROVENANCE = {"basis": "assumption", "note": "a judgement"}
IMAGING = {"stages": ["imaging"]}
CHANGES: list[dict[str, Any]] = [
    {"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938, "years": ["2014-15"]},
    {"kind": "add_money", "select": {"owners": [CCG]}, "gbp": -1000, "split": "equally"},
    {
        "kind": "add_purse",
        "purse": {
            "key": "extra",
            "name": "extra",
            "owner": CCG,
            "amount_gbp": {"2014-15": 5000},
            "scope": {"stages": ["imaging"]},
            "recurrent": False,
            "provenance": PROVENANCE,
        },
    },
    {
        "kind": "transfer",
        "from_purse": "ccg-programme",
        "to_purse": "nhse-specialised",
        "gbp": 100,
        "from_year": "2014-15",
        "recurrent": True,
        "service": "scans",
    },
    {"kind": "scale_demand", "select": IMAGING, "factor": 1.1},
    {"kind": "price_shock", "select": IMAGING, "factor": 1.5, "years": ["2015-16"]},
    {"kind": "hold_lines", "key": "held", "select": {"stages": ["surgery"]}, "tolerance": 0.1},
    {"kind": "reassign_lines", "select": IMAGING, "payer": NHSE, "citation": "a new Act"},
    {
        "kind": "add_limit",
        "limit": {
            "key": "most",
            "label": "at most",
            "terms": [{"select": IMAGING, "measure": "spend", "coefficient": 1.0}],
            "at_most": 600_000,
            "source": "us",
        },
    },
    {
        "kind": "set_pace",
        "pace": {"key": "slow", "label": "slow", "select": {}, "per": "payer", "max_up": 0.2, "source": "us"},
    },
    {"kind": "loosen", "rows": [{"row": "purse/2014-15/ccg-programme", "side": "upper", "by": 1.0}]},
    {"kind": "set_carry", "select": {"owners": [CCG]}, "carry": {"at_most_share": 0.1, "source": "us"}},
    {
        "kind": "set_overspend",
        "select": {"owners": [CCG]},
        "overspend": {"at_most_gbp": 100, "penalty": 0.01, "source": "us"},
    },
    {"kind": "add_line", "line": {"key": "ccg-02A.lung.telephone", "statutory_payer": CCG}},
    {
        "kind": "set_part",
        "resource": {
            "key": "hours",
            "name": "scanner hours",
            "unit": "hour",
            "supply": {"2014-15": 1e6, "2015-16": 1e6},
            "uses": [{"select": IMAGING, "per_case": 0.5}],
            "source": "us",
        },
    },
    {"kind": "scale_supply", "resources": ["hours"], "factor": 0.9},
    {
        "kind": "set_part",
        "option": {
            "key": "scanner",
            "name": "scanner",
            "line": "ccg-02A.lung.imaging",
            "capital_gbp": 500,
            "life_years": 10,
            "benefit": 1.0,
            "provenance": PROVENANCE,
        },
    },
    {"kind": "remove_part", "part": "resources", "key": "hours"},
    {"kind": "remove_eligibility", "bar": {"key": "no", "payers": [NHSE], "lines": IMAGING, "reason": "not theirs"}},
    {"kind": "delay", "select": IMAGING, "by_years": 1},
    {"kind": "new_money_only", "select": {"stages": ["surgery"]}, "keep_payers": True},
    {
        "kind": "new_payer",
        "payer": {"key": "charity", "name": "A charity"},
        "purses": [
            {
                "key": "charity-gift",
                "name": "gift",
                "owner": "charity",
                "amount_gbp": {"2014-15": 5000},
                "provenance": PROVENANCE,
            }
        ],
        "mechanism": {"key": "gift", "kind": "grant", "payers": ["charity"], "lines": IMAGING, "citation": "a deed"},
    },
]


@contextmanager
def allocation_world(folder: Path, fresh: Callable[..., str]) -> Iterator[World]:
    """Served on a database of `fresh`, with its keys in `folder`."""
    signing = Signing(folder)
    with run(fresh("allocation", prepare), signing, served, solve_seconds=SECONDS) as running:
        running.agreements.mechanisms = [make_mechanism()]
        yield _furnished(running, People(signing, "allocation", TABLE))


def _furnished(running: Running, people: People) -> World:
    def post(path: str, body: Any) -> Any:
        return made(running.http.post(path, json=body, headers=people(CCG) | fresh_key()))

    base = post("/v1/scenarios", scenario_request())["id"]
    asked = [
        post(f"/v1/scenarios/{base}/what-if", {"changes": [change]})["scenario"]["id"]
        for change in (CHANGES[0], CHANGES[4])
    ]
    problem = made(running.http.get(f"/v1/scenarios/{base}/problem", headers=people(CCG)))
    line = problem["lines"][0]
    paid = line["reference"][0]
    payment = {"year": "2014-15", "line": line["key"], "purse": paid["purse"], "gbp": paid["gbp"]}
    figure = made(
        running.http.post(
            "/v1/imports",
            params={"table": "lines"},
            content=as_csv(LINE | {"baseline_gbp": "440000"}),
            headers=people(CCG) | fresh_key() | {"Content-Type": CSV_TYPE},
        )
    )
    running.registry.contracts = [make_contract()]
    made(
        running.http.post(
            "/v1/imports",
            params={"table": "baseline_bridges"},
            content=as_csv(BRIDGE),
            headers=people(CCG) | fresh_key() | {"Content-Type": CSV_TYPE},
        )
    )
    list_names = [one["name"] for one in made(running.http.get("/v1/reference/lists"))["items"]]
    page = made(running.http.get("/v1/scenarios", params={"limit": 1}, headers=people(CCG)))
    figures = made(running.http.get("/v1/reference/figures", params={"limit": 1}))
    return World(
        name="allocation",
        address=str(running.http.base_url),
        people=(CCG, COUNCIL, NHSE, "ods:99Z", AGREEMENTS),
        sign_in=people,
        known={
            "as_of": ("2014-01-15", "2013-04-01"),
            "known_at": (page["known_at"], "2013-01-01T00:00:00Z"),
            "roll_to": ("2021-04-01", "2012-04-01"),
            "cursor": (page["next_cursor"], figures["next_cursor"]),
            "limit": (1, 2, 1000),
            "after": (0, 3, 10**6),
            "scenario": (base, *asked),
            "agreement": ("agreement-1", "agreement-2"),
            "other": (base, *asked),
            "number": (figure["id"],),
            "list_name": list_names,
            "form": ("csv", "xlsx"),
            "table": ("lines", "purses", "curves"),
            "key": ("lung", "a"),
            "place": ("ccg-02A", "la-trafford"),
            "pathway": ("lung", "breast"),
        },
        valid={
            "solve": [Valid(CCG, {"problem": one, "prices": True}) for one in (EXAMPLE_PROBLEM, problem)],
            "read_workbook": [Valid(CCG, workbook=problem_book(to_sheets(Problem.model_validate(EXAMPLE_PROBLEM))))],
            "read_tables": [Valid(CCG, example["value"]) for example in TABLES_EXAMPLES.values()],
            "write_problem": [Valid(CCG, EXAMPLE_PROBLEM, query={"form": form}) for form in ("xlsx", "mps", "lp")],
            "solve_to_workbook": [Valid(CCG, {"problem": EXAMPLE_PROBLEM})],
            "read_programme": [
                Valid(
                    CCG, text=b"Maximize\n o: x - y\nSubject To\n c: x <= 4\nEnd\n", query={"form": "lp", "title": "x"}
                )
            ],
            "solve_plain_programme": [
                Valid(CCG, text=b"Maximize\n o: x\nSubject To\n c: x <= 4\nEnd\n", query={"form": "lp"})
            ],
            **{
                f"ask_{kind.path.replace('-', '_')}": [
                    Valid(CCG, {"problem": EXAMPLE_PROBLEM} | example["value"])
                    for example in QUESTION_EXAMPLES[kind.path].values()
                ]
                for kind in KINDS
            },
            **{
                f"ask_{kind.path.replace('-', '_')}_of_scenario": [
                    Valid(CCG, example["value"], {"scenario": base})
                    for example in QUESTION_EXAMPLES[kind.path].values()
                ]
                for kind in KINDS
            },
            "ask_least_change_of_scenario": [Valid(CCG, {"offer": [payment]}, {"scenario": base})],
            "share_problem": [Valid(CCG, {"problem": EXAMPLE_PROBLEM, "annex": True})],
            "share_scenario": [Valid(CCG, {"gains": False, "realise": False}, {"scenario": base})],
            "divide_stated_game": [Valid(CCG, example["value"]) for example in GAME_EXAMPLES.values()],
            "divide_claims": [Valid(CCG, example["value"]) for example in CLAIMS_EXAMPLES.values()],
            "check_problem": [Valid(CCG, one) for one in (EXAMPLE_PROBLEM, problem)],
            "create_scenario": [
                Valid(CCG, scenario_request()),
                Valid(
                    CCG,
                    scenario_request(
                        note="once more",
                        price_basis="cash",
                        discount_rate=0.05,
                        as_of="2014-04-01",
                        without=["nurses-kept"],
                        limits=[CHANGES[8]["limit"]],
                        pace_of_change=[CHANGES[9]["pace"]],
                        objectives=["benefit", "uniqueness"],
                        time_limit_seconds=2,
                    ),
                ),
                Valid(
                    CCG,
                    scenario_request(
                        fill_in=["price_indices", "contracts", "baseline"],
                        waiting={"growth_a_year": 0.03, "minimum_share": 0.5, "source": "a test"},
                        sacrifices={"benefit": 0.01},
                    ),
                ),
                Valid(CCG, {"title": "stated", "note": "as sent", "problem": problem, "time_limit_seconds": 2}),
            ],
            "ask_what_if_of_problem": [
                Valid(CCG, {"problem": problem, "changes": [CHANGES[0]]}),
                *(Valid(CCG, example["value"]) for example in PROBLEM_WHAT_IF_EXAMPLES.values()),
            ],
            "ask_what_if": [
                Valid(CCG, {"title": "a change", "changes": [change]}, {"scenario": base}) for change in CHANGES
            ],
            "import_rows": [
                *(
                    Valid(CCG, query={"table": "lines", **more}, rows=[LINE])
                    for more in ({}, {"dry_run": "true"}, {"action": "withdraw"}, {"reason": "the outturn"})
                ),
                Valid(CCG, workbook=as_workbook(lines=[LINE])),
                Valid(CCG, query={"table": "baseline_bridges"}, rows=[BRIDGE]),
            ],
            "read_import_template": [
                Valid(CCG, path={"table": "lines", "form": form}, query={"filled": "true"}) for form in ("csv", "xlsx")
            ],
            "put_citations": [Valid(AGREEMENTS, citing(base, n), {"agreement": f"agreement-{n}"}) for n in (1, 2)],
            "remove_due": [Valid(CCG, {"digest": digest([]), "reason": "yearly review"})],
            "read_digests": [Valid(CCG, path={"scenario": base})],
            "compare_scenarios": [Valid(CCG, path={"scenario": base, "other": one}) for one in asked],
            "appraise": [Valid(CCG, dict.fromkeys(("do_nothing", "minimum", "recommended"), base))],
            "reproduce": [Valid(CCG, {}, {"scenario": base})],
            "read_difference": [Valid(CCG, path={"scenario": one}) for one in asked],
        },
    )


def citing(scenario: str, sequence: int) -> dict[str, Any]:
    """What agreements say of a text that cites a scenario."""
    return {
        "sequence": sequence,
        "digest": "d" * 64,
        "title": "a lead",
        "parties": [CCG, COUNCIL],
        "citations": [
            {
                "version": version,
                "text_digest": "e" * 64,
                "scenario": scenario,
                "problem_digest": "a" * 64,
                "answer_digest": "b" * 64,
                "since": "2014-01-20T10:21:00Z",
                "for_ever": version == 1,
            }
            for version in (1, 2)
        ],
    }
