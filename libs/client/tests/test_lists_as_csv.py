"""A list as CSV: a line for each item, and on standard error the day and position it was read at."""

import csv
from io import StringIO

from libs.client.tests.test_command_line import NHS_ENGLAND, Double, double, radiotherapy, run

__all__ = ["double"]

AT = {"as_of": "2014-01-15", "known_at": "2014-01-15T00:00:00Z", "seq": 7}
LUNG = {"key": "lung", "name": "Lung, trachea", "tumour_group": "lung", "icd10": ["C33", "C34"], "big_four": True,
        "stages": ["imaging"]}  # fmt: skip
MANDATE = {"id": "m1", "version": 1, "holder": "ods:0AJ", "body": "ods:02A", "actions": ["claims.confirm"],
           "valid_from": "2013-04-01", "valid_to": "9999-12-31", "recorded_from": "2013-04-01T00:00:00Z"}  # fmt: skip


def test_a_list_is_a_sheet_and_its_position_is_beside_it(double: Double) -> None:
    double.answers = [(200, AT | {"items": [LUNG]})]
    done = run("pathway", "list", "--csv")
    (row,) = csv.DictReader(StringIO(done.stdout))
    assert row == {"key": "lung", "name": "Lung, trachea", "tumour_group": "lung", "icd10": "C33; C34",
                   "big_four": "true", "stages": "imaging"}  # fmt: skip
    assert done.stderr.split() == ["--as-of", "2014-01-15", "--known-at", "2014-01-15T00:00:00Z"]


def test_a_page_that_is_not_the_last_says_how_to_go_on(double: Double) -> None:
    double.answers = [(200, AT | {"items": [MANDATE], "next_cursor": "next"})] * 2
    assert "--cursor next" in run("mandate", "list", "--csv").stderr
    assert "There are more: --cursor next" in run("mandate", "list").output


def test_one_form_at_a_time(double: Double) -> None:
    double.answers = [(200, AT | {"items": []})]
    done = run("pathway", "list", "--csv", "--json")
    assert (done.exit_code, done.stdout) == (2, "")


def test_what_lies_deeper_keeps_its_names_and_no_text_drives_a_terminal(double: Double) -> None:
    double.answers = [(200, radiotherapy([NHS_ENGLAND.model_copy(update={"name": "evil\x1b[2J"})]))]
    (row,) = csv.DictReader(StringIO(run("responsibilities", "--csv").stdout))
    assert row["statutory.citation.text"] == "SI 2012/2996 Sch 4"
    assert '"name": "evil' in row["statutory.commissioners"]
    assert "\x1b" not in row["statutory.commissioners"]
