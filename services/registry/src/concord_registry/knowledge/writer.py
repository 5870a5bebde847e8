"""Who writes a record."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: the body acted for, and whether as a data steward, who may write for anybody; `holder` is the support
    body that acts under its mandate, if one does."""

    me: str
    steward: bool
    today: date
    holder: str | None = None
