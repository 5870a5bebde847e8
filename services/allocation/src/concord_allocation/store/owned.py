"""Queries of figures with whose they are: a place's, or a purse's owner's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from concord_allocation.reference.catalogue import figures_of
from concord_allocation.reference.files import TABLES
from concord_allocation.reference.rows import PayerRow, PurseRow
from concord_allocation.store.figures import ROWS, in_use, rows_in_use
from concord_contracts.allocation.scenarios import Figure
from concord_kit.database import Reading

OWNED = ("lines", "activity", "purse_amounts")
"""Tables whose rows are somebody's; the others are the same for the bodies of any day."""


@dataclass(frozen=True, slots=True)
class OwnedFigure:
    """A figure, the place or body whose it is (None: nobody's), and its year where it has one."""

    figure: Figure
    where: str | None
    year: str | None


def owned_figures(tx: Reading, at: datetime, table: str, pathway: str | None) -> list[OwnedFigure]:
    """All figures of a table, of one pathway or of all, by key."""
    conditions = [in_use(at), ROWS.c.figures > 0, ROWS.c.table_name == table]
    if pathway is not None:
        conditions.append(ROWS.c.pathway == pathway)
    columns = (ROWS.c.table_name, ROWS.c.place, ROWS.c.purse, ROWS.c.year, ROWS.c.content, ROWS.c.owner)
    found = tx.connection.execute(select(*columns).where(*conditions).order_by(ROWS.c.key)).all()
    owners = _whose_purses(tx, at) if table == "purse_amounts" else {}
    return [
        OwnedFigure(figure, row.place or owners.get(row.purse), row.year)
        for row in found
        for figure in figures_of(row.table_name, TABLES[row.table_name].model_validate_json(row.content), row.owner)
    ]


def _whose_purses(tx: Reading, at: datetime) -> dict[str, str]:
    """Purse -> its owner's place where the purse is named by it, so that purses of one kind meet; else its owner."""
    places = {row.payer: row.place for row in rows_in_use(tx, at, "payers") if isinstance(row, PayerRow)}
    whose: dict[str, str] = {}
    for row in rows_in_use(tx, at, "purses"):
        if isinstance(row, PurseRow):
            place = places.get(row.owner)
            whose[row.purse] = place if place and row.purse.startswith(f"{place}-") else row.owner
    return whose
