"""Records and people out of tables."""

import sqlite3
from typing import Any

from concord_kit.sheets import CSV_TYPE
from services.allocation.tests.test_imports import as_workbook
from services.registry.tests.conftest import Registry
from services.registry.tests.test_imports import as_csv, faults, send
from services.registry.tests.test_knowledge import TAMESIDE, TRAFFORD, UNIT, listed, mandate

CONTRACT = {
    "contract": "ct", "title": "Imaging", "provider": "concord:phe", "coordinator": TRAFFORD, "form": "block",
    "stages": "imaging gp", "pathways": "lung", "places": "ccg-02A", "notice_months": "12",
    "renewals": "2013-10-01 2014-01-01", "valid_from": "2013-04-01", "valid_to": "2015-04-01",
}  # fmt: skip
VALUE = {"contract": "ct", "year": "2013-14", "money": "contract-value", "value_gbp": "1200000"}
ASSOCIATE = {"contract": "ct", "organisation": TAMESIDE, "share": "0.25"}
ADA = {"person": "ada", "name": "Ada Lovelace", "email": "ada@example.nhs.uk", "shown": "name"}
LEAD = {
    "holder": "lead", "role": "clinical-cancer-lead", "body": TRAFFORD, "person": "ada", "skills": "clinical finance",
    "place": "ccg-02A", "valid_from": "2013-04-01",
}  # fmt: skip
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def own(registry: Registry, topic: str, body: str = TRAFFORD) -> Any:
    return listed(registry, topic, registry.as_body(body))


def test_a_workbook_brings_a_contract_with_its_parts_and_later_files_correct_them(registry: Registry) -> None:
    book = as_workbook(contracts=[CONTRACT], contract_associates=[ASSOCIATE], contract_values=[VALUE])
    tried = send(registry, book, kind=EXCEL, dry_run=True)
    assert (tried.status_code, own(registry, "contracts")) == (200, [])
    assert send(registry, book, kind=EXCEL).status_code == 201
    (one,) = own(registry, "contracts")
    assert (one["id"], one["stages"], one["rolled_over_unread"]) == (
        f"{TRAFFORD}~contracts~ct",
        ["imaging", "gp"],
        True,
    )
    assert (one["associates"][0]["share"], one["values"][0]["value_gbp"]) == (0.25, 1_200_000)
    assert send(registry, book, kind=EXCEL).json()["changed"] is False
    outturn = VALUE | {"money": "outturn", "value_gbp": "1250000"}
    assert send(registry, as_csv(outturn), "contract_values").json()["tables"] == [
        {"table": "contract_values", "added": 0, "changed": 1, "withdrawn": 0, "unchanged": 0}
    ]
    assert send(registry, as_csv(CONTRACT | {"last_reviewed": "2014-01-02"}), "contracts").status_code == 201
    (one,) = own(registry, "contracts")
    assert (one["version"], len(one["values"]), len(one["associates"]), one["rolled_over_unread"]) == (3, 2, 1, False)
    key = {name: outturn[name] for name in ("contract", "year", "money")}
    assert send(registry, as_csv(key), "contract_values", action="withdraw").status_code == 201
    assert len(own(registry, "contracts")[0]["values"]) == 1
    assert send(registry, as_csv({"contract": "ct"}), "contracts", action="withdraw").status_code == 201
    assert own(registry, "contracts") == []


def test_people_come_with_their_roles_and_no_report_says_what_was_sent_of_them(registry: Registry) -> None:
    sent = send(registry, as_workbook(people=[ADA], role_holders=[LEAD]), kind=EXCEL)
    assert sent.status_code == 201, sent.text
    report = registry.http.get(sent.headers["Location"])
    for text in (sent.text, report.text):
        assert "Ada" not in text
        assert "ada" not in text.replace("(personal)", "")
    (role,) = listed(registry, "role-holders")
    assert (role["holder"]["name"], role["holder"]["email"], role["skills"]) == (
        "Ada Lovelace", None, ["clinical", "finance"],
    )  # fmt: skip
    again = send(registry, as_csv(ADA | {"telephone": "0161 496 0000"}), "people")
    assert [cell["after"] for cell in again.json()["rows"][0]["cells"]] == ["(personal)"]
    assert send(registry, as_csv({"person": "ada"}), "people", action="withdraw").status_code == 201
    (role,) = listed(registry, "role-holders")
    assert (role["holder"]["erased"], role["holder"]["name"]) == (True, None)
    assert faults(send(registry, as_csv(LEAD), "role_holders")) == {("/role_holders/2/person", "unknown-person")}


def test_a_report_says_values_and_shares_only_of_contracts_that_make_them_public(registry: Registry) -> None:
    book = as_workbook(contracts=[CONTRACT], contract_associates=[ASSOCIATE], contract_values=[VALUE])
    first = send(registry, book, kind=EXCEL)
    public = send(registry, as_csv(CONTRACT | {"values_public": "true"}), "contracts")
    other = send(registry, as_csv(VALUE | {"value_gbp": "1300000"}), "contract_values")
    hidden = send(registry, as_csv(CONTRACT | {"values_public": "false"}), "contracts")
    last = send(registry, as_csv(VALUE | {"value_gbp": "1400000"}), "contract_values")
    assert [one.status_code for one in (first, public, other, hidden, last)] == [201] * 5

    def cells(answer: Any) -> dict[str, tuple[str, str]]:
        read = registry.http.get(answer.headers["Location"]).json()
        assert read["rows"] == answer.json()["rows"]
        return {one["column"]: (one["before"], one["after"]) for one in read["rows"][0]["cells"]}

    assert (cells(first)["values"], cells(first)["associates"]) == ((None, "(parties only)"),) * 2
    assert cells(first)["title"] == (None, "Imaging")
    assert "1300000" in cells(other)["values"][1]
    assert cells(last)["values"] == ("(parties only)",) * 2


