"""Keys fetched from an address: cached, fetched again for an unknown id, but never in a hurry."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from fastapi import FastAPI
from starlette.responses import Response

from concord_kit.http_client import DependencyUnavailable
from concord_kit.keys import KEYS_GOOD_FOR_SECONDS, SECONDS_BETWEEN_FETCHES, FetchedKeys, public_keys
from tests.support.signing import ISSUER_KEY, Signing


class Issuer:
    """Publishes a key set, counts who asks, and can fall ill."""

    def __init__(self, signing: Signing) -> None:
        self.asked = 0
        self.ill = False
        self.app = FastAPI()

        @self.app.get("/jwks")
        async def jwks() -> Response:
            self.asked += 1
            return Response("ill" if self.ill else signing.jwks_file.read_text(), 500 if self.ill else 200)


@pytest.fixture
def issuer(signing: Signing) -> Issuer:
    return Issuer(signing)


@pytest.fixture
def address(issuer: Issuer, served: Callable[[FastAPI], AbstractContextManager[str]]) -> Iterator[str]:
    with served(issuer.app) as base:
        yield f"{base}/jwks"


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_keys_are_fetched_once_and_again_for_an_unknown_id_but_not_in_a_hurry(
    signing: Signing, issuer: Issuer, address: str
) -> None:
    async def main() -> None:
        watch = Stopwatch()
        keys = FetchedKeys(address, watch)
        assert await keys.find(ISSUER_KEY) is not None
        assert await keys.find(ISSUER_KEY) is not None
        assert issuer.asked == 1
        signing.add_key("new")
        assert await keys.find("new") is None, "asked a moment ago"
        assert [await keys.find(f"forged-{number}") for number in range(50)] == [None] * 50
        assert issuer.asked == 1
        watch.seconds += SECONDS_BETWEEN_FETCHES + 1
        assert await keys.find("new") is not None
        assert issuer.asked == 2

    asyncio.run(main())


def test_racing_first_requests_fetch_once(issuer: Issuer, address: str) -> None:
    async def main() -> None:
        keys = FetchedKeys(address)
        found = await asyncio.gather(*(keys.find(ISSUER_KEY) for _ in range(20)))
        assert all(found)

    asyncio.run(main())
    assert issuer.asked == 1


def test_while_the_issuer_is_ill_the_last_keys_stay_good(issuer: Issuer, address: str) -> None:
    async def main() -> None:
        watch = Stopwatch()
        keys = FetchedKeys(address, watch)
        await keys.find(ISSUER_KEY)
        issuer.ill = True
        watch.seconds += KEYS_GOOD_FOR_SECONDS + 1
        assert await keys.find(ISSUER_KEY) is not None
        assert issuer.asked == 2

    asyncio.run(main())


def test_a_withdrawn_key_is_forgotten_when_the_set_is_old(signing: Signing, address: str) -> None:
    async def main() -> None:
        watch = Stopwatch()
        keys = FetchedKeys(address, watch)
        signing.add_key("withdrawn")
        assert await keys.find("withdrawn") is not None
        document = json.loads(signing.jwks_file.read_text())
        document["keys"] = [key for key in document["keys"] if key["kid"] != "withdrawn"]
        signing.jwks_file.write_text(json.dumps(document))
        watch.seconds += KEYS_GOOD_FOR_SECONDS + 1
        assert await keys.find("withdrawn") is None

    asyncio.run(main())


@pytest.mark.parametrize("where", ["http://127.0.0.1:9/jwks", "ill"])
def test_without_any_key_the_issuer_is_a_missing_dependency(issuer: Issuer, address: str, where: str) -> None:
    issuer.ill = True
    keys = public_keys(address if where == "ill" else where)
    with pytest.raises(DependencyUnavailable, match="issuer"):
        asyncio.run(keys.find("any"))
