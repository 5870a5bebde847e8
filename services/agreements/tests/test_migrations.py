"""The migrations make the tables the models describe, on both databases."""

from collections.abc import Callable

from concord_agreements.database import open_database
from concord_agreements.settings import AgreementsSettings
from concord_kit.migrations import assert_models_match_migrations


def test_migrations_match_models(fresh_database: Callable[..., str]) -> None:
    databases = [
        open_database(AgreementsSettings.model_construct(database_url=fresh_database(), database_threads=2))
        for _ in range(2)
    ]
    assert_models_match_migrations(*databases)