def test_reports_kept_from_before_are_read_without_values(registry: Registry) -> None:
    book = as_workbook(contracts=[CONTRACT], contract_values=[VALUE])
    made = send(registry, book, kind=EXCEL)
    with sqlite3.connect(registry.database_file) as connection:
        connection.execute("UPDATE loads SET report = replace(report, '(parties only)', 'contract-value:1200000:2013')")
    read = registry.http.get(made.headers["Location"])
    assert read.json()["rows"] == made.json()["rows"]
    assert "1200000" not in read.text


def test_by_a_mandate_a_table_is_sent_only_where_its_records_may_be_written_by_it(registry: Registry) -> None:
    mandate(registry, "imports.*")

    def sent(content: bytes, table: str | None = None, **more: Any) -> Any:
        headers = registry.as_body(UNIT, acting_for=TAMESIDE) | {"Content-Type": more.pop("kind", CSV_TYPE)}
        params = {"table": table} | more if table else more
        return registry.http.post("/v1/imports", params=params, content=content, headers=headers)

    contract, lead = CONTRACT | {"coordinator": TAMESIDE}, LEAD | {"body": TAMESIDE}
    claim = {
        "claim": "c", "role": "commissions", "organisation": TAMESIDE, "stage": "imaging", "pathway": "lung",
        "place": "ccg-01Y", "authority": "minute 1", "valid_from": "2013-05-01",
    }  # fmt: skip
    book = as_workbook(contracts=[contract], contract_values=[VALUE], people=[ADA], role_holders=[lead], claims=[claim])
    assert {one for one in faults(sent(book, kind=EXCEL)) if one[1] == "not-lent"} == {
        (f"/{table}/2", "not-lent") for table in ("contracts", "contract_values", "people", "role_holders", "claims")
    }
    mandate(registry, "contracts.*", "people.write", "role-holders.*", "claims.assert")
    made = sent(book, kind=EXCEL)
    assert made.status_code == 201, made.text
    assert faults(sent(as_csv({"person": "ada"}), "people", action="withdraw")) == {("/people/2", "not-lent")}
    assert faults(sent(as_csv({"claim": "c"}), "claims", action="withdraw")) == {("/claims/2", "not-lent")}
    assert faults(sent(as_csv(claim | {"authority": "minute 2"}), "claims")) == {("/claims/2", "not-lent")}


def test_the_same_said_twice_by_a_table_is_refused(registry: Registry) -> None:
    twice = [CONTRACT, CONTRACT | {"contract": "other"}]
    assert faults(send(registry, as_csv(*twice), "contracts")) == {
        ("/contracts/2", "conflict"), ("/contracts/3", "conflict"),
    }  # fmt: skip
    assert send(registry, as_csv(CONTRACT), "contracts").status_code == 201
    assert faults(send(registry, as_csv(twice[1]), "contracts")) == {("/contracts/2", "conflict")}
    later = [CONTRACT | {"title": "Another"}, twice[1]]
    assert send(registry, as_csv(*later), "contracts").status_code == 201, "the file leaves but one that says so"


def test_every_fault_of_a_table_of_records_is_named(registry: Registry) -> None:
    risk = {
        "risk": "r", "title": "t", "pathway": "lung", "place": "ccg-02A", "cause": "c", "effect": "e",
        "likelihood": "4", "impact": "6", "owner_body": TRAFFORD, "owner_role": "lead", "valid_from": "2013-04-01",
    }  # fmt: skip
    rows = [
        risk,
        risk | {"risk": "a", "impact": "5", "stage": "nothing"},
        risk | {"risk": "b", "impact": "5", "owner_body": TAMESIDE, "place": "ccg-01Y"},
        risk | {"risk": "c", "impact": "5", "valid_from": "2013-04-01"},
        risk | {"risk": "c", "impact": "5", "valid_from": "2014-04-01"},
    ]
    assert faults(send(registry, as_csv(*rows), "risks")) >= {
        ("/risks/2/impact", "less_than_equal"),
        ("/risks/3/stage", "unknown-stage"),
        ("/risks/4/owner_body", "not-yours"),
    }
    assert faults(send(registry, as_csv(VALUE), "contract_values")) == {("/contract_values/2", "nothing-there")}
    assert faults(send(registry, as_csv({"contract": "x"}), "contracts", action="withdraw")) == {
        ("/contracts/2", "nothing-there")
    }


def test_a_form_of_each_table_of_records_can_be_had(registry: Registry) -> None:
    for table in ("people", "role_holders", "contracts", "contract_values", "risks"):
        answer = registry.http.get(f"/v1/imports/templates/{table}.csv", params={"filled": "true"})
        assert (answer.status_code, answer.text.count("\n")) == (200, 1)
