"""When another service is away, slow or speaks nonsense, the caller learns which one; the rest keeps working."""

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from services.allocation.tests.conftest import Running, Served, prepare, run, scenario_request
from tests.support.signing import Signing


def missing(answer: httpx.Response) -> str:
    """The dependency that the refusal names."""
    assert answer.status_code == 503, answer.text
    document = answer.json()
    assert document["type"] == "urn:concord:problem:dependency-unavailable"
    assert int(answer.headers["Retry-After"]) >= 1
    name: str = document["dependency"]
    return name


@pytest.mark.parametrize("name", ["registry", "agreements"])
def test_a_scenario_says_which_service_is_missing(alone: Running, name: str) -> None:
    getattr(alone, name).down = True
    assert missing(alone.post("/v1/scenarios", scenario_request())) == name
    assert alone.get("/health/ready").json()["dependencies"][name] == "degraded"
    assert alone.get("/health/ready").status_code == 200


def test_what_was_built_before_still_answers(alone: Running) -> None:
    base = alone.scenario()
    alone.registry.down = alone.agreements.down = True
    cut = {"changes": [{"kind": "scale_purse", "select": {"kinds": ["ring_fence"]}, "factor": 0.938}]}
    assert alone.get(f"/v1/scenarios/{base['id']}").status_code == 200
    assert alone.post(f"/v1/scenarios/{base['id']}/what-if", cut).status_code == 201
    assert alone.get("/v1/reference/figures").status_code == 200


def test_a_request_that_failed_can_be_repeated_with_its_key(alone: Running) -> None:
    headers = alone.headers()
    alone.registry.down = True
    assert alone.http.post("/v1/scenarios", json=scenario_request(), headers=headers).status_code == 503
    alone.registry.down = False
    assert alone.http.post("/v1/scenarios", json=scenario_request(), headers=headers).status_code == 201


def test_reads_are_tried_again(alone: Running) -> None:
    alone.registry.down = True
    alone.post("/v1/scenarios", scenario_request())
    assert len([one for one in alone.registry.asked if one.path == "/v1/places"]) == 3


@pytest.mark.parametrize(
    ("answer", "status"),
    [({"items": "many"}, 200), ({"status": "?"}, 500), ([], 200)],
    ids=["not the model", "server error", "not an object"],
)
def test_a_registry_that_speaks_nonsense(
    fresh_sqlite: object, signing: Signing, served: Served, answer: object, status: int
) -> None:
    odd = FastAPI()

    @odd.get("/{path:path}")
    async def anything(path: str) -> JSONResponse:
        return JSONResponse(answer, status_code=status)

    with (
        served(odd) as address,
        run(fresh_sqlite("allocation", prepare), signing, served, registry_url=address) as running,  # type: ignore[operator]
    ):
        assert missing(running.post("/v1/scenarios", scenario_request())) == "registry"


def test_a_registry_that_is_not_there(fresh_sqlite: object, signing: Signing, served: Served) -> None:
    with run(
        fresh_sqlite("allocation", prepare),  # type: ignore[operator]
        signing, served, registry_url="http://127.0.0.1:9", dependency_seconds=1,
    ) as running:  # fmt: skip
        assert missing(running.post("/v1/scenarios", scenario_request())) == "registry"


def test_a_refusal_by_another_service_is_passed_on_with_its_reason(alone: Running) -> None:
    alone.registry.places = alone.registry.places[1:]
    answer = alone.post("/v1/scenarios", scenario_request())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/places/0"
