"""What may be done with an agreement next: each function judges one step and gives the events to record.

Pure: the agreement, what is asked and today's date in England go in; events come out, or one of the refusals below. A
step is judged by the state on the day it takes effect, so that history can be recorded late; never early.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from concord_agreements.agreement import Agreement
from concord_agreements.authority_limits import AuthorityLimit, Judgement, Standing, in_a_line, judge
from concord_agreements.conflicts import Conflict
from concord_agreements.lifecycle import Step, next_state
from concord_contracts.agreements import Approval, CommitmentIn, EndIn, Fault, Handling, NoticeIn, SignatureIn
from concord_contracts.registry import Commitment


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be recorded."""

    step: Step
    effective_on: date
    organisation: str | None = None


class Refusal(Exception):
    """The root of what can stand against a step; its text is for people."""


class TextChanged(Refusal):
    """The digest given is not that of the current text."""

    def __init__(self, digest: str) -> None:
        super().__init__("The text has changed since you read it: read it again and decide again.")
        self.digest = digest


class NotLawful(Refusal):
    """The text has faults against its legal basis."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(" ".join(fault.words for fault in self.faults))


class NotAParty(Refusal):
    """The organisation named is no party to the current text."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"{organisation} is not a party to this agreement.")
        self.organisation = organisation


class ExceedsAuthority(Refusal):
    """The role may not commit its body to so much."""

    def __init__(self, judgement: Judgement, role: str, organisation: str, commitment_pence: int) -> None:
        super().__init__(judgement.words)
        self.judgement, self.role, self.organisation = judgement, role, organisation
        self.commitment_pence = commitment_pence


class OpenAuthority(Refusal):
    """Several limits of the role hold on the day; whichever were picked might be the wrong one."""

    def __init__(self, role: str, organisation: str, limits: Sequence[AuthorityLimit]) -> None:
        said = "; ".join(map(in_a_line, limits))
        super().__init__(
            f"Several limits of the {role} of {organisation} hold on that day, so how much it may sign is open: "
            f"{said}. The body ends or corrects all but one."
        )
        self.role, self.organisation, self.limits = role, organisation, limits


class NotApproved(Refusal):
    """Parties have not committed themselves yet."""

    def __init__(self, awaiting: list[str], names: list[str]) -> None:
        have = "has" if len(names) == 1 else "have"
        super().__init__(f"Not every party has approved this text: {', '.join(names)} {have} not.")
        self.awaiting = awaiting


class InConflict(Refusal):
    """Another agreement covers the same ground."""

    def __init__(self, conflicts: list[Conflict]) -> None:
        super().__init__(" ".join(conflict.words for conflict in conflicts))
        self.conflicts = conflicts


class AlreadyRecorded(Refusal):
    """The same thing is recorded already."""


class WrongDay(Refusal):
    """A date lies after today, or out of the order of things; `field` is where it was given."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


class WrongStage(Refusal):
    """The stage cannot move in the way asked."""


def revise(agreement: Agreement, digest: str, today: date) -> list[NewEvent]:
    """A new version, while not every party has signed; the same text again is none."""
    next_state(agreement.state(today), Step.REVISED)
    if digest == agreement.current.digest:
        raise AlreadyRecorded("This is the current text, word for word.")
    return [NewEvent(Step.REVISED, today)]


def approve(agreement: Agreement, given: Approval, limits: Iterable[AuthorityLimit], today: date) -> list[NewEvent]:
    """A party's decision to enter, by a role that may commit it to that much."""
    _same_text(agreement, given.digest)
    _party(agreement, given.organisation)
    _lawful(agreement)
    next_state(agreement.state(today), Step.APPROVED)
    _not_later("decided_on", given.decided_on, today)
    if any(one.organisation == given.organisation and one.role == given.role for one in agreement.approvals()):
        raise AlreadyRecorded(f"The {given.role} of {given.organisation} has approved this text already.")
    commitment = agreement.current.whole_life.get(given.organisation, 0)
    rows = list(limits)
    several = agreement.several_limits_of(given.organisation, given.role, rows, given.decided_on)
    if several:
        raise OpenAuthority(given.role, given.organisation, several)
    scheme = agreement.limits_of(given.organisation, rows, given.decided_on)
    if not scheme:
        name = agreement.check.facts.name(given.organisation)
        raise WrongDay("decided_on", f"No limits of authority of {name} are known for {given.decided_on.isoformat()}.")
    judgement = judge(given.role, commitment, scheme)
    if judgement.standing in {Standing.EXCEEDS, Standing.NONE}:
        raise ExceedsAuthority(judgement, given.role, given.organisation, commitment)
    return [NewEvent(Step.APPROVED, given.decided_on, given.organisation)]


def send(
    agreement: Agreement, faults: Iterable[Fault], limits: Iterable[AuthorityLimit], on: date, today: date
) -> list[NewEvent]:
    """Out for signature: lawful on a fresh check (`faults`), approved by every party. Conflicts are judged beside."""
    found = list(faults)
    if found:
        raise NotLawful(found)
    next_state(agreement.state(today), Step.SENT)
    _not_later("on", on, today)
    awaiting = agreement.awaiting_approval(limits)
    if awaiting:
        raise NotApproved(awaiting, [agreement.check.facts.name(body) for body in awaiting])
    decided = max(approval.decided_on for approval in agreement.approvals())
    if on < decided:
        raise WrongDay("on", f"The last party approved on {decided.isoformat()}; it cannot have been sent before.")
    return [NewEvent(Step.SENT, on)]


