"""Public keys from a JWKS file or address, and a service's own private key."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from concord_kit.clock import Clock, utc_now
from concord_kit.http_client import DependencyUnavailable
from concord_kit.tokens import SERVICE, PublicKeys

MAX_JWKS_BYTES = 256 * 1024
KEYS_GOOD_FOR_SECONDS = 600
SECONDS_BETWEEN_FETCHES = 15
FETCH_TIMEOUT_SECONDS = 3


def public_keys(where: str) -> PublicKeys:
    """Keys from an http(s) address, or from a file."""
    if where.startswith(("http://", "https://")):
        return FetchedKeys(where)
    return FileKeys(Path(where))


class FileKeys:
    """Keys from a file, read again when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: dict[str, jwt.PyJWK] = {}

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        try:
            stat = self._path.stat()
            seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if seen != self._seen:
                self._keys = _parse(self._path.read_bytes())
                self._seen = seen
        except (OSError, ValueError) as error:
            raise DependencyUnavailable("issuer", f"its keys cannot be read: {error}") from error
        return self._keys.get(key_id)


class FetchedKeys:
    """Keys from an address: fetched when first needed, when old, and when an unknown id turns up.

    Never more often than every SECONDS_BETWEEN_FETCHES, so that forged ids cannot make us hammer the issuer. While the
    issuer is away the last keys stay good.
    """

    def __init__(self, address: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._address = address
        self._monotonic = monotonic
        self._keys: dict[str, jwt.PyJWK] = {}
        self._tried_at = float("-inf")
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        now = self._monotonic()
        if key_id not in self._keys or now - self._fetched_at > KEYS_GOOD_FOR_SECONDS:
            async with self._fetching:
                if self._monotonic() - self._tried_at > SECONDS_BETWEEN_FETCHES:
                    await self._fetch()
        if not self._keys:
            raise DependencyUnavailable("issuer", "its keys cannot be fetched")
        return self._keys.get(key_id)

    async def _fetch(self) -> None:
        self._tried_at = self._monotonic()
        try:
            async with httpx.AsyncClient(timeout=FETCH_TIMEOUT_SECONDS) as client:
                answer = await client.get(self._address)
            answer.raise_for_status()
            self._keys = _parse(answer.content)
            self._fetched_at = self._monotonic()
        except (httpx.HTTPError, ValueError):
            return  # the last keys stay good; with none, `find` says so


def _parse(content: bytes) -> dict[str, jwt.PyJWK]:
    if len(content) > MAX_JWKS_BYTES:
        raise ValueError("the key set is too large")
    try:
        document = json.loads(content)
        if not isinstance(document, dict):
            raise ValueError("not a key set")
        keys = jwt.PyJWKSet.from_dict(document).keys
    except jwt.PyJWTError as error:
        raise ValueError(f"not a usable key set: {error}") from error
    for_signatures = (key for key in keys if key.key_type != "oct" and key.public_key_use in (None, "sig"))
    return {key.key_id: key for key in for_signatures if key.key_id}


class ServiceIdentity:
    """A service's own short tokens, signed with its own key: `sub` and `kid` are `service:<name>`.

    `roles` are the roles it claims for itself, e.g. `["activator"]`.
    """

    LIFETIME = timedelta(minutes=5)

    def __init__(
        self,
        key_file: Path,
        name: str,
        audience: str,
        *,
        issuer: str,
        roles: tuple[str, ...] = (),
        clock: Clock = utc_now,
    ) -> None:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{key_file} is not an Ed25519 private key")
        self._key = key
        self._subject = SERVICE + name
        self._claims: dict[str, Any] = {"iss": issuer, "aud": [audience], "sub": self._subject}
        self._claims["roles"] = {self._subject: list(roles)}
        self._clock = clock
        self._minted: tuple[float, str] = (0, "")

    def token(self) -> str:
        """A token good for a minute at least."""
        now = self._clock()
        good_until, token = self._minted
        if now.timestamp() + 60 > good_until:
            expires = now + self.LIFETIME
            claims = {**self._claims, "iat": now, "exp": expires}
            token = jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self._subject})
            self._minted = (expires.timestamp(), token)
        return token
