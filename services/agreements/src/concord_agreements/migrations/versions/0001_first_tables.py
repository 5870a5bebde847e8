"""first tables."""

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime
from concord_kit.migrations import create_kit_tables_1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_kit_tables_1(op)
    op.create_table(
        "agreements",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_table(
        "loads",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loads")),
    )
    op.create_table(
        "signatories",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatories")),
    )
    op.create_table(
        "authority_limits",
        sa.Column("load", sa.BigInteger(), nullable=False),
        sa.Column("body_kind", sa.String(80), nullable=False),
        sa.Column("body", sa.String(50), nullable=False),
        sa.Column("role", sa.String(80), nullable=False),
        sa.Column("decision", sa.String(80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("limit_gbp", sa.BigInteger(), nullable=True),
        sa.Column("jointly_with", sa.String(), nullable=True),
        sa.Column("minute_required", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("low", sa.String(), nullable=False),
        sa.Column("high", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["loads.id"], name=op.f("fk_authority_limits_load")),
        sa.PrimaryKeyConstraint(
            "load", "body_kind", "body", "role", "decision", "valid_from", name=op.f("pk_authority_limits")
        ),
    )
    op.create_table(
        "legal_bases",
        sa.Column("load", sa.BigInteger(), nullable=False),
        sa.Column("legal_basis", sa.String(80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("citation", sa.String(), nullable=False),
        sa.Column("allows", sa.String(), nullable=False),
        sa.Column("mechanism", sa.String(), nullable=False),
        sa.Column("may_join", sa.String(), nullable=False),
        sa.Column("requires", sa.String(), nullable=False),
        sa.Column("functions_of", sa.String(), nullable=False),
        sa.Column("excluded_procedure_classes", sa.String(), nullable=False),
        sa.Column("uncertain_procedure_classes", sa.String(), nullable=False),
        sa.Column("exclusion_citation", sa.String(), nullable=False),
        sa.Column("liability", sa.String(), nullable=False),
        sa.Column("mark", sa.String(1), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["loads.id"], name=op.f("fk_legal_bases_load")),
        sa.PrimaryKeyConstraint("load", "legal_basis", "valid_from", name=op.f("pk_legal_bases")),
    )
    op.create_table(
        "required_content",
        sa.Column("load", sa.BigInteger(), nullable=False),
        sa.Column("legal_basis", sa.String(80), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("citation", sa.String(), nullable=False),
        sa.Column("mark", sa.String(1), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["load"], ["loads.id"], name=op.f("fk_required_content_load")),
        sa.PrimaryKeyConstraint("load", "legal_basis", "item", name=op.f("pk_required_content")),
    )
    op.create_table(
        "versions",
        sa.Column("agreement", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("annex", sa.Text(), nullable=True),
        sa.Column("annex_digest", sa.String(64), nullable=True),
        sa.Column("pathway", sa.String(80), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_for", sa.String(50), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement"], ["agreements.id"], name=op.f("fk_versions_agreement")),
        sa.PrimaryKeyConstraint("agreement", "number", name=op.f("pk_versions")),
    )
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_versions_pathway"), ["pathway"], unique=False)

    op.create_table(
        "approvals",
        sa.Column("agreement", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(50), nullable=False),
        sa.Column("role", sa.String(300), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("minute", sa.String(300), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement", "version"],
            ["versions.agreement", "versions.number"],
            name=op.f("fk_approvals_agreement_version"),
        ),
        sa.PrimaryKeyConstraint("agreement", "version", "organisation", "role", name=op.f("pk_approvals")),
    )
    op.create_table(
        "checks",
        sa.Column("agreement", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("registry_seq", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement", "version"],
            ["versions.agreement", "versions.number"],
            name=op.f("fk_checks_agreement_version"),
        ),
        sa.PrimaryKeyConstraint("agreement", "version", "number", name=op.f("pk_checks")),
    )
    op.create_table(
        "events",
        sa.Column("agreement", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(30), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("organisation", sa.String(50), nullable=True),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("acting_for", sa.String(50), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement", "version"],
            ["versions.agreement", "versions.number"],
            name=op.f("fk_events_agreement_version"),
        ),
        sa.PrimaryKeyConstraint("agreement", "number", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_step"), ["step"], unique=False)

    op.create_table(
        "parties",
        sa.Column("agreement", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(50), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("whole_life_pence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement", "version"],
            ["versions.agreement", "versions.number"],
            name=op.f("fk_parties_agreement_version"),
        ),
        sa.PrimaryKeyConstraint("agreement", "version", "organisation", name=op.f("pk_parties")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parties_organisation"), ["organisation"], unique=False)

    op.create_table(
        "signatures",
        sa.Column("agreement", sa.String(36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(50), nullable=False),
        sa.Column("signatory", sa.String(36), nullable=False),
        sa.Column("office", sa.String(300), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement", "version"],
            ["versions.agreement", "versions.number"],
            name=op.f("fk_signatures_agreement_version"),
        ),
        sa.ForeignKeyConstraint(["signatory"], ["signatories.id"], name=op.f("fk_signatures_signatory")),
        sa.PrimaryKeyConstraint("agreement", "version", "organisation", name=op.f("pk_signatures")),
    )
    op.create_table(
        "commitments",
        sa.Column("agreement", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(80), nullable=False),
        sa.Column("commitment", sa.String(20), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement", "number"], ["events.agreement", "events.number"], name=op.f("fk_commitments_agreement_number")
        ),
        sa.PrimaryKeyConstraint("agreement", "number", name=op.f("pk_commitments")),
    )
