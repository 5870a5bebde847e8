"""The case: one area team, one pathway; who sits at the table, chosen by stated rules from what the registry says.

`read_case` asks the registry; `build_case` is pure. Figures come from the services; only Greater Manchester's lead is
written here, for its decision was made with NHS Trafford CCG in the chair.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from concord_client.registry import RegistryClient
from concord_contracts.registry import PlaceView, Responsibility, StageCoverage
from demo import days

DEFAULT_AREA = "greater-manchester"
DEFAULT_PATHWAY = "lung"
PATHWAYS = ("breast", "colorectal", "lung", "prostate")

CHAIRS = {"greater-manchester": "ods:02A"}
"""Areas where the case itself names the lead; elsewhere it is the group with the largest list."""

NAVIGATION = "care_coordination"
"""Nobody is named for it nationally, so it is taken on in the place of each group."""
BESIDE_THE_POOL = "diagnostic_imaging"
KEPT_BY_EACH_GROUP = "palliative_eol"
SHORT_NAMES = {"prevention": "stop smoking"}
CLINIC = "generalist_care"
TREATMENTS = ("surgery", "needs_legal_view", "radiotherapy")
"""Procedure classes of what is in view of the pool only: two are excluded by regulation 5, one needs a legal view."""
DIAGNOSTIC_CLASSES = ("endoscopy", "other_invasive")
"""Procedure classes of the test that somebody wants in the pool although regulation 5 keeps it out."""
WHOLLY = 0.999
"""A group lies wholly in a council where this share of its people lives there; shares are rounded."""

WORDS: tuple[str, ...] = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen"),
)


class NoCase(Exception):
    """No case can be built for this area and pathway; the text says why."""


@dataclass(frozen=True)
class Case:
    """Bodies, places and stages of one walk. Bodies are `ods:` or `gss:` codes, stages registry keys."""

    area: str
    area_name: str
    pathway: str
    lead: str
    ccgs: Mapping[str, str]
    """Every group of the area, body to name, by code."""
    councils: int
    """How many councils the registry places within the area."""
    host: str
    council_name: str
    host_name: str
    """The council's place, in words: `Manchester`."""
    host_ccgs: tuple[str, ...]
    """The groups that join the host's pool."""
    council_stages: tuple[str, ...]
    """The council's own stages, pooled by it."""
    navigation: tuple[str, ...]
    """What the groups pool; outside the pool the lead covers it."""
    aligned: tuple[str, ...]
    in_view: tuple[str, ...]
    excluded: str
    """What somebody wants in the pool although regulation 5 keeps it out."""
    excluded_class: str
    """Its procedure class, as regulation 5 says it: `endoscopy`."""
    delegated: tuple[str, ...]
    """The groups' functions that the lead exercises for all."""
    not_the_groups: str
    """What somebody wants under the groups' lead although NHS England commissions it."""
    moved_by_referrals: tuple[str, ...]
    """Stages whose cases come with referrals, found cancers or not."""
    chosen_by: tuple[str, ...]
    """The rules by which bodies were chosen, each with what it found, to be printed."""
    thin: tuple[str, ...]
    """What the registry marks as assumed, spanning or unknown, to be printed."""
    stage_names: Mapping[str, str] = field(default_factory=dict)

    def with_money(self, stages: set[str]) -> "Case":
        """The case without council stages for which the figures hold no line: nothing of them can be pooled."""
        return replace(self, council_stages=tuple(stage for stage in self.council_stages if stage in stages))

    @property
    def pooled(self) -> bool:
        """Whether a council pays for a stage of the pathway: without its money there is nothing to pool under s.75."""
        return bool(self.council_stages)

    @property
    def quits(self) -> bool:
        """Whether stop smoking is pooled."""
        return "prevention" in self.council_stages

    @property
    def pooled_words(self) -> str:
        """What is pooled, as texts say it: `stop smoking, awareness and navigation`."""
        own = [SHORT_NAMES.get(stage, stage.replace("_", " ")) for stage in self.council_stages]
        return f"{', '.join(own)} and navigation"

    @property
    def council_words(self) -> str:
        """The council's own stages: `stop smoking and awareness-raising`."""
        words = {"prevention": "stop smoking", "awareness": "awareness-raising"}
        return " and ".join(words.get(stage, stage.replace("_", " ")) for stage in self.council_stages)

    @property
    def in_view_words(self) -> str:
        """What is in view only: `thoracic surgery, chemotherapy and radical radiotherapy`."""
        words = [stage.replace("_", " ") for stage in self.in_view]
        return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))

    @property
    def count_words(self) -> str:
        """How many groups, as a text says it: `twelve`."""
        return in_words(len(self.ccgs))

    @property
    def groups_words(self) -> str:
        """`the twelve groups`."""
        return groups_of(len(self.ccgs))

    @property
    def partners_words(self) -> str:
        """`three groups`, those in the pool."""
        return counted_groups(len(self.host_ccgs))

    @property
    def not_the_groups_words(self) -> str:
        """`radical radiotherapy`"""
        return self.not_the_groups.replace("_", " ")

    @property
    def excluded_words(self) -> str:
        """The excluded test in short: `bronchoscopy`."""
        return self.excluded.replace("_", " ")

    @property
    def lead_name(self) -> str:
        return self.ccgs[self.lead]

    @property
    def names(self) -> dict[str, str]:
        """Bodies as the tables name them."""
        return {**self.ccgs, self.host: self.council_name}

    @property
    def place_names(self) -> dict[str, str]:
        """Places as the tables name them."""
        return {ccg_place(body): name for body, name in self.ccgs.items()} | {council_place(self.host): self.host_name}

    @property
    def pathway_words(self) -> str:
        return f"{self.pathway} cancer"


