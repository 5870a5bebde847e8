"""Schema migrations: forward only, shipped inside each service's package, run by `python -m concord_<service> migrate`.

A service's `migrations/` package holds one folder, `versions/`, of sequentially numbered files. The first revision
calls `create_kit_tables_1(op)` for the kit's own tables. `python -m concord_kit.migrations concord_registry "what"`
drafts the next file from the difference between the models and the migrations; read it before keeping it.
"""

import importlib
import re
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, MetaData, inspect

from concord_kit.columns import UtcDateTime
from concord_kit.database import Database
from concord_kit.tables import GENESIS_AT, GENESIS_HASH

_ADVISORY_LOCK = 0x434F4E43  # so that two starting at once migrate one after the other


class NotAtHead(RuntimeError):
    """The database is older or newer than the code."""


def upgrade(database: Database, to: str = "head") -> list[str]:
    """Bring the database to the code's newest revision, in one transaction. Gives the revisions applied.

    `to` names an older revision, from which tests upgrade data that it held. The file or database itself must exist
    (SQLite files are made).
    """
    with database, database.engine.connect() as connection:
        _enforce_references(connection, database, False)
        try:
            with connection.begin():
                return _upgrade_in(connection, database, to)
        finally:
            _enforce_references(connection, database, True)


def _enforce_references(connection: Connection, database: Database, wanted: bool) -> None:
    """SQLite rebuilds a table by dropping and renaming it, which would empty the tables that refer to it.

    Set on the driver's connection: within a transaction SQLite ignores it.
    """
    driver = connection.connection.driver_connection
    if database.is_sqlite and driver is not None:
        driver.execute(f"PRAGMA foreign_keys = {'ON' if wanted else 'OFF'}").close()


def _upgrade_in(connection: Connection, database: Database, to: str) -> list[str]:
    if not database.is_sqlite:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    script = scripts(database.migrations_package)
    applied: list[str] = []

    def steps(revision: Any, _: Any) -> Any:
        found = script._upgrade_revs(to, revision)
        applied.extend(step.revision.revision for step in found)
        return found

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=database.metadata, render_as_batch=True)
        environment.run_migrations()
    if database.is_sqlite:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration broke {len(broken)} references, first in table {broken[0][0]}")
    return applied


def found_heads(connection: Connection) -> tuple[str, ...]:
    """The revision a database is at; empty for one that was never migrated."""
    return tuple(MigrationContext.configure(connection).get_current_heads())


def heads(package: str) -> tuple[str, ...]:
    """The revision that this code was written for."""
    return tuple(scripts(package).get_heads())


def require_head(database: Database) -> None:
    """NotAtHead, with the command that mends it, unless the database is at head."""
    wanted = heads(database.migrations_package)
    with database.engine.connect() as connection:
        found = found_heads(connection)
    if found != wanted:
        package = database.migrations_package.removesuffix(".migrations")
        raise NotAtHead(
            f"the database is at {', '.join(found) or 'nothing'}, this version needs {', '.join(wanted)}: "
            f"run `python -m {package} migrate`"
        )


def scripts(package: str) -> ScriptDirectory:
    """The revisions of a migrations package."""
    with as_file(files(package)) as folder:
        return ScriptDirectory(folder, version_locations=[folder / "versions"])


