"""A double may stand for the registry in a consumer's tests only if it answers as the registry does.

The consumer's own client reads both. What must agree: every read parses; an answer says the position it was read at and
is the same when asked again there; what is unknown is refused with the same status and problem type.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import anyio
import httpx
import pytest
from fastapi import FastAPI

from concord_allocation.reads import OnBehalf
from concord_allocation.registry_client import RegistryClient
from concord_contracts.registry import (
    AsKnown,
    ContractView,
    Mandates,
    Organisation,
    PlaceAnswer,
    PlaceView,
    RecordPage,
    Responsibilities,
    Responsibility,
    SigningAuthorityView,
)
from concord_kit.http_client import ServiceClient
from services.agreements.tests.registry_double import RegistryDouble
from services.agreements.tests.worlds import BODIES, PLACES
from services.allocation.tests.doubles import Registry

DAY = date(2014, 4, 1)

type Served = Callable[[FastAPI], AbstractContextManager[str]]


@dataclass(frozen=True)
class Provider:
    """One registry, real or double, and names that it knows."""

    url: str
    pathway: str
    area: str
    place: str
    body: str


PATIENCE_SECONDS = 30
"""The real registry derives the figures of all England just after it has started."""


@pytest.fixture(params=["real", "double"])
def for_allocation(request: pytest.FixtureRequest, served: Served) -> Iterator[Provider]:
    if request.param == "real":
        yield Provider(request.getfixturevalue("registry_url"), "lung", "greater-manchester", "ccg-02A", "ods:02A")
        return
    with served(Registry().app()) as url:
        yield Provider(url, "lung", "trafford", "ccg-02A", "ods:02A")


@pytest.fixture(params=["real", "double"])
def for_agreements(request: pytest.FixtureRequest, served: Served) -> Iterator[Provider]:
    if request.param == "real":
        yield Provider(request.getfixturevalue("registry_url"), "lung", "greater-manchester", "ccg-02A", "ods:02A")
        return
    place, body = sorted(PLACES)[0], sorted(BODIES)[0]
    with served(RegistryDouble().app) as url:
        yield Provider(url, "lung", place, place, body)


@dataclass(frozen=True)
class MapRead:
    """What allocation's client read, all at the position of its first answer."""

    places: list[PlaceView]
    responsibilities: list[Responsibility]
    stage_names: dict[str, str]
    known_at: datetime


def read_map(provider: Provider, known_at: datetime | None = None) -> MapRead:
    async def read() -> MapRead:
        async with ServiceClient("registry", provider.url, deadline_seconds=PATIENCE_SECONDS) as client:
            reader = OnBehalf(token=None, acting_for=None, as_of=DAY, known_at=known_at)
            registry = RegistryClient(client)
            found = await registry.places_within(provider.area, reader)
            there = reader.at(found.known_at)
            cells = await registry.responsibilities(provider.pathway, [place.key for place in found.items], there)
            return MapRead(found.items, cells, await registry.stage_names(there), found.known_at)

    return anyio.run(read)


def test_allocation_reads_the_same_map_again_at_the_position_it_was_given(for_allocation: Provider) -> None:
    first = read_map(for_allocation)
    again = read_map(for_allocation, first.known_at)
    assert first == again
    assert for_allocation.place in {place.key for place in first.places}
    assert {cell.place for cell in first.responsibilities} <= {place.key for place in first.places}
    assert any(cell.statutory and cell.statutory.commissioners for cell in first.responsibilities)
    assert first.stage_names


def test_allocation_reads_the_contracts_of_planning_years(for_allocation: Provider) -> None:
    """None are shipped: what is asked is understood all the same, and answered at the position asked for."""
    first = read_map(for_allocation)

    async def read() -> list[ContractView]:
        async with ServiceClient("registry", for_allocation.url, deadline_seconds=PATIENCE_SECONDS) as client:
            reader = OnBehalf(token=None, acting_for=None, as_of=DAY, known_at=first.known_at)
            asked = ([for_allocation.pathway], [for_allocation.place], ["2014-15", "2015-16"])
            return await RegistryClient(client).contracts(*asked, reader)

    assert anyio.run(read) == []


def test_allocation_may_ask_for_a_moment_after_the_head(for_allocation: Provider) -> None:
    first = read_map(for_allocation)
    assert read_map(for_allocation, datetime.now(UTC)) == first


def test_an_unknown_area_is_refused_with_the_same_type(for_allocation: Provider) -> None:
    answer = httpx.get(
        f"{for_allocation.url}/v1/places",
        params={"within": "atlantis", "as_of": DAY.isoformat()},
        timeout=PATIENCE_SECONDS,
    )
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (422, "unknown-code")


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1/places/{place}", PlaceAnswer),
        ("/v1/organisations/{body}", Organisation),
        ("/v1/responsibilities?pathway={pathway}&place={place}", Responsibilities),
        ("/v1/mandates?holder=ods:0AJ&body={body}", Mandates),
        (
            "/v1/signing-authorities?organisation={body}&decision=enter_agreement&limit=1000",
            RecordPage[SigningAuthorityView],
        ),
    ],
)
def test_every_read_of_agreements_parses_and_says_its_position(
    for_agreements: Provider, path: str, model: type[AsKnown]
) -> None:
    asked = path.format(place=for_agreements.place, body=for_agreements.body, pathway=for_agreements.pathway)
    answer = httpx.get(
        for_agreements.url + asked,
        params=httpx.QueryParams(asked.partition("?")[2]).set("as_of", DAY),
        timeout=PATIENCE_SECONDS,
    )
    assert answer.status_code == 200, answer.text
    assert model.model_validate_json(answer.content).known_at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/places/atlantis", (404, "not-found")),
        ("/v1/organisations/ods:ZZZ9", (404, "not-found")),
        ("/v1/responsibilities?pathway=phrenology&place={place}", (422, "unknown-code")),
    ],
)
def test_what_is_unknown_is_refused_alike(for_agreements: Provider, path: str, expected: tuple[int, str]) -> None:
    asked = path.format(place=for_agreements.place)
    answer = httpx.get(
        for_agreements.url + asked,
        params=httpx.QueryParams(asked.partition("?")[2]).set("as_of", DAY),
        timeout=PATIENCE_SECONDS,
    )
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == expected


def test_nobody_but_agreements_may_activate(for_agreements: Provider) -> None:
    body = {"sequence": 1, "digest": "0" * 64, "basis": "s14Z3", "effective_from": "2014-04-01", "responsibilities": []}
    answer = httpx.put(f"{for_agreements.url}/v1/activations/an-agreement", json=body, timeout=PATIENCE_SECONDS)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (401, "unauthenticated")
