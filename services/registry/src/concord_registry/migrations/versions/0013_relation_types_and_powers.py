"""types of relations, powers and people by age are tables of their own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from concord_kit.columns import UtcDateTime

revision = "0013"
down_revision = "0012"


def _loaded(name: str, *columns: sa.Column[Any], dated: bool = False) -> None:
    period = [sa.Column("valid_from", sa.Date(), nullable=False), sa.Column("valid_to", sa.Date(), nullable=False)]
    op.create_table(
        name,
        *(period if dated else ()),
        sa.Column("recorded_from", UtcDateTime(), nullable=False),
        sa.Column("recorded_to", UtcDateTime(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=50), nullable=True),
        sa.Column("edition", sa.BigInteger(), nullable=True),
        *columns,
        *([sa.CheckConstraint("valid_from <= valid_to", name="runs_forward")] if dated else ()),
        sa.PrimaryKeyConstraint("row", name=f"pk_{name}"),
    )


def _text(name: str, *, needed: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=not needed)


def upgrade() -> None:
    _loaded(
        "relation_types",
        *(_text(name, needed=True) for name in ("type", "name", "inverse", "inverse_name")),
        _text("note"),
    )
    _loaded(
        "powers",
        _text("holder", needed=True),
        _text("over"),
        *(_text(name, needed=True) for name in ("stage", "power", "words")),
        *(_text(name) for name in ("citation", "quotation", "source", "note")),
        dated=True,
    )
    op.create_index("ix_powers_holder", "powers", ["holder"])
    op.create_index("ix_powers_over", "powers", ["over"])
    _loaded(
        "population_ages",
        _text("body", needed=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("age_from", sa.Integer(), nullable=False),
        sa.Column("age_to", sa.Integer(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=False),
        _text("basis", needed=True),
        _text("source"),
        _text("note"),
    )
    op.create_index("ix_population_ages_body", "population_ages", ["body"])