def create_list_rows_1(op: Operations | Any) -> None:
    """The table of lists (`concord_kit.lists`) as of its first revision. Frozen."""
    op.create_table(
        "list_rows",
        sa.Column("row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_to", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_list_rows"),
    )
    op.create_index("ix_list_rows_list_position", "list_rows", ["list", "position"])


def create_kit_tables_1(op: Operations | Any) -> None:
    """The kit's tables as of its first revision. Frozen: a later change of them is a later function."""
    op.create_table(
        "journal_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_journal_head"),
    )
    head = sa.table(
        "journal_head", sa.column("id"), sa.column("seq"), sa.column("at", UtcDateTime()), sa.column("hash")
    )
    op.execute(sa.insert(head).values(id=1, seq=0, at=GENESIS_AT, hash=GENESIS_HASH))
    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("acting_for", sa.String(200)),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("reason_digest", sa.String(64)),
        sa.Column("body_digest", sa.String(64)),
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
    )
    op.create_index("ix_journal_at", "journal", ["at"], unique=True)
    op.create_index("ix_journal_subject", "journal", ["subject"])
    op.create_table(
        "idempotency",
        sa.Column("principal", sa.String(200), nullable=False),
        sa.Column("route", sa.String(500), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "route", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_created", "idempotency", ["created"])
    op.create_table(
        "outbox",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("sent_sequence", sa.BigInteger(), nullable=False),
        sa.Column("lease", sa.String(36)),
        sa.Column("leased_until", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False),
        sa.Column("waiting_since", UtcDateTime(), nullable=False),
        sa.Column("parked_at", UtcDateTime()),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
    )
    op.create_index("ix_outbox_next_attempt_at", "outbox", ["next_attempt_at"])


def schema_of(connection: Connection) -> dict[str, Any]:
    """What the database itself says of its tables, Alembic's own left out: for comparing two databases of a kind."""
    inspector = inspect(connection)
    names = sorted(set(inspector.get_table_names()) - {"alembic_version"})
    return {name: _table(inspector, name) for name in names}


def _table(inspector: Inspector, name: str) -> dict[str, Any]:
    def by_name(things: list[Any]) -> list[dict[str, Any]]:
        return sorted((dict(thing) for thing in things), key=lambda thing: str(thing.get("name")))

    columns = {
        column["name"]: (str(column["type"]), column["nullable"], column.get("default"))
        for column in inspector.get_columns(name)
    }
    return {
        "columns": columns,
        "primary key": dict(inspector.get_pk_constraint(name)),
        "foreign keys": by_name(inspector.get_foreign_keys(name)),
        "unique": by_name(inspector.get_unique_constraints(name)),
        "checks": by_name(inspector.get_check_constraints(name)),
        "indexes": [
            index | {"dialect_options": {name: str(value) for name, value in index["dialect_options"].items()}}
            for index in by_name(inspector.get_indexes(name))
        ],
    }


def assert_models_match_migrations(migrated: Database, created: Database) -> None:
    """For tests: `upgrade` one empty database, `create_all` in the other, and compare what both say of themselves."""
    upgrade(migrated)
    with created:
        with created.engine.begin() as connection:
            created.metadata.create_all(connection)
        with created.engine.connect() as connection:
            wanted = schema_of(connection)
    with migrated, migrated.engine.connect() as connection:
        found = schema_of(connection)
    assert sorted(found) == sorted(wanted), "the migrations make other tables than the models"  # noqa: S101
    for name in wanted:
        assert found[name] == wanted[name], f"{name}: migrations {found[name]}, models {wanted[name]}"  # noqa: S101


def draft_revision(package: str, metadata: MetaData, message: str) -> Path:
    """Write the next revision file from what the models have and the migrations do not."""
    migrations_package = f"{package}.migrations"
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/draft.db", metadata=metadata, migrations_package=migrations_package)
        script = scripts(migrations_package)
        head = script.get_current_head()
        with database:
            if head:
                upgrade(database)
            with database.engine.begin() as connection:
                context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
                if not head:
                    create_kit_tables_1(Operations(context))
                body = _drafted(context, metadata)
    if not head:
        body = f"create_kit_tables_1(op)\n    {body}"
    number = f"{len(list(script.walk_revisions())) + 1:04d}"
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
    path = Path(script.dir) / "versions" / f"{number}_{slug}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(_FILE.format(message=message, number=number, head=repr(head), body=body))
    return path


def _drafted(context: MigrationContext, metadata: MetaData) -> str:
    upgrades = produce_migrations(context, metadata).upgrade_ops
    if upgrades is None:
        raise RuntimeError("Alembic produced no operations")
    code = render_python_code(upgrades, render_as_batch=True, render_item=_render_item, migration_context=context)
    return "\n".join(line for line in code.splitlines() if "###" not in line).strip()


def _render_item(kind: str, item: Any, context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String({item.length})" if item.length else "sa.String()"
    return False


_FILE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op
from concord_kit.columns import UtcDateTime
from concord_kit.migrations import create_kit_tables_1

revision = "{number}"
down_revision = {head}


def upgrade() -> None:
    {body}
'''


if __name__ == "__main__":
    service, what = sys.argv[1], sys.argv[2]
    print(draft_revision(service, importlib.import_module(f"{service}.tables").Base.metadata, what))
