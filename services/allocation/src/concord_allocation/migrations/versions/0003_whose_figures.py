"""bodies' own figures: who sent a row."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("reference_rows") as rows:
        rows.add_column(sa.Column("owner", sa.String(length=50), nullable=True))
