"""The present state arrives, once it can, however often either side dies."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from concord_kit import outbox
from concord_kit.clock import utc_now
from concord_kit.database import Database, Reading
from concord_kit.http_client import ServiceClient
from concord_kit.journal import Intent
from concord_kit.migrations import upgrade
from concord_kit.outbox import Backoff, Outbox, OutboxMessage, OutboxState, enqueue
from tests.support.notes.service import NoteIn, find, open_database, put

QUICK = Backoff(first_seconds=0.01, most_seconds=0.02)


class Receiver:
    """Another service that remembers what it got, and answers as told."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.got: list[dict[str, Any]] = []
        self.arrived = asyncio.Event()
        self.before_answering: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.got.append(json.loads(request.content))
        self.arrived.set()
        if self.before_answering:
            await self.before_answering()
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, json={"type": "about:blank", "title": "t", "status": answer, "detail": "d"})


def message(tx: Reading, key: str, sequence: int) -> OutboxMessage:
    note = find(tx, key).body
    return OutboxMessage("PUT", f"/archive/{key}", {"sequence": sequence, "text": note.text})


def save(database: Database, key: str = "n1", text: str = "first") -> None:
    database.write_now(Intent("tester", "notes.write"), lambda tx: put(tx, NoteIn(id=key, text=text), "ods:02A"))


def state(database: Database, key: str = "n1") -> OutboxState:
    found = database.read_now(lambda tx: outbox.state_of(tx.session, tx.tables, key))
    assert found is not None
    return found


def worker(database: Database, receiver: Receiver, **options: Any) -> tuple[Outbox, ServiceClient]:
    client = ServiceClient("archive", "http://archive", transport=httpx.MockTransport(receiver))
    return Outbox(database, client, options.pop("build", message), backoff=QUICK, **options), client


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (what is waited for happens in a database)
            await asyncio.sleep(0.005)


async def running(database: Database, receiver: Receiver, condition: Callable[[], bool], **options: Any) -> None:
    """Run a worker until the condition holds, then stop it."""
    sending, client = worker(database, receiver, **options)
    async with client:
        task = asyncio.create_task(sending.run())
        try:
            await until(condition)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def sent(database: Database, key: str = "n1") -> Callable[[], bool]:
    return lambda: state(database, key).sent_sequence == state(database, key).sequence


def test_what_was_enqueued_before_the_start_is_sent_once(database: Database) -> None:
    async def main() -> None:
        receiver = Receiver()
        save(database)
        await running(database, receiver, sent(database))
        assert receiver.got == [{"sequence": 1, "text": "first"}]
        assert state(database) == OutboxState(1, 1, 0, None, None)

    asyncio.run(main())


def test_what_is_enqueued_meanwhile_wakes_the_worker(database: Database) -> None:
    async def main() -> None:
        receiver = Receiver()
        sending, client = worker(database, receiver)
        async with client:
            task = asyncio.create_task(sending.run())
            await asyncio.to_thread(save, database)
            async with asyncio.timeout(outbox.LONGEST_NAP_SECONDS / 2):
                await receiver.arrived.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())


def test_a_change_that_is_rolled_back_sends_nothing(database: Database) -> None:
    def fail(tx: Any) -> None:
        enqueue(tx, "n1")
        raise LookupError

    with pytest.raises(LookupError):
        database.write_now(Intent("tester", "x"), fail)
    assert database.read_now(lambda tx: outbox.state_of(tx.session, tx.tables, "n1")) is None


def test_several_changes_before_sending_become_one_message_of_the_latest_state(database: Database) -> None:
    async def main() -> None:
        receiver = Receiver()
        for text in ("first", "second", "third"):
            save(database, text=text)
        await running(database, receiver, sent(database))
        assert receiver.got == [{"sequence": 3, "text": "third"}]

    asyncio.run(main())


def test_a_change_while_sending_is_sent_afterwards(database: Database) -> None:
    async def main() -> None:
        receiver = Receiver()
        save(database)

        async def change_meanwhile() -> None:
            receiver.before_answering = None
            await asyncio.to_thread(save, database, "n1", "second")

        receiver.before_answering = change_meanwhile
        await running(database, receiver, sent(database))
        assert receiver.got == [{"sequence": 1, "text": "first"}, {"sequence": 2, "text": "second"}]

    asyncio.run(main())


def test_a_change_while_a_refused_message_is_under_way_is_not_parked_with_it(database: Database) -> None:
    async def main() -> None:
        receiver = Receiver(422)
        save(database)

        async def change_meanwhile() -> None:
            receiver.before_answering = None
            await asyncio.to_thread(save, database, "n1", "mended")

        receiver.before_answering = change_meanwhile
        await running(database, receiver, sent(database))
        assert receiver.got[-1] == {"sequence": 2, "text": "mended"}
        assert state(database).parked_at is None

    asyncio.run(main())


