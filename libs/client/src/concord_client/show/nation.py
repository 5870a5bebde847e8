"""The map of all England as one table, the worst hand-overs, and what both rest on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from rich.console import Console
from rich.table import Table

from concord_client.show.page import add, day_in_words, listed, say, say_position, table
from concord_contracts.registry import FindingCount, FindingKind, HandOverCount, National, RegionOfNation

MOST_HAND_OVERS = 12
CCGS_BEGIN, BOARDS_BEGIN = date(2013, 4, 1), date(2022, 7, 1)
WORDS: Mapping[FindingKind, str] = {
    FindingKind.GAP: "nobody known to do it",
    FindingKind.ASSUMED_ELSEWHERE: "each thinks it another's",
    FindingKind.DUPLICATE: "two do it, not joined",
    FindingKind.DISPUTED: "disputed",
    FindingKind.DEPARTS_FROM_RULE: "not whom the law names",
    FindingKind.UNCONFIRMED: "said, not confirmed here",
    FindingKind.STALE: "review overdue",
    FindingKind.NO_PATHWAY_LEAD: "nobody leads all of it",
    FindingKind.IDLE_BODY: "a body without a part",
    FindingKind.BELOW_PLANNING_POPULATION: "few people to plan it",
}
"""Each kind of finding as a column of 24 can hold it; hand-overs have a table of their own."""
SHORT = {"midlands-and-east": "Mid+E."}
SEVERAL = 6
"""More columns than this are headed by initials: seven regions and England since July 2022, ten until March 2013."""
MOST_OF_FOUR = 8
"""More columns than this are three wide and stand closer: what a page has no room for is cut."""
BODIES = {
    "ccg": "CCG",
    "icb": "ICB",
    "pct": "PCT",
    "council": "council",
    "nhs_england": "NHS England",
    "phe": "Public Health England",
}


def show_national(console: Console, nation: National) -> None:
    everywhere = nation.regions[-1]
    say(console, f"{listed(nation.pathways, most=6)}: all England, {day_in_words(nation.as_of)}", "bold")
    say_position(console, nation.known_at, nation.seq)
    if not everywhere.ccgs + everywhere.councils:
        say(console, "There are no commissioners on the map that day: nothing to count.")
        return
    console.print(findings_table(nation))
    console.print(hand_overs_table(nation))
    show_basis(console, nation)


def groups(day: date) -> str:
    """The local commissioners of health care of the day, in short: trusts, then CCGs, then boards."""
    return "PCTs" if day < CCGS_BEGIN else "CCGs" if day < BOARDS_BEGIN else "ICBs"


def findings_table(nation: National) -> Table:
    """Stages x regions: how many places have the finding, in one or more of the pathways."""
    many = "in one or more of the pathways" if len(nation.pathways) > 1 else "of the pathway"
    several = len(nation.regions) > SEVERAL
    most = len(nation.regions) > MOST_OF_FOUR
    columns = [_initials(one, 3 if most else 4) if several else _column(one) for one in nation.regions]
    counted = ", ".join(f"{one.ccgs}+{one.councils}" for one in nation.regions)
    made = table(
        "Places where a commissioner should look, by stage and region",
        "Stage:23" if several else "Stage:25",
        "Finding:22" if several else "Finding:24",
        *columns,
        caption=f"Places ({groups(nation.as_of)}+councils: {counted}) with the finding {many}; "
        "missing leads count areas and England too. A council that no region holds counts in England alone.",
    )
    if most:
        made.padding = (0, 0)
    names = {one.stage: one.name for one in nation.stages}
    for stage in (*names, None):
        rows = _by_kind(one for one in nation.findings if one.stage == stage)
        for number, (kind, by_region) in enumerate(rows.items()):
            name = "" if number else names.get(stage or "", "The pathway as a whole")
            places = (by_region[one.key].places if one.key in by_region else 0 for one in nation.regions)
            add(made, name, WORDS[kind], *(f"{count:,}" if count else "-" for count in places))
    return made


def _column(region: RegionOfNation) -> str:
    """`>North:6`: one short word, as wide as it needs to be."""
    name = SHORT.get(region.key, region.name.split()[0])[:7]
    return f">{name}:{max(6, len(name))}"


def _initials(region: RegionOfNation, width: int) -> str:
    """`>NEY:4`: North East and Yorkshire; `>Lon:4`."""
    words = [word for word in region.name.split() if word[0].isupper() and word not in ("Strategic", "England")]
    name = "".join(word[0] for word in words) if len(words) > 1 else region.name[:3]
    return f">{name[:width]}:{width}"


def _by_kind(counts: Iterable[FindingCount]) -> dict[FindingKind, dict[str, FindingCount]]:
    """Kind -> region -> count, in the order of WORDS."""
    found: dict[FindingKind, dict[str, FindingCount]] = {}
    for one in counts:
        if one.kind in WORDS:
            found.setdefault(one.kind, {})[one.region] = one
    return {kind: found[kind] for kind in WORDS if kind in found}


def hand_overs_table(nation: National) -> Table:
    shown = nation.hand_overs[:MOST_HAND_OVERS]
    left = len(nation.hand_overs) - len(shown)
    more = f" {left} more with --json." if left > 0 else ""
    made = table(
        "The worst hand-overs",
        ">#:2",
        "From:29",
        "To:29",
        ">Places:6",
        ">All:6",
        ">Across:6",
        caption="All: places times pathways. Across: of these between the NHS and local government, with no "
        f"agreement in force that joins them. Ranked by {nation.hand_overs_ranked_by}.{more}",
    )
    for one in shown:
        before, after = (f"{name} ({_held(kinds)})" for name, kinds in _sides(one))
        crossing = f"{one.between_nhs_and_council:,}" if one.between_nhs_and_council else "-"
        add(made, one.rank, before, after, f"{one.places:,}", f"{one.hand_overs:,}", crossing)
    return made


def _sides(one: HandOverCount) -> tuple[tuple[str, list[str]], tuple[str, list[str]]]:
    return (one.name, one.kinds), (one.next_name, one.next_kinds)


def _held(kinds: Iterable[str]) -> str:
    return " and ".join(BODIES.get(kind, kind.replace("_", " ")) for kind in kinds)


def show_basis(console: Console, nation: National) -> None:
    """What the numbers rest on, and what they cannot say."""
    say(console, "What it rests on", "bold")
    said = ", ".join(f"{count:,} {status}" for status, count in nation.claims if count) or "none"
    say(console, f"Claims: {said}. Where nobody has confirmed, the rule book says who is taken to commission a stage.")
    leads = ", ".join(f"{level} {missing:,} of {places:,}" for level, missing, places in _leads(nation))
    say(console, f"Nobody leads the whole pathway (places times pathways): {leads}.")
    everywhere = nation.fragmentation[-1]
    if not everywhere.ranked:
        say(console, f"Fragmentation is {everywhere.words}.")
        return
    for region, one in zip(nation.regions, nation.fragmentation, strict=True):
        score = "" if one.score is None else f"{one.score:.2f} "
        say(console, f"Fragmentation, {region.name}: {score}{one.words}.")


def _leads(nation: National) -> Iterator[tuple[str, int, int]]:
    """Level, how often nobody leads, and how often somebody might."""
    for level in dict.fromkeys(one.level for one in nation.leads):
        of_level = [one for one in nation.leads if one.level == level]
        yield level, sum(one.missing for one in of_level), sum(one.places for one in of_level)
