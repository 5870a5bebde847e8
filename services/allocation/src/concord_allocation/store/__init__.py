"""The only place with queries: the reference figures in use at a moment, imports, scenarios, who cites them, how fresh
they are, and what stays of those that were removed."""

from concord_allocation.store import citations, figures, freshness, imports, owned, retention, scenarios

__all__ = ["citations", "figures", "freshness", "imports", "owned", "retention", "scenarios"]