AWAY = [httpx.ConnectError("away"), httpx.ReadTimeout("slow")]


@pytest.mark.parametrize("failure", [408, 409, 425, 429, 500, 502, 503, *AWAY])
def test_failures_that_may_pass_are_tried_again(sqlite_notes: Database, failure: int | Exception) -> None:
    async def main() -> None:
        receiver = Receiver(failure, failure)
        save(sqlite_notes)
        await running(sqlite_notes, receiver, sent(sqlite_notes))
        assert len(receiver.got) == 3
        assert state(sqlite_notes) == OutboxState(1, 1, 0, None, None)

    asyncio.run(main())


@pytest.mark.parametrize("refusal", [400, 401, 403, 404, 422])
def test_refusals_are_parked_until_a_person_lets_them_go(database: Database, refusal: int) -> None:
    async def main() -> None:
        receiver = Receiver(refusal)
        save(database)
        await running(database, receiver, lambda: state(database).parked_at is not None)
        parked = state(database)
        assert (parked.attempts, parked.sent_sequence) == (1, 0)
        assert f"({refusal})" in (parked.last_error or "")
        counts = database.read_now(lambda tx: outbox.count(tx.session, tx.tables, utc_now()))
        assert (counts.waiting, counts.parked, counts.oldest_seconds) == (0, 1, 0)
        assert outbox.unpark(database) == 1
        assert outbox.unpark(database) == 0
        await running(database, receiver, sent(database))
        assert len(receiver.got) == 2

    asyncio.run(main())


def test_a_parked_message_does_not_hold_up_the_others(sqlite_notes: Database) -> None:
    async def main() -> None:
        receiver = Receiver()
        refusing = {"n1"}

        async def answer(request: httpx.Request) -> httpx.Response:
            response = await receiver(request)
            return httpx.Response(404) if request.url.path.rpartition("/")[2] in refusing else response

        for key in ("n1", "n2", "n3"):
            save(sqlite_notes, key)
        client = ServiceClient("archive", "http://archive", transport=httpx.MockTransport(answer))
        async with client:
            task = asyncio.create_task(Outbox(sqlite_notes, client, message, backoff=QUICK).run())
            await until(lambda: sent(sqlite_notes, "n2")() and sent(sqlite_notes, "n3")())
            await until(lambda: state(sqlite_notes, "n1").parked_at is not None)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())


def test_a_message_under_way_at_a_stop_is_sent_again_after_the_next_start(database: Database) -> None:
    async def main() -> None:
        receiver = Receiver()
        save(database)
        never = asyncio.Event()

        async def hang() -> None:
            await never.wait()

        receiver.before_answering = hang
        await running(database, receiver, receiver.arrived.is_set, lease=timedelta(seconds=0.2))
        assert state(database).sent_sequence == 0
        receiver.before_answering = None
        await running(database, receiver, sent(database))
        assert receiver.got == [{"sequence": 1, "text": "first"}] * 2

    asyncio.run(main())


@pytest.mark.postgres
def test_two_workers_do_not_send_the_same_row_while_its_lease_runs(fresh_postgres) -> None:
    url = fresh_postgres()
    upgrade(open_database(url))

    async def main(database: Database, other: Database) -> None:
        receiver = Receiver()
        for number in range(20):
            save(database, f"n{number}")
        first, one = worker(database, receiver)
        second, two = worker(other, receiver)
        async with one, two:
            tasks = [asyncio.create_task(first.run()), asyncio.create_task(second.run())]
            await until(lambda: all(sent(database, f"n{number}")() for number in range(20)))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert len(receiver.got) == 20

    with open_database(url) as database, open_database(url) as other:
        asyncio.run(main(database, other))


def test_a_worker_that_lost_its_lease_does_not_undo_what_the_next_one_did(sqlite_notes: Database) -> None:
    async def main() -> None:
        receiver = Receiver(422)
        save(sqlite_notes)

        async def lose_the_lease_and_let_another_send() -> None:
            receiver.before_answering = None
            table = sqlite_notes.tables.outbox
            values = {"lease": "another", "sent_sequence": 1}
            sqlite_notes.housekeep_now(lambda session: session.connection().execute(update(table).values(**values)))

        receiver.before_answering = lose_the_lease_and_let_another_send
        await running(sqlite_notes, receiver, lambda: not receiver.answers)
        assert state(sqlite_notes).parked_at is None
        assert state(sqlite_notes).sent_sequence == 1

    asyncio.run(main())


