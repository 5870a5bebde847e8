"""the mandate by which a record's money was committed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("records") as records:
        records.add_column(sa.Column("committed_by", sa.String(length=80), nullable=True))
        records.create_index("ix_records_committed_by", ["committed_by"])
