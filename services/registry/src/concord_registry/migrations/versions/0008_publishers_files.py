"""publishers' files: editions, measured values, terms; which edition a row of reference data is out of."""

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime

revision = "0008"
down_revision = "0007"

TABLES = (
    "sources", "bodies", "body_names", "body_codes", "relations", "succession", "places", "place_parents",
    "footprints", "populations", "stages", "pathways", "pathway_stages", "rules", "planning_thresholds", "services",
    "comparators", "comparator_values", "guidance", "guidance_links", "responsible_rules",
)  # fmt: skip


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as altered:
            altered.add_column(sa.Column("edition", sa.BigInteger(), nullable=True))
    op.create_table(
        "editions",
        sa.Column("edition", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("format", sa.String(80), nullable=False),
        sa.Column("series", sa.String(80), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("edition", name="pk_editions"),
    )
    op.create_index("ix_editions_digest", "editions", ["digest"])
    op.create_index("ix_editions_series", "editions", ["series"])
    op.create_table(
        "measures",
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_to", UtcDateTime(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("series", sa.String(80), nullable=False),
        sa.Column("seen", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("name", sa.String(300), nullable=True),
        sa.Column("measure", sa.String(80), nullable=False),
        sa.Column("part", sa.String(200), nullable=False),
        sa.Column("period", sa.String(30), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit", sa.String(80), nullable=False),
        sa.Column("numerator", sa.Float(), nullable=True),
        sa.Column("denominator", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("row", name="pk_measures"),
    )
    op.create_index("ix_measures_edition", "measures", ["edition"])
    op.create_index("ix_measures_measure_period", "measures", ["measure", "period"])
    op.create_index("ix_measures_subject_measure", "measures", ["subject", "measure"])
    op.create_table(
        "terms",
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_to", UtcDateTime(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("scheme", sa.String(80), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_terms"),
    )
    op.create_index("ix_terms_scheme_code", "terms", ["scheme", "code"])
