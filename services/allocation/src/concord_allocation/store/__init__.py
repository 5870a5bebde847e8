"""The only place with queries: the reference figures in use at a moment, imports, scenarios, and who cites them."""

from concord_allocation.store import citations, figures, imports, scenarios

__all__ = ["citations", "figures", "imports", "scenarios"]
