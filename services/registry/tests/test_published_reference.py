"""The real published files beside the checkout: each is known for what it is, and all are taken without a hand."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from concord_contracts.registry import FileReport
from concord_kit.database import Database
from concord_kit.journal import Intent
from concord_kit.migrations import upgrade
from concord_registry.files import read_folder
from concord_registry.publications import taking
from concord_registry.publications.planning import Sent
from concord_registry.publications.recognising import FileRead, read_file
from concord_registry.publications.reconciling import differences
from concord_registry.publications.said import Asked
from concord_registry.store import publications as store
from concord_registry.store.layers import rows_in_use
from concord_registry.store.loads import apply
from concord_registry.store.reconciling import held_without
from concord_registry.store.reference import read_reference
from concord_registry.succession import roll_forward
from services.registry.tests import worlds

pytestmark = [pytest.mark.reference, pytest.mark.dear]

DATA = Path(__file__).parents[3] / "data" / "england_2013_14"
FORMATS = {
    "cancer_site_icd10_groups.csv": "icd10-tumour-groups",
    "ccg_2013_names_codes.csv": "ons-lookup",
    "ccg_2013_to_area_team_to_region.csv": "ons-lookup",
    "ccg_2015_to_lad_2015_lsoa_counts.csv": "ons-lookup",
    "ccg_2017_to_lad_2017_lsoa_counts.csv": "ons-lookup",
    "ccg_2018_population_by_age.csv": "population-by-age",
    "ccg_2018_to_nhse_local_office_to_region.csv": "ons-lookup",
    "ccg_2019_to_ccg_2020_successors.csv": "ods-successors",
    "ccg_2019_to_stp_to_cancer_alliance.csv": "ons-lookup",
    "ccg_2020_names_codes.csv": "ons-lookup",
    "ccg_annual_treatable_mortality_2010_2019.csv": "treatable-mortality",
    "csu_ods_list.csv": "ods-list",
    "cwt_62d_by_trust_month_2023_2025.csv": "waiting-times-provider",
    "cwt_by_commissioner_2021_07.csv": "waiting-times-commissioner",
    "icb_2024_names_codes.csv": "ons-lookup",
    "icb_weighted_populations_2024_25.csv": "weighted-populations",
    "lad_2017_to_strategic_clinical_network.csv": "ons-lookup",
    "ltla_2018_to_utla_2018.csv": "ons-lookup",
    "nhse_area_teams_2013_ods.csv": "ods-list",
    "ods_eauth_2017_08.csv": "ods-efile",
    "ods_eccg_2016_02.csv": "ods-efile",
    "ods_eccg_2025.csv": "ods-efile",
    "ods_etr_2025.csv": "ods-efile",
    "ods_role_and_relationship_codes.json": "ods-roles",
    "ods_successors_2023_09.csv": "ods-successors",
    "pct_2012_to_ccg_2013_postcode_share.csv": "postcode-shares",
    "pct_2012_to_sha.csv": "ons-lookup",
    "qof_2013_14_prevalence_by_ccg.csv": "qof-prevalence",
    "stp_2020_to_region.csv": "ons-lookup",
    "strategic_clinical_networks_2019.csv": "ons-lookup",
    "sub_icb_2024_to_icb_to_region.csv": "ons-lookup",
    "uk_local_authorities_past_and_current.csv": "mysociety-councils",
}
TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def files() -> dict[str, tuple[bytes, FileRead]]:
    """Each file with what it says, in the order in which they are imported."""
    folder = Path(os.environ.get("CONCORD_REFERENCE_DIR", "../shared/reference"))
    if not folder.is_dir():
        pytest.skip(f"no published files at {folder} (CONCORD_REFERENCE_DIR)")
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".json"):
            content = path.read_bytes()
            found[path.name] = (content, read_file(content, Asked(None, {"name": path.name})))

    def order(name: str) -> tuple[int, str]:
        known = found[name][1].recognised
        return known.format.order + known.edition.later, name

    return {name: found[name] for name in sorted(found, key=order)}


@pytest.fixture(scope="module")
def taken(files: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, dict[str, FileReport]]]:
    """England's data with every file imported on top, and each report."""
    with worlds.open_registry(f"sqlite:///{tmp_path_factory.mktemp('published') / 'registry.db'}") as database:
        upgrade(database)
        ours = read_folder(DATA)
        database.write_now(Intent("test", "reference.load"), lambda tx: apply(tx, ours))
        reports = {}
        for name, (content, read) in files.items():
            sent = Sent(read, hashlib.sha256(content).hexdigest(), "ods:X24", TODAY, name=name)
            reports[name] = database.write_now(
                Intent("test", "files.create"), lambda tx, sent=sent: taking.carried_out(tx, sent)
            )
        yield database, reports


def test_every_file_is_known_for_what_it_is_and_has_no_faulty_line(files: dict[str, tuple[bytes, FileRead]]) -> None:
    assert {name: read.recognised.format.key for name, (_, read) in files.items()} == FORMATS
    assert not [(name, fault) for name, (_, read) in files.items() for fault in read.faults]


