"""A kept problem as it is read today: what was written under an earlier schema means what it meant then.

The stored text is never changed.
"""

import json

from concord_allocation.core.units import contradicted


def read_today(problem: str) -> str:
    """A stored problem (JSON), with the units that would be refused today marked as not checked.

    Units were first held against what they count when a limit without one was no longer taken to be in GBP. A problem
    kept since then contradicts none, or was built from one that does.
    """
    document = json.loads(problem)
    wrong = contradicted(document)
    if not wrong:
        return problem
    return json.dumps(document | {"unchecked_units": wrong}, separators=(",", ":"), ensure_ascii=False)
