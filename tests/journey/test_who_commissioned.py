"""Who commissioned radiotherapy for the people of CCG 02N in 2012, 2013 and 2021, and what was believed before a
correction: both time axes, with the shipped data, over HTTP and by the command line."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from concord_client.cli import app
from concord_client.show.page import WIDTH
from concord_kit.journal import Intent
from concord_kit.migrations import upgrade
from concord_registry.files import read_folder
from concord_registry.main import build_app
from concord_registry.store.loads import apply
from services.registry.tests.conftest import Registry, settings_for
from services.registry.tests.worlds import open_registry
from tests.support.signing import Signing

pytestmark = pytest.mark.dear

DATA = Path(__file__).parents[2] / "data" / "england_2013_14"
ASKED = {"stage": "radiotherapy", "place": "ccg-02N"}
NHS_ENGLAND = "ods:X24"
OUTLINE = (
    "The rule awaits its source: the groups, one for each strategic health authority, commissioned on behalf of their "
    "trusts what these directed out of the national definitions set; that this service was among it is from "
    "professional memory and the report of 2012, not yet verified."
)


@pytest.fixture(scope="module")
def england(
    tmp_path_factory: pytest.TempPathFactory, served: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[Registry]:
    """The registry with the shipped data, served for this module."""
    folder = tmp_path_factory.mktemp("england-registry")
    url = f"sqlite:///{folder / 'registry.db'}"
    signing = Signing(folder)
    database = open_registry(url)
    upgrade(database)
    files = read_folder(DATA)
    with served(build_app(settings_for(url, signing), database)) as address:
        database.write_now(Intent("test", "reference.load"), lambda tx: apply(tx, files))
        with httpx.Client(base_url=address, timeout=60) as http:
            yield Registry(http, signing, iter(range(1000)))


def asked(england: Registry, **when: str) -> dict[str, Any]:
    answer = england.http.get("/v1/commissioners", params=ASKED | when)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def by_law(found: dict[str, Any]) -> list[str]:
    return [body["name"] for body in found["statutory"]["commissioners"]]


def test_three_days_have_their_answer_with_citation_or_say_what_is_not_known(england: Registry) -> None:
    before, first, late = (asked(england, as_of=day) for day in ("2012-06-01", "2013-06-01", "2021-06-01"))

    assert not before["on_the_map"], "the CCG did not exist"
    assert by_law(before) == [
        "North Yorkshire and York Primary Care Trust",
        "Bradford and Airedale Teaching Primary Care Trust",
    ]
    assert [(one["body"]["id"], one["share"], one["share_of"], one["basis"]) for one in before["bodies"]] == [
        ("ods:5NV", pytest.approx(0.0836, abs=1e-6), "body", "derived"),
        ("ods:5NY", pytest.approx(0.2629, abs=1e-6), "body", "derived"),
    ]
    assert "Yorkshire and the Humber Specialised Commissioning Group" in before["acting_through"]
    assert "Yorkshire and the Humber Strategic Health Authority" in before["words"]
    assert before["statutory"]["rule"] == "radiotherapy-2012"
    assert not before["statutory"]["citation"]["verified"]
    assert before["not_known"] == [
        OUTLINE,
        "How many of the people were of each earlier body: the shares are of its postcodes, not of people.",
    ]
    assert before["claims"] == []

    assert first["on_the_map"]
    assert by_law(first) == ["NHS England"]
    assert "SI 2012/2996" in first["statutory"]["citation"]["text"]
    assert first["not_known"] == []
    assert {"Cancer Research UK, 2014"} <= {one["asserted_by_name"] for one in first["claims"]}

    assert not late["on_the_map"], "it merged on 1 April 2020"
    assert [(one["body"]["id"], one["share"]) for one in late["bodies"]] == [("ods:36J", 1.0)]
    assert by_law(late) == ["NHS England"]
    assert late["statutory"]["rule"] == "radiotherapy-2013"
    assert late["not_known"] == ["Which office held the budget on 1 June 2021 is not known."]
    board = asked(england, place="icb-QWO", as_of="2022-07-01")
    assert (by_law(board), board["statutory"]["office"]) == (["NHS England"], None)
    assert board["not_known"] == ["Which office held the budget on 1 July 2022 is not known."]


def test_a_trust_answers_for_its_own_place_on_its_own_days(england: Registry) -> None:
    found = asked(england, place="pct-5NY", as_of="2012-06-01")
    assert found["on_the_map"]
    assert by_law(found) == ["Bradford and Airedale Teaching Primary Care Trust"]
    assert found["statutory"]["office"]["id"] == "concord:scg-Q32"
    assert "Yorkshire and the Humber Specialised Commissioning Group" in found["acting_through"]
    later = asked(england, place="pct-5NY", as_of="2023-06-01", stage="follow_up")
    assert not later["on_the_map"]
    assert [one["body"]["id"] for one in later["bodies"]] == ["ods:QWO"]
    assert by_law(later) == ["NHS West Yorkshire Integrated Care Board"]

    lung = {"pathway": "lung", "place": "pct-5NY", "as_of": "2012-06-01"}
    stages = {one["stage"]: one for one in england.get("/v1/coverage", **lung).json()["stages"]}
    for stage in ("radical_radiotherapy", "diagnostic_imaging"):
        assert [one["id"] for one in stages[stage]["statutory"]["commissioners"]] == ["ods:5NY"]
    assert [one["id"] for one in stages["social_care"]["statutory"]["commissioners"]] == ["gss:E08000032"]
    assert not stages["diagnostic_imaging"]["statutory"]["citation"]["verified"], "and so it is shown"


def test_a_board_answers_for_its_place_and_an_office_of_it_sends_to_it(england: Registry) -> None:
    lung = {"pathway": "lung", "place": "icb-QWO", "as_of": "2023-06-01"}
    stages = {one["stage"]: one for one in england.get("/v1/coverage", **lung).json()["stages"]}
    follow_up = stages["follow_up"]["statutory"]
    assert [one["id"] for one in follow_up["commissioners"]] == ["ods:QWO"]
    assert "Health and Care Act 2022 s.21" in follow_up["citation"]["text"]
    assert not follow_up["citation"]["verified"]
    assert [one["id"] for one in stages["radical_radiotherapy"]["statutory"]["commissioners"]] == [NHS_ENGLAND]
    assert stages["palliative_eol"]["statutory"]["citation"]["verified"]
    assert {one["kind"] for one in england.get("/v1/findings", **lung).json()["items"]} >= {"gap", "hand-over"}
    own = england.get("/v1/organisations/ods:QWO/responsibilities", pathway="lung", as_of="2023-06-01").json()
    assert own["note"] is None
    assert {"follow_up", "palliative_eol"} <= {one["stage"] for one in own["items"]}
    location = england.get("/v1/organisations/ods:36J/responsibilities", as_of="2023-06-01").json()
    assert location["items"] == []
    assert "is an office of NHS West Yorkshire Integrated Care Board" in location["note"]
    assert "icb-QWO" in location["note"]


def test_ground_that_changed_sides_in_2022_is_followed(england: Registry) -> None:
    found = asked(england, place="ccg-01Y", as_of="2022-07-01", stage="follow_up")
    shares = {one["body"]["id"]: one["share"] for one in found["bodies"]}
    assert shares == {"ods:QOP": pytest.approx(0.8704, abs=1e-4), "ods:QJ2": pytest.approx(0.1296, abs=1e-4)}
    before = asked(england, place="icb-QJ2", as_of="2013-06-01", stage="follow_up")
    came = {one["body"]["id"]: one["share"] for one in before["bodies"]}
    assert came["ods:01Y"] == pytest.approx(0.1296, abs=1e-4)
    assert came["ods:04J"] == 1.0
    at_home = england.get("/v1/places/la-E10000007/overlaps", kind="icb", as_of="2022-07-01").json()["items"]
    assert [(one["place"], one["share"]) for one in at_home] == [("icb-QJ2", 1.0)]


def test_all_of_england_has_its_groups_on_every_day(england: Registry) -> None:
    for day, kind, places, regions in (("2012-06-01", "pct", 151, 10), ("2023-06-01", "icb", 42, 7)):
        counted = england.get("/v1/national", as_of=day, pathway="lung").json()["regions"]
        assert [(one["ccgs"], one["councils"]) for one in counted if one["key"] == "england"] == [
            (places, 153 if kind == "icb" else 152)
        ]
        assert len(counted) == regions + 1
        assert sum(one["ccgs"] for one in counted if one["key"] != "england") == places
    rolled = england.get("/v1/populations", kind="ccg", year="2013-14", basis="registered", as_of="2014-01-15",
                         roll_to="2022-07-01", limit=1000).json()  # fmt: skip
    assert {one["kind"] for one in rolled["items"]} == {"icb"}
    assert {one["place"][:4] for one in rolled["items"]} == {"icb-"}
    assert len(rolled["items"]) == 42
    assert sum(one["persons"] for one in rolled["items"]) == 56_324_887
    whole = england.get("/v1/populations", kind="icb", year="2022-23", basis="registered", as_of="2022-07-01",
                        limit=1000).json()  # fmt: skip
    assert sum(one["persons"] for one in whole["items"]) == 56_324_887


def test_trusts_of_two_authorities_act_through_two_groups(england: Registry) -> None:
    found = asked(england, place="ccg-06H", as_of="2012-06-01")
    assert {one["body"]["id"] for one in found["bodies"]} == {"ods:5PD", "ods:5PN", "ods:5PP", "ods:5QV"}
    for group in ("East Midlands Specialised Commissioning Group", "East of England Specialised Commissioning Group"):
        assert group in found["acting_through"]
    assert "their joint committees that are no legal persons" in found["words"]
    assert not any("specialised commissioning group" in one for one in found["not_known"])


def test_what_was_believed_before_a_later_correction(england: Registry) -> None:
    claim = {
        "role": "commissions", "organisation": NHS_ENGLAND, "stage": "radiotherapy", "place": "ccg-02N",
        "status": "confirmed", "authority": "transfer scheme", "valid_from": "2013-04-01", "reason": "first return",
    }  # fmt: skip
    said = england.http.post("/v1/claims", json=claim, headers=england.as_body(NHS_ENGLAND)).json()
    meant = england.http.post(
        f"/v1/claims/{said['id']}/correct",
        json=claim | {"valid_from": "2013-07-01", "reason": "the contracts moved in July"},
        headers=england.as_body(NHS_ENGLAND) | {"If-Match": '"1"'},
    ).json()

    def believed(day: str, known_at: str) -> bool:
        return said["id"] in {one["id"] for one in asked(england, as_of=day, known_at=known_at)["claims"]}

    then, now = said["recorded_from"], meant["recorded_from"]
    assert believed("2013-06-01", then), "before the correction we believed it of June"
    assert not believed("2013-06-01", now), "since then we do not"
    assert believed("2013-07-01", then)
    assert believed("2013-07-01", now)
    assert not believed("2012-06-01", then)
    assert believed("2021-06-01", now), "nobody has ended it"
    for day in ("2012-06-01", "2013-06-01", "2021-06-01"):
        one, other = (asked(england, as_of=day, known_at=known_at) for known_at in (then, now))
        assert one["statutory"] == other["statutory"], "what is said changes no law"
    again = asked(england, as_of="2013-06-01", known_at=then)
    england.http.post(
        f"/v1/claims/{said['id']}/withdraw",
        json={"reason": "said of the wrong place"},
        headers=england.as_body(NHS_ENGLAND) | {"If-Match": '"2"'},
    ).raise_for_status()
    assert asked(england, as_of="2013-06-01", known_at=then) == again, "what was known then never changes"


@pytest.fixture
def concord(england: Registry, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs the command line as Trafford's commissioner."""
    monkeypatch.setenv("CONCORD_REGISTRY_URL", str(england.http.base_url))
    monkeypatch.setenv("CONCORD_TOKEN", england.signing.mint("u", {"ods:02A": ["commissioner"]}, "registry"))
    monkeypatch.setenv("CONCORD_ACTING_FOR", "ods:02A")

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, list(arguments))
        assert done.exit_code == 0, done.output
        assert max(len(line) for line in done.output.splitlines()) <= WIDTH or arguments[-1] == "--json"
        return " ".join(done.output.split())

    return run


