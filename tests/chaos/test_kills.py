"""Services are killed between the steps of the loop, and while a signed agreement is under way to the map."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from concord_client.errors import ConcordProblem
from concord_client.keys import SERVICES
from concord_client.launch import Deployment
from concord_client.show.page import make_console
from concord_contracts.agreements import State
from concord_contracts.registry import Change
from demo import agreeing, loop, mapping, money
from demo.case import DEFAULT_AREA, DEFAULT_PATHWAY, read_case
from demo.people import People
from demo.walk import Walk
from services.agreements.tests.acts import wait_until

pytestmark = pytest.mark.dear

WITHOUT_A_TRACE = {money.ask_grant_cut, money.ask_headroom, money.ask_boundary_shift, money.ask_more_referrals}
"""Questions that leave nothing behind which a later step needs; left out to keep the test short."""


def test_killing_every_service_between_any_two_steps_loses_nothing(deployment: Deployment, tmp_path: Path):
    killed: list[str] = []

    def kill_and_start(step: str) -> None:
        deployment.kill(*SERVICES)
        deployment.start(*SERVICES)
        killed.append(step)

    steps = [(title, step) for title, step in loop.STEPS if step not in WITHOUT_A_TRACE]
    walk = loop.run(deployment, make_console(io.StringIO()), tmp_path, between=kill_and_start, steps=steps)
    assert killed == [title.format(case=walk.case) for title, _ in steps]
    assert walk.lead.state is walk.pool.state is State.IN_FORCE
    with People(deployment.addresses, deployment.site.keys) as people:
        assert_activated_once(people, walk)
        assert_kept_for_ever(people, walk)


@pytest.fixture
def sent(deployment: Deployment, tmp_path: Path) -> Iterator[Walk]:
    """A walk whose two texts are approved and sent."""
    needed = (
        mapping.read_the_map,
        money.ask_the_baseline,
        money.ask_the_pool,
        agreeing.draft_the_lead,
        agreeing.draft_the_pool_with_excluded,
        agreeing.take_excluded_out,
        agreeing.approve_both,
        agreeing.send_both,
    )
    with People(deployment.addresses, deployment.site.keys) as people:
        walk = Walk(
            people,
            make_console(io.StringIO()),
            tmp_path,
            read_case(people.at(loop.ASKS, "commissioner").registry, DEFAULT_AREA, DEFAULT_PATHWAY),
        )
        for step in needed:
            step(walk)
        yield walk


def test_with_the_registry_down_signatures_are_accepted_and_the_map_catches_up(deployment: Deployment, sent: Walk):
    deployment.kill("registry")
    agreeing.sign_by_all(sent, sent.lead)
    agreeing.read_back(sent)
    assert sent.lead.activation.startswith("queued")
    with pytest.raises(ConcordProblem) as caught:
        money.ask_the_baseline(sent)
    assert caught.value.slug == "dependency-unavailable"
    assert caught.value.extras["dependency"] == "registry"
    deployment.start("registry")
    mapping.arrival(sent, sent.lead)

    deployment.kill("registry")
    agreeing.sign_by_all(sent, sent.pool)
    agreeing.read_back(sent)
    signed = sent.texts
    deployment.kill("agreements")  # with the pool signed and still to be delivered
    deployment.start("registry", "agreements")
    mapping.arrival(sent, sent.pool)

    agreeing.read_back(sent)
    found = sent.texts
    assert [each.current.signatures for each in found] == [each.current.signatures for each in signed]
    assert_activated_once(sent.people, sent)
    mapping.read_the_map_again(sent)


def assert_kept_for_ever(people: People, walk: Walk) -> None:
    """Allocation has heard, however often somebody died, which scenarios the signed texts rest on."""
    allocation = people.at(walk.case.lead, "commissioner").allocation
    for agreement in (walk.lead, walk.pool):
        cited = agreement.current.content.allocation
        assert cited is not None

        def signed(scenario: str = cited.scenario, version: int = agreement.current.number) -> bool:
            citing = allocation.scenario(scenario).cited_by
            return any(one.version == version and one.for_ever and one.matches for one in citing)

        wait_until(signed)


def assert_activated_once(people: People, walk: Walk) -> None:
    """The registry's journal holds exactly one activation of each agreement."""
    registry = people.at(walk.case.lead, "commissioner").registry
    changes: list[Change] = []
    after = 0
    while page := registry.changes(after):
        changes += page.items
        if page.next_after >= page.head_seq or not page.items:
            break
        after = page.next_after
    for agreement in (walk.lead, walk.pool):
        activations = [change for change in changes if agreement.id in change.subject]
        assert len(activations) == 1, f"{agreement.title}: {activations}"
