"""Schema migrations of the agreements database."""
