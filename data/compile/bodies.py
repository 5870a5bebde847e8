"""Who exists: bodies with their names, codes, relations and successors, each dated."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from data.compile.facts import facts
from data.compile.institutions import (
    add_advisers,
    add_authorities,
    add_boards,
    add_healthwatch,
    add_trusts,
    add_unnamed_units,
    district_rows,
    institution_relations,
)
from data.compile.other_bodies import (
    add_other_bodies,
    add_reference_groups,
    network_rows,
    other_relations,
)
from data.compile.reference import EFileEntry, Reference
from data.compile.successions import successions
from data.compile.tables import OPEN_END, Row, Table, table

REFORM = "2013-04-01"
TRUSTS_LISTED = "2012-04-01"
OFFICES_2015 = "2015-04-01"
BOARDS_BEGIN = "2022-07-01"
BOARDS_LISTED = "2024-12-01"
NHS_ENGLAND = "ods:X24"
REGION_CODES = {
    "North of England": "ods:Y54",
    "Midlands and East of England": "ods:Y55",
    "Midlands and East": "ods:Y55",
    "London": "ods:Y56",
    "South of England": "ods:Y57",
}
GREATER_MANCHESTER_TEAM = "E39000003"
GREATER_MANCHESTER_SUPPORT = "ods:0AJ"


class _Found:
    """Bodies as they are found, with the rows they bring to the five tables."""

    def __init__(self) -> None:
        self.bodies: dict[str, Row] = {}
        self.later: list[Row] = []
        self.names: list[Row] = []
        self.codes: list[Row] = []

    def add(self, body: str, kind: str, name: str, start: str, end: str, source: str, *, legal: bool = False) -> None:
        scheme, code = body.split(":")
        period = {"valid_from": start, "valid_to": end, "source": source}
        legal_person = "yes" if legal else "no"
        self.bodies[body] = {"body": body, "kind": kind, "legal_person": legal_person, **period}
        self.names.append({"body": body, "name": name, **period})
        if scheme != "concord":
            self.code(body, scheme, code, start, end, source)

    def again(self, body: str, kind: str, name: str, start: str, end: str, source: str) -> None:
        """A body whose code goes on as something else; the first stays what `bodies` has under the code."""
        scheme, code = body.split(":")
        period = {"valid_from": start, "valid_to": end, "source": source}
        self.later.append({"body": body, "kind": kind, "legal_person": "no", **period})
        self.names.append({"body": body, "name": name, **period})
        self.code(body, scheme, code, start, end, source)

    def seat(self, body: str, postcode: str, source: str) -> None:
        """Where a list has the body's seat: for all its days, since no list says since when."""
        if postcode and body in self.bodies:
            row = self.bodies[body]
            self.code(body, "postcode", " ".join(postcode.split()), row["valid_from"], row["valid_to"], source)

    def code(self, body: str, scheme: str, code: str, start: str, end: str, source: str) -> None:
        period = {"valid_from": start, "valid_to": end, "source": source}
        self.codes.append({"body": body, "scheme": scheme, "code": code, **period})


def body_tables(ref: Reference, board_successions: Iterable[Row]) -> list[Table]:
    """bodies, body_names, body_codes, relations, succession, powers, networks, districts.

    Who followed which CCG in 2022 is reckoned by ground.
    """
    found = _Found()
    _add_national(found)
    _add_offices(found, ref)
    _add_ccgs(found, ref)
    _add_councils(found, ref)
    _add_supporting(found, ref)
    add_trusts(found.add, ref)
    add_authorities(found.add, ref)
    add_boards(found.add, ref)
    add_reference_groups(found.add)
    add_healthwatch(found.add, ref)
    add_advisers(found.add, ref)
    add_unnamed_units(found.add, ref)
    add_other_bodies(found.add, found.code)
    _add_seats(found, ref)
    ends = {body: row["valid_to"] for body, row in found.bodies.items()}
    starts = {body: row["valid_from"] for body, row in found.bodies.items()}
    return [
        table(
            "registry/bodies",
            "body kind legal_person valid_from valid_to source",
            [*found.bodies.values(), *found.later],
        ),
        table("registry/body_names", "body name valid_from valid_to source", found.names),
        table("registry/body_codes", "body scheme code valid_from valid_to source", found.codes),
        table(
            "registry/relations",
            "subject type object valid_from valid_to source note",
            _relations(ref, starts, ends),
        ),
        table(
            "registry/succession",
            "predecessor successor kind on share basis source note",
            [*successions(ref, set(found.bodies)), *board_successions],
        ),
        table("registry/relation_types", "type name inverse inverse_name note", facts("relation_types")),
        table(
            "registry/powers",
            "holder over stage power words citation quotation source note valid_from valid_to",
            facts("powers"),
        ),
        table(
            "registry/networks",
            "network name kind body host funders pathways stages places powers valid_from valid_to source note",
            network_rows(),
        ),
        table("registry/districts", "district name council network basis source note", district_rows(ref)),
    ]


