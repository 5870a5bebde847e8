"""Who is calling: signed tokens, checked against public keys.

A token is a JWT signed with EdDSA, ES256 or RS256, names this service in `aud`, lives at most 15 minutes and carries
`roles: {organisation: [role]}`. A key whose id begins with `service:` signs only for the service it is named after, and
nobody else may speak as a service.
"""

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import jwt
from pydantic import StringConstraints, TypeAdapter, ValidationError

from concord_contracts.identifiers import BODY_ID
from concord_kit.problems import Problem

ALGORITHMS = ("EdDSA", "ES256", "RS256")
MAX_LIFETIME_SECONDS = 15 * 60
LEEWAY_SECONDS = 5
MAX_TOKEN_CHARACTERS = 16_384
SERVICE = "service:"
_SUBJECT = re.compile(r"[\x21-\x7e]{1,200}")

_Organisation = Annotated[str, StringConstraints(pattern=BODY_ID)]
_Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
_ROLES: TypeAdapter[dict[str, list[str]]] = TypeAdapter(dict[_Organisation, list[_Role]])


class PublicKeys(Protocol):
    """Where public keys come from, by key id."""

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key; None where the issuer publishes none of that id."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose token was accepted: `roles` by organisation; `expires` in seconds since 1970."""

    subject: str
    roles: Mapping[str, frozenset[str]]
    expires: float = math.inf

    @property
    def is_service(self) -> bool:
        return self.subject.startswith(SERVICE)

    def holds(self, role: str, organisation: str) -> bool:
        return role in self.roles.get(organisation, ())

    def organisations(self, role: str) -> list[str]:
        """Where the caller holds the role."""
        return sorted(body for body, roles in self.roles.items() if role in roles)

    def seconds_left(self) -> float:
        """How long an answer to this caller may go on."""
        return max(0.0, self.expires - time.time())


def unauthenticated(reason: str, detail: str) -> Problem:
    """A 401 that says what to mend and nothing that helps a forger."""
    challenge = "Bearer" if reason == "missing" else 'Bearer error="invalid_token"'
    return Problem("unauthenticated", detail, reason=reason, headers={"WWW-Authenticate": challenge})


def bearer_token(authorization: str | None) -> str | None:
    """The token of an Authorization header; None without one. Another scheme is a 401."""
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("malformed", "The Authorization header is not `Bearer <token>`.")
    return token.strip()


@dataclass(frozen=True)
class TokenVerifier:
    """Checks tokens for one service."""

    issuer: str
    audience: str
    keys: PublicKeys

    async def verify(self, token: str) -> Principal:
        """The caller. Every failure is a 401 problem with its reason; DependencyUnavailable where no key can be had."""
        key_id = _key_id(token)
        key = await self.keys.find(key_id)
        if key is None or key.algorithm_name not in ALGORITHMS:
            raise unauthenticated("unknown-key", "The token is signed with a key that the issuer does not publish.")
        claims = self._claims(token, key)
        if claims["exp"] - claims["iat"] > MAX_LIFETIME_SECONDS:
            raise unauthenticated("lifetime-too-long", f"A token may live {MAX_LIFETIME_SECONDS} seconds at most.")
        subject = claims["sub"]
        speaks_as_service = subject.startswith(SERVICE)
        if (key_id.startswith(SERVICE) or speaks_as_service) and key_id != subject:
            raise unauthenticated("wrong-key-for-subject", "This key may not sign for this subject.")
        return Principal(subject, _roles(claims.get("roles", {})), claims["exp"])

    def _claims(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        try:
            claims = jwt.decode(
                token,
                key=key.key,
                algorithms=[key.algorithm_name],
                issuer=self.issuer,
                audience=self.audience,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "sub", "exp", "iat"]},
            )
        except jwt.InvalidTokenError as error:
            raise _refusal(error) from None
        if not _SUBJECT.fullmatch(claims["sub"]):
            raise unauthenticated("malformed", "`sub` must have 1 to 200 visible ASCII characters.")
        if not all(type(claims[name]) in (int, float) for name in ("exp", "iat")):
            raise unauthenticated("malformed", "`exp` and `iat` must be numbers.")
        return claims


def _key_id(token: str) -> str:
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise unauthenticated("malformed", f"A token may have {MAX_TOKEN_CHARACTERS} characters at most.")
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError:
        raise unauthenticated("malformed", "This is not a JSON Web Token.") from None
    if not isinstance(key_id, str):
        raise unauthenticated("malformed", "The token does not say which key signed it (`kid`).")
    return key_id


def _roles(claim: object) -> dict[str, frozenset[str]]:
    try:
        return {body: frozenset(roles) for body, roles in _ROLES.validate_python(claim, strict=True).items()}
    except ValidationError:
        raise unauthenticated("bad-roles", '`roles` must be {"organisation": ["role"]}.') from None


_REASONS: tuple[tuple[type[jwt.InvalidTokenError], str, str], ...] = (
    (jwt.ExpiredSignatureError, "expired", "The token has expired."),
    (jwt.ImmatureSignatureError, "not-yet-valid", "The token is not valid yet."),
    (jwt.InvalidIssuedAtError, "malformed", "`iat` is not a time."),
    (jwt.InvalidAudienceError, "wrong-audience", "The token is meant for another service."),
    (jwt.InvalidIssuerError, "wrong-issuer", "The token comes from another issuer."),
    (jwt.InvalidSignatureError, "bad-signature", "The signature does not fit."),
    (jwt.InvalidAlgorithmError, "bad-signature", "The token is not signed in the way its key requires."),
)


def _refusal(error: jwt.InvalidTokenError) -> Problem:
    if isinstance(error, jwt.MissingRequiredClaimError):
        return unauthenticated("missing-claim", f"The token has no `{error.claim}`.")
    for kind, reason, detail in _REASONS:
        if isinstance(error, kind):
            return unauthenticated(reason, detail)
    return unauthenticated("malformed", "The token cannot be read.")
