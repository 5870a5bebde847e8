"""Records that a support body writes for another: judged by the mandate in the transaction that writes.

Writers follow one another (the journal's head), so of two requests at once the second finds what the first committed,
and one whose mandate has been taken back meanwhile is refused.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from concord_kit.database import Reading
from concord_kit.mandates import permits
from concord_kit.problems import Problem
from concord_registry.acting import lent
from concord_registry.knowledge.commitments import (
    CARRY_MONEY,
    CURRENCY,
    Commitment,
    commitment,
    commits_more,
    fits,
    over_the_limit,
    reaches_further,
    whole_life_gbp,
)
from concord_registry.knowledge.topics import TOPICS, Held, Topic
from concord_registry.knowledge.writer import Writer
from concord_registry.store import mandates, records
from concord_registry.store.mandates import Mandate
from concord_registry.world import Reference


@dataclass(frozen=True, slots=True)
class Over:
    """What a version asks, and the mandate of the highest limit, which does not hold it."""

    asked: Commitment
    mandate: Mandate

    @property
    def words(self) -> str:
        limit = self.mandate.limit_gbp or 0
        return over_the_limit(limit, self.asked, (self.mandate.id, self.mandate.body, self.mandate.holder))


def require_lent(tx: Reading, topic: Topic, by: Writer) -> None:
    """Refuse (403) a holder whose mandate has ended meanwhile."""
    if by.holder is None or lent(tx, holder=by.holder, body=by.me, action=topic.write, today=by.today):
        return
    words = f"{by.me} has no mandate in force that lets {by.holder} do {topic.write}."
    raise Problem("not-allowed", words, action=topic.write, acting_for=by.me, roles_needed=[])


def committed(
    tx: Reading,
    reference: Reference,
    before: Held | None,
    after: Held,
    by: Writer,
    beside: Iterable[tuple[Held | None, Held]] = (),
) -> Held:
    """The version with the mandate that commits its money; refused (422 exceeds-mandate) where no limit holds it.

    `beside`: other versions that the same act writes.
    """
    one = next(judged(tx, reference, [(before, after), *beside], by))
    if isinstance(one, Over):
        raise Problem(
            "exceeds-mandate",
            one.words,
            limit_gbp=one.mandate.limit_gbp,
            asked_gbp=one.asked.asked_gbp,
            currency=CURRENCY,
            mandate=one.mandate.id,
            counted_with=list(one.asked.counted),
        )
    return one


def judged(
    tx: Reading, reference: Reference, versions: Sequence[tuple[Held | None, Held]], by: Writer
) -> Iterator[Held | Over]:
    """Each of the versions that one act writes, in order, with the mandate that commits its money, or what it exceeds.

    A body's own word commits without a mandate. A version that commits no more than the one before stays with what
    committed that one, unless the holder did and it now reaches further: then it counts with what is there. Of an act
    that writes several, all others count as it leaves them.
    """
    if by.holder is None:
        yield from (replace(after, committed_by=None) for _, after in versions)
        return
    bodies = {by.me, reference.payer(by.me)}
    ever = {one.id for one in mandates.between(tx, holder=by.holder, body=by.me)}
    more = [after.topic in CARRY_MONEY and _asks(before, after, bodies, ever) for before, after in versions]
    others = list(_of_holder(tx, versions, more, ever)) if any(more) else []
    held: dict[str, list[Mandate]] = {}
    for (before, after), is_more in zip(versions, more, strict=True):
        if not is_more:
            yield replace(after, committed_by=before.committed_by if before else None)
            continue
        asked = commitment(after, others, bodies)
        if after.topic not in held:
            held[after.topic] = _mandates(tx, after.topic, by)
        yield _committed(after, asked, held[after.topic]) if held[after.topic] else after


def _committed(after: Held, asked: Commitment, held: Sequence[Mandate]) -> Held | Over:
    fitting = next((one for one in held if fits(one.limit_gbp, asked)), None)
    return replace(after, committed_by=fitting.id) if fitting else Over(asked, held[-1])


def _mandates(tx: Reading, topic: str, by: Writer) -> list[Mandate]:
    """Mandates in force today for the topic, the lowest limit first; those without a limit last."""
    found = mandates.in_force_on(tx, by.today, tx.head_at, holder=by.holder, body=by.me)
    lending = [one for one in found if permits(frozenset(one.actions), TOPICS[topic].write)]
    return sorted(lending, key=lambda one: (one.limit_gbp is None, one.limit_gbp or 0, one.id))


def _asks(before: Held | None, after: Held, bodies: Collection[str], ever: Collection[str]) -> bool:
    """Whether a limit must hold a version: it commits to more, or what the holder committed may now count with other
    parts. `ever`: the holder's mandates of any period."""
    if before is not None and before.committed_by in ever and reaches_further(before, after):
        return whole_life_gbp(after, bodies) > 0
    return commits_more(before, after, bodies)


def _of_holder(
    tx: Reading, versions: Sequence[tuple[Held | None, Held]], more: Collection[bool], ever: Collection[str]
) -> Iterator[Held]:
    """What the holder has committed the body to by any of its mandates, as the act leaves it."""
    written = {after.id for _, after in versions}
    yield from (one for one in records.committed_by(tx, ever) if one.id not in written)
    for (before, after), is_more in zip(versions, more, strict=True):
        if is_more or (before is not None and before.committed_by in ever):
            yield after
