"""Publishers' files are known by what is in them, in whatever year's columns, encoding and order, and read as they are
meant; what is wrong is named with its line."""

import contextlib
import csv
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concord_kit.sheets import FaultySheetsError
from concord_registry.publications.cells import day, day_in_name, number
from concord_registry.publications.recognising import FileRead, UnknownFormatError, read_file
from concord_registry.publications.said import (
    AgesSaid,
    Asked,
    BodySaid,
    LeftOutSaid,
    MeasureSaid,
    PopulationSaid,
    RelationSaid,
    SuccessionSaid,
    TermSaid,
)
from services.registry.tests import published
from services.registry.tests.published import ECCG, ECCG_LATER, efile, efile_row, table, written

JULY_2014 = date(2014, 3, 31)


def read(content: bytes, stated_on: date | None = None, name: str = "") -> FileRead:
    return read_file(content, Asked(stated_on, {"name": name}))


def said(content: bytes, kind: type[Any], **asked: Any) -> list[Any]:
    found = read(content, **asked)
    assert not found.faults
    return [one for one in found.said if isinstance(one, kind)]


@pytest.mark.parametrize(
    ("content", "format_", "series"),
    [
        (efile(), "ods-efile", "ods-eccg"),
        (efile(ECCG_LATER), "ods-efile", "ods-eccg"),
        (published.PRACTICES, "ods-efile", "ods-epraccur"),
        (published.CCG19, "ons-lookup", "ons-ccg19-stp19-cal19"),
        (published.CCG20_SHUFFLED, "ons-lookup", "ons-ccg20-stp20"),
        (published.LSOAS, "ons-lookup", "ons-lsoa11-lad17-ccg17"),
        (published.SUCCESSORS, "ods-successors", "ods-successors"),
        (published.SUPPORT, "ods-list", "ods-list-csu"),
        (published.REGISTER, "govuk-register", "register-local-authority-eng"),
        (published.COUNCILS, "mysociety-councils", "mysociety-councils"),
        (published.AGES_LONG, "population-by-age", "population-by-age-ccg-2018"),
        (published.AGES_WIDE, "population-by-age", "population-by-age-ccg-2019"),
        (published.PATIENTS_BY_SEX, "registered-by-age", "registered-by-age-ccg-2018-04-01"),
        (published.PATIENTS_WOMEN, "registered-by-age", "registered-by-age-ccg-2018-04-01-women"),
        (published.QOF, "qof-prevalence", "qof-prevalence-2013-14"),
        (published.WAITS, "waiting-times-commissioner", "waiting-times-commissioner-2021-07"),
        (published.TRUST_WAITS, "waiting-times-provider", "waiting-times-provider-2024-02"),
        (published.WEIGHTED, "weighted-populations", "weighted-populations-2013-14"),
        (published.MORTALITY, "treatable-mortality", "treatable-mortality"),
        (published.TUMOURS, "icd10-tumour-groups", "icd10-tumour-groups"),
        (published.ROLES, "ods-roles", "ods-roles"),
        (published.POSTCODES, "postcode-shares", "pct-ccg-postcodes"),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, format_: str, series: str) -> None:
    found = read(content, JULY_2014)
    assert (found.recognised.format.key, found.recognised.edition.series, found.faults) == (format_, series, [])


def test_hubs_among_ccgs_and_codes_that_go_on_as_something_else() -> None:
    kinds = {one.body: one.kind for one in said(efile(), BodySaid)}
    assert {body for body, kind in kinds.items() if kind == "commissioning_hub"} == {"ods:12J", "ods:13W", "ods:13Q"}
    later = [(one.kind, one.name, one.opened, one.closed) for one in said(efile(ECCG_LATER), BodySaid)
             if one.body == "ods:02A"]  # fmt: skip
    assert later == [
        ("ccg", None, date(2013, 4, 1), date(2022, 7, 1)),
        ("sub_icb_location", "NHS GREATER MANCHESTER ICB - 02A", date(2022, 7, 1), None),
    ]
    closed = {one.body: one.closed for one in said(efile(ECCG_LATER), BodySaid)}
    assert closed["ods:00F"] == date(2015, 4, 1)  # the file's day is the last on which it is open


def test_a_practice_is_commissioned_until_it_left() -> None:
    relations = said(published.PRACTICES, RelationSaid)
    assert [(one.subject, one.type, one.object, one.valid_from, one.valid_to) for one in relations] == [
        ("ods:P91001", "commissioned_by", "ods:02A", date(2013, 4, 1), None),
        ("ods:P91002", "commissioned_by", "ods:02A", date(2013, 4, 1), date(2014, 7, 1)),
    ]


def test_ods_own_layout_of_successions_has_no_header() -> None:
    rows = [["0AJ", "0CY", "R", "20141001", "1"], ["5NR", "02A", "M", "20130401", "1"]]
    found = said(written(rows).encode(), SuccessionSaid)
    assert [(one.predecessor, one.successor, one.on) for one in found] == [
        ("ods:0AJ", "ods:0CY", date(2014, 10, 1)),
        ("ods:5NR", "ods:02A", date(2013, 4, 1)),
    ]
    (one,) = said(table("old_ccg,ccg20cdh", "00C,16C"), SuccessionSaid)
    assert one.on == date(2020, 4, 1)


def test_what_lies_in_what_is_seen_in_the_lines_whatever_their_columns() -> None:
    for content, expected in ((published.CCG19, 3), (published.CCG20_SHUFFLED, 3)):
        found = said(content, RelationSaid)
        partnerships = [one for one in found if one.type == "part_of_partnership"]
        assert len(partnerships) == expected
        assert {one.subject for one in partnerships} >= {"ods:02A", "ods:01Y"}
    bodies = said(published.CCG19, BodySaid)
    assert Counter(one.kind for one in bodies) == {"ccg": 3, "stp": 2, "cancer_alliance": 2}
    assert next(one.also for one in bodies if one.body == "ods:02A") == ("gss:E38000187",)


def test_small_areas_become_shares_of_the_larger_ones() -> None:
    shares = {(one.subject, one.part): one.value for one in said(published.LSOAS, MeasureSaid)}
    assert shares["ods:01Y", "gss:E08000008"] == 0.75
    assert shares["ods:01Y", "gss:E07000037"] == 0.25
    assert shares["gss:E08000009", "ods:02A"] == 1
    counted = table(
        "CCG17CD,CCG17CDH,CCG17NM,LAD17CD,LAD17NM,lsoa_count,share_of_ccg_lsoas",
        "E38000182,01Y,NHS Tameside and Glossop CCG,E08000008,Tameside,3,0.75",
        "E38000182,01Y,NHS Tameside and Glossop CCG,E07000037,High Peak,1,0.25",
    )
    again = {(one.subject, one.part): one.value for one in said(counted, MeasureSaid)}
    assert again["ods:01Y", "gss:E08000008"] == 0.75


def test_councils_with_what_replaced_them_and_their_county() -> None:
    successions = said(published.COUNCILS, SuccessionSaid)
    assert {(one.predecessor, one.successor, one.on) for one in successions} == {
        ("gss:E10000002", "gss:E06000060", date(2020, 4, 1)),
        ("gss:E07000004", "gss:E06000060", date(2020, 4, 1)),
    }
    assert [one.object for one in said(published.COUNCILS, RelationSaid)] == ["gss:E10000002"]
    assert [one.body for one in said(published.REGISTER, BodySaid)] == ["la-register:BKM", "la-register:SCR"]


def test_ages_long_and_wide_come_to_the_same_kind_of_figures() -> None:
    for content, persons in ((published.AGES_LONG, 1500), (published.AGES_WIDE, 1800)):
        (whole,) = said(content, PopulationSaid)
        ages = [one for one in said(content, MeasureSaid) if one.part.startswith("age")]
        assert (whole.persons, sum(one.value or 0 for one in ages)) == (persons, persons)
    short = published.AGES_LONG.replace(b'"900"', b'"100"')
    (fault,) = read(short).faults
    assert "come to 700, all ages to 1,500" in fault.words


def test_patients_of_practices_are_registered_people_of_the_day_of_the_extract() -> None:
    for content, persons in ((published.PATIENTS_OF_ALL_AGES, 1500), (published.PATIENTS_BY_SEX, 60)):
        (people,) = said(content, PopulationSaid)
        assert (people.body, people.year, people.basis, people.persons) == ("ods:02A", "2018-19", "registered", persons)
        found = read(content).recognised
        assert found.edition.stated_on == date(2018, 4, 1)
        assert found.format.publisher_name == "NHS Digital"
    assert {(one.part, one.value) for one in said(published.PATIENTS_BY_SEX, MeasureSaid)} == {
        ("all ages", 60), ("age 000", 25), ("age 095", 35),
    }  # fmt: skip
    two_days = published.PATIENTS_BY_SEX + published.PATIENTS_WOMEN.splitlines()[1].replace(b"01APR", b"01MAY")
    assert [one.line for one in read(two_days).faults] == [7]


def test_figures_of_one_sex_are_nobodys_population() -> None:
    ons = table("CCG21CD,CCG21NM,sex,age,population_2020", "E38000187,T,2,0,600", "E38000187,T,2,1,500")
    without_column = table("CCG21CD,CCG21NM,age,population_2020", "E38000187,T,0,600")
    cases = ((published.PATIENTS_WOMEN, ""), (ons, ""), (without_column, "ages-females-2020.csv"))
    for content, name in cases:
        found = read(content, name=name)
        assert not [one for one in found.said if isinstance(one, PopulationSaid | AgesSaid)]
        assert all(one.part.startswith("women, ") for one in found.said if isinstance(one, MeasureSaid))
        (warned,) = (one for one in found.said if isinstance(one, LeftOutSaid))
        assert "women alone" in warned.words
        assert "women alone" in found.recognised.edition.title


def test_ages_are_summed_into_the_bands_that_are_kept() -> None:
    bands = [(one.age_from, one.age_to, one.persons) for one in said(published.AGES_WHOLE, AgesSaid)]
    assert bands == [
        (0, 17, 180), (18, 24, 70), (25, 49, 250), (50, 59, 100), (60, 69, 100), (70, 74, 50), (75, 84, 100),
        (85, None, 60),
    ]  # fmt: skip
    assert said(published.AGES_LONG, AgesSaid) == [], "ages are missing"


def test_registered_patients_by_age_keep_the_bands_that_are_kept_or_else_their_own() -> None:
    by_year = said(published.PATIENTS_BY_YEAR, AgesSaid)
    assert {one.basis for one in by_year} == {"registered"}
    assert [(one.age_from, one.age_to, one.persons) for one in by_year] == [
        (0, 17, 180), (18, 24, 70), (25, 49, 250), (50, 59, 100), (60, 69, 100), (70, 74, 50), (75, 84, 100),
        (85, None, 130),
    ]  # fmt: skip
    in_fives = said(published.PATIENTS_IN_FIVES, AgesSaid)
    assert {(one.body, one.basis, one.on) for one in in_fives} == {("ods:02A", "registered", date(2018, 7, 1))}
    assert [(one.age_from, one.age_to, one.persons) for one in in_fives][:2] == [(0, 4, 100), (5, 9, 100)]
    assert (in_fives[-1].age_from, in_fives[-1].age_to) == (95, None)
    (people,) = said(published.PATIENTS_IN_FIVES, PopulationSaid)
    assert people.persons == sum(one.persons for one in in_fives) == 2000
    assert said(published.PATIENTS_BY_SEX, AgesSaid) == [], "ages are missing"


def test_waiting_times_keep_numerator_and_denominator_and_leave_nothing_over() -> None:
    known, nobody = said(published.WAITS, MeasureSaid)
    assert (known.subject, known.measure, known.value, known.numerator, known.denominator) == (
        "ods:02A", "waiting-62-day-all-cancer", 0.75, 30, 40,
    )  # fmt: skip
    assert (nobody.subject, nobody.value) == ("unknown", None)
    assert said(published.TRUST_WAITS, MeasureSaid)[0].denominator == 100.5  # half a patient: a shared breach
    (fault,) = read(published.WAITS.replace(b"40,30,10,0.75", b"40,50,10,0.75")).faults
    assert (fault.line, "more than the total" in fault.words) == (2, True)


def test_terms_and_lists_without_a_day() -> None:
    assert {(one.scheme, one.code) for one in said(published.ROLES, TermSaid)} == {
        ("ods-role", "RO98"),
        ("ods-role", "RE4"),
    }
    assert {one.kind for one in said(published.SUPPORT, BodySaid)} == {"csu"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_line_ends_and_delimiters_do_not_matter(encoding: str, ends: str, delimiter: str) -> None:
    rows = [["CCG13CD", "CCG13CDH", "CCG13NM"], ["E38000187", "02A", "NHS Trafford – West"]]
    content = written(rows, delimiter=delimiter, ends=ends, quoting=csv.QUOTE_MINIMAL).encode(encoding)
    (one,) = said(content, BodySaid)
    assert (one.body, one.name) == ("ods:02A", "NHS Trafford – West")


def test_a_workbook_with_notes_and_titles_above_the_header(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Cancer waiting times, July 2021", None],
        [],
        ["Period", "Standard", "CCG Code", "CCG Name", "Total treated", "Within standard", "Performance"],
        ["Jul-21", "62-DAY (ALL CANCER)", "02A", "NHS Trafford CCG", 40, 30, 0.75],
    ]
    found = read(published.workbook(rows, tmp_path, "CCG"))
    assert found.recognised.grid.as_written == "workbook, sheet CCG"
    assert found.recognised.others == ("Notes",)
    (one,) = [each for each in found.said if isinstance(each, MeasureSaid)]
    assert (one.period, one.line) == ("2021-07", 4)


def test_waiting_times_of_a_month_that_only_the_title_tells() -> None:
    rows = [
        "Cancer waiting times by commissioner: July 2021,,,,",
        "Standard,Commissioner code,Total,Within standard,After standard",
        "62-DAY (ALL CANCER),02A,40,30,10",
    ]
    (one,) = said(table(*rows), MeasureSaid)
    assert (one.period, one.value) == ("2021-07", 0.75)
    (untold,) = read(table(*rows[1:])).faults
    assert untold.kind == "no-month"
    assert read(table(*rows[1:]), JULY_2014).said[0].period == "2014-03"  # type: ignore[union-attr]


def test_a_line_cut_off_and_a_day_that_is_none_are_named_with_their_lines() -> None:
    rows = [*ECCG, efile_row("99X", "NHS NOWHERE CCG", "20131301", role="C"), efile_row("99Y", "X", "2013", role="C")]
    cut = efile(rows).rstrip()[: -len(b'"","","","",""') - 1]
    faults = read(cut).faults
    assert [(fault.line, fault.column) for fault in faults] == [(8, "11 open day"), (9, None)]
    assert "22 columns where 27 are expected" in faults[1].words or "columns where 27" in faults[1].words
    backwards = read(efile([*ECCG, efile_row("99Z", "X CCG", "20150401", "20140331")])).faults
    assert [(fault.line, fault.column) for fault in backwards] == [(8, "12 close day")]


def test_what_no_format_fits_says_which_comes_nearest_and_what_differs() -> None:
    with pytest.raises(UnknownFormatError) as unknown:
        read(efile([row[:-1] for row in ECCG]))
    assert unknown.value.nearest is not None
    assert unknown.value.nearest.key == "ods-efile"
    assert unknown.value.differs == "26 columns where 27 are expected in line 1"
    with pytest.raises(UnknownFormatError) as waits:
        read(published.WAITS.replace(b"within_standard", b"seen_in_time"))
    assert "no column within" in waits.value.words
    with pytest.raises(UnknownFormatError):
        read(b"dear all,\nthe figures are attached.\n")
    with pytest.raises(FaultySheetsError):
        read(b"PK\x03\x04 no archive")


def test_a_list_with_where_each_area_lies_is_a_list_all_the_same() -> None:
    rows = (
        "OBJECTID,CCG21CD,CCG21NM,BNG_E,BNG_N,LONG,LAT,Shape__Area,Shape__Length,GlobalID",
        "1,E38000187,NHS Trafford CCG,378000,394000,-2.3,53.4,106000000.5,61000.1,5f3c",
    )
    (one,) = said(table(*rows), BodySaid)
    assert (one.body, one.kind, one.seen) == ("gss:E38000187", "ccg", date(2021, 4, 1))


def test_one_code_under_two_names_in_one_list_is_a_fault() -> None:
    twice = (
        published.CCG19
        + b"4,E38000187,02A,NHS Elsewhere CCG,E54000007,Greater Manchester,E56000014,Greater Manchester\n"
    )
    (fault,) = read(twice).faults
    assert (fault.line, fault.kind) == (5, "two-names")


@given(st.permutations(range(8)), st.integers(14, 29))
@settings(max_examples=20, deadline=None)
def test_ons_columns_may_stand_in_any_order_and_be_of_any_year(order: list[int], year: int) -> None:
    rows = list(csv.reader(published.CCG19.decode().replace("19C", f"{year}C").replace("19N", f"{year}N").splitlines()))
    shuffled = written([[row[at] for at in order] for row in rows]).encode()
    found = read(shuffled)
    assert found.recognised.edition.series == f"ons-ccg{year}-stp{year}-cal{year}"
    assert Counter(type(one).__name__ for one in found.said) == Counter(
        type(one).__name__ for one in read(published.CCG19).said
    )


@given(st.text(max_size=200) | st.lists(st.text(max_size=9), max_size=30).map(lambda cells: ",".join(cells)))
@settings(max_examples=60, deadline=None)
def test_no_text_is_too_strange_to_be_refused(text: str) -> None:
    with contextlib.suppress(UnknownFormatError, FaultySheetsError):
        read(text.encode("utf-8", "replace"))


def test_days_and_numbers_as_publishers_write_them() -> None:
    days = [day(text) for text in ("20130401", "2013-04-01", "01/04/2013", "1-Apr-13", "2013-04-01T00:00:00Z")]
    assert set(days) == {date(2013, 4, 1)}
    assert [number(text) for text in ("1,234", "£1,234.5", "72.4%", "NA", "*", "-3")] == [
        1234, 1234.5, 0.7240000000000001, None, None, -3,
    ]  # fmt: skip
    for wrong in ("20131301", "31/02/2013", "April"):
        with pytest.raises(ValueError, match="no day"):
            day(wrong)
    with pytest.raises(ValueError, match="no number"):
        number("1,23")
    assert day_in_name("ods_eccg_2016_02.csv") == date(2016, 2, 1)
    assert day_in_name("eccg.csv") is None
    assert day("01APR2018") == date(2018, 4, 1)


def strangers() -> dict[str, tuple[bytes, str, int, list[int]]]:
    """Files of other years and hands: content, format, lines that say something, faulty lines."""
    rows = [efile_row("02A", "NHS TRAFFORD CCG", role="C"), efile_row("01Y", "TAMESIDE", role="C", office="Q46")]
    plain, header = published.efile(rows), ["Organisation Code", "Name", *[f"c{number}" for number in range(25)]]
    note = b'"Source: NHS Digital, Crown copyright"\n'
    waits = published.WAITS.decode()
    ages = ",".join(["0-4", "5 to 9", *(f"{low}-{low + 4}" for low in range(10, 85, 5)), "85 and over"])
    people = ",".join(['"1,000"'] * 18)
    ccg = "CCG Code,CCG Name,All Ages"
    return {
        "byte order mark": (b"\xef\xbb\xbf" + plain, "ods-efile", 2, []),
        "utf-16": (plain.decode("cp1252").encode("utf-16"), "ods-efile", 2, []),
        "latin-1": (published.efile([efile_row("02A", "CAF\xc9"), *rows]), "ods-efile", 3, []),
        "header": (published.efile([header, *rows]), "ods-efile", 2, []),
        "one more comma": (published.efile([[*row, ""] for row in rows]), "ods-efile", 2, []),
        "empty lines after it": (plain + b"\n\n" + b"," * 26 + b"\n", "ods-efile", 2, []),
        "title and source": (b"ODS extract of April 2018\n" + plain + note, "ods-efile", 2, []),
        "cut off in a line": (written(rows, quoting=csv.QUOTE_MINIMAL).encode()[:-16], "ods-efile", 1, [2]),
        "cut off after a code": (plain + b"00C\n", "ods-efile", 2, [3]),
        "a day that is none": (published.efile([*rows, efile_row("03A", "X", "20131301")]), "ods-efile", 2, [3]),
        "semicolons": (published.written(rows, delimiter=";").encode(), "ods-efile", 2, []),
        "boards of 2023": (
            published.table(
                "SICBL23CDH,ICB23NM,SICBL23CD,ICB23CD,ICB23CDH,SICBL23NM,LAD23CD,LAD23NM",
                "02A,GM,E38000187,E54000057,QOP,NHS GM ICB - 02A,E08000009,Trafford",
            ), "ons-lookup", 1, [],
        ),
        "years of four digits": (published.table("CCG2021CD,CCG2021NM", "E38000187,Trafford"), "ons-lookup", 1, []),
        "small letters, notes below": (
            published.table("ccg19cd,ccg19cdh,ccg19nm", "E38000187,02A,T", "", "Contains OS data,,"),
            "ons-lookup", 1, [],
        ),
        "a code that is none": (
            published.table("CCG19CD,CCG19CDH,CCG19NM", "38000187,02A,T", "E38000182,01Y,G"), "ons-lookup", 2, [2]
        ),
        "bands of ages": (
            published.table(f"Mid-2019 Population Estimates{',' * 20}", "", f"{ccg},{ages}",
                            f'02A,Trafford,"18,000",{people}'), "population-by-age", 1, [],
        ),
        "people by sex": (
            published.table("CCG21CD,CCG21NM,sex,age,population_2020", "E38000187,T,1,0,600", "E38000187,T,2,0,500"),
            "population-by-age", 2, [],
        ),
        "ages that do not come to all": (
            published.table(f"Mid-2019{',' * 20}", f"{ccg},{ages}", f"02A,T,1,{people}"), "population-by-age", 1, [3]
        ),
        "separators, percent, suppressed": (
            waits.replace("40,30,10,0.75", '"1,234","1,200",34,97.2%').replace(",0,0,0,", ",*,*,*,").encode(),
            "waiting-times-commissioner", 2, [],
        ),
        "a note under figures": (waits.encode() + b"\nNote: figures may be revised,,,,,,,,,\n",
                                 "waiting-times-commissioner", 2, []),
        "another month": (
            published.table("Period,Commissioner,Commissioner Name,Standard,Total Treated,Within Standard,Breaches",
                            "Mar-18,02A,NHS TRAFFORD CCG,62 Day,40,30,10"), "waiting-times-commissioner", 1, [],
        ),
        "days of people": (published.table("from,to,legal_start", "00C,16C,01/04/2020"), "ods-successors", 1, []),
    }  # fmt: skip


STRANGERS = strangers()


@pytest.mark.parametrize("name", STRANGERS)
def test_files_of_other_years_and_hands_are_known_and_faults_are_on_their_lines(name: str) -> None:
    content, form, lines, faulty = STRANGERS[name]
    read = read_file(content, Asked(None, {}))
    assert (read.recognised.format.key, read.lines) == (form, lines + (form == "ods-efile") * len(faulty))
    assert [fault.line for fault in read.faults] == faulty


def test_remarks_are_named_and_a_line_that_was_cut_off_is_none() -> None:
    read = read_file(STRANGERS["title and source"][0], Asked(None, {}))
    assert read.remarks == [1, 4]
    assert read_file(STRANGERS["cut off after a code"][0], Asked(None, {})).remarks == []


def test_workbooks_have_one_sheet_for_each_standard_and_no_empty_cells(tmp_path: Path) -> None:
    sheet = published.workbook(
        [["Cancer Waiting Times"], ["April 2015"], [],
         ["ODS CODE", "ACCOUNTABLE COMMISSIONER", "TOTAL", "WITHIN 14 DAYS", "AFTER 14 DAYS"],
         ["02A", "NHS TRAFFORD CCG", 500, 480, 20]],
        tmp_path, "TWO WEEK WAIT",
    )  # fmt: skip
    (said,) = read_file(sheet, Asked(None, {})).said
    assert (said.measure, said.period, said.numerator) == ("waiting-two-week-wait", "2015-04", 480)  # type: ignore[union-attr]
    read = read_file(
        published.workbook([efile_row("02A", "NHS TRAFFORD CCG", role="C")] * 3, tmp_path), Asked(None, {})
    )
    assert (read.recognised.format.key, read.faults) == ("ods-efile", [])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "is a page"),
        (b"%PDF-1.4\n", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(600), "old kind"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"PK\x03\x04" + bytes(30) + b"eccg.csv", "unpack it"),
    ],
)
def test_what_is_no_table_is_called_what_it_is(content: bytes, words: str) -> None:
    with pytest.raises(FaultySheetsError) as refused:
        read_file(content, Asked(None, {}))
    assert words in refused.value.faults[0].words
