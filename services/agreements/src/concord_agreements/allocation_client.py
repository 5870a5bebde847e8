"""What this service asks allocation, and tells it: the digests of a cited scenario, and which texts cite it."""

import re

from concord_contracts.allocation import Citations, ScenarioDigests
from concord_contracts.allocation.citations import SCENARIO_ID
from concord_kit.http_client import DependencyRefused, ServiceClient
from concord_kit.keys import ServiceIdentity

NAME = "allocation"
CITER = "citer"
NOT_THERE = (404, 410, 422)


class AllocationClient:
    """Calls with this service's own token. Methods raise DependencyUnavailable, DependencyRefused."""

    def __init__(self, client: ServiceClient, identity: ServiceIdentity) -> None:
        self._client = client
        self._identity = identity

    async def digests(self, scenario: str) -> ScenarioDigests | None:
        """What there is to cite; None where allocation has no such scenario."""
        if re.fullmatch(SCENARIO_ID, scenario) is None:
            return None
        try:
            path = f"/v1/scenarios/{scenario}/digests"
            return await self._client.get(path, ScenarioDigests, token=self._identity.token())
        except DependencyRefused as refusal:
            if refusal.status in NOT_THERE:
                return None
            raise

    async def tell(self, agreement: str, said: Citations) -> None:
        """What an agreement cites, at once; the outbox tells it too, in its own time."""
        await self._client.request("PUT", address(agreement), body=said, token=self._identity.token())


def address(agreement: str) -> str:
    return f"/v1/citations/{agreement}"
