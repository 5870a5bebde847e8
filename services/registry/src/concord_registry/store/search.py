"""The search index, read from the names and codes of all days and kept while no load changes them."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime

from concord_contracts.registry import Found
from concord_kit.database import Reading
from concord_registry.search.index import Dated, Index
from concord_registry.store.layers import rows_in_use
from concord_registry.store.reference import last_load

INDEXES_KEPT = 4


class IndexReader:
    """Makes an index (a thousand bodies: about 20 ms, in the reader's thread) once a load. Safe to share."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Index] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, tx: Reading, known_at: datetime) -> Index:
        """The index of what was known at a moment no later than the head."""
        load = last_load(tx, known_at)
        with self._lock:
            if load in self._kept:
                self._kept.move_to_end(load)
                return self._kept[load]
        index = Index(_names(tx, known_at), _codes(tx, known_at))
        with self._lock:
            self._kept[load] = index
            while len(self._kept) > INDEXES_KEPT:
                self._kept.popitem(last=False)
        return index


def _names(tx: Reading, known_at: datetime) -> Iterator[Dated]:
    for row in rows_in_use(tx.connection, "body_names", known_at):
        yield Dated(Found.BODY, row.body, row.name, row.valid_from, row.valid_to)
    for row in rows_in_use(tx.connection, "places", known_at):
        yield Dated(Found.PLACE, row.place, row.name, row.valid_from, row.valid_to)


def _codes(tx: Reading, known_at: datetime) -> Iterator[Dated]:
    seen = set()
    for row in rows_in_use(tx.connection, "body_codes", known_at):
        seen.add((row.body, row.scheme, row.code))
        yield Dated(Found.BODY, row.body, row.code, row.valid_from, row.valid_to, row.scheme)
    for row in rows_in_use(tx.connection, "bodies", known_at):  # a body's id is a code too, listed as one or not
        scheme, _, code = row.body.partition(":")
        if (row.body, scheme, code) not in seen:
            yield Dated(Found.BODY, row.body, code, row.valid_from, row.valid_to, scheme)
    for row in rows_in_use(tx.connection, "places", known_at):
        yield Dated(Found.PLACE, row.place, row.place, row.valid_from, row.valid_to, "place")