def test_the_same_by_the_command_line(concord: Callable[..., str]) -> None:
    asked_of = ("who", "radiotherapy", "--place", "ccg-02N", "--as-of")
    before = concord(*asked_of, "2012-06-01")
    assert "Bradford and Airedale Teaching Primary Care Trust" in before
    assert "North Yorkshire and York Primary Care Trust" in before
    assert "Yorkshire and the Humber Specialised Commissioning Group" in before
    assert "Not known: The specialised commissioning group" not in before
    assert "NHS England" in concord(*asked_of, "2013-06-01")
    assert "NHS Bradford District and Craven CCG (100.0% of the people, published)" in concord(*asked_of, "2021-06-01")
    delegated = concord(*asked_of, "2026-04-01")
    assert "in force from 2022-07-01. Source:" in delegated, "an open end is no day"
    assert "70 to every board from 1 April 2025" in delegated
    assert "whether this one is among them was not read" in delegated


def test_what_ends_with_a_ccg_is_not_told_as_mended(concord: Callable[..., str]) -> None:
    across = ("--pathway", "lung", "--kind", "gap", "--as-of", "2022-06-01")
    ahead = concord("findings", "ahead", "--until", "2022-07-01", "--place", "ccg-00T", *across)
    assert "NHS Bolton CCG, Lung cancer, PET-CT: from 1 July 2022" in ahead
    assert "leaves the map and nothing is mended; until then: Nobody is recorded" in ahead
    assert "a finding is closed" not in ahead


