"""One agreement as a value: its versions, what was decided about them, and what follows. No database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from concord_agreements.amounts import whole_life_by_party
from concord_agreements.authority_limits import AuthorityLimit, Scheme, committed, limits_for, several_for
from concord_agreements.facts import RegistryFacts
from concord_agreements.lifecycle import Event, Step, Terms, period_in_force, state_on
from concord_agreements.policies.parties import principal
from concord_contracts.agreements import Content, Fault, PaperAnnex, State
from concord_contracts.registry import Commitment


@dataclass(frozen=True)
class Version:
    """An immutable text; `digest` is over its content."""

    number: int
    digest: str
    content: Content
    annex: PaperAnnex | None
    annex_digest: str | None
    created_by: str
    created_for: str
    at: datetime

    @cached_property
    def whole_life(self) -> dict[str, int]:
        return whole_life_by_party(self.content)


@dataclass(frozen=True)
class Check:
    """A version held against its legal basis, on what the registry said then (`told`, the facts as JSON)."""

    version: int
    registry_seq: int
    told: str
    faults: tuple[Fault, ...]
    at: datetime

    @cached_property
    def facts(self) -> RegistryFacts:
        """Read when first asked for: a list of agreements needs none of them."""
        return RegistryFacts.model_validate_json(self.told)


@dataclass(frozen=True, slots=True)
class RecordedApproval:
    version: int
    organisation: str
    role: str
    decided_on: date
    minute: str
    digest: str
    at: datetime
    scheme: Scheme | None = None
    """What it was judged by beside this service's own table; None: it was recorded before the registry was asked."""


@dataclass(frozen=True, slots=True)
class RecordedSignature:
    version: int
    organisation: str
    signatory: str
    office: str
    signed_on: date
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordedCommitment:
    stage: str
    commitment: Commitment
    on: date
    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event with who recorded it and why."""

    event: Event
    actor: str
    acting_for: str | None
    reason: str | None


@dataclass(frozen=True)
class Agreement:
    """Everything recorded of an agreement up to one moment; lists in the order of the record."""

    id: str
    edition: int
    versions: tuple[Version, ...]
    checks: tuple[Check, ...]
    history: tuple[RecordedEvent, ...]
    all_approvals: tuple[RecordedApproval, ...]
    all_signatures: tuple[RecordedSignature, ...]
    commitments: tuple[RecordedCommitment, ...]

    @property
    def current(self) -> Version:
        return self.versions[-1]

    @property
    def content(self) -> Content:
        return self.current.content

    @property
    def parties(self) -> list[str]:
        return [party.organisation for party in self.content.parties]

    @property
    def lead(self) -> str:
        return principal(self.content)

    @cached_property
    def events(self) -> list[Event]:
        return [recorded.event for recorded in self.history]

    @cached_property
    def check(self) -> Check:
        """The latest check of the current version."""
        return [check for check in self.checks if check.version == self.current.number][-1]

    @property
    def terms(self) -> Terms:
        return Terms(self.content.starts, self.content.ends, self.content.notice_months)

    @cached_property
    def period(self) -> tuple[date, date]:
        """[first day in force, first day no longer in force)."""
        return period_in_force(self.events, self.terms)

    @property
    def concluded_on(self) -> date | None:
        """The day of the last signature; None while one is missing."""
        return next((event.effective_on for event in self.events if event.step is Step.CONCLUDED), None)

    @property
    def taken_ground(self) -> bool:
        """Whether the text is out for signature or signed, so that others must keep clear of it."""
        return self.state(date.min) in {State.SENT, State.PART_SIGNED, State.IN_FORCE_LATER}

    def state(self, as_of: date) -> State:
        """The state on a day, as known by what is recorded here."""
        state = state_on(self.events, self.terms, as_of, self.history[-1].event.at)
        if state is None:
            raise ValueError(f"agreement {self.id} has no recorded beginning")
        return state

    def approvals(self, version: int | None = None) -> list[RecordedApproval]:
        number = version or self.current.number
        return [approval for approval in self.all_approvals if approval.version == number]

    def signatures(self, version: int | None = None) -> list[RecordedSignature]:
        number = version or self.current.number
        return [signature for signature in self.all_signatures if signature.version == number]

    def awaiting_approval(self, limits: Iterable[AuthorityLimit]) -> list[str]:
        """The parties that are not yet committed to the current version by somebody who may."""
        rows = list(limits)
        return [body for body in self.parties if not self._committed(body, rows)]

    def awaiting_signature(self) -> list[str]:
        signed = {signature.organisation for signature in self.signatures()}
        return [body for body in self.parties if body not in signed]

    def commitment_of(self, stage: str) -> Commitment:
        """How far a stage has come, by the last step recorded."""
        steps = [step.commitment for step in self.commitments if step.stage == stage]
        return steps[-1] if steps else Commitment.AGREED

    def limits_of(self, organisation: str, limits: Iterable[AuthorityLimit], on: date) -> dict[str, AuthorityLimit]:
        """The limits of a party's roles on a day; its kind is what the registry said when the text was checked."""
        body = self.check.facts.body(organisation)
        return limits_for(limits, organisation, body.kind if body else "", on)

    def several_limits_of(
        self, organisation: str, role: str, limits: Iterable[AuthorityLimit], on: date
    ) -> list[AuthorityLimit]:
        """The limits of a party's role on a day where there are several, so that which counts is open."""
        body = self.check.facts.body(organisation)
        return several_for(limits, organisation, body.kind if body else "", on).get(role, [])

    def _committed(self, organisation: str, limits: list[AuthorityLimit]) -> bool:
        """Each approval counts as it was judged: by what the body published then, on the day of that decision."""
        approved = {
            given.role: self.limits_of(
                organisation, [*limits, *(given.scheme.limits if given.scheme else ())], given.decided_on
            )
            for given in self.approvals()
            if given.organisation == organisation
        }
        return committed(approved, self.current.whole_life.get(organisation, 0))
