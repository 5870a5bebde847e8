"""what is known of sources: date, licence, address, what was taken, limits. The next load fills them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("sources") as sources:
        for name in ("date", "date_precision", "licence", "address", "taken", "limits"):
            sources.add_column(sa.Column(name, sa.String(), nullable=True))
