"""The only place with queries: the reference figures in use at a moment, and scenarios."""

from concord_allocation.store import figures, scenarios

__all__ = ["figures", "scenarios"]
