"""Reads the published files into plain values; the only place that knows their columns and quirks."""

import csv
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from data.compile.tables import OPEN_END, Row

ENVIRONMENT_NAME = "CONCORD_REFERENCE_DIR"
DEFAULT_FOLDER = Path("../shared/reference")


def folder() -> Path:
    """Where the published files lie: `CONCORD_REFERENCE_DIR`, else beside the checkout."""
    return Path(os.environ.get(ENVIRONMENT_NAME, str(DEFAULT_FOLDER)))


@dataclass(frozen=True)
class EFileEntry:
    """One row of an ODS "e-file": headless, positional, dates YYYYMMDD; `closed` is the first day no longer open."""

    code: str
    name: str
    region: str
    office: str
    opened: str
    closed: str
    postcode: str = ""


@dataclass(frozen=True)
class Reference:
    """The published facts the compiler uses, unchanged in content.

    `qof` is {register: {CCG: people}}, with the list size under "LIST"; `overlaps` is {(CCG, district): small areas} of
    2015; `trust_postcodes` is {primary care trust: {CCG: percent of its postcodes}}; `merged_councils` are English
    councils and districts that others replaced; `board_codes` are boards' GSS codes; `listed_later` and `weighted` are
    people and units of need by sub-ICB location.
    """

    ccgs: dict[str, tuple[str, str]]
    ccg_area: dict[str, tuple[str, str]]
    area_teams: dict[str, tuple[str, str]]
    trusts_before: dict[str, str]
    authority_before: dict[str, tuple[str, str]]
    trust_postcodes: dict[str, dict[str, Fraction]]
    providers: tuple[EFileEntry, ...]
    listed_2016: tuple[EFileEntry, ...]
    ccgs_2025: dict[str, EFileEntry]
    offices_2017: tuple[EFileEntry, ...]
    successions: tuple[tuple[str, str, str], ...]
    support_units: dict[str, str]
    support_unit_postcodes: dict[str, str]
    ccg_names: dict[str, tuple[str, str]]
    boards: dict[str, str]
    board_codes: dict[str, str]
    board_of_code: dict[str, str]
    board_regions: dict[str, str]
    region_of_board: dict[str, str]
    location_names: dict[str, str]
    listed_later: dict[str, str]
    networks: dict[str, str]
    councils: tuple[Row, ...]
    county_of_district: dict[str, str]
    district_names: dict[str, str]
    network_of_district: dict[str, str]
    ages_2018: dict[str, dict[int, int]]
    weighted: dict[str, str]
    overlaps: dict[tuple[str, str], int]
    overlaps_2017: dict[tuple[str, str], int]
    office_2018: dict[str, str]
    merged_councils: tuple[Row, ...]
    qof: dict[str, dict[str, int]]
    sites: dict[str, tuple[str, ...]]


def read_reference(where: Path) -> Reference:
    """Everything the compiler needs from the folder of published files. Raises FileNotFoundError."""
    lookup = _rows(where, "ccg_2013_to_area_team_to_region")
    locations = _rows(where, "sub_icb_2024_to_icb_to_region")
    ccgs = {r["CCG13CDH"]: (r["CCG13CD"], r["CCG13NM"]) for r in _rows(where, "ccg_2013_names_codes")}
    code_of_gss = {gss: code for code, (gss, _) in ccgs.items()}
    return Reference(
        ccgs=ccgs,
        ccg_area={code_of_gss[r["CCG13CD"]]: (r["NHSAT13CD"], r["NHSCR13NM"]) for r in lookup},
        area_teams={
            r["ons_code"]: (r["hscic_code"], r["name"].strip()) for r in _rows(where, "nhse_area_teams_2013_ods")
        },
        trusts_before={r["PCO12CDO"]: r["PCO12NM"] for r in _rows(where, "pct_2012_to_sha")},
        authority_before={r["PCO12CDO"]: (r["SHA12CDO"], r["SHA12NM"]) for r in _rows(where, "pct_2012_to_sha")},
        trust_postcodes=_trust_postcodes(where),
        providers=_e_file(where, "ods_etr_2025"),
        listed_2016=_e_file(where, "ods_eccg_2016_02"),
        ccgs_2025={entry.code: entry for entry in _e_file(where, "ods_eccg_2025")},
        offices_2017=_e_file(where, "ods_eauth_2017_08"),
        successions=tuple((r["from"], r["to"], r["legal_start"]) for r in _rows(where, "ods_successors_2023_09")),
        support_units={r["ods_code"]: r["name"] for r in _rows(where, "csu_ods_list")},
        support_unit_postcodes={r["ods_code"]: r["postcode"] for r in _rows(where, "csu_ods_list")},
        ccg_names=_names_by_code(where),
        boards={r["ICB24CDH"]: r["ICB24NM"] for r in _rows(where, "icb_2024_names_codes")},
        board_codes={r["ICB24CDH"]: r["ICB24CD"] for r in _rows(where, "icb_2024_names_codes")},
        board_of_code={r["SICBL24CDH"]: r["ICB24CDH"] for r in locations},
        board_regions={r["NHSER24CDH"]: r["NHSER24NM"] for r in locations},
        region_of_board={r["ICB24CDH"]: r["NHSER24CDH"] for r in locations},
        location_names={r["SICBL24CDH"]: r["SICBL24NM"] for r in locations},
        listed_later={
            row["sub_icb_or_former_ccg_code"]: row["pop 2022/23"]
            for row in _rows(where, "icb_weighted_populations_2024_25")
        },
        networks={r["SCN19CD"]: r["SCN19NM"] for r in _rows(where, "strategic_clinical_networks_2019")},
        councils=_councils(where),
        county_of_district={r["LTLA18CD"]: r["UTLA18CD"] for r in _rows(where, "ltla_2018_to_utla_2018")},
        district_names={r["LTLA18CD"]: r["LTLA18NM"] for r in _rows(where, "ltla_2018_to_utla_2018")},
        network_of_district={
            r["LAD17CD"]: r["SCN17CD"] for r in _rows(where, "lad_2017_to_strategic_clinical_network")
        },
        ages_2018=_ages(where),
        overlaps=_overlaps(where, 15),
        overlaps_2017=_overlaps(where, 17),
        office_2018={r["CCG18CDH"]: r["NHSRLO18CDH"] for r in _rows(where, "ccg_2018_to_nhse_local_office_to_region")},
        merged_councils=_merged_councils(where),
        qof=_registers(where),
        weighted={
            row["sub_icb_or_former_ccg_code"]: row["Final WP"]
            for row in _rows(where, "icb_weighted_populations_2024_25")
        },
        sites=_sites(where),
    )


