"""scenarios are found by the digest of their problem."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("ix_scenarios_problem_digest", "scenarios", ["problem_digest"])
