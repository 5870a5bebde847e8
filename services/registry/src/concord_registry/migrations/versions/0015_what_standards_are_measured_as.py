"""the measures of publishers' files that say what was reached of a comparator."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("comparators") as comparators:
        comparators.add_column(sa.Column("measured_as", sa.String(), nullable=True))