def _rows(where: Path, name: str) -> list[Row]:
    with (where / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _e_file(where: Path, name: str) -> tuple[EFileEntry, ...]:
    with (where / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            EFileEntry(row[0], row[1], row[2], row[3], _iso(row[10]), _day_after(row[11]), row[9].strip())
            for row in csv.reader(file)
        )


def _iso(compact: str) -> str:
    return f"{compact[:4]}-{compact[4:6]}-{compact[6:]}" if compact else ""


def _day_after(compact: str) -> str:
    """ODS prints the last day open; periods here are half-open."""
    return (date.fromisoformat(_iso(compact)) + timedelta(days=1)).isoformat() if compact else OPEN_END


def _overlaps(where: Path, year: int) -> dict[tuple[str, str], int]:
    name = f"ccg_20{year}_to_lad_20{year}_lsoa_counts"
    return {(r[f"CCG{year}CDH"], r[f"LAD{year}CD"]): int(r["lsoa_count"]) for r in _rows(where, name)}


def _trust_postcodes(where: Path) -> dict[str, dict[str, Fraction]]:
    shares: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for row in _rows(where, "pct_2012_to_ccg_2013_postcode_share"):
        shares[row["pct_nhs_code"]][row["ccg_nhs_code"]] = Fraction(row["percent_of_pct_postcodes"])
    return dict(shares)


def _names_by_code(where: Path) -> dict[str, tuple[str, str]]:
    """{CCG code: (name, source key)}, the earliest list that prints the name as a CCG's."""
    names: dict[str, tuple[str, str]] = {}
    for file, code, name, source in (
        ("ccg_2015_to_lad_2015_lsoa_counts", "CCG15CDH", "CCG15NM", "ons-lsoa-2015"),
        ("ccg_2018_to_nhse_local_office_to_region", "CCG18CDH", "CCG18NM", "ons-ccg-names-2018"),
        ("ccg_2020_names_codes", "CCG20CDH", "CCG20NM", "ons-ccg-names-2020"),
        ("icb_weighted_populations_2024_25", "sub_icb_or_former_ccg_code", "former_ccg_name", "nhse-weighted-2024"),
    ):
        for row in _rows(where, file):
            names.setdefault(row[code], (row[name].strip(), source))
    return names


def _councils(where: Path) -> tuple[Row, ...]:
    """England's upper-tier and unitary councils, past and present, with half-open end dates."""
    upper = {"UA", "MD", "LBO", "CTY", "CC"}
    kept = []
    for row in _rows(where, "uk_local_authorities_past_and_current"):
        if row["nation"] != "England" or row["local-authority-type"] not in upper:
            continue
        end = _end_of_council(row)
        # The counties' start is blank: all date from 1 April 1974 (Local Government Act 1972).
        kept.append({**row, "start-date": row["start-date"] or "1974-04-01", "end-date": end})
    return tuple(kept)


def _end_of_council(row: Row) -> str:
    """Half-open: the file prints the last day for some councils, the first day after for others."""
    end = row["end-date"] or OPEN_END
    return (date.fromisoformat(end) + timedelta(days=1)).isoformat() if end.endswith("-03-31") else end


def _merged_councils(where: Path) -> tuple[Row, ...]:
    rows = _rows(where, "uk_local_authorities_past_and_current")
    return tuple(
        row | {"end-date": _end_of_council(row)} for row in rows if row["nation"] == "England" and row["replaced-by"]
    )


def _registers(where: Path) -> dict[str, dict[str, int]]:
    registers: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _rows(where, "qof_2013_14_prevalence_by_ccg"):
        if row["indicator_group"] in {"CAN", "COPD"}:
            registers[row["indicator_group"]][row["ccgcode"]] = int(row["disease_register_size"])
        if row["indicator_group"] == "CAN":
            registers["LIST"][row["ccgcode"]] = int(row["ccg_listsize"])
    return dict(registers)


def _sites(where: Path) -> dict[str, tuple[str, ...]]:
    sites: dict[str, list[str]] = defaultdict(list)
    for row in _rows(where, "cancer_site_icd10_groups"):
        sites[row["cancer_site"].strip()].append(row["icd10"])
    return {site: tuple(sorted(codes)) for site, codes in sites.items()}


def _ages(where: Path) -> dict[str, dict[int, int]]:
    """{CCG of 2018: {age: residents at mid-2018}}; age 90 is 90 and over."""
    ages: dict[str, dict[int, int]] = defaultdict(dict)
    for row in _rows(where, "ccg_2018_population_by_age"):
        ages[row["ccg18cdh"]][int(row["age"])] = int(row["count"])
    return dict(ages)