def test_a_body_that_is_not_in_being_leads_no_pathway_of_the_day(concord: Callable[..., str]) -> None:
    leads = ("findings", "list", "--pathway", "lung", "--kind", "no-whole-pathway-lead", "--body", "ods:QOP")
    assert "England" in concord(*leads, "--as-of", "2022-07-01")
    assert "England" not in concord(*leads, "--as-of", "2022-06-01")


def test_a_claim_is_said_corrected_and_taken_back_by_the_command_line(concord: Callable[..., str]) -> None:
    said = json.loads(
        concord("claim", "assert", "--place", "ccg-02A", "--organisation", "ods:02A", "--stage", "nurse_specialists",
                "--pathway", "lung", "--from", "2013-04-01", "--role", "funds", "--json")
    )  # fmt: skip
    claim = said["id"]
    place = ("--pathway", "lung", "--place", "ccg-02A")
    days = ("--from", "2013-10-01", "--until", "2014-04-01")
    assert "version" in concord("claim", "correct", claim, "--reason", "from October to March", *days)
    ahead = concord("findings", "ahead", "--until", "2014-12-31", "--as-of", "2014-01-15", *place)
    assert "after 31 March 2014 there is a new finding: Nobody says that it funds" in ahead
    changed = concord("findings", "changes", "--from", "2014-03-31", "--to", "2014-04-01", *place)
    assert "opened" in changed
    listed = concord("findings", "list", "--kind", "no-funder", "--as-of", "2014-04-01", *place)
    assert "no funder" in listed
    mine = concord("findings", "list", "--body", "ods:02A", "--pathway", "lung", "--as-of", "2014-01-15")
    assert "(own)" in mine
    assert "F" in concord("matrix", "lung", "--place", "ccg-02A", "--as-of", "2014-01-15")
    assert "0 ranked, 211 not" in concord("findings", "ranking", "lung", "--as-of", "2014-01-15")
    assert "disputed" in concord("claim", "dispute", claim, "--reason", "no minute", "--pays-meanwhile",
                                 "--on", "2014-01-15")  # fmt: skip
    assert "Withdrawn" in concord("claim", "withdraw", claim, "--reason", "never minuted")
    assert "as if never said" in concord("claim", "history", claim)


