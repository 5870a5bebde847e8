"""Each alert is made to fire by its fault: the services as processes on PostgreSQL, a real Prometheus and Alertmanager.

The rules are the committed ones with short times (hurried.py). What a fault drags along is held back by the routes.
"""

import io
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from concord_agreements.lifecycle import last_notice_day
from concord_client.errors import ConcordError
from concord_client.keys import SERVICES, ensure_keys
from concord_client.launch import Deployment, Site
from concord_client.show.page import make_console
from concord_client.tokens import Person, mint
from concord_contracts.agreements import AgreementView, Content, DraftIn, PositionIn
from concord_contracts.registry import ClaimIn, ClaimStatus, Role, WebhookDecision, WebhookIn
from demo import agreeing, days, loop, mapping, money, texts
from demo.case import DEFAULT_AREA, DEFAULT_PATHWAY, read_case
from demo.people import People
from demo.walk import Walk
from tests.support.deployments import REFERENCE_DATA, QuickDeployment, loaded_databases
from tests.support.postgres import PostgresDatabases, PostgresServer
from tests.watch.hurried import hurried_rules
from tests.watch.prometheus import Watching, wait_until, watching

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
SLOW_SECONDS = 11
"""Longer than what SlowWhatIfs tolerates."""
pytestmark = [pytest.mark.postgres, pytest.mark.dear]


class Hurried(QuickDeployment):
    """One question at a time, and none may wait; derived figures are looked at again every second."""

    def environment(self, service: str) -> dict[str, str]:
        return {
            **super().environment(service),
            "ALLOCATION_SOLVER_WORKERS": "1",
            "ALLOCATION_SOLVER_QUEUE": "0",
            "REGISTRY_FIGURES_SECONDS": "1",
            "REGISTRY_WEBHOOKS_TO_LOOPBACK": "true",
            "AGREEMENTS_FIGURES_SECONDS": "1",
        }


@dataclass(frozen=True)
class Scene:
    """Everything that runs, and a walk whose two texts are approved and sent, still to be signed."""

    postgres: PostgresServer
    databases: dict[str, str]
    deployment: Deployment
    prometheus: Watching
    walk: Walk

    def fires(self, alert: str, service: str = "") -> bool:
        return (alert, service) in self.prometheus.firing()

    def quiet(self, *alerts: str) -> bool:
        return not any(name in alerts for name, _ in self.prometheus.firing())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, monitoring_tools: Path) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("alerts")
    postgres = PostgresServer.create()
    try:
        postgres.start()
        databases = loaded_databases(PostgresDatabases(postgres.url).fresh)
        with Hurried(Site(folder / "run", REFERENCE_DATA, folder / "keys", databases=databases)) as deployment:
            deployment.open()
            with (
                watching(folder / "watch", deployment.addresses, hurried_rules()) as prometheus,
                People(deployment.addresses, deployment.site.keys) as people,
            ):
                walk = ready_to_sign(people, folder)
                wait_until(lambda: prometheus.value("sum(up)") == 3)
                yield Scene(postgres, databases, deployment, prometheus, walk)
    finally:
        postgres.stop()
        postgres.remove()


def ready_to_sign(people: People, folder: Path) -> Walk:
    """The loop's walk up to two texts that wait for signatures; both in force today, for the clock is the machine's."""
    registry = people.at(loop.ASKS, "commissioner").registry
    case = read_case(registry, DEFAULT_AREA, DEFAULT_PATHWAY)
    walk = Walk(people, make_console(io.StringIO()), folder, case)
    for step in (mapping.read_the_map, money.ask_the_baseline, money.ask_the_pool):
        step(walk)
    lead = texts.lead_text(walk.case, walk.chosen, walk.chosen_answer)
    pool = texts.pool_text(walk.case, walk.chosen, walk.chosen_answer)
    walk.lead = draft_and_send(walk, walk.case.lead, until_today(lead))
    walk.pool = draft_and_send(walk, walk.case.host, until_today(pool))
    return walk


def this_year(today: date) -> str:
    first = today.year if today >= date(today.year, 4, 1) else today.year - 1
    return f"{first}-{(first + 1) % 100:02}"


def until_today(content: Content) -> Content:
    """The text of 2014, gone on since then: its last day of notice lies within the next month."""
    today = date.today()  # noqa: DTZ011 - a day in England, give or take one
    ends = today + timedelta(days=20)
    while last_notice_day(ends, content.notice_months) < today + timedelta(days=10):
        ends += timedelta(days=1)
    first = min((each.year for each in content.contributions), default="")
    gone_on = [
        each.model_copy(update={"year": this_year(today)}) for each in content.contributions if each.year == first
    ]
    contributions = [*content.contributions, *gone_on]
    return content.model_copy(update={"ends": ends, "contributions": contributions})


