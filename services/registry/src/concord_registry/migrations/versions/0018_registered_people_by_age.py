"""people by age are residents, or registered."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    with op.batch_alter_table("population_ages") as ages:
        ages.add_column(sa.Column("population_basis", sa.String(80), nullable=False, server_default="resident"))
