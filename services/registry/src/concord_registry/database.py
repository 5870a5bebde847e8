"""The service's own database: where it is, its tables, its migrations."""

from concord_kit.clock import Clock, utc_now
from concord_kit.database import Database
from concord_registry.settings import RegistrySettings
from concord_registry.tables import Base


def open_database(settings: RegistrySettings, clock: Clock = utc_now) -> Database:
    """The service's own database; nothing is opened yet."""
    return Database(
        settings.database_url,
        metadata=Base.metadata,
        migrations_package="concord_registry.migrations",
        threads=settings.database_threads,
        clock=clock,
    )
