"""first tables."""

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime
from concord_kit.migrations import create_kit_tables_1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_kit_tables_1(op)
    op.create_table(
        "note_versions",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(50), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_to", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_note_versions")),
    )
    with op.batch_alter_table("note_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_versions_recorded_to"), ["recorded_to"], unique=False)
