"""The parts that answering a question falls into. The core reads no clock: whoever wants to know how long each part
took passes a `Within`, which is entered around every one of them (some more than once, none inside another)."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum


class Phase(StrEnum):
    """A closed set: metrics have it as a label, the benchmark as rows."""

    PROBLEM = "problem"
    """The changed problem, its tables and its digest."""
    MATRIX = "matrix"
    PULP = "pulp"
    """The same numbers as PuLP's objects."""
    CHOOSING = "choosing"
    """Which indivisible options are supported; next to nothing where there are none."""
    SOLVER = "solver"
    """The ordered objectives, one after another."""
    PRICES = "prices"
    CANDIDATES = "candidates"
    """What more or less money for a line or purse would change."""
    CHECKING = "checking"
    """The independent check and the bound."""
    EXPLAINING = "explaining"
    """Whole pounds, splits, totals, sentences; in a refusal what conflicts, and the least loosening."""
    WRITING = "writing"
    """The answer as the contract has it, with its digest, as JSON."""


type Within = Callable[[Phase], AbstractContextManager[None]]


def unwatched(_: Phase) -> AbstractContextManager[None]:
    """For whoever does not ask how long it took."""
    return nullcontext()
