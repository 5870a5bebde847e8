"""Conditions on the two time axes, half-open on both."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, and_


def known(table: Table, at: datetime) -> ColumnElement[bool]:
    """Recorded by `at` and not yet corrected then."""
    return and_(table.c.recorded_from <= at, table.c.recorded_to > at)


def in_force(table: Table, day: date) -> ColumnElement[bool]:
    """True of the world on the day."""
    return and_(table.c.valid_from <= day, table.c.valid_to > day)


def ever_held(table: Table) -> ColumnElement[bool]:
    """True of the world on some day: what ended on its first day never was."""
    return table.c.valid_from < table.c.valid_to
