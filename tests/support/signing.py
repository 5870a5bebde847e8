"""Keys and tokens for the tests: an issuer, services with keys of their own, and tokens right or wrong in any way."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ISSUER = "https://issuer.test"
ISSUER_KEY = "test-issuer"


class Signing:
    """An issuer in a folder: `jwks_file` holds the public keys it publishes."""

    def __init__(self, folder: Path) -> None:
        self.issuer = ISSUER
        self.jwks_file = folder / "jwks.json"
        self._folder = folder
        self._keys: dict[str, Ed25519PrivateKey] = {}
        self.add_key(ISSUER_KEY)

    def add_key(self, key_id: str, *, publish: bool = True) -> Ed25519PrivateKey:
        """A new key, published in the key set unless told otherwise."""
        key = self._keys[key_id] = Ed25519PrivateKey.generate()
        if publish:
            self._publish(key_id)
        return key

    def private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self._keys[key_id]

    def service_key(self, name: str) -> Path:
        """The private key file of a service, its public half published as `service:<name>`."""
        path = self._folder / f"service-{name}.pem"
        if not path.exists():
            key = self.add_key(f"service:{name}")
            path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            path.chmod(0o600)
        return path

    def mint(
        self,
        sub: str,
        roles: Mapping[str, Iterable[str]] | None = None,
        aud: str | Iterable[str] = "test",
        *,
        key: str | None = None,
        lifetime: timedelta = timedelta(minutes=10),
        headers: Mapping[str, Any] | None = None,
        **overrides: Any,
    ) -> str:
        """A token; a service's is signed by its own key.

        `overrides` replace claims; a claim given as None is left out.
        """
        key_id = key or (sub if sub.startswith("service:") else ISSUER_KEY)
        if key_id.startswith("service:"):
            self.service_key(key_id.removeprefix("service:"))
        now = datetime.now(UTC)
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": sub,
            "aud": [aud] if isinstance(aud, str) else list(aud),
            "iat": now,
            "exp": now + lifetime,
            "roles": {body: list(held) for body, held in (roles or {}).items()},
        }
        claims.update(overrides)
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self._keys[key_id], algorithm="EdDSA", headers={"kid": key_id, **(headers or {})})

    def bearer(self, *arguments: Any, **options: Any) -> dict[str, str]:
        """The Authorization header of a token minted with these arguments."""
        return {"Authorization": f"Bearer {self.mint(*arguments, **options)}"}

    def _publish(self, key_id: str) -> None:
        algorithm = jwt.get_algorithm_by_name("EdDSA")
        document = json.loads(self.jwks_file.read_text()) if self.jwks_file.exists() else {"keys": []}
        public = algorithm.to_jwk(self._keys[key_id].public_key(), as_dict=True)
        kept = [one for one in document["keys"] if one["kid"] != key_id]
        document["keys"] = [*kept, {**public, "kid": key_id, "use": "sig", "alg": "EdDSA"}]
        self.jwks_file.write_text(json.dumps(document))
