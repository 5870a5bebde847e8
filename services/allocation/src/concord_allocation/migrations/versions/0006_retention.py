"""what stays of removed scenarios; scenarios say which figures they use and how old the oldest is."""

import json

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime

revision = "0006"
down_revision = "0005"

CELLS, PATHWAYS = ("lines", "activity"), ("curves", "unit_costs", "links")


def upgrade() -> None:
    op.create_table(
        "scenario_tombstones",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("made_for", sa.String(50), nullable=True),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("problem_digest", sa.String(64), nullable=False),
        sa.Column("answer_digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scenario_tombstones"),
        sa.UniqueConstraint("seq", name="uq_scenario_tombstones_seq"),
    )
    _say_what_is_used()


def _say_what_is_used() -> None:
    connection = op.get_bind()
    kept = sa.table(
        "scenarios", *(sa.column(name) for name in ("id", "summary", "problem")), sa.column("known_at", UtcDateTime())
    )
    for scenario in connection.execute(sa.select(kept.c.id)).scalars().all():
        columns = (kept.c.summary, kept.c.problem, kept.c.known_at)
        summary, problem, known_at = connection.execute(sa.select(*columns).where(kept.c.id == scenario)).one()
        said = json.loads(summary)
        said["purses"] = sorted({purse["key"] for purse in json.loads(problem)["purses"]})
        said["oldest_edition"], said["oldest_at"] = _oldest(connection, said, known_at)
        connection.execute(kept.update().where(kept.c.id == scenario).values(summary=json.dumps(said)))


def _oldest(connection: sa.Connection, said: dict[str, list[str]], known_at: object) -> tuple[int | None, str | None]:
    """(edition, moment) that the oldest of the figures came with."""
    texts = ("table_name", "pathway", "place", "purse")
    rows = sa.table(
        "reference_rows",
        *(sa.column(name) for name in texts),
        *(sa.column(name, UtcDateTime()) for name in ("recorded_from", "recorded_to")),
    )
    of_pathways = rows.c.pathway.in_(said["pathways"])
    of_purses = rows.c.purse.in_(said["purses"])
    used = sa.or_(
        sa.and_(rows.c.table_name.in_(CELLS), of_pathways, rows.c.place.in_(said["places"])),
        sa.and_(rows.c.table_name.in_(PATHWAYS), of_pathways),
        sa.and_(rows.c.table_name.in_(("purses", "purse_amounts")), of_purses),
    )
    known = sa.and_(rows.c.recorded_from <= known_at, rows.c.recorded_to > known_at)
    oldest = connection.execute(sa.select(sa.func.min(rows.c.recorded_from)).where(known, used)).scalar_one()
    if oldest is None:
        return None, None
    editions = sa.table("reference_editions", sa.column("edition"), sa.column("recorded_from", UtcDateTime()))
    came_with = sa.select(sa.func.max(editions.c.edition)).where(editions.c.recorded_from <= oldest)
    return connection.execute(came_with).scalar_one(), oldest.isoformat()
