"""Records beside the map on the command line: what is asked, and how it reads."""

import json
from pathlib import Path
from typing import Any

from libs.client.tests.test_command_line import Double, double, run

__all__ = ["double"]

AT = {"as_of": "2014-01-15", "known_at": "2014-01-15T00:00:00Z", "seq": 7}
CONTRACT: dict[str, Any] = {
    "id": "c1", "version": 2, "owner": "ods:02A", "valid_from": "2013-04-01", "valid_to": "2015-04-01",
    "recorded_from": "2014-01-01T00:00:00Z", "title": "Imaging", "provider": "ods:RM2", "coordinator": "ods:02A",
    "form": "block", "stages": ["imaging"], "pathways": ["lung"], "places": ["ccg-02A"], "rolled_over_unread": True,
    "values": [{"year": "2013-14", "money": "contract-value", "value_gbp": 1_200_000}], "notice_by": "2014-04-01",
    "bodies": [{"id": "ods:02A", "name": "NHS Trafford CCG", "kind": "ccg"}],
}  # fmt: skip
HISTORY = AT | {"id": "c1", "versions": [{"recorded_to": "9999-12-31T00:00:00Z", "record": CONTRACT}]}


def rows(output: str) -> list[str]:
    return [" ".join(line.split()) for line in output.splitlines()]


def test_contracts_are_listed_and_shown_with_what_follows_from_their_dates(double: Double) -> None:
    double.answers = [(200, AT | {"items": [CONTRACT]}), (200, HISTORY), (200, AT | {"items": []})]
    listed = run("contract", "list", "--place", "ccg-02A", "--year", "2013-14")
    assert double.asked[0][1] == "/v1/contracts?place=ccg-02A&year=2013-14&limit=500"
    assert "Imaging (block)" in listed.output
    shown = rows(run("contract", "show", "c1").output)
    assert "2013-14 contract-value GBP 1,200,000" in shown
    assert any("Rolled over unread" in row for row in shown)
    assert "No contracts" in run("contract", "list").output


def test_what_an_office_may_sign_is_listed_with_its_limit(double: Double) -> None:
    kept = {name: CONTRACT[name] for name in ("version", "owner", "valid_from", "recorded_from", "bodies")}
    kept |= {"body": "ods:02A", "decision": "enter_agreement", "valid_to": "9999-12-31"}
    officer = kept | {"id": "a1", "role": "chief-officer", "limit_gbp": 100_000, "jointly_with": "treasurer"}
    board = kept | {"id": "a2", "role": "board", "limit_gbp": None}
    double.answers = [(200, AT | {"items": [officer, board]})]
    words = run("authority", "list").output
    assert "chief-officer up to GBP 100,000" in words
    assert "with treasurer" in words
    assert "board without limit" in words


def test_a_record_is_entered_corrected_and_ended(double: Double, tmp_path: Path) -> None:
    sent = {name: CONTRACT[name] for name in ("title", "provider", "coordinator", "form", "stages", "places")}
    file = tmp_path / "contract.json"
    file.write_text(json.dumps(sent | {"valid_from": "2013-04-01"}))
    double.answers = [(201, CONTRACT), (200, HISTORY), (200, CONTRACT), (200, HISTORY), (200, CONTRACT)]
    assert "Entered: c1" in run("contract", "enter", str(file)).output
    assert "Version 2 of c1" in run("contract", "correct", "c1", str(file)).output
    assert "until before 2015-04-01" in run("contract", "end", "c1", "--reason", "over", "--on", "2015-04-01").output
    assert [(method, path) for method, path, _, _ in double.asked] == [
        ("POST", "/v1/contracts"), ("GET", "/v1/contracts/c1"), ("PUT", "/v1/contracts/c1"),
        ("GET", "/v1/contracts/c1"), ("POST", "/v1/contracts/c1/end"),
    ]  # fmt: skip
    assert double.asked[4][3] == {"reason": "over", "on": "2015-04-01"}
    file.write_text("{}")
    wrong = run("contract", "enter", str(file))
    assert (wrong.exit_code, len(double.asked)) == (2, 5)