def sign(agreement: Agreement, given: SignatureIn, today: date) -> list[NewEvent]:
    """A party's signature over exactly this text; with the last one the agreement is concluded."""
    _same_text(agreement, given.digest)
    _party(agreement, given.organisation)
    if any(one.organisation == given.organisation for one in agreement.signatures()):
        raise AlreadyRecorded(f"{given.organisation} has signed this text already.")
    next_state(agreement.state(today), Step.SIGNED)
    on = given.signed_on or today
    _not_later("signed_on", on, today)
    sent_on = [event.effective_on for event in agreement.events if event.step is Step.SENT][-1]
    if on < sent_on:
        raise WrongDay("signed_on", f"The text was sent on {sent_on.isoformat()}; it cannot have been signed before.")
    if on >= agreement.content.ends:
        raise WrongDay("signed_on", f"The text ran out on {agreement.content.ends.isoformat()}: too late to sign.")
    events = [NewEvent(Step.SIGNED, on, given.organisation)]
    if agreement.awaiting_signature() == [given.organisation]:
        last = max([on, *(one.signed_on for one in agreement.signatures())])
        events.append(NewEvent(Step.CONCLUDED, last))
    return events


def withdraw(agreement: Agreement, on: date, today: date) -> list[NewEvent]:
    """The lead takes the text back before every party has signed."""
    next_state(agreement.state(today), Step.WITHDRAWN)
    _not_later("on", on, today)
    return [NewEvent(Step.WITHDRAWN, on)]


def give_notice(agreement: Agreement, given: NoticeIn, today: date) -> list[NewEvent]:
    """One party's notice; the agreement ends for all when the agreed months have run."""
    _party(agreement, given.organisation)
    _not_later("given_on", given.given_on, today)
    _after_the_last_signature(agreement, "given_on", given.given_on)
    next_state(agreement.state(given.given_on), Step.NOTICE_GIVEN)
    if any(e.step is Step.NOTICE_GIVEN and e.organisation == given.organisation for e in agreement.events):
        raise AlreadyRecorded(f"{given.organisation} has given notice already.")
    return [NewEvent(Step.NOTICE_GIVEN, given.given_on, given.organisation)]


def end(agreement: Agreement, given: EndIn) -> list[NewEvent]:
    """One party's consent to an earlier end; agreed once every party has named the same day."""
    _party(agreement, given.organisation)
    _after_the_last_signature(agreement, "on", given.on)
    next_state(agreement.state(given.on), Step.END_CONSENTED)
    consented = {
        event.organisation
        for event in agreement.events
        if event.step is Step.END_CONSENTED and event.effective_on == given.on
    }
    if given.organisation in consented:
        raise AlreadyRecorded(f"{given.organisation} has consented to end on {given.on.isoformat()} already.")
    events = [NewEvent(Step.END_CONSENTED, given.on, given.organisation)]
    if consented | {given.organisation} >= set(agreement.parties):
        events.append(NewEvent(Step.END_AGREED, given.on))
    return events


def commit(agreement: Agreement, given: CommitmentIn, today: date) -> list[NewEvent]:
    """A stage moves one step on, with evidence: agreed, funded, contracted, mobilised."""
    _not_later("on", given.on, today)
    _after_the_last_signature(agreement, "on", given.on)
    next_state(agreement.state(given.on), Step.COMMITMENT_MOVED)
    scopes = [scope for scope in agreement.content.stages if scope.stage == given.stage]
    if not any(scope.handling is not Handling.IN_VIEW for scope in scopes):
        raise WrongStage(f"The agreement commits nobody to {given.stage}.")
    order = list(Commitment)
    present = agreement.commitment_of(given.stage)
    if order.index(given.commitment) != order.index(present) + 1:
        raise WrongStage(f"{given.stage} is {present}; it moves one step at a time: {', '.join(order)}.")
    before = [step.on for step in agreement.commitments if step.stage == given.stage]
    if before and given.on < before[-1]:
        raise WrongDay("on", f"{given.stage} became {present} on {before[-1].isoformat()}; this is earlier.")
    return [NewEvent(Step.COMMITMENT_MOVED, given.on)]


def _same_text(agreement: Agreement, digest: str) -> None:
    if digest != agreement.current.digest:
        raise TextChanged(agreement.current.digest)


def _party(agreement: Agreement, organisation: str) -> None:
    if organisation not in agreement.parties:
        raise NotAParty(organisation)


def _lawful(agreement: Agreement) -> None:
    if agreement.check.faults:
        raise NotLawful(agreement.check.faults)


def _not_later(field: str, day: date, today: date) -> None:
    if day > today:
        raise WrongDay(
            field, f"{day.isoformat()} lies after today, {today.isoformat()}: only what was done is recorded."
        )


def _after_the_last_signature(agreement: Agreement, field: str, day: date) -> None:
    concluded = agreement.concluded_on
    if concluded is not None and day < concluded:
        raise WrongDay(field, f"The last party signed on {concluded.isoformat()}; nothing follows from it before.")
