"""The service's own database: where it is, its tables, its migrations."""

from concord_allocation.settings import AllocationSettings
from concord_allocation.tables import Base
from concord_kit.clock import Clock, utc_now
from concord_kit.database import Database


def open_database(settings: AllocationSettings, clock: Clock = utc_now) -> Database:
    """The service's own database; nothing is opened yet."""
    return Database(
        settings.database_url,
        metadata=Base.metadata,
        migrations_package="concord_allocation.migrations",
        threads=settings.database_threads,
        clock=clock,
    )
