"""Reference rows are dated one by one instead of being copied with each edition; what was known when stays readable."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from pydantic_core import to_json

from concord_kit.clock import FOREVER_AT
from concord_kit.columns import UtcDateTime

revision = "0002"
down_revision = "0001"

KEYS: dict[str, tuple[str, ...]] = {
    "payers": ("payer",),
    "purses": ("purse",),
    "purse_amounts": ("purse", "pathway", "year"),
    "lines": ("line",),
    "curves": ("pathway", "stage", "segment"),
    "unit_costs": ("pathway", "stage", "mode"),
    "activity": ("line", "mode"),
    "links": ("link",),
    "price_changes": ("year", "sector"),
    "stage_prices": ("stage",),
    "what_ifs": ("what_if",),
    "what_if_amounts": ("what_if", "purse", "year"),
    "planning_rules": ("rule",),
    "sources": ("source",),
}
FIGURES = {
    "purse_amounts": ("amount_gbp",),
    "lines": ("baseline_gbp",),
    "curves": ("gbp_per_qaly",),
    "unit_costs": ("unit_cost_gbp",),
    "activity": ("cases",),
    "links": ("at_most",),
    "price_changes": ("change",),
    "what_ifs": ("value",),
    "planning_rules": ("max_up", "max_down", "floor_share"),
}
POUNDS = {"purse_amounts": "amount_gbp", "lines": "baseline_gbp"}
"""The tables as they were in editions; later ones begin with the next load."""
DEFAULTS: dict[str, tuple[tuple[str, Any], ...]] = defaultdict(
    tuple, planning_rules=(("years", "*"),), activity=(("driver", "none"), ("must_meet", False))
)
"""What a row says by saying nothing. Left out, and numbers written as the loader does, so that loading the same rows again
finds nothing changed."""


def upgrade() -> None:
    connection = op.get_bind()
    editions = connection.execute(
        sa.text("SELECT edition, recorded_from FROM reference_editions ORDER BY edition").columns(
            edition=sa.BigInteger(), recorded_from=UtcDateTime()
        )
    ).all()
    kept = list(_dated(connection, [(edition, at) for edition, at in editions]))
    op.drop_table("reference_rows")
    with op.batch_alter_table("reference_editions") as table:
        table.add_column(sa.Column("layer", sa.String(10), nullable=False, server_default="reference"))
        table.add_column(sa.Column("acting_for", sa.String(50), nullable=True))
        table.add_column(sa.Column("report", sa.Text(), nullable=True))
    with op.batch_alter_table("reference_editions") as table:
        table.alter_column("layer", server_default=None)
    rows = op.create_table(
        "reference_rows",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("layer", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_to", UtcDateTime(), nullable=False),
        sa.Column("pathway", sa.String(80), nullable=True),
        sa.Column("place", sa.String(80), nullable=True),
        sa.Column("purse", sa.String(80), nullable=True),
        sa.Column("year", sa.String(7), nullable=True),
        sa.Column("basis", sa.String(10), nullable=True),
        sa.Column("figures", sa.Integer(), nullable=False),
        sa.Column("gbp", sa.BigInteger(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_reference_rows"),
        sa.UniqueConstraint(
            "table_name", "key", "layer", "recorded_to", name="uq_reference_rows_table_name_key_layer_recorded_to"
        ),
    )
    op.create_index("ix_reference_rows_table_name_place", "reference_rows", ["table_name", "place"])
    op.create_index("ix_reference_rows_table_name_purse", "reference_rows", ["table_name", "purse"])
    op.create_index("ix_reference_rows_layer", "reference_rows", ["layer"])
    for start in range(0, len(kept), 2000):
        connection.execute(rows.insert(), kept[start : start + 2000])


def _dated(connection: sa.Connection, editions: list[tuple[int, datetime]]) -> Iterator[dict[str, Any]]:
    """Each row once for every stretch of editions in which it said the same."""
    current: dict[tuple[str, str], dict[str, Any]] = {}
    for edition, at in editions:
        found = {}
        for row in _rows_of(connection, edition):
            found[row["table_name"], row["key"]] = row
        for name, row in list(current.items()):
            if name not in found or found[name]["digest"] != row["digest"]:
                yield current.pop(name) | {"recorded_to": at}
        for name, row in found.items():
            current.setdefault(name, row | {"recorded_from": at, "recorded_to": FOREVER_AT})
    yield from current.values()


def _rows_of(connection: sa.Connection, edition: int) -> Iterator[dict[str, Any]]:
    stored = connection.execute(
        sa.text(
            "SELECT table_name, content FROM reference_rows WHERE edition = :edition ORDER BY table_name, position"
        ),
        {"edition": edition},
    ).all()
    parsed = [(table, json.loads(content)) for table, content in stored]
    lines = {row["line"]: row for table, row in parsed if table == "lines"}
    for table, row in parsed:
        said = {
            name: value for name, value in row.items() if value is not None and (name, value) not in DEFAULTS[table]
        }
        content = to_json(said).decode()
        if table == "purse_amounts":
            row = {"pathway": "*"} | row
        where = lines.get(row["line"], row) if table == "activity" else row
        yield {
            "table_name": table,
            "key": "|".join(str(row[column]) for column in KEYS[table]),
            "layer": "reference",
            "digest": hashlib.sha256(content.encode()).hexdigest(),
            "pathway": where.get("pathway"),
            "place": where.get("place"),
            "purse": where.get("purse"),
            "year": row.get("year"),
            "basis": row.get("basis"),
            "figures": sum(row.get(column) is not None for column in FIGURES.get(table, ())),
            "gbp": row.get(POUNDS[table]) if table in POUNDS else None,
            "content": content,
        }
