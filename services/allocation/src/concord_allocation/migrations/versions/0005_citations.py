"""which agreements cite which scenarios; lists say what share of a plan rests on assumptions."""

import json

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "citing_agreements",
        sa.Column("agreement", sa.String(80), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agreement", name="pk_citing_agreements"),
    )
    op.create_table(
        "citations",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("agreement", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_digest", sa.String(64), nullable=False),
        sa.Column("scenario", sa.String(36), nullable=False),
        sa.Column("problem_digest", sa.String(64), nullable=False),
        sa.Column("answer_digest", sa.String(64), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("for_ever", sa.Boolean(), nullable=False),
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_to", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement"], ["citing_agreements.agreement"], name="fk_citations_agreement"),
        sa.PrimaryKeyConstraint("row", name="pk_citations"),
        sa.UniqueConstraint("agreement", "version", "recorded_to", name="uq_citations_agreement_version_recorded_to"),
    )
    op.create_index("ix_citations_scenario", "citations", ["scenario"])
    _share_of_assumptions()


def _share_of_assumptions() -> None:
    kept = sa.table("scenarios", *(sa.column(name) for name in ("id", "summary", "outcome")))
    connection = op.get_bind()
    for scenario in connection.execute(sa.select(kept.c.id)).scalars().all():
        summary, outcome = connection.execute(
            sa.select(kept.c.summary, kept.c.outcome).where(kept.c.id == scenario)
        ).one()
        said = json.loads(summary)
        said["assumption_share"] = json.loads(outcome).get("assumptions", {}).get("share")
        connection.execute(kept.update().where(kept.c.id == scenario).values(summary=json.dumps(said)))