def test_where_there_is_nothing_to_say_any_more_the_row_is_settled(sqlite_notes: Database) -> None:
    async def main() -> None:
        receiver = Receiver()
        save(sqlite_notes)
        await running(sqlite_notes, receiver, sent(sqlite_notes), build=lambda tx, key, sequence: None)
        assert receiver.got == []

    asyncio.run(main())


def test_a_state_that_cannot_be_put_into_words_is_tried_again_and_holds_up_nobody(sqlite_notes: Database) -> None:
    async def main() -> None:
        receiver = Receiver()
        broken = True

        def build(tx: Reading, key: str, sequence: int) -> OutboxMessage:
            if key == "n1" and broken:
                raise ZeroDivisionError("our fault")
            return message(tx, key, sequence)

        for key in ("n1", "n2"):
            save(sqlite_notes, key)

        def settled() -> bool:
            return state(sqlite_notes).last_error == "our fault" and sent(sqlite_notes, "n2")()

        await running(sqlite_notes, receiver, settled, build=build)
        assert (state(sqlite_notes).sent_sequence, state(sqlite_notes).parked_at) == (0, None)
        broken = False
        await running(sqlite_notes, receiver, sent(sqlite_notes), build=build)

    asyncio.run(main())


def test_no_transaction_is_open_while_a_message_is_under_way(sqlite_notes: Database) -> None:
    async def main() -> None:
        receiver = Receiver()
        save(sqlite_notes)

        async def write_something_else() -> None:
            receiver.before_answering = None
            async with asyncio.timeout(2):
                await sqlite_notes.write(Intent("tester", "x"), lambda tx: enqueue(tx, "unrelated") and None)

        receiver.before_answering = write_something_else
        await running(sqlite_notes, receiver, sent(sqlite_notes), build=_only_n1)

    asyncio.run(main())


def _only_n1(tx: Reading, key: str, sequence: int) -> OutboxMessage | None:
    return message(tx, key, sequence) if key == "n1" else None


def test_attempts_come_later_each_time_up_to_a_limit() -> None:
    backoff = Backoff(first_seconds=1, most_seconds=60)
    for attempts, longest in [(0, 1), (1, 2), (5, 32), (6, 60), (100_000, 60)]:
        seconds = [backoff.after(attempts).total_seconds() for _ in range(50)]
        assert longest / 2 <= min(seconds) <= max(seconds) <= longest
        assert len(set(seconds)) > 1, "not all at once"


def test_a_worker_started_by_the_application_ends_with_it(sqlite_notes: Database, start, clerk) -> None:
    arrived = threading.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        arrived.set()
        return httpx.Response(200)

    client = ServiceClient("archive", "http://archive", transport=httpx.MockTransport(answer))
    sending = Outbox(sqlite_notes, client, message)
    notes = start(sqlite_notes, dependencies=[client], background=[sending.run])
    notes.post("/v1/notes", json={"id": "n1", "text": "x"}, headers={**clerk, "Idempotency-Key": "k"})
    assert arrived.wait(5)


def test_a_lane_whose_receiver_is_away_does_not_hold_up_the_other(database: Database) -> None:
    """Two receivers, one table: the same aggregate is owed to both, each under its own sequence."""
    save(database)
    intent = Intent("tester", "notes.write")
    database.write_now(intent, lambda tx: [enqueue(tx, "n1", "archive") for _ in range(2)])

    def in_lane() -> OutboxState:
        found = database.read_now(lambda tx: outbox.state_of(tx.session, tx.tables, "n1", "archive"))
        assert found is not None
        return found

    async def main() -> None:
        away, there = Receiver(*[503] * 1000), Receiver()
        for_lane, lane_client = worker(database, away, lane="archive")
        for_first, first_client = worker(database, there)
        async with lane_client, first_client:
            tasks = [asyncio.create_task(one.run()) for one in (for_lane, for_first)]
            try:
                await until(lambda: sent(database)() and in_lane().attempts > 0)
                assert [one["sequence"] for one in there.got] == [1]
                assert in_lane().sent_sequence == 0
                away.answers.clear()
                await until(lambda: in_lane().sent_sequence == 2)
                assert {one["sequence"] for one in away.got} == {2}
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(main())


def test_a_parked_aggregate_is_tried_again_in_every_lane(database: Database) -> None:
    save(database)
    database.write_now(Intent("tester", "notes.write"), lambda tx: enqueue(tx, "n1", "archive"))
    table = database.tables.outbox
    database.housekeep_now(lambda session: session.connection().execute(update(table).values(parked_at=utc_now())))
    assert outbox.unpark(database, "n") == 0
    assert outbox.unpark(database, "n1") == 2
