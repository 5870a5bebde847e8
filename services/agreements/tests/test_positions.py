"""Where pooled funds stand: reported by the host alone, corrected by later reports, counted for the metrics."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord_agreements.amounts import scheduled, whole_life_by_party, years_touched
from concord_agreements.database import open_database
from concord_agreements.lifecycle import add_months, last_notice_day
from concord_agreements.main import build_app
from concord_agreements.positions import MONTHS_A_REPORT_SPEAKS_FOR, Reported, plan_to_date, speaks_for
from concord_contracts.agreements import State
from services.agreements.tests.acts import concluded, draft_lead, draft_pool, ok, refused, sent
from services.agreements.tests.conftest import Running, Service, make_settings, prepare
from services.agreements.tests.registry_double import SUPPORT_UNIT, mandate
from services.agreements.tests.worlds import CENTRAL, MANCHESTER, NORTH, SOUTH, TRAFFORD, make_pool
from tests.support.signing import Signing

PLAN = 120_000_000
JUNE = {"year": "2014-15", "month": 3, "actual_pence": 31_000_000, "forecast_pence": 126_000_001}


def report(
    service: Service, view: dict[str, Any], body: str = MANCHESTER, *, key: str | None = None, **given: Any
) -> Any:
    path = f"/agreements/{view['id']}/positions"
    return service.at(body, "section-151-officer").post(path, {**JUNE, **given}, key=key)


def positions(service: Service, view: dict[str, Any], body: str = NORTH, **params: Any) -> dict[str, Any]:
    return ok(service.at(body, "analyst").get(f"/agreements/{view['id']}/positions", **params))


def test_a_position_is_held_against_the_plan_and_corrected_by_a_later_report(service_on_both: Service) -> None:
    service = service_on_both
    view = concluded(service, draft_pool(service))
    first = ok(report(service, view, key="june"), 201)
    assert first == ok(report(service, view, key="june"), 201), "the same request once more is the same report"
    found = positions(service, view)
    (june,) = found["items"]
    assert june == first
    assert (found["fund"], found["host"]) == (f"fund.{view['id']}", MANCHESTER)
    assert (found["plan_to_date_basis"], "assumption" in found["plan_rule"]) == ("assumption", True)
    assert (june["plan_pence"], june["plan_to_date_pence"]) == (PLAN, PLAN // 4)
    assert (june["variance_pence"], june["forecast_variance_pence"]) == (1_000_000, 6_000_001)
    assert sum(june["shares_pence"].values()) == 6_000_001
    assert set(june["shares_pence"]) == {MANCHESTER, NORTH, CENTRAL, SOUTH}

    ok(report(service, view, forecast_pence=PLAN - 400, note="two posts vacant"), 201)
    ok(report(service, view, year="2015-16", month=12, actual_pence=PLAN, forecast_pence=PLAN), 201)
    corrected, last = positions(service, view)["items"]
    assert (corrected["forecast_variance_pence"], corrected["reports"], corrected["note"]) == (
        -400,
        2,
        "two posts vacant",
    )
    assert sum(corrected["shares_pence"].values()) == -400
    assert (last["plan_to_date_pence"], last["until"]) == (PLAN, "2016-04-01")
    assert positions(service, view, known_at=first["reported_at"])["items"] == [june]
    assert positions(service, view, as_of="2014-06-30")["items"] == []
    assert positions(service, view, as_of="2014-07-01")["items"] == [corrected]
    assert positions(service, view, year="2015-16")["items"] == [last]
    changes = ok(service.auditor().get("/changes", limit=1000))["items"]
    told = [one for one in changes if one["action"] == "agreements.report-position"]
    assert [(one["acting_for"], one["subject"]) for one in told] == [(MANCHESTER, f"agreement:{view['id']}")] * 3
    refused(report(service, view, year="2015-16", month=12, actual_pence=PLAN, forecast_pence=PLAN), 409, "conflict")


def test_before_all_have_signed_there_is_no_position(service: Service) -> None:
    assert refused(report(service, sent(service, draft_pool(service))), 409, "refused-transition")["state"] == "sent"


@pytest.fixture(scope="module")
def pool(lasting_service: Service) -> dict[str, Any]:
    """A pool in force from 1 April 2014 until before 1 April 2016; what is refused of it leaves nothing behind."""
    return concluded(lasting_service, draft_pool(lasting_service))


def test_none_but_the_host_reports(lasting_service: Service, pool: dict[str, Any]) -> None:
    service = lasting_service
    service.registry.mandates = [mandate(MANCHESTER, "agreements.*")]
    assert "hosts the fund" in refused(report(service, pool, NORTH), 403, "not-allowed")["detail"]
    refused(report(service, pool, TRAFFORD), 404, "not-found")
    path = f"/agreements/{pool['id']}/positions"
    unit = service.at(SUPPORT_UNIT, "commissioner", acting_for=MANCHESTER)
    refused(unit.post(path, JUNE), 403, "not-allowed")
    refused(service.at(MANCHESTER, "analyst").post(path, JUNE), 403, "not-allowed")
    refused(service.at(TRAFFORD, "commissioner").get(path), 404, "not-found")
    assert positions(service, pool)["items"] == []


@pytest.mark.parametrize(
    ("given", "pointer", "words"),
    [
        ({"year": "2013-14", "month": 12}, "/month", "not that month"),
        ({"year": "2016-17", "month": 1}, "/month", "not that month"),
        ({"year": "2199-00", "month": 1}, "/month", "still to come"),
        ({"fund": "fund.another"}, "/fund", "the agreement's fund is"),
        ({"month": 0}, "/month", ""),
        ({"month": 13}, "/month", ""),
        ({"month": "3"}, "/month", ""),
        ({"actual_pence": 0.5}, "/actual_pence", ""),
        ({"actual_pence": -1}, "/actual_pence", ""),
        ({"forecast_pence": 10**16}, "/forecast_pence", ""),
        ({"forecast_pence": "12"}, "/forecast_pence", ""),
        ({"year": "2014-16"}, "/year", ""),
        ({"minute": ""}, "/minute", ""),
        ({"note": "x" * 1001}, "/note", ""),
    ],
)
def test_reports_that_are_none(
    lasting_service: Service, pool: dict[str, Any], given: dict[str, Any], pointer: str, words: str
) -> None:
    problem = refused(report(lasting_service, pool, **given), 422, "invalid-request")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert words in problem["errors"][0]["detail"]


def test_where_nothing_is_pooled_there_is_no_position(lasting_service: Service) -> None:
    view = concluded(lasting_service, draft_lead(lasting_service))
    assert "no pooled fund" in refused(report(lasting_service, view, TRAFFORD), 409, "conflict")["detail"]
    path = f"/agreements/{view['id']}/positions"
    refused(lasting_service.at(TRAFFORD, "commissioner").get(path), 404, "not-found")


def test_reports_at_the_same_time_are_each_recorded_once(service_on_both: Service) -> None:
    service = service_on_both
    view = concluded(service, draft_pool(service))
    with ThreadPoolExecutor(6) as many:
        answers = list(many.map(lambda n: report(service, view, actual_pence=n, key=f"k{n // 2}"), [0, 0, 2, 2, 4, 4]))
    assert [answer.status_code for answer in answers] == [201] * 6
    (june,) = positions(service, view)["items"]
    assert june["reports"] == 3


def test_a_plan_covers_the_months_of_the_text_and_ends_whole() -> None:
    late = make_pool(starts="2014-10-15", review_by="2015-04-01")
    assert [plan_to_date(late, "2014-15", month) for month in (6, 7, 12)] == [0, PLAN // 6, PLAN]
    assert plan_to_date(late, "2015-16", 1) == PLAN // 12
    assert plan_to_date(late, "2020-21", 12) == 0
    in_kind = make_pool()
    for one in in_kind.contributions[1:]:
        one.kind = "in-kind"
    assert plan_to_date(in_kind, "2014-15", 12) == 60_000_000


@given(
    stated=st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from(["2014-15", "2015-16", "2016-17"]), st.integers(0, 999), st.booleans()
        ),
        max_size=8,
    )
)
def test_what_is_scheduled_adds_up_to_the_whole_life(stated: list[tuple[int, str, int, bool]]) -> None:
    """Every pound of a whole-life commitment has a year, and a year's plan is what is scheduled for it."""
    parties = (MANCHESTER, NORTH, CENTRAL, SOUTH)
    content = make_pool(
        ends="2018-04-01",
        contributions=[
            {"party": parties[who], "purse": "p", "year": year, "amount_pence": pence, "recurrent": again}
            for who, year, pence, again in stated
        ],
    )
    years = years_touched(content.starts, content.ends)
    assert {year for _, year, _ in scheduled(content)} <= set(years)
    assert sum(plan_to_date(content, year, 12) for year in years) == sum(whole_life_by_party(content).values())


