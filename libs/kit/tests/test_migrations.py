"""Migrations make exactly what the models say, keep rows and references, and can be drafted."""

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from concord_kit.migrations import assert_models_match_migrations, draft_revision, upgrade
from tests.support.notes.service import open_database
from tests.support.notes.tables import Base

Fresh = Callable[[], str]


def test_the_migrations_make_what_the_models_say(fresh_database: Fresh) -> None:
    assert_models_match_migrations(open_database(fresh_database()), open_database(fresh_database()))


@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX ix_outbox_next_attempt_at",
        "CREATE INDEX another ON outbox (attempts)",
        "CREATE TABLE stray (id INTEGER)",
        "DROP TABLE idempotency",
    ],
)
def test_a_difference_is_found(fresh_database: Fresh, change: str) -> None:
    migrated = open_database(fresh_database())
    upgrade(migrated)
    with migrated, migrated.engine.begin() as connection:
        connection.execute(text(change))
    with pytest.raises(AssertionError):
        assert_models_match_migrations(migrated, open_database(fresh_database()))


LATER = '''"""Give notes a colour, and let a table be rebuilt that another refers to."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "authors", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_authors")
    )
    op.create_table(
        "books",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["authors.id"], name="fk_books_author", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_books"),
    )
    op.execute("INSERT INTO authors (id) VALUES (1)")
    op.execute("INSERT INTO books (id, author) VALUES (1, 1)")
    with op.batch_alter_table("authors") as batch:
        batch.add_column(sa.Column("name", sa.String(80), nullable=False, server_default="unknown"))
        batch.create_check_constraint("named", "name <> ''")
'''

BROKEN = '''"""Fails half way."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("CREATE TABLE half (id INTEGER)")
    op.execute("INSERT INTO nowhere VALUES (1)")
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrations package of our own, beginning with the notes' first revision."""
    source = importlib.import_module("tests.support.notes.migrations").__path__[0]
    folder = tmp_path / f"migrations_{tmp_path.name.replace('-', '_')}"
    (folder / "versions").mkdir(parents=True)
    (folder / "__init__.py").touch()
    first = next(Path(source, "versions").glob("0001_*.py"))
    (folder / "versions" / first.name).write_text(first.read_text())
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(fresh_database: Fresh, package: Path) -> None:
    database = open_database(fresh_database())
    database.migrations_package = package.name
    upgrade(database)
    (package / "versions" / "0002_later.py").write_text(LATER)
    assert upgrade(database) == ["0002"]
    with database:
        rows = database.read_now(
            lambda tx: tx.connection.execute(text("SELECT name FROM books JOIN authors ON author = authors.id")).all()
        )
    assert [tuple(row) for row in rows] == [("unknown",)]


def test_a_migration_that_fails_leaves_the_database_as_it_was(fresh_database: Fresh, package: Path) -> None:
    database = open_database(fresh_database())
    database.migrations_package = package.name
    (package / "versions" / "0002_later.py").write_text(LATER)
    upgrade(database)
    (package / "versions" / "0003_broken.py").write_text(BROKEN)
    with pytest.raises(Exception, match="nowhere"):
        upgrade(database)
    (package / "versions" / "0003_broken.py").unlink()
    assert upgrade(database) == []
    with database, pytest.raises(Exception, match="half"):
        database.read_now(lambda tx: tx.connection.execute(text("SELECT * FROM half")))


@pytest.mark.postgres
def test_two_that_start_at_once_migrate_one_after_the_other(postgres_url: str) -> None:
    program = (
        f"from tests.support.notes.service import open_database; from concord_kit.migrations import upgrade; "
        f"print(len(upgrade(open_database({postgres_url!r}))))"
    )
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    applied = sorted(process.communicate()[0].strip() for process in started)
    assert applied == ["0", "0", "1"]


def test_a_draft_holds_what_models_have_and_migrations_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = tmp_path / f"service_{tmp_path.name.replace('-', '_')}"
    (service / "migrations" / "versions").mkdir(parents=True)
    for folder in (service, service / "migrations"):
        (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    first = draft_revision(service.name, Base.metadata, "First tables")
    assert first.name == "0001_first_tables.py"
    database = open_database(f"sqlite:///{tmp_path}/a.db")
    database.migrations_package = f"{service.name}.migrations"
    other = open_database(f"sqlite:///{tmp_path}/b.db")
    assert_models_match_migrations(database, other)
    second = draft_revision(service.name, Base.metadata, "Nothing new")
    assert second.name == "0002_nothing_new.py"
    assert "pass" in second.read_text()
