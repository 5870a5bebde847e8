"""bodies' own rows in place of ours, and what each import changed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = (
    "sources", "bodies", "body_names", "body_codes", "relations", "succession", "places", "place_parents",
    "footprints", "populations", "stages", "pathways", "pathway_stages", "rules",
)  # fmt: skip


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as altered:
            altered.add_column(sa.Column("owner", sa.String(length=50), nullable=True))
    with op.batch_alter_table("loads") as loads:
        loads.add_column(sa.Column("owner", sa.String(length=50), nullable=True))
        loads.add_column(sa.Column("report", sa.Text(), nullable=True))
