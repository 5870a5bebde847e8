"""Bodies beside the commissioners: trusts, health and wellbeing boards, strategic clinical networks, support units."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from data.compile.reference import Reference
from data.compile.tables import OPEN_END, Row

REFORM = "2013-04-01"
TRUSTS_LISTED = "2012-04-01"
NHS_ENGLAND = "ods:X24"

UNNAMED_UNITS = {
    "0AA": "Commissioning support unit 0AA (Arden or Greater East Midlands; not in the list)",
    "0AC": "Commissioning support unit 0AC (South or South West; not in the list)",
    "0AK": "Commissioning support unit 0AK (Arden or Greater East Midlands; not in the list)",
    "0AV": "Commissioning support unit 0AV (North Yorkshire and Humber; not in the list)",
    "0AW": "Commissioning support unit 0AW (South or South West; not in the list)",
    "0CY": "Commissioning support unit 0CY (not in the list)",
    "0DA": "Commissioning support unit 0DA (Yorkshire and Humber; not in the list)",
    "0DC": "Commissioning support unit 0DC (not in the list)",
}
"""Units known only as predecessor or successor of a listed one; names in brackets are inferred from those."""

Add = Callable[..., None]
Relate = Callable[..., Row]


def add_trusts(add: Add, ref: Reference) -> None:
    """NHS trusts and foundation trusts under the name that the list of 2025 gives them."""
    for entry in ref.providers:
        name = trust_name(entry.name)
        add(f"ods:{entry.code}", "nhs_trust", name, entry.opened, entry.closed, "ods-etr-2025", legal=True)


def trust_name(shouted: str) -> str:
    """ODS prints names in capitals: "ST GEORGE'S UNIVERSITY HOSPITALS NHS FOUNDATION TRUST"."""
    small = {"And": "and", "Of": "of", "The": "the", "For": "for", "On": "on", "In": "in", "Nhs": "NHS", "Uk": "UK"}
    words = [small.get(word.capitalize(), word.capitalize()) for word in shouted.split()]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def add_authorities(add: Add, ref: Reference) -> None:
    """The ten strategic health authorities."""
    for code, name in sorted(set(ref.authority_before.values())):
        title = f"{name} Strategic Health Authority"
        add(f"ods:{code}", "sha", title, TRUSTS_LISTED, REFORM, "ons-pct-sha-2012", legal=True)


def councils_of_2013(ref: Reference) -> dict[str, Row]:
    """{GSS code: row} of the 152 upper-tier councils in being when the reform began."""
    return {row["gss-code"]: row for row in ref.councils if row["start-date"] <= REFORM < row["end-date"]}


def add_boards(add: Add, ref: Reference) -> None:
    """A health and wellbeing board for every upper-tier council of 2013, as long as the council lasts."""
    for code, council in sorted(councils_of_2013(ref).items()):
        name = f"{council['nice-name']} Health and Wellbeing Board"
        add(f"concord:hwb-{code}", "hwb", name, REFORM, council["end-date"], "2020health-2012 macmillan-opm-2014")


def add_healthwatch(add: Add, ref: Reference) -> None:
    """Healthwatch England, and one for every upper-tier council of 2013, as long as the council lasts."""
    add("concord:healthwatch-england", "healthwatch", "Healthwatch England", REFORM, OPEN_END, "2020health-2012")
    for code, council in sorted(councils_of_2013(ref).items()):
        name = f"Healthwatch {council['nice-name']}"
        add(f"concord:healthwatch-{code}", "healthwatch", name, REFORM, council["end-date"], "2020health-2012")


def add_advisers(add: Add, ref: Reference) -> None:
    """Senates, one in the area of each strategic clinical network; the groups that they and others took over from."""
    for gss, name in ref.networks.items():
        add(f"concord:senate-{gss}", "clinical_senate", f"{name} Clinical Senate", REFORM, OPEN_END, "cruk-2014")
    for code, name in sorted(set(ref.authority_before.values())):
        title = f"{name} Specialised Commissioning Group"
        add(f"concord:scg-{code}", "scg", title, TRUSTS_LISTED, REFORM, "2020health-2012")
    add("concord:ncat", "improvement_body", "National Cancer Action Team", TRUSTS_LISTED, REFORM, "cruk-2014")
    add("concord:nhs-iq", "improvement_body", "NHS Improving Quality", REFORM, OPEN_END, "cruk-2014")
    title = "Cancer and Blood Programme of Care"
    add("concord:poc-cancer-and-blood", "programme_of_care", title, REFORM, OPEN_END, "cruk-2014")


def add_unnamed_units(add: Add, ref: Reference) -> None:
    """Support units that the list lacks, from the successions that name their codes."""
    for code, name in UNNAMED_UNITS.items():
        start = max((on for _, to, on in ref.successions if to == code), default=REFORM)
        end = min((on for f, _, on in ref.successions if f == code), default=OPEN_END)
        add(f"ods:{code}", "csu", name, start, end, "ods-successors-2023")


def institution_relations(relate: Relate, ref: Reference, starts: dict[str, str]) -> Iterator[Row]:
    """Boards to councils, networks to councils and host, trusts' authorities before 2013."""
    for code in sorted(councils_of_2013(ref)):
        yield relate(f"concord:hwb-{code}", "committee_of", f"gss:{code}", "2020health-2012")
        yield relate(f"concord:healthwatch-{code}", "healthwatch_of", f"gss:{code}", "2020health-2012")
    for gss in ref.networks:
        yield relate(f"concord:senate-{gss}", "hosted_by", NHS_ENGLAND, "2020health-2012")
        note = "assumption: that the areas are the same is from professional memory; both are twelve"
        yield relate(f"concord:senate-{gss}", "senate_beside", f"gss:{gss}", "cruk-2014", note)
    for code, _ in sorted(set(ref.authority_before.values())):
        note = "assumption: one for each authority; both were ten"
        yield relate(f"concord:scg-{code}", "regional_group_of", f"ods:{code}", "2020health-2012", note)
    for trust, (authority, _) in sorted(ref.authority_before.items()):
        yield relate(f"ods:{trust}", "part_of_authority", f"ods:{authority}", "ons-pct-sha-2012")
    for council, networks in sorted(networks_by_council(ref).items()):
        for network in sorted(networks):
            note = "" if len(networks) == 1 else "part of the council's area: see districts.csv"
            if f"gss:{council}" in starts:
                yield relate(f"gss:{network}", "network_of", f"gss:{council}", "ons-lad-scn-2017", note)


def networks_by_council(ref: Reference) -> dict[str, set[str]]:
    """{council: strategic clinical networks whose area its districts lie in}."""
    found: dict[str, set[str]] = defaultdict(set)
    for district, council in ref.county_of_district.items():
        if district in ref.network_of_district:
            found[council].add(ref.network_of_district[district])
    return dict(found)


def district_rows(ref: Reference) -> Iterator[Row]:
    """Districts of 2017-18 with the upper-tier council they lie in (themselves where unitary) and their network."""
    for district, council in sorted(ref.county_of_district.items()):
        if district.startswith("E"):
            yield {
                "district": f"gss:{district}",
                "name": ref.district_names[district],
                "council": f"gss:{council}",
                "network": f"gss:{ref.network_of_district[district]}",
                "basis": "derived",
                "source": "ons-ltla-utla-2018 ons-lad-scn-2017",
                "note": "boundaries of 2017 and 2018 carried back to 2013",
            }
