"""Secrets of subscriptions as they are kept: sealed with the operator's keys, so that who reads the table cannot sign.

Every message is signed, so a secret must be opened again: it is encrypted (Fernet), not hashed. The first key seals;
all open, so keys are changed without a gap.
"""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

IN_CLEAR = "whsec_"
"""How a secret begins; before keys were asked for it was kept so."""
SETTING = "REGISTRY_WEBHOOK_KEYS"


class NotOpenedError(Exception):
    """None of the keys opens a secret, or there is none."""


def keys_of(setting: str | None) -> tuple[str, ...]:
    """The keys of a setting, separated by commas. ValueError where one is no Fernet key."""
    keys = tuple(key.strip() for key in (setting or "").split(",") if key.strip())
    for number, key in enumerate(keys, 1):
        try:
            Fernet(key)
        except ValueError:
            raise ValueError(f"key {number} is not 32 bytes in URL-safe base64: see docs/operations.md") from None
    return keys


class Seal:
    """Seals and opens secrets with keys, the first of which seals."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._first = keys[0] if keys else None
        self._keys = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def __bool__(self) -> bool:
        return self._keys is not None

    def seal(self, secret: str) -> str:
        """The secret as it is kept. NotOpenedError without a key."""
        if self._keys is None:
            raise NotOpenedError
        return self._keys.encrypt(secret.encode()).decode()

    def opened(self, kept: str) -> str:
        """The secret. NotOpenedError where none of the keys sealed it."""
        if kept.startswith(IN_CLEAR):
            return kept
        if self._keys is None:
            raise NotOpenedError
        try:
            return self._keys.decrypt(kept.encode()).decode()
        except InvalidToken:
            raise NotOpenedError from None

    def sealed_by_the_first(self, kept: str) -> bool:
        """Whether it need not be sealed anew."""
        if self._first is None or kept.startswith(IN_CLEAR):
            return False
        try:
            Fernet(self._first).decrypt(kept.encode())
        except InvalidToken:
            return False
        return True
