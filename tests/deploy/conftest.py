"""What an operator gives compose: keys made by `concord keys` for an issuer, passwords."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from concord_client.keys import ISSUER, ensure_keys, ensure_service_keys


@dataclass(frozen=True)
class Operator:
    """The variables of `.env`."""

    variables: dict[str, str]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    issuer = ensure_keys(tmp_path / "issuer")
    ensure_service_keys(tmp_path / "keys", issuer.jwks)
    passwords = {
        name: name.lower().replace("_", "")
        for name in (
            "POSTGRES_PASSWORD",
            "REGISTRY_DATABASE_PASSWORD",
            "ALLOCATION_DATABASE_PASSWORD",
            "AGREEMENTS_DATABASE_PASSWORD",
            "GRAFANA_ADMIN_PASSWORD",
        )
    }
    return Operator({"CONCORD_ISSUER": ISSUER, "CONCORD_KEYS": str(tmp_path / "keys"), **passwords})