def draft_and_send(walk: Walk, body: str, content: Content) -> AgreementView:
    drafted = walk.people.at(body, "commissioner").agreements.draft(DraftIn(content=content, reason="gone on"))
    assert not drafted.current.faults
    agreeing.approve_by_all(walk, drafted)
    return agreeing.send(walk, drafted, body)


def solve(scene: Scene) -> int:
    """One question to the solver as it comes, without another try; the answer's status."""
    person = Person("asks", {scene.walk.case.lead: ["commissioner"]})
    headers = {
        "Authorization": f"Bearer {mint(scene.deployment.keys, person)}",
        "X-Acting-For": scene.walk.case.lead,
        "Idempotency-Key": str(uuid.uuid4()),
    }
    problem = {"problem": scene.walk.base_problem.model_dump(mode="json", exclude_none=True)}
    address = scene.deployment.addresses["allocation"]
    answer = httpx.post(f"{address}/v1/solve", json=problem, headers=headers, timeout=60, trust_env=False)
    assert answer.status_code in (200, 503), answer.text
    return answer.status_code


def ask_in_vain(walk: Walk) -> None:
    """A user's question that fails, for a service it needs is away."""
    with pytest.raises(ConcordError):
        walk.people.at(walk.case.lead, "commissioner").allocation.create_scenario(
            money.the_question(walk.case, days.DECIDED)
        )


def test_a_service_that_is_away_and_what_it_drags_along(scene: Scene) -> None:
    """ServiceDown, ErrorBudgetBurns, OutboxOld; DependencyDown is held back by ServiceDown."""
    scene.deployment.kill("registry")
    agreeing.sign_by_all(scene.walk, scene.walk.lead)
    wait_until(lambda: scene.fires("ServiceDown", "registry"))
    wait_until(lambda: scene.fires("OutboxOld", "agreements"))
    wait_until(lambda: scene.fires("ErrorBudgetBurns", "allocation"), lambda: ask_in_vain(scene.walk))
    wait_until(lambda: scene.fires("DependencyDown", "registry"))
    wait_until(lambda: scene.prometheus.told().get(("DependencyDown", "registry")) == "suppressed")
    assert scene.prometheus.told()["ServiceDown", "registry"] == "active"
    scene.deployment.start("registry")
    mapping.arrival(scene.walk, scene.walk.lead)
    wait_until(lambda: scene.quiet("ServiceDown", "OutboxOld", "ErrorBudgetBurns", "DependencyDown"))


def test_a_way_between_two_services_that_is_shut(scene: Scene) -> None:
    """DependencyDown stands alone: both services are there."""
    addresses = scene.deployment.addresses
    there = addresses["registry"]
    scene.deployment.kill("allocation")
    addresses["registry"] = NOWHERE
    try:
        scene.deployment.start("allocation")
    finally:
        addresses["registry"] = there
    wait_until(lambda: scene.prometheus.told().get(("DependencyDown", "registry")) == "active")
    assert not scene.fires("ServiceDown", "registry")
    scene.deployment.kill("allocation")
    scene.deployment.start("allocation")
    wait_until(lambda: scene.quiet("DependencyDown", "ServiceDown"))


def test_a_message_that_the_receiver_refuses(scene: Scene) -> None:
    """MessageParked: agreements signs with a key that the registry does not know; mended as its runbook says."""
    keys = scene.deployment.keys
    file = keys.private("service:agreements")
    right = file.read_bytes()
    file.write_bytes(ensure_keys(scene.walk.folder / "other").private("service:agreements").read_bytes())
    scene.deployment.kill("agreements")
    scene.deployment.start("agreements")
    agreeing.sign_by_all(scene.walk, scene.walk.pool)
    wait_until(lambda: scene.fires("MessageParked", "agreements"))
    file.write_bytes(right)
    scene.deployment.kill("agreements")
    scene.deployment.start("agreements")
    subprocess.run(
        [sys.executable, "-m", "concord_agreements", "unpark"],
        env=scene.deployment.environment("agreements"),
        check=True,
        capture_output=True,
    )
    wait_until(lambda: scene.quiet("MessageParked"))
    mapping.arrival(scene.walk, scene.walk.pool)


def test_subscribers_that_refuse_and_that_are_away(scene: Scene) -> None:
    """WebhookParked: the allocation service takes no such message; WebhookLate: nobody listens there."""
    body = scene.walk.case.lead
    hooks = scene.walk.people.at(body, "commissioner").registry.webhooks
    refusing = f"{scene.deployment.addresses['allocation']}/v1/hooks"
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{held.getsockname()[1]}/hook"
    made = [hooks.create(WebhookIn(address=address, after=0)) for address in (refusing, nobody)]
    wait_until(lambda: scene.fires("WebhookParked", "registry") and scene.fires("WebhookLate", "registry"))
    for one in made:
        hooks.decide(one.id, "delete", WebhookDecision(reason="gone for good"))
    wait_until(lambda: scene.quiet("WebhookParked", "WebhookLate"))


