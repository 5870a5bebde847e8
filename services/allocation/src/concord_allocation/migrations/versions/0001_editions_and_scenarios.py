"""The kit's tables, editions of the reference figures, and scenarios."""

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime
from concord_kit.migrations import create_kit_tables_1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_kit_tables_1(op)
    op.create_table(
        "reference_editions",
        sa.Column("edition", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("edition", name="pk_reference_editions"),
    )
    op.create_index("ix_reference_editions_recorded_from", "reference_editions", ["recorded_from"])
    op.create_table(
        "reference_rows",
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["reference_editions.edition"], name="fk_reference_rows_edition"),
        sa.PrimaryKeyConstraint("edition", "table_name", "position", name="pk_reference_rows"),
    )
    op.create_table(
        "scenarios",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("parent", sa.String(36)),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("acting_for", sa.String(50)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("known_at", UtcDateTime(), nullable=False),
        sa.Column("dependencies", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text()),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("problem_digest", sa.String(64), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer_digest", sa.String(64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["reference_editions.edition"], name="fk_scenarios_edition"),
        sa.ForeignKeyConstraint(["parent"], ["scenarios.id"], name="fk_scenarios_parent"),
        sa.PrimaryKeyConstraint("id", name="pk_scenarios"),
        sa.UniqueConstraint("seq", name="uq_scenarios_seq"),
    )
    op.create_index("ix_scenarios_answer_digest", "scenarios", ["answer_digest"])
    op.create_index("ix_scenarios_parent", "scenarios", ["parent"])
    op.create_table(
        "scenario_parties",
        sa.Column("scenario", sa.String(36), nullable=False),
        sa.Column("body", sa.String(50), nullable=False),
        sa.ForeignKeyConstraint(["scenario"], ["scenarios.id"], name="fk_scenario_parties_scenario"),
        sa.PrimaryKeyConstraint("scenario", "body", name="pk_scenario_parties"),
    )
    op.create_index("ix_scenario_parties_body_scenario", "scenario_parties", ["body", "scenario"])
