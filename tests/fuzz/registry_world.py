"""The registry with its tests' small world, and claims, mandates and activations of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from concord_kit.sheets import CSV_TYPE
from concord_registry.authority import TABLE
from concord_registry.knowledge.topics import TOPICS
from concord_registry.main import build_app
from services.allocation.tests.test_imports import as_workbook
from services.registry.tests.conftest import settings_for
from services.registry.tests.test_imports import NURSE, PEOPLE, as_csv
from services.registry.tests.test_knowledge import PERSON, SENT
from services.registry.tests.test_knowledge_imports import ADA, CONTRACT, LEAD
from services.registry.tests.worlds import open_registry, prepare
from tests.fuzz.fuzzing import Valid, World
from tests.fuzz.people import People, fresh_key, made
from tests.support.serving import served
from tests.support.signing import Signing

BODY, NEIGHBOUR, UNIT, SERVICE = "ods:02A", "ods:01Y", "ods:0AJ", "service:agreements"
STEWARD = "ods:X24"
DECISION = {"reason": "minute 12", "on": "2014-01-15", "review_by": "2015-01-15"}
PAYS = {"reason": "nobody waits", "on": "2014-01-15", "pays": True}
LENT = ("scenarios.create", "scenarios.read", "problems.solve")
PUBLISHED = (
    {"CCG13CD": "E38000187", "CCG13CDH": "02A", "CCG13NM": "NHS Trafford CCG"},
    {"CCG13CD": "E38000999", "CCG13CDH": "99X", "CCG13NM": "NHS Elsewhere CCG"},
)
WRONG = ({"CCG15CD": "E38000998", "CCG15CDH": "99W", "CCG15NM": "NHS Nowhere CCG"},)
ROLES = ("commissions", "funds", "supports", "advises")


@contextmanager
def registry_world(folder: Path, fresh: Callable[..., str]) -> Iterator[World]:
    """Served on a database of `fresh`, with its keys in `folder`."""
    signing = Signing(folder)
    signing.service_key("agreements")
    url = fresh("registry-small-world", prepare)
    people = People(signing, "registry", TABLE)
    with (
        served(build_app(settings_for(url, signing, longest_stream_seconds=0.1), open_registry(url))) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60) as http,
    ):
        yield _furnished(address, http, people)


def _furnished(address: str, http: httpx.Client, people: People) -> World:
    def post(path: str, body: Any) -> Any:
        return made(http.post(path, json=body, headers=people(BODY) | fresh_key()))

    def claims_on(stage: str) -> list[Valid]:
        claims = [post("/v1/claims", a_claim(stage=stage, role=role))["id"] for role in ROLES]
        return [Valid(BODY, DECISION, {"claim": claim}) for claim in claims]

    registered = {role: post("/v1/claims", a_claim(stage="registration", role=role))["id"] for role in ROLES}
    contested = post("/v1/claims", a_claim(stage="gp", role="coordinates", status="disputed"))["id"]
    decisions = {
        "confirm_claim": claims_on("gp"),
        "dispute_claim": [replace(one, body=DECISION | {"pays_meanwhile": True}) for one in claims_on("imaging")],
        "end_claim": claims_on("support"),
        "withdraw_claim": [replace(one, body={"reason": "by mistake"}) for one in claims_on("prevention")],
        "correct_claim": [
            Valid(BODY, a_claim(stage="registration", role=role, quotation="we did"), {"claim": claim})
            for role, claim in registered.items()
        ],
        "pay_meanwhile": [
            Valid(BODY, {"reason": "nobody waits", "on": "2014-01-15", "pays": True}, {"claim": contested})
        ],
    }
    mandates = [post("/v1/mandates", a_mandate(actions=[action]))["id"] for action in LENT]
    made(http.put("/v1/activations/agreement-1", json=an_activation(), headers=people(SERVICE)))
    count = made(
        http.post(
            "/v1/imports",
            params={"table": "populations"},
            content=as_csv(PEOPLE | {"persons": "231000"}),
            headers=people(BODY) | fresh_key() | {"Content-Type": CSV_TYPE},
        )
    )
    knowledge = _knowledge(post)
    file = made(
        http.post(
            "/v1/files",
            params={"name": "ccg_2014.csv"},
            content=as_csv(*PUBLISHED),
            headers=people("ods:X24") | fresh_key() | {"Content-Type": CSV_TYPE},
        )
    )
    wrong = made(
        http.post(
            "/v1/files",
            params={"name": "ccg_2015.csv"},
            content=as_csv(*WRONG),
            headers=people("ods:X24") | fresh_key() | {"Content-Type": CSV_TYPE},
        )
    )
    renamed = made(http.post("/v1/reorganisations", json=a_reorganisation(), headers=people(STEWARD) | fresh_key()))
    changed = made(
        http.post(
            "/v1/rules/changes",
            json=a_rule_change(),
            headers=people("ods:X24") | fresh_key() | {"If-Match": http.get("/v1/rules/versions").headers["ETag"]},
        )
    )
    list_names = [one["name"] for one in made(http.get("/v1/reference/lists"))["items"]]
    webhooks = [post("/v1/webhooks", {"address": "https://hooks.example.org/y", "after": 9**9})["id"]]
    page = made(http.get("/v1/claims", params={"limit": 2}))
    claims = [one.path["claim"] for found in decisions.values() for one in found]
    return World(
        name="registry",
        tags={"change_rules": "/v1/rules/versions", "change_pathway": "/v1/pathways/lung/versions"},
        address=address,
        people=(BODY, NEIGHBOUR, "gss:P", "ods:X24", UNIT, SERVICE),
        sign_in=people,
        known={
            "as_of": ("2014-01-15", "2013-04-01", "2012-01-01"),
            "known_at": (page["known_at"], "2013-01-01T00:00:00Z"),
            "cursor": (page["next_cursor"],),
            "roll_to": ("2014-01-15", "2018-04-01"),
            "year": ("2013-14",),
            "basis": ("registered", "resident"),
            "limit": (1, 2, 1000),
            "action": ("claims", "claims.assert"),
            "subject": ("claim", "mandate", BODY),
            "after": (0, 3, 10**6),
            "pathway": ("lung", "breast", "*"),
            "stage": ("imaging", "support", "registration", "surgery"),
            "place": ("england", "gm", "ccg-02A", "ccg-01Y", "la-P", "ccg-01Y~la-Q"),
            "service": ("scanning", "ambulance"),
            "threshold": ("T1", "T5"),
            "people": (300_000, 400_000),
            "registered_with": ("ccg-02A", "ccg-01Y"),
            "lives_in": ("la-P", "la-Q", "ccg-01Y~la-Q"),
            "present_in": ("ccg-02A", "la-P"),
            "key": ("gm", "ccg-02A", "la-Q"),
            "within": ("england", "gm", "la-Q"),
            "kind": ("ccg", "council", "area_team"),
            "q": ("NHS", "Tameside", "E38", "Traford"),
            "postcode": ("M", "M33", "M33 7ZF"),
            "find": ("body", "place"),
            "region": ("gm", "england"),
            "severity": ("high", "low"),
            "until": ("2014-04-02", "2015-04-01"),
            "role": ("commissions", "leads"),
            "status": ("stated", "confirmed"),
            "organisation": (BODY, NEIGHBOUR, "ods:OLD", "gss:P", "concord:phe"),
            "asserted_by": (BODY,),
            "holder": (UNIT,),
            "body": (BODY,),
            "claim": ("n-prevention", *claims),
            "agreement": ("agreement-1", "agreement-2"),
            "mandate": mandates,
            "number": (count["id"], file["id"]),
            "measure": ("waiting-62-day-all-cancer",),
            "scheme": ("ods-role",),
            "series": ("ons-ccg13",),
            "reorganisation": (renamed["id"],),
            "since": ("2014-01-15", "2031-01-01"),
            "resource_id": ("ods.02A", "ods.X24", "ods.Q46.area-team-of.ods.02A.20130401"),
            "identifier": ("02A", "https://fhir.nhs.uk/Id/ods-organization-code|02A"),
            "list_name": list_names,
            "table": ("populations", "claims", "contracts", "people"),
            "form": ("csv", "xlsx", "block"),
            "record": [one.path["record"] for name in knowledge if name.startswith("end_") for one in knowledge[name]],
            "person": [one.path["person"] for one in knowledge["change_person"]],
        },
        valid={
            **decisions,
            **knowledge,
            "assert_claim": [
                *(Valid(BODY, a_claim(stage="surgery", role=role)) for role in ROLES),
                Valid(NEIGHBOUR, a_claim(organisation=NEIGHBOUR, place="ccg-01Y", displaces="n-support")),
                Valid("gss:P", a_claim(role="leads", stage=None, organisation="gss:P", place="la-P")),
            ],
            "reorganise": [
                Valid(STEWARD, a_reorganisation(events=[event], on="2031-04-01"), query={"dry_run": "true"})
                for event in EVENTS
            ],
            "record_in_bulk": [
                Valid(
                    BODY, {"claims": [a_claim(stage="gp", function="planning")], "reason": "our list", "dry_run": dry}
                )
                for dry in (True, False)
            ],
            "put_activation": [
                Valid(SERVICE, an_activation(sequence=n), {"agreement": f"agreement-{n}"}) for n in (1, 2, 3)
            ],
            "grant_mandate": [
                Valid(BODY, a_mandate()),
                Valid(NEIGHBOUR, a_mandate(holder=BODY)),
                Valid(NEIGHBOUR, a_mandate(actions=["claims.*"], pathways=["lung"], stages=["gp"], places=["gm"])),
            ],
            "end_mandate": [
                Valid(BODY, {"reason": "over", "on": "2014-10-01"}, {"mandate": mandate}) for mandate in mandates
            ],
            "import_rows": [
                Valid(BODY, query={"table": "populations", **more}, rows=[PEOPLE])
                for more in ({}, {"dry_run": "true"}, {"action": "withdraw"}, {"reason": "the list of March"})
            ]
            + [
                Valid(BODY, query={"table": "claims"}, rows=[NURSE]),
                Valid(BODY, query={"table": "contracts"}, rows=[CONTRACT]),
                Valid(BODY, workbook=as_workbook(people=[ADA], role_holders=[LEAD])),
                Valid(BODY, workbook=as_workbook(populations=[PEOPLE], claims=[NURSE])),
            ],
            "import_file": [
                Valid("ods:X24", query={"name": "eccg_2016_02.csv", **more}, rows=PUBLISHED)
                for more in ({}, {"dry_run": "true"}, {"keep_going": "true"}, {"format": "ons-lookup"})
            ],
            "withdraw_file": [Valid("ods:X24", {"reason": "of another year"}, {"number": wrong["id"]})],
            "read_export": [
                Valid(BODY, path={"table": table}) for table in ("bodies", "relations", "succession", "populations")
            ],
            "read_fhir_organization": [Valid(BODY, path={"resource_id": "ods.02A"})],
            "read_fhir_affiliation": [
                Valid(
                    BODY, path={"resource_id": "ods.Q46.area-team-of.ods.02A.20130401"}, query={"as_of": "2014-01-15"}
                )
            ],
            "read_file": [Valid(BODY, path={"number": file["id"]})],
            "reconcile_file": [
                Valid(BODY, path={"number": file["id"]}, query=query)
                for query in ({}, {"kind": "names-differ"}, {"as_of": "2014-01-15", "limit": "1"})
            ],
            "read_import_template": [
                Valid(BODY, path={"table": table, "form": form}, query={"filled": "true"})
                for table in ("populations", "claims")
                for form in ("csv", "xlsx")
            ],
            "search": [Valid(BODY, query={"q": "Traford"}), Valid(BODY, query={"postcode": "M33"})],
            "list_finding_changes": [
                Valid(BODY, query={"from": "2014-01-15", "to": "2014-04-02", "pathway": ["lung"], "place": ["gm"]}),
                Valid(BODY, query={"to": "2014-04-02", "known_from": page["known_at"], "region": "gm"}),
            ],
            "list_findings_ahead": [
                Valid(BODY, query={"as_of": "2014-01-15", "until": "2014-04-02", "place": ["ccg-02A"]})
            ],
            "read_commissioners": [Valid(BODY, query={"stage": "imaging", "place": "ccg-02A", "as_of": "2012-06-01"})],
            "read_fragmentation": [Valid(BODY, query={"pathway": "lung", "within": "gm", "kind": "council"})],
            "read_matrix": [Valid(BODY, query={"pathway": "lung", "place": ["gm"], "as_of": "2014-01-15"})],
            "preview_rule_change": [Valid("ods:X24", a_rule_change()), Valid(BODY, a_rule_change(stage="gp"))],
            "change_rules": [Valid("ods:X24", a_rule_change(stage=stage)) for stage in ("imaging", "gp", "support")],
            "change_pathway": [
                *(Valid("ods:X24", sent, {"pathway": "lung"}) for sent in SOME_PATHWAYS),
                Valid("ods:X24", SOME_PATHWAYS[0], {"pathway": "lung"}, {"dry_run": "true"}),
            ],
            "read_rule_change": [Valid(BODY, path={"change": changed["id"]})],
            "list_planning_distances": [Valid(BODY, query={"service": "scanning", "as_of": "2014-01-15"})],
            "read_planning_sets": [
                Valid(BODY, path={"organisation": BODY}, query={"threshold": "T5", "as_of": "2014-01-15"})
            ],
            "read_responsible_commissioner": [
                Valid(BODY, query={"stage": "imaging", "registered_with": "ccg-02A", "as_of": "2014-01-15"})
            ],
            "create_webhook": [
                Valid(BODY, {"address": "https://hooks.example.org/x", "wanted": {"action": ["claims"]}, "after": 0})
            ],
            "decide_webhook": [
                Valid(BODY, {"reason": "x", "after": 0}, {"webhook": webhook, "decision": decision})
                for webhook in webhooks
                for decision in ("pause", "rotate", "replay")
            ],
            "read_webhook": [Valid(BODY, path={"webhook": webhook}) for webhook in webhooks],
            "list_deliveries": [Valid(BODY, path={"webhook": webhook}) for webhook in webhooks],
            "read_coverage": [
                Valid(BODY, query={"pathway": ["lung", "breast"], "place": ["gm"]}),
                Valid(BODY, query={"pathway": ["lung"], "place": ["ccg-02A", "la-Q"], "as_of": "2014-01-15"}),
            ],
        },
    )


def _knowledge(post: Callable[[str, Any], Any]) -> dict[str, list[Valid]]:
    """What is in order for each kind of record, and for people."""
    found: dict[str, list[Valid]] = {}
    end = {"reason": "over", "on": "2014-01-01"}
    for topic, sent in SENT.items():
        one = TOPICS[topic].one
        ids = [post(f"/v1/{topic}", _unlike(sent, f"number {number}"))["id"] for number in range(3)]
        found[f"enter_{one}"] = [Valid(BODY, _unlike(sent, f"another {number}")) for number in range(20)]
        found[f"correct_{one}"] = [Valid(BODY, _unlike(sent, "corrected"), {"record": ids[0]})]
        found[f"end_{one}"] = [Valid(BODY, end, {"record": record}) for record in ids[1:]]
        found[f"read_{one}"] = [Valid(BODY, path={"record": record}) for record in ids]
    scopes = [{"pathway": ["lung"], "place": ["ccg-02A"]}, {"pathway": ["breast"], "place": ["gm"]}]
    for name in ("read_plan_coverage", "read_risk_register", "read_jsna"):
        found[name] = [Valid(BODY, query=scope | {"as_of": "2014-01-15"}) for scope in scopes]
    people = [post("/v1/people", PERSON)["id"] for _ in range(3)]
    found["enter_person"] = [Valid(BODY, PERSON)]
    found["change_person"] = [Valid(BODY, PERSON, {"person": people[0]})]
    found["read_person"] = [Valid(BODY, path={"person": person}) for person in people]
    found["erase_person"] = [Valid(BODY, path={"person": person}) for person in people[1:]]
    return found


def _unlike(sent: Mapping[str, Any], note: str) -> dict[str, Any]:
    """A record that stands beside others of its kind: a decision has one limit for each office."""
    return {**sent, "note": note} | ({"role": note.replace(" ", "-")} if "decision" in sent else {})


def a_claim(**changed: Any) -> dict[str, Any]:
    return {
        "role": "commissions",
        "organisation": BODY,
        "on_behalf_of": [NEIGHBOUR],
        "stage": "imaging",
        "pathway": "lung",
        "place": "ccg-02A",
        "function": "*",
        "status": "stated",
        "authority": "s.3",
        "quotation": "we do",
        "source": "minutes",
        "stated_on": "2014-01-10",
        "review_by": "2015-04-01",
        "valid_from": "2013-04-01",
        "valid_to": "2016-04-01",
        "reason": "said so",
    } | changed


EVENTS: tuple[dict[str, Any], ...] = (
    {"event": "open", "body": "ods:77X", "kind": "ccg", "name": "NHS X", "legal_person": True,
     "codes": [{"scheme": "gss", "code": "E3877"}], "relations": [{"type": "supported_by", "object": UNIT}]},
    {"event": "merge", "predecessors": [BODY, NEIGHBOUR], "successor": "ods:X24",
     "place": {"key": "ccg-77X", "name": "X"}},
    {"event": "split", "predecessor": BODY, "successors": [{"body": NEIGHBOUR, "share": 0.4}], "goes_on": True,
     "basis": "assumption", "note": "by list"},
    {"event": "rename", "body": "gss:P", "name": "Greater P", "code": {"scheme": "gss", "code": "E0877"}},
    {"event": "transfer", "predecessor": BODY, "successor": NEIGHBOUR},
    {"event": "close", "body": UNIT},
    {"event": "open_place", "place": "network", "kind": "union", "name": "N", "body": UNIT, "parents": ["england"],
     "members": ["ccg-02A"]},
    {"event": "pass_place", "place": "ccg-02A", "body": NEIGHBOUR},
    {"event": "close_place", "place": "gm"},
)  # fmt: skip


def a_reorganisation(**changed: Any) -> dict[str, Any]:
    return {
        "on": "2030-04-01",
        "title": "A new name",
        "authority": "an order",
        "source": "law",
        "events": [{"event": "rename", "body": "concord:phe", "name": "Health Security Agency"}],
        "reason": "minute 3",
    } | changed


def a_mandate(**changed: Any) -> dict[str, Any]:
    return {
        "holder": UNIT,
        "actions": ["agreements.*"],
        "limit_gbp": 1000,
        "valid_from": "2013-04-01",
        "valid_to": "2015-04-01",
        "reason": "by contract",
    } | changed


def a_rule_change(stage: str = "surgery", **changed: Any) -> dict[str, Any]:
    rule = {"stage": stage, "commissioner": "ccg_of_place", "population_basis": "registered", "note": "as announced"}
    return {
        "effective_from": "2014-10-01",
        "rules": [rule],
        "citation": "SI 2014/0000",
        "mark": "verified",
        "source": "law",
        "reason": "announced",
    } | changed


SOME_PATHWAYS: list[dict[str, Any]] = [
    {"valid_from": "2014-10-01", "stages": ["gp", "imaging", "surgery"], "source": "law", "reason": "shorter"},
    {"valid_from": "2015-10-01", "stages": ["surgery", "gp"], "services_ended": ["scanning"], "reason": "turned"},
    {
        "valid_from": "2016-10-01",
        "stages": ["gp"],
        "services": [
            {
                "key": "navigators",
                "name": "Patient navigators",
                "stage": "gp",
                "population_basis": "registered",
                "basis": "assumption",
                "note": "a judgement",
            }
        ],
        "comparators": [
            {
                "key": "seen",
                "name": "Seen in time",
                "stages": ["gp"],
                "direction": "at_least",
                "value": 0.9,
                "unit": "share",
                "kind": "standard",
                "basis": "published",
                "source": "law",
            }
        ],
        "reason": "with navigators",
    },
]


def an_activation(**changed: Any) -> dict[str, Any]:
    def responsibility(role: str, stage: str | None, **more: Any) -> dict[str, Any]:
        who = {"role": role, "organisation": BODY, "on_behalf_of": [NEIGHBOUR]}
        return who | {"stage": stage, "pathway": "lung", "place": "ccg-01Y"} | more

    return {
        "sequence": 1,
        "digest": "a" * 64,
        "basis": "s.14Z3",
        "effective_from": "2014-04-01",
        "effective_to": "2016-04-01",
        "responsibilities": [
            responsibility("leads", None, commitment="agreed"),
            responsibility("commissions", "imaging", commitment="contracted"),
        ],
    } | changed
