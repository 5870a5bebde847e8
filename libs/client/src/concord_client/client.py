"""Concord in one object: the three services, spoken to on one caller's word.

with Concord.at(addresses, Caller(token, acting_for="ods:02A")) as concord:
    print(concord.registry.coverage("lung", ["greater-manchester"]).findings)
"""

from collections.abc import Mapping
from dataclasses import replace

from concord_client.agreements import AgreementsClient
from concord_client.allocation import AllocationClient
from concord_client.keys import SERVICES
from concord_client.registry import RegistryClient
from concord_client.transport import Caller, Service


class Concord:
    """The three services for one caller. `as_caller` gives another caller over the same connections."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self.services = services
        self.registry = RegistryClient(services["registry"])
        self.allocation = AllocationClient(services["allocation"])
        self.agreements = AgreementsClient(services["agreements"])

    @classmethod
    def at(cls, addresses: Mapping[str, str], caller: Caller | None = None) -> "Concord":
        """`addresses`: one for each of registry, allocation, agreements."""
        return cls({name: Service(name, addresses[name], caller) for name in SERVICES})

    def as_caller(self, caller: Caller) -> "Concord":
        return Concord({name: service.as_caller(caller) for name, service in self.services.items()})

    def acting_for(self, body: str) -> "Concord":
        return self.as_caller(replace(self.services["registry"].caller, acting_for=body))

    def close(self) -> None:
        for service in self.services.values():
            service.close()

    def __enter__(self) -> "Concord":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
