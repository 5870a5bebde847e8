"""Refusing what was sent: all its faults as one problem."""

from collections.abc import Callable, Iterable

from concord_contracts.problems import Fault
from concord_kit.problems import Problem

type Expect = Callable[[int], None]
"""Refuses a change that was decided on another version."""


def refuse(faults: Iterable[Fault], *, most: int | None = None) -> None:
    """One problem for all faults: unknown-code where codes are all that is wrong. Nothing where there are none.

    `most`: how many are shown, where not as many as usual.
    """
    found = list(faults)
    if not found:
        return
    only_codes = all(fault.type.startswith("unknown-") for fault in found)
    words = f"{found[0].detail}." if len(found) == 1 else f"{len(found)} faults, each named in `errors`."
    slug = "unknown-code" if only_codes else "invalid-request"
    if most is None:
        raise Problem(slug, words, errors=found)
    raise Problem(slug, words, errors=found, most_errors=most)
