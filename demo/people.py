"""Who signs in: one person per body and office, each with a token of their own."""

from collections.abc import Mapping
from pathlib import Path

from concord_client.client import Concord
from concord_client.tokens import Person, token_source
from concord_client.transport import Caller


class People:
    """The services as seen by the holder of a role at a body; everyone shares the same kept connections."""

    def __init__(self, addresses: Mapping[str, str], keys: Path) -> None:
        self._addresses = addresses
        self._keys = keys
        self._concord = Concord.at(addresses)
        self._known: dict[tuple[str, tuple[str, ...]], Concord] = {}

    def at(self, body: str, *roles: str) -> Concord:
        """Concord for the person who holds `roles` at `body`."""
        if (body, roles) not in self._known:
            person = Person(f"{roles[0]}-of-{body.replace(':', '-').lower()}", {body: roles})
            token = token_source(self._keys, person, self._addresses.values())
            self._known[body, roles] = self._concord.as_caller(Caller(token, body))
        return self._known[body, roles]

    def close(self) -> None:
        self._concord.close()

    def __enter__(self) -> "People":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
