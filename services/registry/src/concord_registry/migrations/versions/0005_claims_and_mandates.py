"""who pays while a claim is disputed; mandates limited to pathways, stages and places."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("claims") as claims:
        claims.add_column(sa.Column("interim_payer", sa.String(), nullable=True))
        claims.add_column(sa.Column("interim_since", sa.Date(), nullable=True))
        claims.create_index("ix_claims_succeeds", ["succeeds"])
    with op.batch_alter_table("mandates") as mandates:
        for name in ("pathways", "stages", "places"):
            mandates.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("mandates") as mandates:
        for name in ("pathways", "stages", "places"):
            mandates.alter_column(name, server_default=None)