def test_a_person_is_entered_and_erased(double: Double) -> None:
    kept = {"id": "p1", "version": 1, "owner": "ods:02A", "shown": "nothing"}
    double.answers = [(201, kept), (200, kept), (200, kept | {"erased": True}), (200, {"items": [kept]})]
    assert "Entered: p1" in run("people", "enter", "--name", "Ada", "--email", "ada@example.nhs.uk").output
    assert "Erased: p1" in run("people", "erase", "p1", "--reason", "asked for").output
    assert double.asked[2][:2] == ("DELETE", "/v1/people/p1?reason=asked+for")
    assert "named, not public" in run("people", "list").output


def test_leads_are_told_of_the_commissioners_of_the_day(double: Double) -> None:
    body = {"id": "ods:QOP", "name": "NHS Greater Manchester Integrated Care Board", "kind": "icb"}
    lead = {"body": body, "place": "icb-QOP", "lead": False, "advice_in_the_year": 0}
    found = AT | {"as_of": "2023-06-01", "within": "england", "items": [lead], "without_lead": ["ods:QOP"]}
    double.answers = [(200, found)]
    shown = rows(run("leads").output)
    assert "1 of 1 ICBs have no clinical cancer lead on 2023-06-01." in shown
    assert "CCG" not in shown


def test_reports_read_as_a_board_reads_them(double: Double) -> None:
    body = {"id": "ods:02A", "name": "NHS Trafford CCG", "kind": "ccg"}
    lead = {"body": body, "place": "ccg-02A", "lead": False, "advice_in_the_year": 2, "vacant_since": "2014-01-01"}
    standard = {"standard": "62", "name": "62 days", "threshold": 0.85, "actual": 0.844, "period": "2013-14 Q4"}
    standard |= {"measured_of": "england", "verdict": "missed"}
    risk = CONTRACT | {"title": "CT", "pathway": "lung", "place": "gm", "cause": "posts", "effect": "late"}
    risk |= {"likelihood": 4, "impact": 4, "owner_body": "ods:02A", "owner_role": "lead", "score": 16}
    double.answers = [
        (200, AT | {"within": "england", "items": [lead], "without_lead": ["ods:02A"]}),
        (200, AT | {"pathway": "lung", "place": "gm", "risks": [risk], "standards": [standard], "worst": 16}),
        (200, AT | {"pathway": "lung", "place": "gm", "plans": 0, "without_plan": ["imaging"],
                    "stages": [{"stage": "imaging", "name": "Imaging", "plans": [], "records": []}]}),
    ]  # fmt: skip
    assert "NHS Trafford CCG none since 2014-01-01 2" in rows(run("leads").output)
    register = rows(run("risks", "lung", "--place", "gm").output)
    assert "62 days 85.0% 84.4% england, 2013-14 Q4 missed" in register
    assert "1 of 1 stages are in no plan." in rows(run("plan-coverage", "lung", "--place", "gm").output)


def test_reference_groups_read_by_tumour_group_with_the_stages_that_none_advises_on(double: Double) -> None:
    stage = {"stage": "surgery", "name": "Surgery", "reference_groups": [], "specialised": True}
    lung = {"pathway": "lung", "name": "Lung cancer", "tumour_group": "Lung", "reach": "some-stages"}
    lung |= {"reference_groups": ["Chemotherapy Clinical Reference Group"], "stages": [stage]}
    lung |= {"specialised_without": ["surgery"]}
    breast = {"pathway": "breast", "name": "Breast cancer", "tumour_group": "Breast", "reach": "none"}
    breast |= {"reference_groups": [], "stages": [], "specialised_without": []}
    covered = AT | {"within": "england", "tumour_groups": [lung, breast], "without_reference_group": ["breast"]}
    covered |= {"groups_without_scope": [], "places": [], "without_network": [], "overlaps": []}
    double.answers = [(200, covered), (200, AT | {"items": []})]
    output = run("networks").output
    assert "Lung cancer some stages Chemotherapy surgery" in rows(output)
    assert "Breast cancer not at all none recorded" in rows(output)
    assert "1 of 2 tumour groups are named by no reference group." in output
    run("network", "list", "--stage", "surgery")
    assert double.asked[-1][1] == "/v1/networks?stage=surgery&limit=500"