def test_every_file_is_taken_whole_and_again_changes_nothing(taken: Any, files: Any) -> None:
    database, reports = taken
    assert all(report.id and not report.failed_lines for report in reports.values())
    for name, (content, read) in list(files.items())[:3]:
        sent = Sent(read, hashlib.sha256(content).hexdigest(), "ods:X24", TODAY, name=name)
        again = database.write_now(Intent("test", "files.create"), lambda tx, sent=sent: taking.carried_out(tx, sent))
        assert (again.already, again.changed) == (True, False)


def _rows(database: Database, table: str) -> list[Any]:
    return database.read_now(lambda tx: rows_in_use(tx.connection, table, tx.head_at))


def test_the_map_of_2014_is_what_it_was(taken: Any) -> None:
    """Our data were compiled from these files: imported as they came, they add to them and contradict nothing."""
    database, _ = taken
    day = date(2014, 1, 15)

    reference = database.read_now(lambda tx: read_reference(tx.connection, day, tx.head_at))
    assert Counter(place.kind for place in reference.places.values())["ccg"] == 211
    in_being = Counter(body.kind for body in reference.bodies.values() if body.in_being(day))
    assert (in_being["ccg"], in_being["area_team"], in_being["pct"]) == (211, 25, 0)
    assert set(in_being) >= {"government_office_region", "district", "commissioning_hub"}


@pytest.mark.parametrize(
    ("day", "ccgs"),
    [
        (date(2013, 4, 1), 211),
        (date(2015, 4, 1), 209),
        (date(2017, 4, 1), 207),
        (date(2018, 4, 1), 195),
        (date(2019, 4, 1), 191),
        (date(2020, 4, 1), 135),
        (date(2021, 4, 1), 106),
        (date(2022, 7, 1), 0),
    ],
)
def test_ccgs_on_every_step_of_their_history(taken: Any, day: date, ccgs: int) -> None:
    database, _ = taken
    kinds = Counter(row.kind for row in _rows(database, "bodies") if row.valid_from <= day < row.valid_to)
    assert kinds["ccg"] == ccgs
    if not ccgs:
        assert (kinds["sub_icb_location"], kinds["icb"]) == (106, 42)


def test_a_code_has_another_name_after_2022(taken: Any) -> None:
    database, _ = taken
    names = [
        (row.name, row.valid_from)
        for row in _rows(database, "body_names")
        if row.body == "ods:00L" and row.valid_to == date(9999, 12, 31)
    ]
    assert names == [("NHS North East and North Cumbria ICB - 00L", date(2022, 7, 1))]


def _reconciled(taken: Any, name: str) -> dict[str, set[str]]:
    database, reports = taken
    report = reports[name]

    def look(tx: Any) -> Any:
        row = store.find(tx, report.id)
        held = held_without(tx, "publisher:ods", tx.head_at)
        return differences(row.listed, held, row.stated_on, TODAY)

    found, _ = database.read_now(look)
    kinds: dict[str, set[str]] = {}
    for one in found:
        kinds.setdefault(one.kind, set()).add(one.body)
    return kinds


def test_support_units_open_in_the_list_and_succeeded(taken: Any) -> None:
    found = _reconciled(taken, "csu_ods_list.csv")
    assert found["open-but-succeeded"] == {f"ods:{code}" for code in ("0AE", "0AJ", "0AM", "0AQ", "0AX", "0CE", "0CF")}
    assert found["not-in-ours"] == {"ods:0DG"}


def test_what_the_ods_files_and_our_data_say_alike(taken: Any) -> None:
    assert _reconciled(taken, "ods_etr_2025.csv") == {}
    successions = _reconciled(taken, "ods_successors_2023_09.csv")
    assert "closed-there-open-here" not in successions
    assert _reconciled(taken, "ccg_2019_to_ccg_2020_successors.csv") == {}  # chains collapsed to where ours lead


def test_chains_of_successions_are_followed_to_their_end(taken: Any) -> None:
    database, _ = taken
    reference = database.read_now(lambda tx: read_reference(tx.connection, TODAY, tx.head_at))
    assert set(roll_forward(reference.succession, "ods:13W", date(2018, 1, 1))) >= {"ods:14J", "ods:14K"}
    assert list(roll_forward(reference.succession, "ods:0AM", date(2020, 1, 1))) == ["ods:0DJ"]
    assert list(roll_forward(reference.succession, "ods:10G", date(2021, 4, 1))) == ["ods:D4U1Y"]


def test_figures_come_to_the_published_totals(taken: Any) -> None:
    database, _ = taken

    def total(measure: str, column: str, **asked: str) -> float:
        def look(tx: Any) -> float:
            found, after = 0.0, None
            while page := store.measures(tx, tx.head_at, {"measure": measure, **asked}, after, 5000):
                found += sum(getattr(one, column) or 0 for _, one in page)
                after = (page[-1][0],)
            return found

        return database.read_now(look)

    assert total("population", "value", part="all ages") == 55_977_178
    assert total("population", "value") == 2 * 55_977_178  # each person once by age, once in all
    assert total("register-can", "numerator") == 1_180_841
    assert total("register-can", "denominator") == 56_324_887
    assert total("waiting-62-day-all-cancer", "denominator", period="2021-07") == 14_645
