"""The registry's own source of mandates: its database."""

from datetime import date

from concord_kit.database import Database, Reading
from concord_registry.store.mandates import in_force_on


class OwnMandates:
    """`concord_kit.mandates.MandateSource` over the registry's own records, as known now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def in_force(self, holder: str, body: str, on: date) -> frozenset[str]:
        """The actions that `body` lets `holder` do for it on the day."""

        def work(tx: Reading) -> frozenset[str]:
            found = in_force_on(tx, on, tx.head_at, holder=holder, body=body)
            return frozenset(action for mandate in found for action in mandate.actions)

        return await self._database.read(work)
