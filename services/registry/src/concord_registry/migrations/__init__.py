"""Schema revisions of the registry, forward only."""
