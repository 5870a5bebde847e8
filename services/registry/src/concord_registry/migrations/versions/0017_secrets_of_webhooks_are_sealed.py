"""a sealed secret is longer than one in clear."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("webhooks") as webhooks:
        webhooks.alter_column("secret", existing_type=sa.String(100), type_=sa.String(400), existing_nullable=False)
        webhooks.alter_column("secret_before", existing_type=sa.String(100), type_=sa.String(400))
