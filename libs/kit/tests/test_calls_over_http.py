"""One call from end to end: one effect for one key, versions, replays, parties, positions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from concord_kit.clock import utc_now
from concord_kit.database import Database, Reading
from concord_kit.journal import changes_after
from concord_kit.paging import decode_cursor, encode_cursor
from concord_kit.problems import Problem
from tests.support.notes.service import open_database
from tests.support.notes.tables import NoteVersion
from tests.support.signing import Signing

NOTE = {"id": "n1", "text": "first"}


def keyed(headers: dict[str, str], key: str) -> dict[str, str]:
    return {**headers, "Idempotency-Key": key}


def effects(database: Database) -> tuple[int, int]:
    """(versions of notes, journal entries)"""

    def count(tx: Reading) -> tuple[int, int]:
        versions = tx.connection.execute(select(func.count()).select_from(NoteVersion)).scalar_one()
        return versions, tx.head_seq

    return database.read_now(count)


def test_200_racing_posts_with_one_key_have_one_effect(database: Database, start, clerk) -> None:
    client = start(database)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "k")), range(200)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert effects(database) == (1, 1)


def test_a_replay_gives_the_whole_first_answer_also_after_a_restart(sqlite_notes: Database, start, clerk) -> None:
    first = start(sqlite_notes).post("/v1/notes", json=NOTE, headers=keyed(clerk, "k"))
    again = start(sqlite_notes).post("/v1/notes", json=NOTE, headers=keyed(clerk, "k"))
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["ETag"] == first.headers["ETag"] == '"1"'
    assert again.headers["Location"] == "/v1/notes/n1"
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_key_stands_for_one_request_however_its_json_is_written(sqlite_notes: Database, start, clerk) -> None:
    client = start(sqlite_notes)
    headers = {**keyed(clerk, "k"), "Content-Type": "application/json"}
    assert client.post("/v1/notes", content='{"id": "n1", "text": "first"}', headers=headers).status_code == 201
    same = client.post("/v1/notes", content='{"text":"f\\u0069rst","id":"n1"}', headers=headers)
    assert same.headers["Idempotent-Replayed"] == "true"
    other = client.post("/v1/notes", json={**NOTE, "text": "second"}, headers=keyed(clerk, "k"))
    assert (other.status_code, other.json()["type"]) == (422, "urn:concord:problem:idempotency-key-reused")
    assert effects(sqlite_notes) == (1, 1)


def test_keys_of_different_callers_and_bodies_acted_for_do_not_meet(
    sqlite_notes: Database, start, signing: Signing
) -> None:
    client = start(sqlite_notes)
    both = {"ods:02A": ["clerk"], "ods:00W": ["clerk"]}
    one = {**signing.bearer("one", both, "notes"), "X-Acting-For": "ods:02A"}
    assert client.post("/v1/notes", json=NOTE, headers=keyed(one, "k")).json()["owner"] == "ods:02A"
    for_another = client.post("/v1/notes", json=NOTE, headers={**keyed(one, "k"), "X-Acting-For": "ods:00W"})
    assert for_another.json()["type"].endswith("idempotency-key-reused")
    two = signing.bearer("two", {"ods:00W": ["clerk"]}, "notes")
    by_another = client.post("/v1/notes", json={**NOTE, "id": "n2"}, headers=keyed(two, "k"))
    assert (by_another.status_code, by_another.json()["owner"]) == (201, "ods:00W")


def test_a_refusal_is_not_kept_so_the_key_can_be_used_again(sqlite_notes: Database, start, clerk) -> None:
    client = start(sqlite_notes)
    assert client.post("/v1/notes", json={"id": "n1"}, headers=keyed(clerk, "k")).status_code == 422
    assert client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "k")).status_code == 201


@pytest.mark.parametrize(
    ("key", "status", "problem"),
    [(None, 400, "idempotency-key-required"), ("x" * 129, 422, "invalid-request"), ("a b", 422, "invalid-request")],
)
def test_a_key_is_required_and_bounded(
    sqlite_notes: Database, start, clerk, key: str | None, status: int, problem: str
) -> None:
    headers = clerk if key is None else keyed(clerk, key)
    answer = start(sqlite_notes).post("/v1/notes", json=NOTE, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:concord:problem:{problem}")
    assert effects(sqlite_notes) == (0, 0)


def test_keys_are_let_go_after_thirty_days(sqlite_notes_url: str, start, clerk) -> None:
    offset = timedelta()
    with open_database(sqlite_notes_url, clock=lambda: utc_now() + offset) as database:
        client = start(database)
        client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "old"))
        offset = timedelta(days=31)
        again = client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "old"))
        assert again.json()["version"] == 2
        kept = database.read_now(lambda tx: tx.connection.execute(select(tx.tables.idempotency.c.key)).all())
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("if_match", "status", "problem"),
    [
        (None, 428, "precondition-required"),
        ("*", 428, "precondition-required"),
        ('"7"', 412, "stale"),
        ('W/"1"', 412, "stale"),
        ("1", 412, "stale"),
    ],
)
def test_a_change_needs_the_version_it_was_decided_on(
    sqlite_notes: Database, start, clerk, if_match: str | None, status: int, problem: str
) -> None:
    client = start(sqlite_notes)
    client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "k"))
    headers = clerk if if_match is None else {**clerk, "If-Match": if_match}
    answer = client.put("/v1/notes/n1", json=NOTE, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:concord:problem:{problem}")
    assert effects(sqlite_notes) == (1, 1)


def test_of_racing_changes_to_one_version_one_wins(database: Database, start, clerk) -> None:
    client = start(database)
    tag = client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "k")).headers["ETag"]
    headers = {**clerk, "If-Match": tag}

    def change(number: int) -> httpx.Response:
        return client.put("/v1/notes/n1", json={"id": "n1", "text": f"by {number}"}, headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(change, range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    stale = next(answer for answer in answers if answer.status_code == 412)
    assert stale.json()["version"] == 2


def test_a_reader_who_has_it_already_gets_304(sqlite_notes: Database, start, clerk) -> None:
    client = start(sqlite_notes)
    client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "k"))
    tag = client.get("/v1/notes/n1").headers["ETag"]
    again = client.get("/v1/notes/n1", headers={"If-None-Match": f'"9", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", '"1"')
    weak = client.get("/v1/notes").headers["ETag"]
    assert weak.startswith('W/"')
    assert client.get("/v1/notes", headers={"If-None-Match": weak}).status_code == 304


def test_a_read_at_a_known_instant_stays_and_a_later_one_is_refused(sqlite_notes: Database, start, clerk) -> None:
    client = start(sqlite_notes)
    first = client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "k")).json()
    client.put("/v1/notes/n1", json={**NOTE, "text": "second"}, headers={**clerk, "If-Match": '"1"'})
    then = client.get("/v1/notes/n1", params={"known_at": first["known_at"]}).json()
    assert (then["text"], then["seq"], then["known_at"]) == ("first", 1, first["known_at"])
    assert client.get("/v1/notes/n1").json()["text"] == "second"
    later = client.get("/v1/notes/n1", params={"known_at": "2999-01-01T00:00:00Z"})
    assert (later.status_code, later.json()["type"]) == (422, "urn:concord:problem:known-at-too-late")


def test_the_journal_says_who_did_what_for_whom_and_why(sqlite_notes: Database, start, signing: Signing) -> None:
    headers = signing.bearer("clerk-1", {"ods:02A": ["clerk"]}, "notes")
    start(sqlite_notes).post("/v1/notes", json=NOTE, headers={**keyed(headers, "k"), "X-Request-ID": "r-1"})
    (entry,) = sqlite_notes.read_now(lambda tx: changes_after(tx.session, tx.tables, 0, 10))
    found = (entry.actor, entry.acting_for, entry.action, entry.subject, entry.reason, entry.request_id)
    assert found == ("clerk-1", "ods:02A", "notes.write", "note:n1", "note n1", "r-1")
    assert entry.body_digest is not None


def test_a_put_that_changes_nothing_leaves_no_trace(sqlite_notes: Database, start, signing: Signing) -> None:
    client = start(sqlite_notes)
    headers = signing.bearer("service:archive", {"service:archive": ["importer"]}, "notes")
    for _ in range(3):
        assert client.put("/v1/imports/n1", json=NOTE, headers=headers).json()["version"] == 1
    assert effects(sqlite_notes) == (1, 1)


def test_only_parties_see_a_shared_record(sqlite_notes: Database, start, signing: Signing, clerk) -> None:
    client = start(sqlite_notes)
    client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "k"))
    assert client.get("/v1/shared/n1", headers=clerk).status_code == 200
    assert (
        client.get("/v1/shared/n1", headers=signing.bearer("a", {"gov:nao": ["auditor"]}, "notes")).status_code == 200
    )
    stranger = client.get("/v1/shared/n1", headers=signing.bearer("b", {"ods:00W": ["clerk"]}, "notes"))
    assert (stranger.status_code, stranger.json()["acting_for"]) == (403, "ods:00W")


def test_a_route_that_forgets_to_check_the_parties_answers_nothing(sqlite_notes: Database, start, clerk) -> None:
    client = start(sqlite_notes)
    client.post("/v1/notes", json=NOTE, headers=keyed(clerk, "k"))
    answer = client.delete("/v1/notes/n1", headers=clerk)
    assert answer.status_code == 500
    assert effects(sqlite_notes)[1] == 1, "rolled back"
    assert client.get("/v1/notes/n1").status_code == 200


def test_pages_follow_their_links_to_the_end(sqlite_notes: Database, start, clerk) -> None:
    client = start(sqlite_notes)
    for number in range(5):
        client.post("/v1/notes", json={"id": f"n{number}", "text": "x"}, headers=keyed(clerk, str(number)))
    found, address = [], "/v1/notes?limit=2"
    while address:
        page = client.get(address)
        found.append(page.json()["items"])
        address = page.links.get("next", {}).get("url")
    assert found == [["n0", "n1"], ["n2", "n3"], ["n4"]]


FORGED = [encode_cursor("a\0b"), encode_cursor("\ud800"), encode_cursor(7)]


@pytest.mark.parametrize("cursor", ["x", "bm9wZQ", "WzFd", "W10", "e30", "%F0%9F", "====", "WyJhIiwiYiJd", *FORGED])
def test_a_cursor_that_is_not_ours_is_refused(sqlite_notes: Database, start, cursor: str) -> None:
    answer = start(sqlite_notes).get(f"/v1/notes?cursor={cursor}")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:concord:problem:bad-cursor")


def test_a_number_in_a_cursor_is_one_a_database_can_hold() -> None:
    assert decode_cursor(encode_cursor("a", 2**63 - 1), str, int) == ("a", 2**63 - 1)
    for forged in (2**63, -(2**63), 10**300, True):
        with pytest.raises(Problem, match="bad-cursor"):
            decode_cursor(encode_cursor("a", forged), str, int)
