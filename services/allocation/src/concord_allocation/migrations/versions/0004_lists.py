"""lists that are kept as printed."""

from alembic import op

from concord_kit.migrations import create_list_rows_1

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create_list_rows_1(op)
