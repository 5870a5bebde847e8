"""stages of networks and reference groups, and records that come with the reference files."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    with op.batch_alter_table("records") as records:
        records.add_column(sa.Column("line", sa.String(length=64), nullable=True))
        records.create_index(op.f("ix_records_line"), ["line"])
    # what was entered before stages could be said is about every stage: lists by stage find it as such
    op.execute(
        """INSERT INTO record_terms ("row", kind, value) SELECT "row", 'stage', '*' FROM records WHERE topic = 'networks'"""
    )