PUBLIC_HEALTH_ENGLAND_ENDS = "2021-10-01"
"""Cancer registration passed from it that day (ndrs-2021); that it ended then is from professional memory."""


def ccg_end(ref: Reference, code: str) -> str:
    """First day on which the CCG is gone: as ODS lists it, else the day integrated care boards began."""
    return min(ref.ccgs_2025[code].closed, BOARDS_BEGIN)


def _add_national(found: _Found) -> None:
    begun, law = "2012-10-01", "nhs-act-2006"
    found.add(NHS_ENGLAND, "nhs_england", "NHS England", begun, OPEN_END, "ods-x24 2020health-2012", legal=True)
    found.names[-1] |= {"valid_from": REFORM}
    found.names.append(
        {
            "body": NHS_ENGLAND,
            "name": "National Health Service Commissioning Board",
            "valid_from": begun,
            "valid_to": REFORM,
            "source": "2020health-2012",
        }
    )
    found.add("concord:phe", "phe", "Public Health England", REFORM, PUBLIC_HEALTH_ENGLAND_ENDS, "cruk-2014 ndrs-2021")
    found.add(
        "concord:secretary-of-state",
        "department",
        "Secretary of State for Health",
        TRUSTS_LISTED,
        OPEN_END,
        law,
        legal=True,
    )
    found.add(
        "concord:nsct",
        "national_team",
        "National Specialised Commissioning Team",
        TRUSTS_LISTED,
        REFORM,
        "2020health-2012",
    )


def _add_offices(found: _Found, ref: Reference) -> None:
    ends = {f: on for f, _, on in ref.successions if on == OFFICES_2015}
    for code, name in ref.area_teams.values():
        end = ends.get(code, OPEN_END)
        found.add(f"ods:{code}", "area_team", f"{name} area team", REFORM, end, "ods-area-teams-2013")
    for gss, (code, _) in ref.area_teams.items():
        end = ends.get(code, OPEN_END)
        found.code(f"ods:{code}", "gss", gss, REFORM, end, "ods-area-teams-2013")
    for office in ref.offices_2017:
        body = f"ods:{office.code}"
        if office.code.startswith("Y"):
            end = next((on for f, _, on in ref.successions if f == office.code), office.closed)
            found.add(body, "nhs_region", _title(office.name), office.opened, end, "ods-eauth-2017")
        elif office.code.startswith("Q") and body not in found.bodies:
            found.add(body, "local_office", _title(office.name), office.opened, office.closed, "ods-eauth-2017")
    for code, name in ref.board_regions.items():
        if f"ods:{code}" not in found.bodies:
            start = next((on for _, to, on in ref.successions if to == code), BOARDS_BEGIN)
            found.add(f"ods:{code}", "nhs_region", f"{name} region", start, OPEN_END, "ons-sub-icb-2024")
    for hub, source in _hubs(ref):
        found.add(f"ods:{hub.code}", "commissioning_hub", _title(hub.name), hub.opened, hub.closed, source)


def _hubs(ref: Reference) -> list[tuple[EFileEntry, str]]:
    """Commissioning hubs with the lists that name them; the later list tells when one of the earlier closed."""
    later = {code: entry for code, entry in ref.ccgs_2025.items() if "COMMISSIONING HUB" in entry.name}
    earlier = {entry.code: entry for entry in ref.listed_2016 if "COMMISSIONING HUB" in entry.name}
    found = []
    for code in sorted(later | earlier):
        entry = earlier.get(code) or later[code]
        if code in earlier and code in later:
            found.append((replace(entry, closed=later[code].closed), "ods-eccg-2016 ods-eccg-2025"))
        else:
            found.append((entry, "ods-eccg-2016" if code in earlier else "ods-eccg-2025"))
    return found


