"""Taking out what the rule of retention lets go: by a body's records manager over HTTP, or for all by the operator.

`python -m concord_allocation retention` lists what is due in the whole database and its digest; with
`--remove DIGEST --reason WORDS` it takes exactly that out.
"""

import argparse
import sys
from collections.abc import Collection, Sequence

from concord_allocation import retention, store
from concord_allocation.settings import AllocationSettings
from concord_allocation.store.retention import Tombstone
from concord_contracts.allocation.retention import RemovedScenario
from concord_kit.database import Database, Writing
from concord_kit.journal import Intent


class ListChanged(Exception):
    """What is due is no longer what was looked at."""

    def __init__(self) -> None:
        super().__init__("What is due has changed since it was listed: list it again and decide again.")


def removed(tx: Writing, years: int, whose: Collection[str | None] | None, digest: str) -> list[Tombstone]:
    """Take out what is due now, if it is what `digest` names. ListChanged."""
    rule = retention.rule(tx.at, years)
    going = retention.due(store.retention.held(tx), rule.untouched_since, whose)[: retention.MOST_AT_ONCE]
    if retention.digest(going) != digest:
        raise ListChanged
    if not going:
        tx.unchanged()
    return store.retention.remove(tx, going, rule.key, rule.years)


def shown_tombstone(one: Tombstone) -> RemovedScenario:
    return RemovedScenario(
        scenario=one.id,
        made_for=one.made_for,
        created_at=one.created_at,
        removed_at=one.removed_at,
        rule=one.rule,
        years=one.years,
        problem_digest=one.problem_digest,
        answer_digest=one.answer_digest,
    )


def command(settings: AllocationSettings, database: Database, arguments: Sequence[str]) -> int:
    """Exit code 0: listed or removed; 1: the list has changed; 2: wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m concord_allocation retention")
    parser.add_argument("--remove", metavar="DIGEST", help="remove exactly the list that has this digest")
    parser.add_argument("--reason", help="for the journal; needed to remove")
    asked = parser.parse_args(list(arguments))
    if asked.remove is None:
        return _list(settings.retention_years, database)
    if not asked.reason:
        print("say why: --reason WORDS", file=sys.stderr)
        return 2
    intent = Intent(
        actor="command-line",
        action="retention.remove",
        subject=f"retention:{asked.remove[:12]}",
        reason=asked.reason,
    )
    try:
        left = database.write_now(intent, lambda tx: removed(tx, settings.retention_years, None, asked.remove))
    except ListChanged as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"{len(left)} scenarios removed; a tombstone of each stays")
    return 0


def _list(years: int, database: Database) -> int:
    rule = retention.rule(database.clock(), years)
    found = database.read_now(lambda tx: retention.due(store.retention.held(tx), rule.untouched_since))
    items = found[: retention.MOST_AT_ONCE]
    print(rule.words)
    for one in items:
        made_for = one.made_for or "nobody"
        print(f"  {one.id}  made for {made_for} on {one.created_at:%Y-%m-%d}, touched {one.touched_at:%Y-%m-%d}")
    if len(found) > len(items):
        print(f"  and {len(found) - len(items)} more, due after these")
    print(f"{len(items)} due; to remove exactly these: --remove {retention.digest(items)} --reason WORDS")
    return 0
