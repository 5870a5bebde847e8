"""Findings as lists: of a place, a body, a stage, a region or England; what changed, and what will."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import ConfigDict, Field

from concord_contracts.identifiers import Key, Reply
from concord_contracts.registry.common import AsKnown
from concord_contracts.registry.coverage import Finding
from concord_contracts.registry.rolling import ReExpressed


class Side(StrEnum):
    """How a finding lies to the body asked about."""

    OWN = "own"
    BEFORE = "before"
    AFTER = "after"
    PATHWAY = "pathway"


class ListedFinding(Finding):
    """A finding with the names a reader needs, and where it counts."""

    place_name: str
    pathway_name: str
    stage_name: str | None = None
    next_stage_name: str | None = None
    region: Key | None = Field(None, description="the region its place lies in; none for England and between regions")
    side: Side | None = Field(
        None,
        description="with `body`: own, of a stage it has a part in or naming it; before or after, of the stage next "
        "to one of its own; pathway, of the whole pathway in its places",
    )


class Findings(ReExpressed):
    """Findings by place, pathway and the pathway's order. A page may hold fewer than asked, or none, and have a next
    one: each looks through a bounded number of maps."""

    pathways: list[Key]
    items: list[ListedFinding]
    next_cursor: str | None = None


class ChangeKind(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"
    WORSENED = "worsened"
    EASED = "eased"


class Moment(Reply):
    """A position on both time axes."""

    as_of: date
    known_at: datetime


class FindingChange(Reply):
    """What became of one finding; `finding` as it is after the change, or was before it closed."""

    change: ChangeKind
    finding: ListedFinding
    severity_before: str | None = None
    severity_after: str | None = None
    because: str | None = Field(None, description="where it is not the claims or the rules: the place began or ended")


class FindingChanges(ReExpressed):
    """What opened, closed or changed severity between two positions; the position of the answer is the later one."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    before: Moment
    pathways: list[Key]
    items: list[FindingChange]
    next_cursor: str | None = None


class ForeseenChange(FindingChange):
    """A change that what is recorded now already holds; the state before lasts until the end of `last_day`."""

    on: date = Field(description="the first day of the new state")
    last_day: date = Field(description="the last day of the old one")
    words: str = Field(description="in a sentence, for a paper")
    claims_ending: list[str] = Field([], description="claims about it that end then")
    claims_beginning: list[str] = Field([], description="claims about it that begin then")
    records_ending: list[str] = Field([], description="roles, contracts, plans and the like about it that end then")
    records_beginning: list[str] = Field([], description="roles, contracts, plans and the like that begin then")


class FindingsAhead(ReExpressed):
    """What will change in the findings until a day, from what is recorded now, by day."""

    until: date
    scanned_until: date = Field(description="`until`, or the last day that this page looked at whole")
    stopped_because: str | None = Field(None, description="why the page stops before `until`")
    days: list[date] = Field(description="days on which anything in the scope changes")
    pathways: list[Key]
    items: list[ForeseenChange]
    next_cursor: str | None = Field(None, description="where the next page begins: a day may span pages")


class PlaceRanked(Reply):
    """A place with how often responsibility changes hands along a pathway in it. `rank` only where it may be ranked."""

    rank: int | None = None
    place: Key
    place_name: str
    pathway: Key
    score: float | None = Field(None, description="hand-overs / (stages with a known commissioner - 1), 0..1")
    hand_overs: int
    stages_known: int
    stages_confirmed_locally: int
    stages: int
    words: str = Field(description="why it is not ranked, where it is not")


class FragmentationRanking(AsKnown):
    """Places by how often responsibility changes hands, the most first; those that may not be ranked come after."""

    formula: str
    ranked_where: str
    pathways: list[Key]
    items: list[PlaceRanked]
    ranked: int
    not_ranked: int
    etag: str
