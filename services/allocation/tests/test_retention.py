"""What the rule lets go, that only a person takes it out, and what stays to be seen of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation import removing
from concord_allocation.retention import Held, due, years_before
from concord_contracts.allocation.retention import Removal, RemovedPage, RetentionDue
from services.allocation.tests.conftest import STRANGER, Running, Served, prepare, run, settings_for
from services.allocation.tests.test_citations import cited, put
from services.allocation.tests.worlds import CCG, COUNCIL
from tests.support.signing import Signing

CUT = {"changes": [{"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938}]}
OLD, NEW = datetime(2010, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
BEFORE = datetime(2015, 1, 1, tzinfo=UTC)


def held(number: int, parent: int | None = None, *, old: bool = True, is_cited: bool = False, body: str = CCG) -> Held:
    at = OLD if old else NEW
    above = None if parent is None else str(parent)
    return Held(str(number), number, above, "t", body, at, at, "a" * 64, "b" * 64, is_cited)


def ids(found: list[Held]) -> list[int]:
    return [one.seq for one in found]


def test_what_is_kept_keeps_what_it_was_built_on() -> None:
    chain = [held(1), held(2, 1), held(3, 2), held(4, 1)]
    assert ids(due(chain, BEFORE)) == [4, 3, 2, 1]
    assert ids(due([*chain[:2], held(3, 2, is_cited=True), chain[3]], BEFORE)) == [4]
    assert ids(due([*chain[:3], held(4, 1, old=False)], BEFORE)) == [3, 2]
    assert ids(due([*chain[:2], held(3, 2, body=COUNCIL), chain[3]], BEFORE, [CCG])) == [4]


worlds = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 12), st.booleans()), max_size=12)


@settings(max_examples=60)
@given(worlds)
def test_never_a_cited_one_nor_a_parent_of_a_kept_one_and_all_else_that_is_old(
    world: list[tuple[bool, bool, int, bool]],
) -> None:
    every = [
        held(number, up if has_parent and up < number else None, old=old, is_cited=is_cited)
        for number, (old, is_cited, up, has_parent) in enumerate(world)
    ]
    going = due(every, BEFORE)
    kept = {one.id for one in every} - {one.id for one in going}
    assert not any(one.cited or one.touched_at >= BEFORE for one in going)
    assert all(one.parent in kept for one in every if one.id in kept and one.parent is not None)
    order = [one.id for one in going]
    assert all(order.index(one.id) < order.index(one.parent) for one in going if one.parent in order)
    for one in every:  # whatever is kept has a reason at or below it
        below = {one.id}
        for other in every:
            if other.parent in below:
                below.add(other.id)
        reason = any(each.cited or each.touched_at >= BEFORE for each in every if each.id in below)
        assert (one.id in kept) == reason


def test_years_before_a_29_february() -> None:
    leap = datetime(2024, 2, 29, 12, tzinfo=UTC)
    assert years_before(leap, 4) == datetime(2020, 2, 29, 12, tzinfo=UTC)
    assert years_before(leap, 6) == datetime(2018, 3, 1, 12, tzinfo=UTC)


def later(years: int) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + timedelta(days=366 * years)


def due_now(running: Running, **who: Any) -> RetentionDue:
    answer = running.get("/v1/retention/due", **({"role": "records-manager"} | who))
    assert answer.status_code == 200, answer.text
    return RetentionDue.model_validate(answer.json())


def test_a_body_removes_what_is_due_of_its_own_and_a_tombstone_stays(
    fresh_database: Callable[..., str], signing: Signing, served: Served
) -> None:
    url = fresh_database("allocation", prepare)
    with run(url, signing, served) as now:
        base = now.scenario()
        child = now.post(f"/v1/scenarios/{base['id']}/what-if", CUT).json()["scenario"]
        alone, kept = now.scenario(title="Alone"), now.scenario(title="Cited")
        put(now, 1, cited(kept))
        others = now.post("/v1/scenarios", {"title": "Another's", "pathways": ["lung"], "places": ["trafford"],
                                            "years": ["2014-15"]}, body=COUNCIL).json()  # fmt: skip
        assert due_now(now).items == []
    with run(url, signing, served, clock=later(7)) as after:
        found = due_now(after)
        assert [one.scenario for one in found.items] == [alone["id"], child["id"], base["id"]]
        assert found.rule.years == 6
        everybodys = due_now(after, role="auditor", body=STRANGER)
        assert {one.scenario for one in everybodys.items} == {*(one.scenario for one in found.items), others["id"]}

        put(after, 2, cited(alone))  # it is cited between the look and the act
        wanted = {"digest": found.digest, "reason": "yearly review"}
        refusal = after.post("/v1/retention/removals", wanted, role="records-manager")
        assert refusal.status_code == 409
        wanted["digest"] = due_now(after).digest
        answer = after.post("/v1/retention/removals", wanted, role="records-manager")
        assert answer.status_code == 200, answer.text
        assert [one.scenario for one in Removal.model_validate(answer.json()).removed] == [child["id"], base["id"]]

        gone = after.get(f"/v1/scenarios/{base['id']}")
        assert (gone.status_code, gone.json()["problem_digest"]) == (410, base["problem_digest"])
        assert after.get(f"/v1/scenarios/{base['id']}", body=STRANGER, sub="stranger").status_code == 404
        assert after.get(f"/v1/scenarios/{base['id']}/compare/{kept['id']}").status_code == 410
        assert after.get(f"/v1/scenarios/{kept['id']}").status_code == 200
        assert [item["id"] for item in after.get("/v1/scenarios").json()["items"]] == [
            others["id"], kept["id"], alone["id"],
        ]  # fmt: skip
        left = RemovedPage.model_validate(after.get("/v1/retention/removed?limit=1", role="records-manager").json())
        assert [(one.scenario, one.rule) for one in left.items] == [(child["id"], "uncited-and-untouched")]
        rest = after.get(f"/v1/retention/removed?cursor={left.next_cursor}").json()["items"]
        assert [(one["scenario"], one["answer_digest"]) for one in rest] == [(base["id"], base["outcome"]["digest"])]
        for role in ("commissioner", "records-manager"):  # of another body
            seen = after.get("/v1/retention/removed", body=STRANGER, sub="stranger", role=role)
            assert seen.json()["items"] == []
        assert due_now(after).items == []


def test_a_citation_that_was_dropped_counts_as_a_touch(
    fresh_sqlite: Callable[..., str], signing: Signing, served: Served
) -> None:
    url = fresh_sqlite("allocation", prepare)
    with run(url, signing, served) as now:
        made = now.scenario()
        put(now, 1, cited(made))
    with run(url, signing, served, clock=later(7)) as after:
        put(after, 2)
        assert due_now(after).items == []
    with run(url, signing, served, clock=later(14)) as long_after:
        assert [one.scenario for one in due_now(long_after).items] == [made["id"]]


def test_the_operator_lists_first_and_removes_exactly_that(
    fresh_sqlite: Callable[..., str], signing: Signing, served: Served, capsys: Any
) -> None:
    url = fresh_sqlite("allocation", prepare)
    with run(url, signing, served) as now:
        made = now.scenario()
    with run(url, signing, served, clock=later(7)) as after:
        database, told = after.app.state.concord.database, settings_for(url)
        assert removing.command(told, database, []) == 0
        shown = capsys.readouterr().out
        assert made["id"] in shown
        digest = shown.split("--remove ")[1].split()[0]
        assert removing.command(told, database, ["--remove", digest]) == 2
        assert removing.command(told, database, ["--remove", "0" * 64, "--reason", "review"]) == 1
        assert after.get(f"/v1/scenarios/{made['id']}").status_code == 200
        assert removing.command(told, database, ["--remove", digest, "--reason", "review"]) == 0
        assert after.get(f"/v1/scenarios/{made['id']}").status_code == 410
        entry = after.get("/v1/changes", body=STRANGER, role="auditor", sub="auditor").json()["items"][-1]
        assert (entry["action"], entry["reason"]) == ("retention.remove", "review")
