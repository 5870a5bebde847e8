"""Tokens that are accepted, and every way in which one is not."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from concord_kit.http_client import DependencyUnavailable
from concord_kit.keys import FileKeys, ServiceIdentity
from concord_kit.problems import Problem
from concord_kit.tokens import Principal, TokenVerifier, bearer_token
from tests.support.signing import ISSUER, ISSUER_KEY, Signing

ROLES = {"ods:02A": ["clerk"]}


def verify(signing: Signing, token: str) -> Principal:
    return asyncio.run(TokenVerifier(ISSUER, "notes", FileKeys(signing.jwks_file)).verify(token))


def reason_of(signing: Signing, token: str) -> str:
    with pytest.raises(Problem) as refused:
        verify(signing, token)
    assert refused.value.kind.slug == "unauthenticated"
    assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")
    return str(refused.value.members["reason"])


def test_a_good_token_says_who_and_with_which_roles(signing: Signing) -> None:
    principal = verify(signing, signing.mint("u1", {"ods:02A": ["clerk", "reader"]}, ["other", "notes"]))
    assert principal.subject == "u1"
    assert principal.holds("clerk", "ods:02A")
    assert not principal.holds("clerk", "ods:00W")
    assert principal.organisations("reader") == ["ods:02A"]


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": -timedelta(minutes=1)}, "expired"),
        ({"aud": ["registry"]}, "wrong-audience"),
        ({"aud": None}, "missing-claim"),
        ({"iss": "https://elsewhere"}, "wrong-issuer"),
        ({"iss": None}, "missing-claim"),
        ({"sub": None}, "missing-claim"),
        ({"sub": ""}, "malformed"),
        ({"sub": "x" * 201}, "malformed"),
        ({"sub": 7}, "malformed"),
        ({"sub": "a\u0000b"}, "malformed"),
        ({"sub": "a\ud800b"}, "malformed"),
        ({"sub": "Jane Smith"}, "malformed"),
        ({"exp": "9999999999"}, "malformed"),
        ({"iat": "1395100800"}, "malformed"),
        ({"exp": True}, "expired"),
        ({"iat": None}, "missing-claim"),
        ({"iat": timedelta(minutes=5)}, "not-yet-valid"),
        ({"nbf": timedelta(minutes=5)}, "not-yet-valid"),
        ({"exp": None}, "missing-claim"),
        ({"exp": "soon"}, "malformed"),
        ({"iat": timedelta(), "exp": timedelta(minutes=16)}, "lifetime-too-long"),
        ({"iat": -timedelta(days=9), "exp": timedelta(minutes=5)}, "lifetime-too-long"),
        ({"roles": ["clerk"]}, "bad-roles"),
        ({"roles": {"ods:02A": "clerk"}}, "bad-roles"),
        ({"roles": {"nobody": ["clerk"]}}, "bad-roles"),
        ({"roles": {"ods:02A": [7]}}, "bad-roles"),
    ],
)
def test_wrong_claims_are_refused_with_their_reason(signing: Signing, claims: dict[str, Any], reason: str) -> None:
    assert reason_of(signing, _with_claims(signing, **claims)) == reason


def _with_claims(signing: Signing, **claims: Any) -> str:
    """A good token but for these claims, also such as the library refuses to encode; None leaves one out."""
    minted = signing.mint("u1", ROLES, "notes")
    payload = {**jwt.decode(minted, options={"verify_signature": False}), **claims}
    kept = {name: _seconds(value) for name, value in payload.items() if value is not None}
    return jwt.PyJWS().encode(
        json.dumps(kept).encode(), signing.private_key(ISSUER_KEY), algorithm="EdDSA", headers={"kid": ISSUER_KEY}
    )


def _seconds(value: Any) -> Any:
    """A time given as its distance from now, as a token has it."""
    return round((datetime.now(UTC) + value).timestamp()) if isinstance(value, timedelta) else value


def test_forged_tokens_are_refused(signing: Signing) -> None:
    token = signing.mint("u1", ROLES, "notes")
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["roles"]["ods:02A"].append("accountable-officer")
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    assert reason_of(signing, f"{header}.{forged}.{signature}") == "bad-signature"
    assert reason_of(signing, f"{header}.{payload}.") == "bad-signature"
    assert reason_of(signing, f"{header}.{payload}") == "malformed"


def test_the_algorithm_is_the_keys_not_the_tokens(signing: Signing) -> None:
    claims = jwt.decode(signing.mint("u1", ROLES, "notes"), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": ISSUER_KEY})
    assert reason_of(signing, unsigned) == "bad-signature"
    public = json.loads(signing.jwks_file.read_text())["keys"][0]["x"]
    confused = jwt.encode(claims, public, algorithm="HS256", headers={"kid": ISSUER_KEY})
    assert reason_of(signing, confused) == "bad-signature"


def test_keys_that_are_not_published_are_unknown(signing: Signing) -> None:
    signing.add_key("mine", publish=False)
    assert reason_of(signing, signing.mint("u1", ROLES, "notes", key="mine")) == "unknown-key"
    posing = signing.mint("u1", ROLES, "notes", key="mine", headers={"kid": ISSUER_KEY})
    assert reason_of(signing, posing) == "bad-signature"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "x" * 20_000, "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_is_malformed(signing: Signing, token: str) -> None:
    assert reason_of(signing, token) == "malformed"


def test_a_service_speaks_only_by_its_own_key(signing: Signing) -> None:
    good = signing.mint("service:archive", {"service:archive": ["importer"]}, "notes")
    assert verify(signing, good).is_service
    by_the_issuer = signing.mint("service:archive", {}, "notes", key=ISSUER_KEY)
    assert reason_of(signing, by_the_issuer) == "wrong-key-for-subject"
    as_a_person = signing.mint("u1", {"ods:02A": ["clerk"]}, "notes", key="service:archive")
    assert reason_of(signing, as_a_person) == "wrong-key-for-subject"
    as_another = signing.mint("service:other", {}, "notes", key="service:archive")
    assert reason_of(signing, as_another) == "wrong-key-for-subject"


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_other_issuers_algorithms_are_accepted(signing: Signing, algorithm: str) -> None:
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if algorithm == "ES256"
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    document = json.loads(signing.jwks_file.read_text())
    public = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    document["keys"].append({**public, "kid": "other"})
    signing.jwks_file.write_text(json.dumps(document))
    claims = jwt.decode(signing.mint("u1", ROLES, "notes"), options={"verify_signature": False})
    assert verify(signing, jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "other"})).subject == "u1"


def test_a_secret_in_the_key_set_opens_nothing(signing: Signing) -> None:
    document = json.loads(signing.jwks_file.read_text())
    secret = b"0123456789abcdef0123456789abcdef"
    encoded = base64.urlsafe_b64encode(secret).decode().rstrip("=")
    document["keys"].append({"kty": "oct", "kid": "shared", "alg": "HS256", "k": encoded})
    signing.jwks_file.write_text(json.dumps(document))
    claims = jwt.decode(signing.mint("u1", ROLES, "notes"), options={"verify_signature": False})
    assert reason_of(signing, jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "shared"})) == "unknown-key"


def test_a_key_file_is_read_again_when_it_changes(signing: Signing) -> None:
    verifier = TokenVerifier(ISSUER, "notes", FileKeys(signing.jwks_file))
    asyncio.run(verifier.verify(signing.mint("u1", ROLES, "notes")))
    signing.add_key("next")
    asyncio.run(verifier.verify(signing.mint("u1", ROLES, "notes", key="next")))


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b'{"keys": [{"kty": "none"}]}', b"\xff"])
def test_a_key_file_that_cannot_be_used_is_a_missing_dependency_not_a_refusal(
    signing: Signing, content: bytes | None
) -> None:
    token = signing.mint("u1", ROLES, "notes")
    signing.jwks_file.unlink()
    if content is not None:
        signing.jwks_file.write_bytes(content)
    with pytest.raises(DependencyUnavailable, match="issuer"):
        verify(signing, token)


def test_a_service_mints_short_tokens_and_keeps_them_until_they_near_their_end(signing: Signing) -> None:
    now = datetime.now(UTC)
    identity = ServiceIdentity(
        signing.service_key("archive"), "archive", "notes", issuer=ISSUER, roles=("importer",), clock=lambda: now
    )
    first = identity.token()
    principal = verify(signing, first)
    assert principal.subject == "service:archive"
    assert principal.holds("importer", "service:archive")
    now += timedelta(minutes=3)
    assert identity.token() == first
    now += timedelta(minutes=1, seconds=1)
    assert identity.token() != first


def test_an_identity_needs_an_ed25519_key(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="not an Ed25519"):
        ServiceIdentity(path, "archive", "notes", issuer=ISSUER)


@pytest.mark.parametrize("header", ["Basic dTpw", "Bearer", "Bearer ", "token"])
def test_only_bearer_tokens_are_read(header: str) -> None:
    with pytest.raises(Problem, match="unauthenticated"):
        bearer_token(header)
