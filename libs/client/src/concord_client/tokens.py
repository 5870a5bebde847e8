"""Development tokens: signed with the key in `var/keys`, for services on this machine only."""

import ipaddress
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import uuid_utils

from concord_client.errors import NotAllowedHere
from concord_client.keys import ISSUER, ISSUER_KID, SERVICES, Keys, load_private_key

LONGEST_SECONDS = 15 * 60
RENEW_BEFORE_END_SECONDS = 60


@dataclass(frozen=True)
class Person:
    """Who signs in: a subject and the roles held at each organisation."""

    subject: str
    roles: Mapping[str, Sequence[str]]


def mint(
    keys: Keys, person: Person, audiences: Iterable[str] = SERVICES, *, lifetime_seconds: int = LONGEST_SECONDS
) -> str:
    """A signed token for `person`. Raises NotAllowedHere for a lifetime outside 1 second to 15 minutes."""
    if not 1 <= lifetime_seconds <= LONGEST_SECONDS:
        raise NotAllowedHere(f"a token lives for 1 to {LONGEST_SECONDS} seconds, not {lifetime_seconds}")
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": person.subject,
        "aud": list(audiences),
        "iat": now,
        "exp": now + lifetime_seconds,
        "jti": str(uuid_utils.uuid7()),
        "roles": {organisation: list(held) for organisation, held in person.roles.items()},
    }
    key = load_private_key(keys.private(ISSUER_KID))
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": ISSUER_KID})


def token_source(folder: Path, person: Person, addresses: Iterable[str]) -> Callable[[], str]:
    """Tokens for `person`, renewed a minute before they end.

    Raises NotAllowedHere unless every address is on this machine: a development key signs for nothing else.
    """
    for address in addresses:
        refuse_unless_loopback(address)
    keys = Keys(folder)
    kept: tuple[str, float] | None = None

    def current() -> str:
        nonlocal kept
        if kept is None or time.monotonic() > kept[1]:
            renew_at = time.monotonic() + LONGEST_SECONDS - RENEW_BEFORE_END_SECONDS
            kept = (mint(keys, person), renew_at)
        return kept[0]

    return current


def refuse_unless_loopback(address: str) -> None:
    """Raises NotAllowedHere unless `address` (http://127.0.0.1:8101) can only be this machine."""
    host = urlsplit(address).hostname or ""
    try:
        on_this_machine = ipaddress.ip_address(host).is_loopback
    except ValueError:
        on_this_machine = host == "localhost"
    if not on_this_machine:
        raise NotAllowedHere(
            f"{address} is not an address of this machine. Development tokens are for loopback only; "
            "set CONCORD_TOKEN to a token from your issuer."
        )