def _add_ccgs(found: _Found, ref: Reference) -> None:
    for code in _all_ccgs(ref):
        entry = ref.ccgs_2025[code]
        name, source = ref.ccg_names.get(code, (f"{ref.ccgs.get(code, ('', ''))[1]} CCG", "ons-ccg-2013"))
        end = ccg_end(ref, code)
        found.add(f"ods:{code}", "ccg", name, entry.opened, end, f"ods-eccg-2025 {source}", legal=True)
        if code in ref.ccgs:
            found.code(f"ods:{code}", "gss", ref.ccgs[code][0], REFORM, end, "ons-ccg-2013")
    for code, name in ref.boards.items():
        found.add(f"ods:{code}", "icb", name, BOARDS_BEGIN, OPEN_END, "ons-icb-2024 hca-2022", legal=True)
        found.code(f"ods:{code}", "gss", ref.board_codes[code], BOARDS_LISTED, OPEN_END, "ons-icb-2024")
    for code, name in ref.location_names.items():
        found.again(f"ods:{code}", "sub_icb_location", name, BOARDS_BEGIN, OPEN_END, "ons-sub-icb-2024")


def _all_ccgs(ref: Reference) -> list[str]:
    """The 211 of 2013 and every CCG formed from them; the list they are read from also holds hubs."""
    known = set(ref.ccgs)
    grown = True
    while grown:
        later = {
            to for start, to, _ in ref.successions if start in known and to in ref.ccgs_2025 and to in ref.ccg_names
        }
        grown = not later <= known
        known |= later
    return sorted(known)


def ccgs_after(ref: Reference) -> set[str]:
    """CCGs formed from those of 2013."""
    return set(_all_ccgs(ref)) - set(ref.ccgs)


def _add_seats(found: _Found, ref: Reference) -> None:
    """Postcodes as listed under a name that was the body's: the codes of CCGs open in 2025 are boards' locations."""
    later = {c: e for c, e in ref.ccgs_2025.items() if e.closed < BOARDS_BEGIN or "HUB" in e.name}
    listed = {code: (entry.postcode, "ods-eccg-2025") for code, entry in later.items()}
    listed |= {entry.code: (entry.postcode, "ods-eccg-2016") for entry in ref.listed_2016}
    listed |= {entry.code: (entry.postcode, "ods-eauth-2017") for entry in ref.offices_2017}
    listed |= {entry.code: (entry.postcode, "ods-etr-2025") for entry in ref.providers}
    listed |= {code: (postcode, "ods-csu") for code, postcode in ref.support_unit_postcodes.items()}
    for code, (postcode, source) in sorted(listed.items()):
        found.seat(f"ods:{code}", postcode, source)


def _add_councils(found: _Found, ref: Reference) -> None:
    source = "mysociety-councils"
    for row in ref.councils:
        body, start, end = f"gss:{row['gss-code']}", row["start-date"], row["end-date"]
        found.add(body, "council", row["official-name"], start, end, source, legal=True)
        if row["former-gss-codes"]:  # one code at a time: the present one only from the reform of 2013
            found.codes[-1] |= {"valid_from": REFORM}
            found.code(body, "gss", row["former-gss-codes"], start, REFORM, source)
        found.code(body, "la-register", row["local-authority-code"], start, end, source)


def _add_supporting(found: _Found, ref: Reference) -> None:
    ends = {f: on for f, _, on in ref.successions if f in ref.support_units}
    for code, name in ref.support_units.items():
        if name.startswith("Optum"):  # a company on the list, not an NHS support unit
            continue
        start = next((on for _, to, on in ref.successions if to == code), REFORM)
        found.add(f"ods:{code}", "csu", name, start, ends.get(code, OPEN_END), "ods-csu ods-successors-2023")
    for code, name in ref.trusts_before.items():
        title = f"{name} Primary Care Trust"
        found.add(f"ods:{code}", "pct", title, TRUSTS_LISTED, REFORM, "ons-pct-sha-2012", legal=True)
    for gss, name in ref.networks.items():
        title = f"{name} Strategic Clinical Network"
        found.add(f"gss:{gss}", "scn", title, REFORM, OPEN_END, "ons-scn-2019")


