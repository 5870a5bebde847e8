"""Query parameters of the reads. The kit refuses any other, lest a misspelt filter return everything."""

from typing import Annotated

from pydantic import BaseModel, Field

from concord_contracts.allocation.scenarios import DayOfPlan
from concord_contracts.identifiers import DigestBegins
from concord_kit.paging import decode_cursor
from concord_kit.positions import Instant
from concord_kit.problems import Problem

LARGEST_SEQUENCE = 2**62


class Known(BaseModel):
    """A read of what was recorded by a moment."""

    known_at: Annotated[
        Instant | None,
        Field(description="What was recorded by then; default and upper bound the latest record"),
    ] = None


class KnownPage(Known):
    """A list of what was recorded by a moment."""

    limit: Annotated[int, Field(ge=1, le=1000, description="How many at most")] = 100
    cursor: Annotated[str | None, Field(max_length=500, description="From `next_cursor` or `Link: rel=next`")] = None

    @property
    def before(self) -> int | None:
        """The sequence that the page begins below, newest first; Problem `bad-cursor` where the cursor is none."""
        position = decode_cursor(self.cursor, int)
        if position is None:
            return None
        if not 0 <= position[0] <= LARGEST_SEQUENCE:
            raise Problem("bad-cursor")
        return int(position[0])


class ScenarioList(KnownPage):
    """Scenarios, perhaps only those with a digest."""

    digest: Annotated[
        DigestBegins | None,
        Field(
            description="Only those whose problem or answer has this digest (SHA-256, hex), or one that begins so: 8 "
            "digits at least"
        ),
    ] = None


class When(Known):
    """A read of the reference figures. Their tables carry their own years, so the day is only echoed."""

    as_of: Annotated[DayOfPlan | None, Field(description="Echoed; default today in England")] = None


class Page(When, KnownPage):
    """A list of reference figures."""


class FigureQuery(Page):
    """Which figures."""

    table: Annotated[str | None, Field(max_length=80, description="Only of this table, such as lines")] = None
    key: Annotated[str | None, Field(max_length=160, description="Only where the key contains this text")] = None
    place: Annotated[str | None, Field(max_length=80, description="Only of this place, such as ccg-02A")] = None
    pathway: Annotated[str | None, Field(max_length=80, description="Only of this pathway")] = None
    roll_to: Annotated[
        DayOfPlan | None,
        Field(
            description="With `table`: re-express the figures for the bodies of this later day; totals stay. `place` "
            "is then a place of that day, and `key` a text in their keys of that day. A day before the figures' own is "
            "refused",
            examples=["2021-04-01"],
        ),
    ] = None


class After(BaseModel):
    """Where in the journal to go on."""

    after: Annotated[int, Field(ge=0, le=LARGEST_SEQUENCE, description="The last sequence already read")] = 0
    limit: Annotated[int, Field(ge=1, le=1000, description="How many at most")] = 100
