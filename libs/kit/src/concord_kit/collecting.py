"""How often a service looks for objects that hold each other in circles.

What a service has imported stays for as long as it runs, and an answer about all England holds a million plain values
and no circle. Python looks through all of them again and again while they are made: a third of the time to derive them.
"""

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 50
"""Objects made before the youngest are looked through, and how many such looks before the next older are (Python 3.12:
700, 10, 10). Circles then live for tens of megabytes longer, no more."""


def collect_seldom() -> None:
    """Once, when everything is imported and before the first answer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