def _relations(ref: Reference, starts: dict[str, str], ends: dict[str, str]) -> Iterator[Row]:
    def row(subject: str, kind: str, target: str, source: str, note: str = "", start: str = "") -> Row:
        return {
            "subject": subject,
            "type": kind,
            "object": target,
            "valid_from": start or max(starts[subject], starts[target]),
            "valid_to": min(ends[subject], ends[target]),
            "source": source,
            "note": note,
        }

    for code, name in ref.area_teams.values():
        yield row(
            f"ods:{code}", "office_of", NHS_ENGLAND, "ods-area-teams-2013", f"{name}: an office, not a body in law"
        )
    for office in ref.offices_2017:
        body = f"ods:{office.code}"
        if office.code[0] == "Y" or (office.code[0] == "Q" and not _is_area_team(ref, office.code)):
            yield row(body, "office_of", NHS_ENGLAND, "ods-eauth-2017")
    for code in ref.board_regions:
        if code != "Y56":
            yield row(f"ods:{code}", "office_of", NHS_ENGLAND, "ons-sub-icb-2024")
    for board, region in sorted(ref.region_of_board.items()):
        yield row(f"ods:{board}", "part_of_region", f"ods:{region}", "ons-sub-icb-2024")
    for code, board in sorted(ref.board_of_code.items()):
        yield row(f"ods:{code}", "office_of", f"ods:{board}", "ons-sub-icb-2024") | {
            "valid_from": BOARDS_BEGIN,
            "valid_to": OPEN_END,
            "note": "a location, not a body in law",
        }
    for code, (team, _) in sorted(ref.ccg_area.items()):
        yield row(f"ods:{ref.area_teams[team][0]}", "area_team_of", f"ods:{code}", "ons-ccg-area-team-2013")
    for each in facts("specialised_offices"):
        words = each["note"] if each["basis"] == "published" else f"assumption: {each['note']}"
        yield row(f"ods:{each['office']}", "specialised_office_for", f"ods:{each['area_team']}", each["source"], words)
    for team, region in sorted(set(ref.ccg_area.values())):
        yield row(f"ods:{ref.area_teams[team][0]}", "part_of_region", REGION_CODES[region], "ons-ccg-area-team-2013")
    offices_after = {o.code for o in ref.offices_2017 if o.opened == OFFICES_2015}
    for entry in ref.listed_2016:
        group = f"ods:{entry.code}"
        if entry.code in ref.ccgs and entry.office in offices_after and ends[group] > OFFICES_2015:
            yield row(f"ods:{entry.office}", "area_team_of", group, "ods-eccg-2016", "local office", OFFICES_2015)
    for formed in sorted(ccgs_after(ref)):
        held_by, source = _office_after(ref, formed)
        if held_by in offices_after:
            yield row(f"ods:{held_by}", "area_team_of", f"ods:{formed}", source, "local office")
    for hub, source in _hubs(ref):
        held_by = f"ods:{hub.office}"
        if (
            source != "ods-eccg-2025"
            and held_by in starts
            and max(starts[held_by], hub.opened) < min(ends[held_by], hub.closed)
        ):
            yield row(f"ods:{hub.code}", "hub_of", held_by, "ods-eccg-2016")
    for gss in ref.networks:
        yield row(f"gss:{gss}", "hosted_by", NHS_ENGLAND, "2020health-2012")
    for code, (team, _) in sorted(ref.ccg_area.items()):
        if team == GREATER_MANCHESTER_TEAM:
            note = "assumption: which unit served which CCG is from professional memory, not yet verified"
            yield row(f"ods:{code}", "supported_by", GREATER_MANCHESTER_SUPPORT, "", note)
    yield from institution_relations(row, ref, starts)
    yield from other_relations(row)


def _office_after(ref: Reference, code: str) -> tuple[str, str]:
    """(local office, source) of a CCG formed after 2013, where a list names it; offices of 2019 on are not listed."""
    for entry in ref.listed_2016:
        if entry.code == code:
            return entry.office, "ods-eccg-2016"
    return ref.office_2018.get(code, ""), "ons-ccg-names-2018"


def _is_area_team(ref: Reference, code: str) -> bool:
    return any(code == team for team, _ in ref.area_teams.values())


def _title(shouted: str) -> str:
    """ODS prints names in capitals: 'NHS ENGLAND NORTH (YORKSHIRE AND HUMBER)'."""
    as_written = {"And": "and", "Of": "of", "Nhs": "NHS"}
    return " ".join(as_written.get(word, word) for word in shouted.title().split())
