"""What the data of the services asked rest on."""

from pydantic import BaseModel

from concord_contracts.allocation.reference import AllocationReference
from concord_contracts.registry import RegistryReference


class DataSources(BaseModel):
    """What the data of the services asked rest on; None where a service was not asked."""

    registry: RegistryReference | None = None
    allocation: AllocationReference | None = None
