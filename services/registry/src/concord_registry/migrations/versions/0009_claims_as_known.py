"""claims are found by what is known of them: a long history costs whoever asks about the present nothing."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("claims") as claims:
        claims.drop_index("ix_claims_place_pathway")
        claims.create_index("ix_claims_place_pathway_recorded_to", ["place", "pathway", "recorded_to"])
        claims.create_index("ix_claims_recorded_from", ["recorded_from"])
        claims.create_index("ix_claims_recorded_to", ["recorded_to"])
