"""The service's own database: where it is, its tables, its migrations."""

from concord_agreements.settings import AgreementsSettings
from concord_agreements.tables import Base
from concord_kit.clock import Clock, utc_now
from concord_kit.database import Database


def open_database(settings: AgreementsSettings, clock: Clock = utc_now) -> Database:
    """The service's own database; nothing is opened yet."""
    return Database(
        settings.database_url,
        metadata=Base.metadata,
        migrations_package="concord_agreements.migrations",
        threads=settings.database_threads,
        clock=clock,
    )
