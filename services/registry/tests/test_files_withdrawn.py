"""A publisher's file taken back: the map is as if it had never come, and still reads as it did before."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from concord_kit.database import Database
from concord_kit.journal import Intent
from concord_kit.problems import Problem
from concord_registry.publications import taking, withdrawing
from concord_registry.publications.merging import GROUPS
from concord_registry.publications.planning import Sent
from concord_registry.publications.recognising import read_file
from concord_registry.publications.said import Asked
from concord_registry.store import publications as store
from concord_registry.store.layers import rows_in_use, table_of
from services.registry.tests import published, worlds
from services.registry.tests.conftest import Registry
from services.registry.tests.published import ECCG, ECCG_LATER, efile, efile_row

NHS_ENGLAND = "ods:X24"
BETWEEN = [*ECCG[:-1], efile_row("02A", "NHS TRAFFORD CCG", postcode="M33 7ZF"), efile_row("99A", "NHS NEW CCG")][1:]
EDITIONS = (
    (efile(ECCG), date(2016, 2, 1)),
    (efile(BETWEEN), date(2017, 6, 1)),
    (efile(ECCG_LATER), date(2025, 1, 1)),
    (published.SUCCESSORS, date(2017, 1, 1)),
    (published.WAITS, date(2021, 8, 1)),
    (published.WAITS.replace(b"40,30,10,0.75", b"40,20,20,0.5"), date(2021, 9, 1)),
    (published.TUMOURS, date(2020, 1, 1)),
    (published.TUMOURS.replace(b"Lung", b"Lungs"), date(2021, 1, 1)),
)


def take(database: Database, editions: Sequence[tuple[bytes, date]]) -> list[int]:
    found = []
    for content, day in editions:
        read = read_file(content, Asked(day, {}))
        digest = hashlib.sha256(content).hexdigest()
        sent = Sent(read, digest, NHS_ENGLAND, day, stated_on=day, accept_fewer=True)
        report = database.write_now(Intent("test", "files.create"), lambda tx, sent=sent: taking.carried_out(tx, sent))
        assert report.id is not None
        found.append(report.id)
    return found


def withdraw(database: Database, file: int) -> None:
    asked = withdrawing.Asked(file, "it was wrong", NHS_ENGLAND)
    looked = database.read_now(lambda tx: withdrawing.looked_at(tx, asked))
    done = database.write_now(Intent("test", "files.withdraw"), lambda tx: withdrawing.carried_out(tx, asked))
    assert (looked.tables, looked.standing) == (done.tables, done.standing)


def everything(database: Database, files: Sequence[int]) -> list[Any]:
    """All that is in use of every day, each file by its place in the order of imports."""
    place = {number: at for at, number in enumerate(files)}

    def look(tx: Any) -> list[Any]:
        found: list[Any] = []
        for table in GROUPS:
            for row in rows_in_use(tx.connection, table, tx.head_at):
                values = store.columns_of(table, row)
                values["source"] = None if row.edition else values.get("source")
                found.append((table, place.get(row.edition or 0), sorted((k, str(v)) for k, v in values.items())))
        measures = store.measures(tx, tx.head_at, {}, None, 1000)
        found += [("measure", place.get(one.file), sorted(one.model_dump(exclude={"file"}).items(), key=str))
                  for _, one in measures]  # fmt: skip
        terms = store.terms(tx, tx.head_at, None, None, None, 1000)
        found += [("term", place.get(one.file), one.code, one.name) for one in terms]
        return sorted(found, key=str)

    return database.read_now(look)


@pytest.mark.parametrize("wrong", range(len(EDITIONS)))
def test_without_a_file_all_is_as_if_it_had_never_come(fresh_sqlite: Callable[..., str], wrong: int) -> None:
    with worlds.open_registry(fresh_sqlite("registry-small-world", worlds.prepare)) as database:
        files = take(database, EDITIONS)
        before = everything(database, files)
        withdraw(database, files[wrong])
        kept = everything(database, files[:wrong] + files[wrong + 1 :])
        assert kept != before
    with worlds.open_registry(fresh_sqlite("registry-small-world", worlds.prepare)) as database:
        without = [one for at, one in enumerate(EDITIONS) if at != wrong]
        assert kept == everything(database, take(database, without))


def test_a_file_of_before_statements_were_kept_leaves_no_place_behind(fresh_sqlite: Callable[..., str]) -> None:
    content, day = published.COUNCILS, date(2014, 1, 1)
    with worlds.open_registry(fresh_sqlite("registry-small-world", worlds.prepare)) as database:
        before = everything(database, [])
        (file,) = take(database, [(content, day)])
        kept = table_of("edition_statements")
        database.housekeep_now(lambda session: session.connection().execute(kept.delete()))
        with pytest.raises(Problem, match="import it again"):
            withdraw(database, file)
        take(database, [(content, day)])
        withdraw(database, file)
        assert everything(database, [file]) == before


def test_on_each_database_the_edition_before_shows_again(loaded_on_each: Database) -> None:
    first, second = take(loaded_on_each, [EDITIONS[0], EDITIONS[2]])
    before = everything(loaded_on_each, [first, second])
    withdraw(loaded_on_each, second)
    assert everything(loaded_on_each, [first]) != before
    with pytest.raises(Problem, match="There is no file"):
        withdraw(loaded_on_each, 10**6)


def test_a_steward_takes_a_file_back_for_a_reason_and_once(registry: Registry) -> None:
    def post(path: str, key: str | None = None, **sent: Any) -> Any:
        return registry.http.post(path, headers=registry.as_body(NHS_ENGLAND, "data-steward", key=key), **sent)

    def send(content: bytes, name: str, **more: str) -> Any:
        headers = registry.as_body(NHS_ENGLAND, "data-steward") | {"Content-Type": "text/csv"}
        return registry.http.post("/v1/files", params={"name": name, **more}, content=content, headers=headers)

    first = send(efile(), "eccg_2016-02.csv").json()
    second = send(efile(ECCG_LATER), "eccg_2025-01.csv").json()
    held = registry.get("/v1/organisations/ods:A4R1E", as_of="2025-01-01").json()
    path = f"/v1/files/{second['id']}/withdraw"
    assert post(path, json={}).status_code == 422
    tried = post(path, json={"reason": "of another year"}, params={"dry_run": "true"}).json()
    assert (tried["dry_run"], tried["bodies_gone"]) == (True, ["ods:A4R1E"])
    assert registry.get("/v1/organisations/ods:A4R1E", as_of="2025-01-01").status_code == 200
    done = post(path, "once", json={"reason": "of another year"})
    assert done.status_code == 200, done.text
    assert (done.json()["tables"], done.json()["standing"]["file"]) == (tried["tables"], first["id"])
    assert post(path, "once", json={"reason": "of another year"}).json() == done.json()
    again = post(path, json={"reason": "said twice"}).json()
    assert (again["already"], again["reason"]) == (True, "of another year")
    assert registry.get("/v1/organisations/ods:A4R1E", as_of="2025-01-01").status_code == 404
    then = registry.get("/v1/organisations/ods:A4R1E", as_of="2025-01-01", known_at=held["known_at"])
    assert then.json() == held
    change = registry.http.get("/v1/changes", params={"action": "files.withdraw"}).json()["items"]
    address = f"/v1/files/{second['id']}"
    assert [(one["subject"], one["address"]) for one in change] == [(f"file:{second['id']}", address)]
    shown = registry.http.get(address).json()
    assert (shown["withdrawn_at"], shown["withdrawn_because"]) == (done.json()["withdrawn_at"], None)
    assert registry.http.get("/v1/files").json()["items"][0]["withdrawn_at"] == shown["withdrawn_at"]
    refused = send(efile(ECCG_LATER), "eccg_2025-01.csv")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:concord:problem:file-withdrawn")
    anew = send(efile(ECCG_LATER), "eccg_2025-01.csv", accept_withdrawn="true")
    assert (anew.status_code, anew.json()["id"] != second["id"]) == (201, True)


OWN = {
    "body_names": "body,name,valid_from,valid_to,source\nods:99B,Another,2013-05-01,9999-12-31,law\n",
    "services": "service,name,stage,pathways,population_basis,basis,note,commissioner,valid_from,valid_to\n"
    "s,S,gp,lung,registered,assumption,n,ods:99C,2013-05-01,9999-12-31\n",
    "succession": "predecessor,successor,kind,on,share,basis,source\n"
    "ods:99D,ods:99E,merger,2014-04-01,1,published,law\n",
    "rules": "rule,stage,pathway,commissioner,population_basis,procedure_class,naming,citation,mark,source,valid_from,"
    "valid_to\nr,gp,lung,ods:99F,registered,s,named,c,V,law,2014-04-01,9999-12-31\n",
}


def test_what_names_a_body_that_only_the_file_knows_is_ended_first(registry: Registry) -> None:
    headers = registry.as_body(NHS_ENGLAND, "data-steward") | {"Content-Type": "text/csv"}
    new = efile([efile_row(f"99{letter}", f"NHS NEW {letter} CCG", role="C") for letter in "ABCDEFG"])
    file = registry.http.post("/v1/files", params={"name": "eccg_2013-05.csv"}, content=new, headers=headers).json()
    person = registry.as_body(NHS_ENGLAND, "data-steward")
    role = {"role": "commissioner", "body": "ods:99A", "valid_from": "2013-10-01"}
    assert registry.http.post("/v1/role-holders", json=role, headers=person).status_code == 201
    path = f"/v1/files/{file['id']}/withdraw"
    headers = registry.as_body(NHS_ENGLAND, "data-steward")
    for table, rows in OWN.items():
        sent = registry.as_body(NHS_ENGLAND, "data-steward") | {"Content-Type": "text/csv"}
        answer = registry.http.post("/v1/imports", params={"table": table}, content=rows, headers=sent)
        assert answer.status_code == 201, answer.text
    refused = registry.http.post(path, json={"reason": "wrong"}, headers=headers)
    everybody = [f"ods:99{letter}" for letter in "ABCDEF"]
    assert (refused.status_code, refused.json()["named"]) == (409, everybody)
    assert "ods:99A by a record, ods:99B by a name of its own, ods:99C by a service" in refused.json()["detail"]


def test_a_claim_rests_on_no_file_that_was_taken_back(registry: Registry) -> None:
    headers = registry.as_body(NHS_ENGLAND, "data-steward")
    sent = registry.http.post(
        "/v1/files",
        params={"stated_on": "2016-02-01"},
        content=efile(ECCG),
        headers=headers | {"Content-Type": "text/csv"},
    )
    assert sent.status_code == 201, sent.text
    file = sent.json()["id"]

    def claim(stage: str, source: str) -> Any:
        said = {
            "role": "commissions",
            "organisation": "ods:02A",
            "stage": stage,
            "pathway": "lung",
            "place": "ccg-02A",
            "status": "confirmed",
            "valid_from": "2014-04-01",
            "reason": "as listed",
            "source": source,
        }
        return registry.http.post("/v1/claims", json=said, headers=registry.as_body("ods:02A"))

    unknown = claim("gp", "file-999999")
    assert unknown.status_code == 422
    assert [(one["pointer"], one["type"]) for one in unknown.json()["errors"]] == [("/source", "unknown-file")]
    cited = claim("gp", f"our list (file-{file})")
    assert cited.status_code == 201, cited.text
    where = {"place": "ccg-02A", "pathway": "lung", "kind": "rests-on-withdrawn-file", "as_of": "2014-05-01"}
    assert registry.get("/v1/findings", **where).json()["items"] == []
    before = registry.get("/v1/findings", **where).json()["known_at"]
    path = f"/v1/files/{file}/withdraw"
    again = registry.as_body(NHS_ENGLAND, "data-steward")
    assert registry.http.post(path, json={"reason": "of another quarter"}, headers=again).status_code == 200
    refused = claim("imaging", f"file-{file}")
    assert refused.status_code == 422
    assert [(one["pointer"], one["type"]) for one in refused.json()["errors"]] == [("/source", "file-withdrawn")]
    (found,) = registry.get("/v1/findings", **where).json()["items"]
    assert found["claims"] == [cited.json()["id"]]
    assert f"file-{file}" in found["words"]
    assert found["severity"] == "medium"
    assert registry.get("/v1/findings", **where, known_at=before).json()["items"] == []
