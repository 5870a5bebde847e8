"""reorganisations; what a body holds is found without going through all claims."""

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime

revision = "0010"
down_revision = "0009"

FOR_OTHERS = sa.text("on_behalf_of != ''")


def upgrade() -> None:
    op.create_table(
        "reorganisations",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reorganisation", sa.String(length=80), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("acting_for", sa.String(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_reorganisations"),
        sa.UniqueConstraint("reorganisation", name="uq_reorganisations_reorganisation"),
    )
    op.create_index("ix_reorganisations_on_seq", "reorganisations", ["on", "seq"])
    op.create_index("ix_mandates_body", "mandates", ["body"])
    op.create_index("ix_claims_asserted_by", "claims", ["asserted_by"])
    op.create_index(
        "ix_claims_for_others", "claims", ["recorded_to"], sqlite_where=FOR_OTHERS, postgresql_where=FOR_OTHERS
    )
