"""Reference files: every fault is named, whatever else is wrong."""

from pathlib import Path

import pytest

from concord_registry.file_rows import FILES as ROW_KINDS
from concord_registry.files import FaultyFilesError, check, read_folder
from concord_registry.store.layers import MODELS
from concord_registry.tables import Base
from services.registry.tests.worlds import FILES, with_lines, write_folder


def faults_of(files: dict[str, str]) -> list[str]:
    with pytest.raises(FaultyFilesError) as refused:
        check(files)
    return [str(fault) for fault in refused.value.faults]


def test_every_fault_of_every_line_is_named_at_once() -> None:
    files = with_lines("populations.csv", "ccg-02A,2014-15,registered,-5,published,law,,,", "ccg-02A,14,both,x,no,,,,")
    files = with_lines("bodies.csv", "no-scheme,ccg,perhaps,2013-04-01,2013-04-01,law", base=files)
    found = faults_of(files)
    assert [fault.split(":")[0] for fault in found].count("populations.csv") == 5
    assert any("bodies.csv:11: body = 'no-scheme'" in fault for fault in found)
    assert any("bodies.csv:11: legal_person = 'perhaps'" in fault for fault in found)
    assert any("populations.csv:5: persons = '-5'" in fault for fault in found)


def test_a_period_that_runs_backwards_is_a_fault() -> None:
    (fault,) = faults_of(with_lines("places.csv", "ccg-99,ccg,Nowhere,ods:02A,2014-04-01,2014-04-01,law"))
    assert "valid_to must lie after valid_from" in fault


def test_two_lines_may_not_say_two_things_of_one_day() -> None:
    line = "ods:02A,NHS Trafford,2020-04-01,9999-12-31,law"
    (fault,) = faults_of(with_lines("body_names.csv", line))
    assert "given twice for 2020-04-01" in fault
    before, after = "NHS Trafford CCG,2013-04-01,9999-12-31", "NHS Trafford CCG,2013-04-01,2020-04-01"
    names = FILES["body_names.csv"].replace(before, after)
    check(with_lines("body_names.csv", line, base={**FILES, "body_names.csv": names}))


def test_references_must_lead_somewhere() -> None:
    files = with_lines("relations.csv", "ods:XXX,office_of,ods:X24,2013-04-01,9999-12-31,law,")
    (fault,) = faults_of(files)
    assert fault == "relations.csv:5: subject = 'ods:XXX' is not in bodies.csv"


def test_a_body_cannot_succeed_itself() -> None:
    (fault,) = faults_of(with_lines("succession.csv", "ods:02A,ods:OLD,merger,2014-04-01,1,published,law,"))
    assert "a body would succeed itself" in fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("body,kind\n", "columns missing: legal_person, valid_from"),
        (FILES["bodies.csv"] + "ods:1,ccg,yes\n", "not as many columns"),
        (FILES["bodies.csv"] + "ods:1,ccg,yes,2013-04-01,9999-12-31,law,more\n", "not as many columns"),
        (FILES["bodies.csv"] + 'ods:1,"ccg,yes\n', "unexpected end"),
        (FILES["bodies.csv"] + "ods:1,ccg,yes,2013-02-30,9999-12-31,law\n", "valid_from"),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_refused_in_words(text: str, words: str) -> None:
    assert any(words in fault for fault in faults_of({**FILES, "bodies.csv": text}))


def test_missing_and_unreadable_files_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "registry")
    (folder / "rules.csv").unlink()
    (folder / "claims.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(FaultyFilesError) as refused:
        read_folder(tmp_path)
    assert {fault.file for fault in refused.value.faults} == {"rules.csv", "claims.csv"}


def test_the_digest_is_of_the_content_not_of_the_order_of_lines() -> None:
    header, *lines = FILES["bodies.csv"].splitlines()
    turned = "\n".join([header, *reversed(lines)]) + "\n"
    assert check({**FILES, "bodies.csv": turned}).digest == check(FILES).digest
    assert check(with_lines("sources.csv", "x,X,Y")).digest != check(FILES).digest


def test_every_column_of_a_file_has_its_column_in_the_table() -> None:
    for name, model in MODELS.items():
        columns = set(Base.metadata.tables[str(model.__tablename__)].columns.keys())
        assert set(ROW_KINDS[f"{name}.csv"].model_fields) <= columns, name
