"""Development keys in `var/keys`: who may sign tokens on this machine, and the public half the services see.

One issuer key (kid `dev`) signs people's tokens; each service has a key of its own (kid `service:<name>`). The folder
is 0700 and its files 0600. Two processes may make the keys at once: the first to link a file wins, the other uses it.
"""

import base64
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

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


def load_private_key(path: Path) -> Ed25519PrivateKey:
    """The private key in `path`. Raises NotAllowedHere if others may read it, or if it is no Ed25519 key."""
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
