"""`make bench`: what Concord's own work costs beside the bare thing under it, as ratios taken in one run.

A package of its own beside `demo/`, not below `tests/`: like the demo it is run by people, starts the services as
processes, and asserts nothing (speed is never asserted in a test). `docs/benchmarks.md` explains the rows.

    what_if.py           a Greater Manchester what-if over HTTP, split, beside the bare solver (bare_solver.py)
    responsibilities.py  a page of the rule book's answers beside a bare route of FastAPI (bare_service.py)
    coverage.py          England's map, cold and from cache, beside the rows it reads and beside a bare route
    load.py              look-ups by several callers at once, beside a bare route asked the same way
    stored.py            the map with up to a million versions of claims stored (history.py), on both databases
    signing.py           a signature beside a bare insert (bare_insert.py)
"""
