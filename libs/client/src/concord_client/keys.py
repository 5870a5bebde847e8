"""Keys: who may sign tokens, and the public half the services see.

On a development machine one issuer key (kid `dev`, in `var/keys`) signs people's tokens; elsewhere an issuer of the
operator's does, and only its public keys are here. Each service that signs has a key of its own (kid
`service:<name>`). The folder is 0700 and its files 0600. Two processes may make the keys at once: the first to link a
file wins, the other uses it.
"""

import base64
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from concord_client.errors import NotAllowedHere

ISSUER = "https://issuer.concord.example/development"
ISSUER_KID = "dev"
SERVICES = ("registry", "allocation", "agreements")
SIGNING = ("agreements",)
"""The services that call others as themselves; the others forward their caller's token."""


@dataclass(frozen=True)
class Keys:
    """Paths of the development keys; the services are given `jwks` and their own key file only."""

    folder: Path

    @property
    def jwks(self) -> Path:
        return self.folder / "jwks.json"

    def private(self, kid: str) -> Path:
        return self.folder / f"{kid.replace(':', '-')}.pem"


def ensure_keys(folder: Path, services: Iterable[str] = SERVICES) -> Keys:
    """The keys in `folder`, made where they are missing.

    Raises NotAllowedHere where others than the owner may read the folder or a private key.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = Keys(folder)
    _refuse_if_readable_by_others(folder)
    kids = [ISSUER_KID, *(f"service:{name}" for name in services)]
    for kid in kids:
        _ensure_private_key(keys.private(kid))
    _publish(keys.jwks, {"keys": [_public_jwk(kid, load_private_key(keys.private(kid))) for kid in kids]})
    return keys


def ensure_webhook_key(folder: Path) -> str:
    """The development key that seals the secrets of webhooks, made where it is missing.

    Raises NotAllowedHere where others than the owner may read it.
    """
    path = folder / "webhooks.key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
    _refuse_if_readable_by_others(path)
    return path.read_text(encoding="ascii").strip()


def ensure_service_keys(folder: Path, issuer_keys: Path, services: Iterable[str] = SIGNING) -> tuple[Path, list[Path]]:
    """The key set for services of an issuer of their own, in `folder/public`, and their private keys, made where
    missing.

    `issuer_keys` is the issuer's key set (JWKS). What it publishes in a service's name is left out: an issuer signs for
    people. Raises NotAllowedHere where it holds no public key for people, and where others may read the private keys.
    """
    of_issuer = _public_keys_for_people(issuer_keys)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _refuse_if_readable_by_others(folder)
    (folder / "public").mkdir(exist_ok=True)
    keys = Keys(folder)
    kids = [f"service:{name}" for name in services]
    for kid in kids:
        _ensure_private_key(keys.private(kid))
    key_set = folder / "public" / "jwks.json"
    _publish(key_set, {"keys": [*of_issuer, *(_public_jwk(kid, load_private_key(keys.private(kid))) for kid in kids)]})
    return key_set, [keys.private(kid) for kid in kids]


def _public_keys_for_people(key_set: Path) -> list[dict[str, object]]:
    try:
        published: list[dict[str, object]] = json.loads(key_set.read_text(encoding="utf-8"))["keys"]
        found = [key for key in published if not str(key["kid"]).startswith("service:")]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise NotAllowedHere(f"{key_set} is not a key set (JWKS) whose keys have a `kid`: {fault!r}") from fault
    if not found:
        raise NotAllowedHere(f"{key_set} holds no key that could sign people's tokens")
    if any({"d", "k"} & key.keys() for key in found):
        raise NotAllowedHere(f"{key_set} holds private keys; give the set that the issuer publishes")
    return found


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """The private key in `path`. NotAllowedHere: there is none, others may read it, or it is no Ed25519 key."""
    if not path.is_file():
        raise NotAllowedHere(f"there is no signing key at {path}: `concord up` makes one; CONCORD_VAR names its folder")
    _refuse_if_readable_by_others(path)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise NotAllowedHere(f"{path} holds another kind of key than Ed25519")
    return key


def _ensure_private_key(path: Path) -> None:
    if path.exists():
        return
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = _draft_beside(path, pem)
    try:
        os.link(draft, path)  # fails where another process was first: then its key is the key
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _publish(path: Path, document: dict[str, object]) -> None:
    """Write `document` in one step; every process computes the same text from the same keys."""
    content = json.dumps(document, indent=1, sort_keys=True).encode()
    if not path.exists() or path.read_bytes() != content:
        _draft_beside(path, content).replace(path)


def _draft_beside(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made 0600
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _public_jwk(kid: str, key: Ed25519PrivateKey) -> dict[str, str]:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": x}


def _refuse_if_readable_by_others(path: Path) -> None:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise NotAllowedHere(f"{path} is readable by others (mode {mode:04o}): a signing key there is no secret")
