"""Keys and tokens of a development machine: private, made once, and good for this machine only."""

import json
import multiprocessing
import stat

import jwt
import pytest

from concord_client.errors import NotAllowedHere
from concord_client.keys import ISSUER, ensure_keys, ensure_service_keys
from concord_client.tokens import Person, mint, refuse_unless_loopback, token_source

TRAFFORD = Person("gina", {"ods:02A": ["chief-officer"]})


def test_only_the_owner_can_read_the_keys(tmp_path):
    keys = ensure_keys(tmp_path / "keys")
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.folder.iterdir()} == {0o600}


def test_the_published_set_holds_public_keys_only(tmp_path):
    published = json.loads(ensure_keys(tmp_path / "keys").jwks.read_text())["keys"]
    assert [key["kid"] for key in published] == ["dev", "service:registry", "service:allocation", "service:agreements"]
    assert all("d" not in key for key in published)


def test_a_second_start_keeps_the_keys(tmp_path):
    first = ensure_keys(tmp_path / "keys").jwks.read_text()
    assert ensure_keys(tmp_path / "keys").jwks.read_text() == first


def test_with_an_issuer_of_their_own_services_trust_its_keys_and_those_of_services(tmp_path):
    issuer = ensure_keys(tmp_path / "issuer", services=["registry", "agreements"]).jwks
    key_set, private = ensure_service_keys(tmp_path / "keys", issuer)
    published = json.loads(key_set.read_text())["keys"]
    assert [key["kid"] for key in published] == ["dev", "service:agreements"], "an issuer does not sign for services"
    assert published[1] != json.loads(issuer.read_text())["keys"][2]
    assert [path.name for path in private] == ["service-agreements.pem"]
    assert stat.S_IMODE(private[0].stat().st_mode) == 0o600
    again, _ = ensure_service_keys(tmp_path / "keys", issuer)
    assert json.loads(again.read_text())["keys"] == published, "a second call keeps the keys"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("[]", "not a key set"),
        ('{"keys": [{"kty": "OKP"}]}', "not a key set"),
        ('{"keys": [{"kid": "service:registry", "kty": "OKP"}]}', "no key that could sign"),
        ('{"keys": [{"kid": "theirs", "kty": "OKP", "d": "secret"}]}', "private keys"),
    ],
)
def test_what_is_no_public_key_set_of_an_issuer_is_refused(tmp_path, keys, words):
    (tmp_path / "issuer.json").write_text(keys)
    with pytest.raises(NotAllowedHere, match=words):
        ensure_service_keys(tmp_path / "keys", tmp_path / "issuer.json")


def test_a_folder_others_can_read_is_refused(tmp_path):
    keys = ensure_keys(tmp_path / "keys")
    keys.folder.chmod(0o755)
    with pytest.raises(NotAllowedHere, match="readable by others"):
        ensure_keys(tmp_path / "keys")


def test_processes_that_start_at_once_agree_on_the_keys(tmp_path):
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        published = pool.map(_published, [str(tmp_path / "keys")] * 8)
    assert len(set(published)) == 1
    assert not list((tmp_path / "keys").glob(".*")), "a draft was left behind"


def _published(folder: str) -> str:
    from pathlib import Path

    return ensure_keys(Path(folder)).jwks.read_text()


def test_a_token_says_who_for_whom_and_ends_within_fifteen_minutes(tmp_path):
    keys = ensure_keys(tmp_path / "keys")
    token = mint(keys, TRAFFORD, ["registry"])
    key = jwt.PyJWKSet.from_json(keys.jwks.read_text())["dev"]
    claims = jwt.decode(token, key, algorithms=["EdDSA"], audience="registry", issuer=ISSUER)
    assert (claims["sub"], claims["roles"]) == ("gina", {"ods:02A": ["chief-officer"]})
    assert claims["exp"] - claims["iat"] == 900


@pytest.mark.parametrize("seconds", [0, -1, 901, 10**9])
def test_a_longer_or_senseless_lifetime_is_refused(tmp_path, seconds):
    with pytest.raises(NotAllowedHere, match="900 seconds"):
        mint(ensure_keys(tmp_path / "keys"), TRAFFORD, lifetime_seconds=seconds)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8101", "http://[::1]:8101", "http://localhost:8101"])
def test_this_machine_is_allowed(address):
    refuse_unless_loopback(address)


@pytest.mark.parametrize(
    "address", ["https://concord.nhs.uk", "http://10.0.0.1:8101", "http://127.0.0.1.evil.example", "8101", ""]
)
def test_development_tokens_go_nowhere_else(tmp_path, address):
    with pytest.raises(NotAllowedHere, match="loopback only"):
        token_source(tmp_path, TRAFFORD, ["http://127.0.0.1:8101", address])


def test_a_token_is_kept_while_it_is_good_and_renewed_before_it_ends(tmp_path, monkeypatch):
    from concord_client import tokens

    ensure_keys(tmp_path / "keys")
    now = [0.0]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now[0])
    current = token_source(tmp_path / "keys", TRAFFORD, ["http://127.0.0.1:8101"])
    first = current()
    now[0] = 13 * 60
    assert current() == first
    now[0] = 14 * 60 + 1
    assert current() != first
