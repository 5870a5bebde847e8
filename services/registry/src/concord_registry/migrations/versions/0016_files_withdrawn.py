"""what each publisher's file said, row by row, and files that were taken back."""

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "edition_statements",
        sa.Column("edition", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("edition", name="pk_edition_statements"),
    )
    op.create_table(
        "edition_withdrawals",
        sa.Column("edition", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("edition", name="pk_edition_withdrawals"),
    )
