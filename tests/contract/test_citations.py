"""Agreements and allocation, both real, over HTTP: a text is held to the scenario it cites, and locks it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from concord_agreements.database import open_database
from concord_agreements.main import build_app
from services.agreements.tests import conftest as agreements
from services.agreements.tests.acts import draft_lead, ok, read, refused, sent, sign, wait_until
from services.agreements.tests.registry_double import RegistryDouble
from services.agreements.tests.worlds import SALFORD, TRAFFORD, lead_document
from services.allocation.tests import conftest as allocation
from services.allocation.tests.conftest import Running
from tests.support.signing import Signing

type Served = Callable[[FastAPI], AbstractContextManager[str]]


@dataclass
class Both:
    agreements: agreements.Service
    allocation: Running

    def citation(self, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return {
            "scenario": made["id"],
            "problem_digest": made["problem_digest"],
            "answer_digest": made["outcome"]["digest"],
            "assumption_share": f"{made['outcome']['assumptions']['share']:.6f}",
        } | changes

    def cited_by(self, made: dict[str, Any]) -> list[tuple[str, int, bool]]:
        found = self.allocation.get(f"/v1/scenarios/{made['id']}").json()["cited_by"]
        return [(one["agreement"], one["version"], one["for_ever"]) for one in found]


@pytest.fixture
def both(tmp_path: Path, signing: Signing, served: Served) -> Iterator[Both]:
    urls = {name: f"sqlite:///{tmp_path}/{name}.db" for name in ("agreements", "allocation")}
    agreements.prepare(urls["agreements"])
    allocation.prepare(urls["allocation"])
    signing.service_key("agreements")
    registry = RegistryDouble()
    with allocation.run(urls["allocation"], signing, served) as running, served(registry.app) as registry_url:
        settings = agreements.make_settings(urls["agreements"], signing, registry_url, str(running.http.base_url))
        with served(build_app(settings, open_database(settings))) as address:
            service = agreements.Service(address, signing, registry)
            yield Both(service, running)
            service.close()


def test_a_text_locks_what_it_cites_and_a_signed_one_for_ever(both: Both) -> None:
    made, other = both.allocation.scenario(), both.allocation.scenario(title="Another")
    view = draft_lead(both.agreements, allocation=both.citation(made))
    assert view["current"]["faults"] == []
    wait_until(lambda: both.cited_by(made) == [(view["id"], 1, False)])

    person = both.agreements.at(TRAFFORD, "commissioner")
    revised = agreements.draft(lead_document(allocation=both.citation(other)))
    view = ok(person.post(f"/agreements/{view['id']}/versions", revised, if_match=view["etag"]))
    wait_until(lambda: (both.cited_by(made), both.cited_by(other)) == ([], [(view["id"], 2, False)]))

    out = sent(both.agreements, view)
    assert both.cited_by(other) == [(view["id"], 2, False)]
    signed = sign(both.agreements, out, [TRAFFORD])
    dropped = agreements.draft(lead_document())
    ok(person.post(f"/agreements/{view['id']}/versions", dropped, if_match=signed["etag"]))
    wait_until(lambda: read(both.agreements, view)["citation"] == "sent")
    assert both.cited_by(other) == [(view["id"], 2, True)]
    assert both.cited_by(made) == []


def test_a_text_that_misquotes_or_cites_others_plans_is_not_sent(both: Both) -> None:
    made = both.allocation.scenario()
    wrong = both.citation(made, answer_digest="0" * 64, assumption_share="0.000001")
    view = draft_lead(both.agreements, allocation=wrong)
    pointers = [fault["pointer"] for fault in view["current"]["faults"]]
    assert pointers == ["/allocation/answer_digest", "/allocation/assumption_share"]
    nowhere = draft_lead(both.agreements, allocation=both.citation(made, scenario="0" * 36))
    assert [fault["rule"] for fault in nowhere["current"]["faults"]] == ["unknown-scenario"]
    given = {
        "organisation": SALFORD,
        "role": "governing-body",
        "decided_on": "2014-01-20",
        "minute": "item 7",
        "digest": view["current"]["digest"],
    }
    answer = both.agreements.at(SALFORD, "governing-body").post(f"/agreements/{view['id']}/approvals", given)
    refused(answer, 422, "not-lawful")
    assert both.cited_by(made) == []
