"""what a stage is planned for, held against and guided by; pathways' stages are dated."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime

revision = "0006"
down_revision = "0005"

RECORDED = ("recorded_from", "recorded_to")
FOREVER = date(9999, 12, 31)
BEFORE_DATES = date(1900, 1, 1)
"""Stages of pathways loaded so far held for all days; the next load dates ours."""


def _loaded(name: str, *columns: sa.Column[Any], dated: bool = False) -> None:
    period = [sa.Column("valid_from", sa.Date(), nullable=False), sa.Column("valid_to", sa.Date(), nullable=False)]
    op.create_table(
        name,
        *(period if dated else ()),
        *(sa.Column(column, UtcDateTime(), nullable=False) for column in RECORDED),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=50), nullable=True),
        *columns,
        *([sa.CheckConstraint("valid_from <= valid_to", name="runs_forward")] if dated else ()),
        sa.PrimaryKeyConstraint("row", name=f"pk_{name}"),
    )


def _text(name: str, *, needed: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=not needed)


def _count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=True)


def _figure(name: str, *, needed: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Float(), nullable=not needed)


def upgrade() -> None:
    _loaded(
        "planning_thresholds",
        *(_text(name, needed=True) for name in ("threshold", "rule", "measure")),
        _count("at_least"),
        _count("at_most"),
        _text("unit", needed=True),
        *(_text(name) for name in ("stages", "quotation", "source", "note")),
    )
    _loaded(
        "services",
        *(_text(name, needed=True) for name in ("service", "name", "stage", "pathways", "population_basis")),
        *(_count(name) for name in ("planning_population_min", "planning_population_max", "minimum_volume")),
        _text("volume_unit"),
        _count("hospitals_max"),
        *(_text(name) for name in ("threshold", "commissioner", "citation")),
        _text("basis", needed=True),
        _text("source"),
        _text("note"),
        _count("low"),
        _count("high"),
        dated=True,
    )
    op.create_index("ix_services_stage", "services", ["stage"])
    _loaded(
        "comparators",
        *(_text(name, needed=True) for name in ("comparator", "name", "stages", "pathways", "direction")),
        _figure("value"),
        _text("unit", needed=True),
        _text("measured_from"),
        _text("measured_to"),
        _text("kind", needed=True),
        _text("basis", needed=True),
        _text("source"),
        _text("note"),
        _figure("low"),
        _figure("high"),
        dated=True,
    )
    _loaded(
        "comparator_values",
        *(_text(name, needed=True) for name in ("comparator", "place", "period")),
        _figure("value", needed=True),
        _text("basis", needed=True),
        _text("source"),
        _text("note"),
        _figure("low"),
        _figure("high"),
    )
    op.create_index("ix_comparator_values_comparator_place", "comparator_values", ["comparator", "place"])
    _loaded(
        "guidance",
        *(_text(name, needed=True) for name in ("guidance", "title", "publisher", "kind")),
        sa.Column("published_on", sa.Date(), nullable=True),
        *(_text(name) for name in ("date_precision", "version", "superseded_by")),
        _text("mark", needed=True),
        *(_text(name) for name in ("address", "source", "note")),
        dated=True,
    )
    _loaded(
        "guidance_links",
        *(_text(name, needed=True) for name in ("guidance", "stage", "pathway")),
        sa.Column("organisation", sa.String(length=50), nullable=True),
        _text("progress"),
        _text("note"),
    )
    op.create_index("ix_guidance_links_guidance", "guidance_links", ["guidance"])
    _loaded(
        "responsible_rules",
        *(_text(name, needed=True) for name in ("responsible_rule", "population_basis", "person", "taken_from")),
        *(_text(name, needed=True) for name in ("words", "citation")),
        _text("quotation"),
        _text("note"),
        _text("mark", needed=True),
        _text("source"),
        dated=True,
    )
    with op.batch_alter_table("pathway_stages") as stages:
        stages.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        stages.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
    table = sa.table("pathway_stages", sa.column("valid_from", sa.Date()), sa.column("valid_to", sa.Date()))
    op.execute(table.update().values(valid_from=BEFORE_DATES, valid_to=FOREVER))
    with op.batch_alter_table("pathway_stages") as stages:
        stages.alter_column("valid_from", existing_type=sa.Date(), nullable=False)
        stages.alter_column("valid_to", existing_type=sa.Date(), nullable=False)
        stages.create_check_constraint("runs_forward", "valid_from <= valid_to")