def read_case(registry: RegistryClient, area: str, pathway: str) -> Case:
    """The case for an area team and a pathway, as the registry has it on the day of the decision.

    Raises NoCase where the rules find no lead, host or excluded stage; ConcordError where the registry fails.
    """
    here = registry.places(within=area, as_of=days.DECIDED).items
    ccgs = [place for place in here if place.kind == "ccg"]
    if not ccgs:
        raise NoCase(f"{area} has no clinical commissioning groups on {days.DECIDED}")
    law = registry.responsibilities(pathway=pathway, place=ccgs[0].key, as_of=days.DECIDED).items
    cover = registry.coverage(pathway, [area], as_of=days.DECIDED)
    order = [cell.stage for cell in cover.stages]
    cells = {each.stage: each for each in law}
    case = build_case(area, pathway, here, [cells[stage] for stage in order if stage in cells])
    council = registry.organisation(case.host, as_of=days.DECIDED).body.name
    support = [kind for kind, *_ in registry.organisation(case.lead, as_of=days.DECIDED).relations]
    unsupported = (
        () if "supported_by" in support else (f"no commissioning support unit is recorded for {case.lead_name}",)
    )
    return replace(
        case,
        council_name=council,
        stage_names={cell.stage: cell.name for cell in cover.stages},
        thin=(*case.thin, *thin_positions(cover.stages), *thin_offices(law), *unsupported),
    )


def build_case(area: str, pathway: str, here: Sequence[PlaceView], law: Sequence[Responsibility]) -> Case:
    """`here`: the area and every place within it. `law`: the pathway's stages in its order, in one group's place."""
    names = {place.key: place.name for place in here}
    ccgs = sorted((place for place in here if place.kind == "ccg"), key=lambda place: place.key)
    councils = {place.key for place in here if place.kind == "council"}
    host, partners, why_host = choose_host(ccgs, councils, names)
    lead, why_lead = choose_lead(area, ccgs)
    by_kind = {each.stage: _kind(each) for each in law if each.allocation_stage and each.statutory}
    classes = {each.stage: each.statutory.procedure_class for each in law if each.statutory}
    groups = [stage for stage, kind in by_kind.items() if kind == "ccg"]
    excluded = [stage for stage in groups if classes[stage] in DIAGNOSTIC_CLASSES]
    if not excluded:
        raise NoCase(f"{pathway} has no test of the groups that regulation 5 keeps out of a pool")
    treatments = [stage for stage in by_kind if classes[stage] in TREATMENTS]
    return Case(
        area=area,
        area_name=names[area],
        pathway=pathway,
        lead=_body(lead),
        ccgs={_body(place): place.name for place in ccgs},
        councils=len(councils),
        host=f"gss:{host.removeprefix('la-')}",
        council_name=names[host],
        host_name=names[host],
        host_ccgs=tuple(_body(place) for place in partners),
        council_stages=tuple(s for s, kind in by_kind.items() if kind not in ("ccg", "nhs_england")),
        navigation=tuple(s for s in groups if s == NAVIGATION),
        aligned=tuple(s for s in groups if s == BESIDE_THE_POOL),
        in_view=tuple(sorted(treatments, key=lambda stage: TREATMENTS.index(classes[stage]))),
        excluded=excluded[0],
        excluded_class=classes[excluded[0]].replace("_", " "),
        not_the_groups=next((s for s in (*reversed(treatments), *by_kind) if by_kind[s] == "nhs_england"), ""),
        delegated=tuple(stage for stage in groups if stage not in (NAVIGATION, KEPT_BY_EACH_GROUP)),
        moved_by_referrals=tuple(s for s in (BESIDE_THE_POOL, CLINIC, *excluded[:1]) if s in groups),
        chosen_by=(why_lead, why_host),
        thin=tuple(thin_places(ccgs, councils, names)),
    )


