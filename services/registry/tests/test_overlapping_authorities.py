"""What an office may sign for its body is one limit a day: a second one is refused, whoever sends it and however."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_kit.database import Database
from concord_registry.knowledge.authorities import overlapping
from concord_registry.knowledge.entering import twin
from concord_registry.knowledge.findings import knowledge_findings
from concord_registry.knowledge.known import Knowledge
from concord_registry.knowledge.topics import Held
from concord_registry.main import build_app
from concord_registry.world import Reference
from services.registry.tests.conftest import Registry, settings_for
from services.registry.tests.test_knowledge import TAMESIDE, TRAFFORD, enter, entered
from services.registry.tests.test_knowledge_findings import a
from tests.support.signing import Signing

TOPIC = "signing-authorities"
OFFICE = {"body": TRAFFORD, "role": "chief-finance-officer", "decision": "enter_agreement"}
FROM, UNTIL = "2013-04-01", "2014-04-01"


@pytest.fixture
def registry(
    loaded_on_each: Database, signing: Signing, served: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[Registry]:
    signing.service_key("agreements")
    url = loaded_on_each.url.render_as_string(hide_password=False)
    app = build_app(settings_for(url, signing), loaded_on_each)
    with served(app) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield Registry(http, signing, iter(range(1000)))


def refused(answer: httpx.Response) -> tuple[dict[str, Any], list[str]]:
    """What was asked for, and the records that stand in its way."""
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:concord:problem:overlapping-authority"), (
        answer.text
    )
    return answer.json()["asked"], [one["record"] for one in answer.json()["recorded"]]


def test_a_second_limit_of_an_office_is_refused_with_both_named_and_may_follow_or_succeed(registry: Registry) -> None:
    first = entered(registry, TOPIC, valid_from=FROM, valid_to=UNTIL, limit_gbp=1_000_000)
    second = enter(registry, TOPIC, valid_from="2014-03-31", limit_gbp=2_000_000)
    asked, recorded = refused(second)
    assert (asked["limit_gbp"], asked["valid_from"], recorded) == (2_000_000, "2014-03-31", [first["id"]])
    assert "up to GBP 2,000,000 from 2014-03-31" in second.json()["detail"]
    assert f"{first['id']}: up to GBP 1,000,000 from 2013-04-01 until before 2014-04-01" in second.json()["detail"]
    jointly = enter(registry, TOPIC, as_role="board-secretary", valid_from=FROM, jointly_with="chief-officer")
    assert refused(jointly)[1] == [first["id"]], "whoever enters it, jointly or not"
    for other in ({"role": "chief-officer"}, {"decision": "vary_contribution"}):
        entered(registry, TOPIC, valid_from=FROM, **other)
    next_one = entered(registry, TOPIC, valid_from=UNTIL, valid_to="2015-04-01", limit_gbp=2_000_000)
    entered(registry, TOPIC, valid_from="2014-10-01", limit_gbp=3_000_000, succeeds=next_one["id"])

    address = f"/v1/{TOPIC}/{first['id']}"
    longer = OFFICE | {"valid_from": FROM, "valid_to": "2014-04-02", "limit_gbp": 1_000_000}
    officer = registry.as_body(TRAFFORD, "chief-officer") | {"If-Match": '"1"'}
    asked, recorded = refused(registry.http.put(address, json=longer, headers=officer))
    assert (asked["record"], recorded) == (first["id"], [next_one["id"]])
    never = {"reason": "never given", "on": FROM}
    assert registry.http.post(f"{address}/end", json=never, headers=officer).status_code == 200
    entered(registry, TOPIC, valid_from=FROM, valid_to=UNTIL)


def test_of_two_sent_at_once_one_is_recorded(registry: Registry) -> None:
    def ask(limit: int) -> int:
        return enter(registry, TOPIC, valid_from=FROM, limit_gbp=limit).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, (1, 2, 3, 4))) == [201, 409, 409, 409]


def held(key: int, start: int, days: int, **office: str) -> Held:
    first = date(2014, 1, 1).toordinal() + start
    period = date.fromordinal(first), date.fromordinal(first + days)
    return Held(TOPIC, f"r{key}", 1, TRAFFORD, *period, OFFICE | office)


limits = st.builds(held, st.integers(0, 9), st.integers(0, 12), st.integers(0, 6))


@settings(max_examples=60, deadline=None)
@given(limits, st.lists(limits, max_size=4))
def test_limits_overlap_where_a_day_is_in_both(one: Held, others: list[Held]) -> None:
    def days(of: Held) -> set[int]:
        return set(range(of.valid_from.toordinal(), of.valid_to.toordinal()))

    wanted = {(each.id, each.valid_from) for each in others if each.id != one.id and days(each) & days(one)}
    assert {(each.id, each.valid_from) for each in overlapping(one, others)} == wanted
    elsewhere = replace(one, content=OFFICE | {"body": TAMESIDE})
    assert overlapping(elsewhere, others) == []


def test_what_was_ended_on_its_first_day_is_nobodys_twin() -> None:
    never, whole = held(1, 3, 0), held(2, 0, 9)
    assert twin(whole, [never]) is None
    assert twin(held(3, 3, 1), [whole]) == whole


def test_limits_that_were_recorded_before_are_found_while_both_hold(small_world: Reference) -> None:
    one = a(TOPIC, "r1", valid_from=date(2013, 4, 1), limit_gbp=1_000_000)
    two = a(TOPIC, "r2", valid_from=date(2014, 6, 1), limit_gbp=None)

    def found(day: date) -> list[tuple[str, str, tuple[str, ...]]]:
        those = knowledge_findings(
            replace(small_world, as_of=day), Knowledge(signing_authorities=[one, two]), "lung", "ccg-02A"
        )
        return [(each.severity, each.words, each.records) for each in those if each.kind == "overlapping-authorities"]

    assert found(date(2014, 5, 31)) == []
    ((severity, words, records),) = found(date(2014, 6, 1))
    assert (severity, records) == ("high", ("r1", "r2"))
    assert "up to GBP 1,000,000; without limit" in words