def a_report(month: int, number: int = 1, year: str = "2014-15") -> Reported:
    return Reported(number, year, month, 1, 2, None, None, datetime(2015, 1, 1, tzinfo=UTC))


def test_a_report_speaks_for_a_fund_for_half_a_year() -> None:
    reports = [a_report(3), a_report(2, number=2)]
    until = date(2014, 7, 1)
    last = add_months(until, MONTHS_A_REPORT_SPEAKS_FOR)
    assert speaks_for(reports, until - timedelta(days=1)) == reports[1]
    assert [speaks_for(reports, day) for day in (until, last)] == [reports[0]] * 2
    assert speaks_for(reports, last + timedelta(days=1)) is None


def test_gauges_follow_the_day_in_england(fresh_sqlite: Callable[..., str], signing: Signing, running: Running) -> None:
    """A pool signed in March is in force from midnight of 1 April in England, which is an hour before UTC's."""
    now = [datetime(2014, 3, 25, 12, tzinfo=UTC)]
    url = fresh_sqlite()
    prepare(url, lambda: now[0])
    with running(url, lambda: now[0]) as service:
        view = concluded(service, draft_pool(service))
        draft_lead(service)
        concluded_on = now[0]
        now[0] = datetime(2014, 6, 30, 22, 59, tzinfo=UTC)
        assert "still to come" in refused(report(service, view), 422, "invalid-request")["detail"]
        now[0] += timedelta(minutes=1)  # July begins in England
        ok(report(service, view), 201)
    now[0] = datetime(2014, 3, 31, 22, 59, tzinfo=UTC)
    assert now[0] > concluded_on
    settings = make_settings(url, signing, "http://127.0.0.1:1")
    database = open_database(settings, lambda: now[0])
    app = build_app(settings, database)

    async def page() -> dict[str, float]:
        await app.state.figures.refresh()
        lines = (await app.state.metrics.page(database)).decode().splitlines()
        return {
            line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line.startswith("agreements_")
        }

    async def turns() -> None:
        with database:
            found = await page()
            assert {state.value: found[f'agreements_by_state{{state="{state}"}}'] for state in State} == {
                state.value: float(state in (State.DRAFT, State.IN_FORCE_LATER)) for state in State
            }
            assert found['agreements_fund_positions{position="not-reported"}'] == 0
            now[0] += timedelta(minutes=1)
            found = await page()
            assert found['agreements_by_state{state="in-force"}'] == 1
            assert found['agreements_by_state{state="signed-not-yet-in-force"}'] == 0
            assert found['agreements_fund_positions{position="not-reported"}'] == 1
            assert found["agreements_computed_timestamp_seconds"] == now[0].timestamp()
            now[0] = datetime(2014, 7, 1, 12, tzinfo=UTC)
            found = await page()
            assert found['agreements_fund_positions{position="over"}'] == 1
            assert found['agreements_fund_positions{position="not-reported"}'] == 0
            assert found['agreements_fund_variance_gbp{direction="over"}'] == 60_000.01
            assert found['agreements_fund_variance_gbp{direction="under"}'] == 0
            # reviewed by 1 April 2015; ends on 1 April 2016 with six months' notice: the last day is 1 October 2015
            for day, reviews, notices in (
                ("2014-12-31", (0, 0), (0, 0)),
                ("2015-01-01", (0, 1), (0, 0)),
                ("2015-03-02", (1, 1), (0, 0)),
                ("2015-04-02", (0, 0), (0, 0)),
                ("2015-07-03", (0, 0), (0, 1)),
                ("2015-10-01", (0, 0), (1, 1)),
                ("2015-10-02", (0, 0), (0, 0)),
            ):
                now[0] = datetime.fromisoformat(f"{day}T12:00:00+00:00")
                found = await page()
                due = [
                    tuple(found[f'agreements_{what}_due{{within="{within}"}}'] for within in ("30d", "90d"))
                    for what in ("reviews", "notices")
                ]
                assert due == [reviews, notices], day

    anyio.run(turns)


@given(ends=st.dates(date(2001, 1, 1), date(2199, 12, 31)), months=st.integers(1, 36))
def test_the_last_day_of_notice_is_the_last_that_counts(ends: date, months: int) -> None:
    """A day later it would run beyond the day on which the agreement ends by itself."""
    day = last_notice_day(ends, months)
    assert add_months(day, months) <= ends < add_months(day + timedelta(days=1), months)
