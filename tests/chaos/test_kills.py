"""Services are killed between the steps of the loop, and while a signed agreement is under way to the map."""

import io
from pathlib import Path

import pytest

from concord_client.errors import ConcordProblem
from concord_client.keys import SERVICES
from concord_client.launch import Deployment
from concord_client.show.page import make_console
from concord_contracts.agreements import State
from concord_contracts.registry import Change
from demo import agreeing, case, loop, mapping, money
from demo.people import People
from demo.walk import Walk


def test_killing_every_service_between_any_two_steps_loses_nothing(deployment: Deployment, tmp_path: Path):
    killed: list[str] = []

    def kill_and_start(step: str) -> None:
        deployment.kill(*SERVICES)
        deployment.start(*SERVICES)
        killed.append(step)

    walk = loop.run(deployment, make_console(io.StringIO()), tmp_path, between=kill_and_start)
    assert killed == [title for title, _ in loop.STEPS]
    assert walk.lead.state is walk.pool.state is State.IN_FORCE
    with People(deployment.addresses, deployment.site.keys) as people:
        assert_activated_once(people, walk)


@pytest.fixture
def ready_to_sign(deployment: Deployment, tmp_path: Path):
    """A walk whose two texts are approved and sent, every earlier step done."""
    skipped = {money.ask_grant_cut, money.ask_headroom, money.ask_boundary_shift, money.ask_more_referrals}
    with People(deployment.addresses, deployment.site.keys) as people:
        walk = Walk(people, make_console(io.StringIO()), tmp_path)
        for _, step in loop.STEPS:
            if step is agreeing.change_a_word_after_a_signature:
                break
            if step not in skipped:
                step(walk)
        yield walk


def test_registry_down_signatures_are_accepted_and_the_map_catches_up(deployment: Deployment, ready_to_sign: Walk):
    walk = ready_to_sign
    deployment.kill("registry")
    agreeing.sign_both(walk)
    assert walk.lead.activation.startswith("queued")
    with pytest.raises(ConcordProblem) as caught:
        money.ask_the_baseline(walk)
    assert caught.value.slug == "dependency-unavailable"
    assert caught.value.extras["dependency"] == "registry"

    deployment.start("registry")
    mapping.wait_for_activation(walk)
    mapping.read_the_map_again(walk)
    assert_activated_once(walk.people, walk)


def test_agreements_killed_with_signatures_still_to_be_delivered_delivers_them_once(
    deployment: Deployment, ready_to_sign: Walk
):
    walk = ready_to_sign
    deployment.kill("registry")
    agreeing.sign_both(walk)
    deployment.kill("agreements")
    deployment.start("registry")
    deployment.start("agreements")
    mapping.wait_for_activation(walk)
    lead, pool = agreeing.read_back(walk)
    assert lead.current.signatures == walk.lead.current.signatures
    assert pool.current.signatures == walk.pool.current.signatures
    assert_activated_once(walk.people, walk)


def assert_activated_once(people: People, walk: Walk) -> None:
    """The registry's journal holds exactly one activation of each agreement."""
    registry = people.at(case.TRAFFORD, "commissioner").registry
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