def test_a_list_of_claims_is_sent_at_once_by_the_command_line(concord: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text(
        "role,organisation,stage,pathway,place,status,valid_from\n"
        "funds,ods:02A,mdt,lung,ccg-02A,confirmed,2013-04-01\n"
        "commissions,ods:X24,pet_ct,lung,ccg-02A,assumed,2013-04-01\n"
    )
    assert "would be recorded" in concord("claim", "bulk", str(file), "--reason", "our list", "--dry-run")
    assert "mdt" not in concord("claim", "list", "--place", "ccg-02A", "--as-of", "2014-01-15")
    assert "Claims recorded" in concord("claim", "bulk", str(file), "--reason", "our list")
    assert "mdt" in concord("claim", "list", "--place", "ccg-02A", "--as-of", "2014-01-15")
    made = concord("mandate", "list", "--holder", "ods:0AJ", "--body", "ods:02A", "--as-of", "2014-01-15")
    assert "claims.*" in made


def test_a_page_says_in_plain_words_who_is_responsible(concord: Callable[..., str], tmp_path: Path) -> None:
    for name in ("lung.html", "lung.md"):
        concord("map", "lung", "--place", "ccg-02A", "--as-of", "2014-01-15", "--page", str(tmp_path / name))
    text, page = ((tmp_path / name).read_text(encoding="utf-8") for name in ("lung.md", "lung.html"))
    assert "# Lung cancer in NHS Trafford CCG: who is responsible" in text
    assert "Nobody is known to lead the whole way here, in the area and nationally." in text
    assert "By law this is for NHS England (South Yorkshire" not in text
    assert "Open: Nobody has said that they pay for enough of this here." in text
    assert "pass from one body's care to another's" in text
    assert "<script" not in page
    assert page.count("<h3>") == text.count("### ") > 20
    assert "SI 2012/2996" in page


@pytest.mark.parametrize(
    ("code", "day", "councils", "people"),
    [
        ("13T", "2015-06-01", {"la-E08000021", "la-E08000037"}, ("00F", "00G", "00H")),
        ("14L", "2018-06-01", {"la-E08000003"}, ("00W", "01M", "01N")),
        ("14Y", "2020-06-01", {"la-E06000060"}, ("10H", "10Y")),
        ("11J", "2019-06-01", {"la-E06000058", "la-E06000059"}, ("11J",)),
        ("D4U1Y", "2021-06-01", {"la-E06000040", "la-E10000014", "la-E10000030"}, ("10C", "99M", "10G", "10T", "11C")),
    ],
)
def test_the_people_of_a_merged_group_are_answered_for(
    england: Registry, code: str, day: str, councils: set[str], people: tuple[str, ...]
) -> None:
    """The group commissions for its own place, the councils of the day for theirs; nobody of its people is lost."""
    place = f"ccg-{code}"

    answer = england.http.get("/v1/coverage", params={"pathway": "lung", "place": place, "as_of": day})
    assert answer.status_code == 200, answer.text
    by_law = {
        one["stage"]: {holder["id"] for holder in one["statutory"]["commissioners"]}
        for one in answer.json()["stages"]
        if one["statutory"]
    }
    assert by_law["diagnostic_imaging"] == {f"ods:{code}"}
    assert by_law["prevention"] >= {f"gss:{council.removeprefix('la-')}" for council in councils}
    seen = england.http.get(f"/v1/places/{place}", params={"as_of": day}).json()["place"]
    assert {council for council, _ in seen["footprint"]} >= councils
    before = {"as_of": "2013-04-01", "basis": "registered", "year": "2013-14"}
    lists = england.http.get("/v1/populations", params=before | {"place": [f"ccg-{one}" for one in people]}).json()
    now = england.http.get("/v1/populations", params={"as_of": day, "basis": "registered", "place": place}).json()
    assert now["items"][0]["persons"] == sum(one["persons"] for one in lists["items"])
