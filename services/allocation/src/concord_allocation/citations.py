"""What agreements cite: whether a message is news, what it changes, and how a citation is said. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from concord_contracts.allocation import Citations, CitedBy, CitedIn


class SequenceConflict(Exception):
    """The same sequence was sent before with another digest."""

    def __init__(self, agreement: str, sequence: int, digest: str) -> None:
        super().__init__(f"Agreement {agreement}: sequence {sequence} is held with another digest.")
        self.sequence = sequence
        self.digest = digest


@dataclass(frozen=True, slots=True)
class Held:
    """The newest message that was taken of an agreement."""

    agreement: str
    sequence: int
    digest: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as it is held, with who may see which agreement it is."""

    row: int
    agreement: str
    title: str
    parties: frozenset[str]
    version: int
    text_digest: str
    scenario: str
    problem_digest: str
    answer_digest: str
    since: datetime
    for_ever: bool


@dataclass(frozen=True, slots=True)
class Digests:
    """Of a scenario that is here."""

    problem: str
    answer: str


def is_news(held: Held | None, incoming: Citations) -> bool:
    """Whether to take it. Lower and equal sequences are old news; equal with another digest: SequenceConflict."""
    if held is None or incoming.sequence > held.sequence:
        return True
    if incoming.sequence == held.sequence and incoming.digest != held.digest:
        raise SequenceConflict(held.agreement, held.sequence, held.digest)
    return False


def replaced(present: Sequence[Cited], wanted: Sequence[CitedIn]) -> tuple[list[Cited], list[CitedIn]]:
    """(those that end, those that begin); what is said again word for word stays as it is."""
    said = {_substance(one): one for one in wanted}
    kept = {_substance(one) for one in present} & said.keys()
    ending = [one for one in present if _substance(one) not in kept]
    return ending, [one for substance, one in said.items() if substance not in kept]


def _substance(one: Cited | CitedIn) -> tuple[object, ...]:
    digests = (one.text_digest, one.problem_digest, one.answer_digest)
    return one.version, one.scenario, *digests, one.since, one.for_ever


def matches(one: Cited | CitedIn, here: Digests) -> bool:
    return (one.problem_digest, one.answer_digest) == (here.problem, here.answer)


def misses(wanted: Iterable[CitedIn], here: Mapping[str, Digests]) -> tuple[list[str], list[str]]:
    """(scenarios that are not here, scenarios that are here with other digests), each once, in order."""
    cited = list(wanted)
    missing = {one.scenario for one in cited if one.scenario not in here}
    differing = {one.scenario for one in cited if one.scenario in here and not matches(one, here[one.scenario])}
    return sorted(missing), sorted(differing)


def shown(one: Cited, here: Digests, reader: str | None, *, sees_all: bool) -> CitedBy:
    """A citation as its reader may see it: which agreement it is, parties and auditors are told."""
    known = sees_all or reader in one.parties
    same = matches(one, here)
    which = f'agreement {one.agreement}, "{one.title}",' if known else "an agreement that you are no party to,"
    how = "signed: cited for ever" if one.for_ever else "not signed yet: released if a later version no longer cites it"
    words = f"Cited by {which} version {one.version}, since {one.since.date().isoformat()} ({how})."
    if not same:
        words += " The digests it cites are not those of this scenario."
    return CitedBy(
        agreement=one.agreement if known else None,
        title=one.title if known else None,
        version=one.version,
        since=one.since,
        for_ever=one.for_ever,
        matches=same,
        words=words,
    )
