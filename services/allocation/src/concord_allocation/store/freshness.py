"""Queries of the figures that scenarios use: how old the oldest is, and what was replaced when."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all

from concord_allocation.freshness import ANY, OF_ALL, OF_PATHWAYS, USED, Changed, Changes, Uses
from concord_allocation.store.figures import EDITIONS, ROWS, in_use
from concord_kit.clock import FOREVER_AT
from concord_kit.database import Reading


def oldest(tx: Reading, at: datetime, uses: Uses) -> tuple[int | None, datetime | None]:
    """(edition, moment) that the oldest row in use came with."""
    row = tx.connection.execute(select(func.min(ROWS.c.recorded_from)).where(in_use(at), _used(uses)))
    moment: datetime | None = row.scalar_one()
    if moment is None:
        return None, None
    edition = select(EDITIONS.c.edition).where(EDITIONS.c.recorded_from <= moment)
    found = tx.connection.execute(edition.order_by(EDITIONS.c.recorded_from.desc()).limit(1)).scalar_one_or_none()
    return found, moment


def changes(tx: Reading) -> Changes:
    """Every change of a figure since the first edition, by what it touches."""
    first = tx.connection.execute(select(func.min(EDITIONS.c.recorded_from))).scalar_one()
    if first is None:
        return Changes([])
    columns = (ROWS.c.table_name, ROWS.c.pathway, ROWS.c.place, ROWS.c.purse)
    planned_with = ROWS.c.table_name.in_(sorted(USED))
    begun = select(*columns, ROWS.c.recorded_from.label("at")).where(planned_with, ROWS.c.recorded_from > first)
    ended = select(*columns, ROWS.c.recorded_to.label("at")).where(planned_with, ROWS.c.recorded_to < FOREVER_AT)
    both = union_all(begun, ended).subquery()
    return Changes(Changed(*row) for row in tx.connection.execute(select(both).distinct()))


def _used(uses: Uses) -> ColumnElement[bool]:
    table, of_pathways = ROWS.c.table_name, ROWS.c.pathway.in_(sorted(uses.pathways))
    of_purses = ROWS.c.purse.in_(sorted(uses.purses))
    return or_(
        and_(table.in_(sorted(uses.of_cells)), of_pathways, ROWS.c.place.in_(sorted(uses.places))),
        and_(table.in_(sorted(OF_PATHWAYS)), of_pathways),
        and_(table == "purses", of_purses),
        and_(table == "purse_amounts", of_purses, or_(of_pathways, ROWS.c.pathway == ANY)),
        table.in_(sorted(OF_ALL)),
    )
