"""A short, fixed run of the fuzzer over every operation of every service; `make fuzz` has the long one.

What it records meanwhile changes nothing that was known before: each read of a moment of the record answers as it did.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz.fuzzing import fuzz
from tests.fuzz.remembered import remember
from tests.fuzz.worlds import WORLDS

pytestmark = pytest.mark.dear

CASES = 180
"""Of each service: seven to twelve of each operation."""
NUMBER = 1
SILENT: frozenset[str] = frozenset()
"""Reads of a moment that nothing in these worlds is told of."""


@pytest.mark.parametrize("service", WORLDS)
def test_every_operation_answers_as_its_document_says(
    service: str, tmp_path: Path, fresh_sqlite: Callable[..., str]
) -> None:
    with WORLDS[service](tmp_path, fresh_sqlite) as world:
        memory = remember(world)
        report = fuzz(world, cases=CASES, number=NUMBER)
        changed = memory.changed()
    assert not changed, "\n\n".join(changed)
    assert memory.said
    assert set(memory.silent) <= SILENT, memory.silent
    assert not report.findings, report
    assert report.cases > 0.9 * CASES, report
    assert all(report.answers.values()), report
    assert not report.never_accepted, report
