"""bodies' own figures: who sent a row, and which rows of ours it takes the place of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("reference_rows") as rows:
        rows.add_column(sa.Column("owner", sa.String(length=50), nullable=True))
        rows.add_column(sa.Column("cover", sa.String(length=400), nullable=True))
    kept = sa.table("reference_rows", *(sa.column(name) for name in ("row", "table_name", "key", "cover")))
    connection = op.get_bind()
    connection.execute(kept.update().values(cover=kept.c.key))
    whole = sa.select(kept.c.row, kept.c.table_name, kept.c.key).where(
        kept.c.table_name.in_(("curves", "purse_amounts"))
    )
    covers = [{"found": row, "made": _cover(table, key)} for row, table, key in connection.execute(whole).all()]
    if covers:
        change = kept.update().where(kept.c.row == sa.bindparam("found")).values(cover=sa.bindparam("made"))
        connection.execute(change, covers)
    with op.batch_alter_table("reference_rows") as rows:
        rows.alter_column("cover", existing_type=sa.String(length=400), nullable=False)
        rows.create_index("ix_reference_rows_table_name_cover", ["table_name", "cover"])


def _cover(table: str, key: str) -> str:
    """A curve without its segment; a purse's year without its pathway."""
    first, second, third = key.split("|")
    return f"{first}|{second}" if table == "curves" else f"{first}|{third}"
