"""How fresh the figures are that a scenario was built from."""

from datetime import datetime

from pydantic import Field

from concord_contracts.identifiers import Reply


class Freshness(Reply):
    """Fixed when the scenario was made, but for `newer`: what was loaded or sent since, as known at the moment asked.

    An edition is a load or an import; a scenario uses the figures of one edition, some of which came with earlier ones.
    """

    edition: int = Field(description="the edition of the figures that it was built from")
    known_at: datetime = Field(description="when that edition came")
    oldest_edition: int | None = Field(description="the edition that its oldest figure came with; none: not recorded")
    oldest_at: datetime | None
    newer: list[str] = Field(description="tables of which a figure that it uses was replaced since")
    newer_at: datetime | None = Field(description="when the last of them was replaced; none: nothing was")
    words: str
