"""The only place with queries: the reference figures in use at a moment, imports, and scenarios."""

from concord_allocation.store import figures, imports, scenarios

__all__ = ["figures", "imports", "scenarios"]
