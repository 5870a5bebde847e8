"""Schema migrations of the allocation service, oldest first in `versions/`."""
