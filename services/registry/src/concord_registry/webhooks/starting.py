"""Before the registry serves: every secret of a subscription can be opened, and is sealed by the first key."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from concord_kit.command_line import CannotStart
from concord_kit.database import Database
from concord_registry.store.webhooks import WEBHOOKS
from concord_registry.webhooks.sealing import SETTING, NotOpenedError, Seal

COLUMNS = ("secret", "secret_before")


def seal_all(database: Database, seal: Seal) -> None:
    """Seal with the first key what is in clear or sealed with another. CannotStart where a secret cannot be opened."""
    database.housekeep_now(lambda session: _seal_all(session, seal))


def _seal_all(session: Session, seal: Seal) -> None:
    connection = session.connection()
    query = select(WEBHOOKS.c.webhook, *(WEBHOOKS.c[name] for name in COLUMNS)).with_for_update()
    rows = connection.execute(query).all()  # locked: another process that serves may be changing a secret
    anew: list[tuple[str, dict[str, str]]] = []
    lost = []
    for row in rows:
        kept = {name: getattr(row, name) for name in COLUMNS if getattr(row, name)}
        try:
            opened = {name: seal.opened(value) for name, value in kept.items()}
            values = {name: seal.seal(opened[name]) for name in kept if not seal.sealed_by_the_first(kept[name])}
        except NotOpenedError:
            lost.append(row.webhook)
            continue
        if values:
            anew.append((row.webhook, values))
    if lost and not seal:
        raise CannotStart(
            f"there are {len(lost)} webhooks, and no key to open their secrets with: set {SETTING} "
            "(docs/operations.md, Keys), or have their owners delete them with the key that was"
        )
    if lost:
        raise CannotStart(
            f"the secrets of {len(lost)} webhooks are sealed with none of the keys in {SETTING}: add the key that was "
            f"before, after a comma ({', '.join(lost[:5])})"
        )
    for webhook, values in anew:
        connection.execute(update(WEBHOOKS).where(WEBHOOKS.c.webhook == webhook).values(**values))
