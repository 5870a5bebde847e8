"""What a body publishes in the registry of who may sign is what agreements judge by, and of two limits none."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import anyio
from fastapi import FastAPI

from concord_agreements.authority_limits import Scheme, limits_for, several_for
from concord_agreements.registry_client import RegistryClient
from concord_contracts.identifiers import FOREVER
from concord_kit.http_client import ServiceClient
from concord_kit.journal import Intent
from concord_kit.keys import ServiceIdentity
from concord_registry.knowledge.topics import TOPICS, Held, terms
from concord_registry.main import build_app
from concord_registry.store import records
from concord_registry.store.reference import ReferenceReader
from services.registry.tests import worlds
from services.registry.tests.conftest import settings_for
from tests.support.signing import Signing

BODY, TOPIC = "ods:02A", "signing-authorities"


def test_two_limits_recorded_before_they_were_refused_are_seen_and_none_is_picked(
    tmp_path: Path, signing: Signing, served: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    url = f"sqlite:///{tmp_path}/registry.db"
    worlds.prepare(url)
    office = {"body": BODY, "role": "chief-finance-officer", "decision": "enter_agreement"}
    limits = [
        Held(TOPIC, key, 1, BODY, first, FOREVER, office | {"limit_gbp": gbp})
        for key, first, gbp in (("r1", date(2013, 4, 1), 1_000_000), ("r2", date(2014, 4, 1), 2_000_000))
    ]
    identity = ServiceIdentity(
        signing.service_key("agreements"), "agreements", "registry", issuer=signing.issuer, roles=("reader",)
    )
    database = worlds.open_registry(url)
    app = build_app(settings_for(url, signing), database)
    with served(app) as address:
        reference = database.read_now(lambda tx: ReferenceReader().read(tx, date(2014, 4, 1), tx.head_at))
        refers = [(one, terms(reference, TOPICS[TOPIC], one.content)) for one in limits]
        database.write_now(Intent(actor="test", action="records.write"), lambda tx: records.write(tx, refers))

        async def scheme(on: date) -> Scheme:
            async with ServiceClient("registry", address, deadline_seconds=30) as client:
                return await RegistryClient(client, identity).scheme(BODY, on)

        before, after = (anyio.run(scheme, on) for on in (date(2014, 3, 31), date(2014, 4, 1)))
    assert limits_for(before.limits, BODY, "ccg", date(2014, 3, 31))["chief-finance-officer"].record == "r1"
    assert limits_for(after.limits, BODY, "ccg", date(2014, 4, 1)) == {}
    several = several_for(after.limits, BODY, "ccg", date(2014, 4, 1))
    assert {one.record for one in several["chief-finance-officer"]} == {"r1", "r2"}