def choose_lead(area: str, ccgs: Sequence[PlaceView]) -> tuple[PlaceView, str]:
    """The group that leads, and the rule in words: the case's own, else the largest registered list."""
    for place in ccgs:
        if _body(place) == CHAIRS.get(area):
            return place, f"Lead: {place.name}, named by the case of this area."
    largest = max(ccgs, key=lambda place: (registered(place), place.key))
    return largest, f"Lead: {largest.name}, the largest registered list ({registered(largest):,} people)."


def choose_host(
    ccgs: Sequence[PlaceView], councils: set[str], names: Mapping[str, str]
) -> tuple[str, list[PlaceView], str]:
    """The council that hosts the pool, its groups, and the rule in words.

    The council in which most groups lie wholly; of equals the one with the most people on their lists. Where no group
    lies wholly in a council, the one where most people of one group live, with that group.
    """
    inside: dict[str, list[PlaceView]] = {}
    for place in ccgs:
        for council, share in place.footprint:
            if council in councils and share >= WHOLLY:
                inside.setdefault(council, []).append(place)
    if inside:
        host = max(inside, key=lambda key: (len(inside[key]), sum(map(registered, inside[key])), key))
        count = in_words(len(inside[host]))
        return host, inside[host], f"Pool: {names[host]} hosts, the council in which most groups lie wholly ({count})."
    parts = [(share, place, key) for place in ccgs for key, share in place.footprint if key in councils]
    if not parts:
        raise NoCase("no council of the area holds any part of its groups")
    share, place, host = max(parts, key=lambda part: (part[0], part[1].key))
    return host, [place], f"Pool: {names[host]} hosts; no group lies wholly in a council, {place.name} by {share:.0%}."


def thin_places(ccgs: Sequence[PlaceView], councils: set[str], names: Mapping[str, str]) -> list[str]:
    """Groups that span councils, and people who live in councils of other areas, as the footprints have it."""
    spanning = [place.name for place in ccgs if sum(share >= 1 - WHOLLY for _, share in place.footprint) > 1]
    outside = [place.name for place in ccgs if any(key not in councils for key, _ in place.footprint)]
    words = []
    if spanning:
        span = "spans" if len(spanning) == 1 else "span"
        words.append(f"{len(spanning)} of {len(ccgs)} groups {span} councils: {listed(spanning)}")
    if outside:
        groups = f"{counted_groups(len(outside))} {'lives' if len(outside) == 1 else 'live'}"
        words.append(f"part of the people of {groups} in councils outside the area: {listed(outside)}")
    return words


def thin_positions(stages: Sequence[StageCoverage]) -> list[str]:
    """How many stages and functions stand where locally, in the registry's own words without the sources."""
    counts = Counter(re.sub(r" \([^)]*\)", "", cell.local_position) for cell in stages)
    return [f"local position of {count} of {len(stages)} stages: {words}" for words, count in counts.most_common()]


def thin_offices(law: Sequence[Responsibility]) -> list[str]:
    """What the registry notes on offices that it takes to hold the money without a source, each note once."""
    notes = {
        each.statutory.office_note: None
        for each in law
        if each.statutory and "taken" in (each.statutory.office_note or "")
    }
    return [f"office: {note}" for note in notes if note]


def registered(place: PlaceView) -> int:
    """People on the group's registered list; 0 where the registry holds none."""
    return max((each.persons for each in place.populations if each.basis == "registered"), default=0)


def listed(names: Sequence[str], shown: int = 3) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def counted_groups(count: int) -> str:
    return f"{in_words(count)} group{'' if count == 1 else 's'}"


def groups_of(count: int) -> str:
    return f"the {in_words(count)} groups"


def in_words(count: int) -> str:
    """A count as a text says it: in words to sixteen, in figures beyond."""
    return WORDS[count] if count < len(WORDS) else str(count)


def ccg_place(body: str) -> str:
    """The place of a group: `ods:02A` -> `ccg-02A`."""
    return f"ccg-{body.removeprefix('ods:')}"


def council_place(body: str) -> str:
    """The place of a council: `gss:E08000003` -> `la-E08000003`."""
    return f"la-{body.removeprefix('gss:')}"


def _body(place: PlaceView) -> str:
    return f"ods:{place.key.removeprefix('ccg-')}"


def _kind(each: Responsibility) -> str:
    """The kind of body the law names for a stage; `none` where it names nobody."""
    kinds = {body.kind for body in each.statutory.commissioners} if each.statutory else set()
    return min(kinds, default="none")
