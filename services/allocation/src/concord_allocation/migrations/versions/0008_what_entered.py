"""scenarios say how contracts of the map and baselines of the books entered them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("scenarios") as scenarios:
        scenarios.add_column(sa.Column("assembly", sa.Text(), nullable=True))