def test_agreements_that_need_somebody(scene: Scene) -> None:
    """NoticesDue of both texts; FundOverspends, for the host reports a forecast above what partners pay in."""
    today = date.today() - timedelta(days=40)  # noqa: DTZ011 - a month that has ended
    month = (today.month - 4) % 12 + 1
    planned = sum(each.amount_pence for each in scene.walk.pool.current.content.contributions)
    position = PositionIn(year=this_year(today), month=month, actual_pence=1, forecast_pence=2 * planned)
    scene.walk.people.at(scene.walk.case.host, "commissioner").agreements.report_position(scene.walk.pool.id, position)
    wait_until(lambda: scene.fires("FundOverspends", "agreements"))
    wait_until(lambda: scene.fires("NoticesDue", "agreements"))


def test_changes_that_change_nothing(scene: Scene) -> None:
    """JournalStopped: a program repeats one request, which is answered from memory."""
    asks = scene.walk.people.at(scene.walk.case.lead, "commissioner").allocation
    question, key = money.the_question(scene.walk.case, days.DECIDED), str(uuid.uuid4())

    def repeat() -> None:
        asks.create_scenario(question, idempotency_key=key)

    wait_until(lambda: scene.fires("JournalStopped", "allocation"), repeat)
    wait_until(lambda: scene.quiet("JournalStopped"))


def test_questions_that_are_turned_away(scene: Scene) -> None:
    """QuestionsTurnedAway: more at once than there are solvers and places to wait."""
    with ThreadPoolExecutor(4) as threads:
        wait_until(
            lambda: scene.fires("QuestionsTurnedAway", "allocation"),
            lambda: list(threads.map(lambda _: solve(scene), range(4))),
        )
    wait_until(lambda: scene.quiet("QuestionsTurnedAway", "ErrorBudgetBurns"))


def test_answers_that_take_too_long(scene: Scene) -> None:
    """SlowWhatIfs: allocation gets no processor for eleven seconds while it solves."""
    assert solve(scene) == httpx.codes.OK
    wait_until(lambda: scene.fires("SlowWhatIfs", "allocation"), lambda: stand_still(scene))


def stand_still(scene: Scene) -> None:
    """Stop the process in the middle of a question, as far as can be told from outside: another one is turned away."""
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(solve, scene)
        solving = False
        while not asked.done() and not (solving := solve(scene) == httpx.codes.SERVICE_UNAVAILABLE):
            pass
        if solving and not asked.done():
            process = scene.deployment.pid("allocation")
            os.kill(process, signal.SIGSTOP)
            try:
                time.sleep(SLOW_SECONDS)  # the fault itself
            finally:
                os.kill(process, signal.SIGCONT)
        asked.result()


def test_a_rise_of_findings(scene: Scene) -> None:
    """FindingsRise: somebody claims to commission stage after stage in all of London."""
    england = scene.walk.people.at(loop.ASKS, "commissioner").registry
    stages = sorted({cell.stage for cell in scene.walk.before.stages})
    wait_until(lambda: scene.prometheus.query('registry_findings{region="london"}'))
    before = scene.prometheus.value('sum(registry_findings{region="london"})')
    for stage in stages:
        england.claims.say(
            ClaimIn(
                role=Role.COMMISSIONS,
                organisation=loop.ASKS,
                stage=stage,
                place="london",
                status=ClaimStatus.STATED,
                valid_from=date(2013, 4, 1),
                reason="claimed in the whole region",
            )
        )
    wait_until(lambda: any(name == "FindingsRise" for name, _ in scene.prometheus.firing()))
    assert scene.prometheus.value('sum(registry_findings{region="london"})') > before


def test_figures_that_cannot_be_derived(scene: Scene) -> None:
    """FiguresOld: somebody holds a lock on the claims, so that the map has not been derived since the start."""
    scene.deployment.kill("registry")
    with locked(scene.databases["registry"], "claims"):
        scene.deployment.start("registry")
        wait_until(lambda: scene.fires("FiguresOld", "registry"))
        assert scene.prometheus.value('concord_database_up{service="registry"}') == 1


@contextmanager
def locked(database: str, table: str) -> Iterator[None]:
    with psycopg.connect(database) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_database_that_cannot_be_read(scene: Scene) -> None:
    """DatabaseUnreadable, which holds back what it explains. Last: what is not on the disk yet is lost with it."""
    scene.postgres.stop("immediate")
    try:
        wait_until(lambda: all(scene.fires("DatabaseUnreadable", service) for service in SERVICES))
        wait_until(lambda: scene.fires("ErrorBudgetBurns", "allocation"), lambda: ask_in_vain(scene.walk))
        wait_until(lambda: scene.prometheus.told().get(("ErrorBudgetBurns", "allocation")) == "suppressed")
        assert scene.prometheus.told()["DatabaseUnreadable", "allocation"] == "active"
    finally:
        scene.postgres.start()
    wait_until(lambda: scene.quiet("DatabaseUnreadable"))
