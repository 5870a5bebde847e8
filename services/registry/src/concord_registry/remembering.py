"""What follows from reference data alone, worked out once for each value of it.

A `Reference` is never changed after it was made, so what is kept beside it cannot grow old, and goes when it goes.
"""

from collections.abc import Callable
from functools import wraps

from concord_registry.world import Reference


def remembered[*Asked, Answer](
    work: Callable[[Reference, *Asked], Answer],
) -> Callable[[Reference, *Asked], Answer]:
    """The function with its answers kept on the reference data. For questions of which there are few: of places."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def answer(reference: Reference, *asked: *Asked) -> Answer:
        kept = reference.remembered.setdefault(name, {})
        if asked not in kept:
            kept[asked] = work(reference, *asked)
        found: Answer = kept[asked]
        return found

    return answer
