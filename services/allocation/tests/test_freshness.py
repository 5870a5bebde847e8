"""Whether the figures that a scenario uses were replaced since, at little cost and on both time axes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from concord_allocation.freshness import Built, Changed, Changes, Uses, freshness
from concord_contracts.allocation import Freshness
from services.allocation.tests.conftest import Running, load, make_edition
from services.allocation.tests.test_imports import LINE, as_csv
from services.allocation.tests.worlds import CCG

START = datetime(2014, 1, 1, tzinfo=UTC)
USES = Uses(frozenset({"lung"}), frozenset({"ccg-02A"}), frozenset({"ccg-programme"}))


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def changed(table: str, number: int, **where: str | None) -> Changed:
    return Changed(table, where.get("pathway"), where.get("place"), where.get("purse"), day(number))


@pytest.mark.parametrize(
    ("change", "used"),
    [
        (changed("lines", 2, pathway="lung", place="ccg-02A", purse="x"), True),
        (changed("lines", 2, pathway="lung", place="ccg-01G"), False),
        (changed("activity", 2, pathway="breast", place="ccg-02A"), False),
        (changed("curves", 2, pathway="lung"), True),
        (changed("links", 2, pathway="breast"), False),
        (changed("purses", 2, purse="ccg-programme"), True),
        (changed("purses", 2, purse="another"), False),
        (changed("purse_amounts", 2, purse="ccg-programme", pathway="lung"), True),
        (changed("purse_amounts", 2, purse="ccg-programme", pathway="*"), True),
        (changed("purse_amounts", 2, purse="ccg-programme", pathway="breast"), False),
        (changed("planning_rules", 2), True),
        (changed("sources", 2), False),
        (changed("lines", 1, pathway="lung", place="ccg-02A"), False),  # it came with the edition itself
        (changed("lines", 4, pathway="lung", place="ccg-02A"), False),  # not known yet at the moment asked
    ],
)
def test_only_what_is_used_and_was_known_makes_it_old(change: Changed, used: bool) -> None:
    found = freshness(Built(USES, 7, day(1), 3, day(0)), Changes([change]), day(3))
    assert found.newer == ([change.table] if used else [])
    assert found.newer_at == (change.at if used else None)


def test_it_is_said_in_words() -> None:
    built = Built(USES, 7, day(1), 3, day(0))
    assert freshness(built, Changes([]), day(9)).words == (
        "Built from the figures of 2014-01-02 (edition 7), the oldest of 2014-01-01 (edition 3); none that it uses has "
        "been replaced since."
    )
    changes = Changes([changed("planning_rules", 5), changed("purses", 6, purse="ccg-programme")])
    assert freshness(built, changes, day(9)).words.endswith(
        "figures that it uses were replaced since (planning rules, purses; last on 2014-01-07)."
    )


def fresh(running: Running, made: dict[str, Any], known_at: str = "") -> Freshness:
    asked = f"?known_at={known_at.replace('+', '%2B')}" if known_at else ""
    return Freshness.model_validate(running.get(f"/v1/scenarios/{made['id']}{asked}").json()["freshness"])


def test_a_scenario_and_the_list_say_when_its_figures_were_replaced(running: Running) -> None:
    made = running.scenario()
    first = Freshness.model_validate(made["freshness"])
    assert (first.edition, first.oldest_edition, first.newer) == (1, 1, [])
    known_then = running.get("/v1/scenarios").json()["known_at"]

    headers = running.headers(CCG) | {"Content-Type": "text/csv"}
    content = as_csv(LINE | {"baseline_gbp": "440000"})
    sent = running.http.post("/v1/imports", params={"table": "lines"}, content=content, headers=headers)
    assert sent.status_code == 201, sent.text
    again = running.scenario(title="After the import")
    after = fresh(running, made)
    assert after.newer == ["lines"]
    assert after.newer_at is not None
    newer = Freshness.model_validate(again["freshness"])
    assert (newer.newer, newer.oldest_edition) == ([], 1)
    assert newer.edition > 1
    assert [item["freshness"] for item in running.get("/v1/scenarios").json()["items"]] == [
        newer.model_dump(mode="json"), after.model_dump(mode="json"),
    ]  # fmt: skip
    assert fresh(running, made, known_then) == first

    child = running.post(f"/v1/scenarios/{made['id']}/what-if", {"changes": [
        {"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.9}]}).json()["scenario"]  # fmt: skip
    assert Freshness.model_validate(child["freshness"]).newer == ["lines"]

    load(running.app.state.concord.database, make_edition(digest="b" * 64))
    assert fresh(running, again).newer == []
