"""knowledge beside the map: records with what they refer to, and people's details, which can be erased."""

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "records",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_to", UtcDateTime(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("record", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(50), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.CheckConstraint("valid_from <= valid_to", name="runs_forward"),
        sa.PrimaryKeyConstraint("row", name="pk_records"),
        sa.UniqueConstraint("record", "recorded_to", name="uq_records_record_recorded_to"),
        sa.UniqueConstraint("record", "version", name="uq_records_record_version"),
    )
    op.create_index("ix_records_digest", "records", ["digest"])
    op.create_index("ix_records_topic_record", "records", ["topic", "record"])
    op.create_table(
        "record_terms",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["row"], ["records.row"], name="fk_record_terms_row"),
        sa.PrimaryKeyConstraint("row", "kind", "value", name="pk_record_terms"),
    )
    op.create_index("ix_record_terms_kind_value", "record_terms", ["kind", "value"])
    op.create_table(
        "people",
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(50), nullable=False),
        sa.Column("own_key", sa.String(80), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("telephone", sa.String(), nullable=True),
        sa.Column("shown", sa.String(10), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person", name="pk_people"),
        sa.UniqueConstraint("owner", "own_key", name="uq_people_owner_own_key"),
    )
