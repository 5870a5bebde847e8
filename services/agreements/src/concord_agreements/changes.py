"""Changing an agreement inside one transaction: the judged step, its facts, and the messages it owes registry and
allocation."""

from dataclasses import dataclass
from datetime import date

from concord_agreements import steps, store
from concord_agreements.agreement import Agreement
from concord_agreements.authority_limits import Scheme
from concord_agreements.citing import citation_faults, citations
from concord_agreements.conflicts import Holding, find, holding
from concord_agreements.facts import RegistryFacts
from concord_agreements.lifecycle import Step
from concord_agreements.policies import check
from concord_agreements.positions import judge
from concord_agreements.reference import Reference, reference_at
from concord_agreements.sending import CITING
from concord_agreements.steps import InConflict, NewEvent, TextChanged
from concord_agreements.views import agreement_view, fund_position
from concord_contracts.agreements import (
    AgreementView,
    Approval,
    CommitmentIn,
    Content,
    DraftIn,
    EndIn,
    Fault,
    FundPosition,
    NoticeIn,
    PositionIn,
    Reasoned,
    SignatureIn,
)
from concord_contracts.allocation import ScenarioDigests
from concord_contracts.identifiers import digest_of
from concord_kit.clock import today_in_england
from concord_kit.database import Writing
from concord_kit.outbox import enqueue, state_of

CHANGES_THE_MAP = frozenset({Step.CONCLUDED, Step.NOTICE_GIVEN, Step.END_AGREED, Step.COMMITMENT_MOVED})
"""Steps after which the registry's picture of the agreement is out of date."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the other services said of a text: the registry's facts, and the scenario it cites (None: there is none)."""

    facts: RegistryFacts
    cited: ScenarioDigests | None


@dataclass(frozen=True)
class Change:
    """One writing transaction on one agreement, or on one about to be."""

    tx: Writing
    today: date

    @property
    def reference(self) -> Reference:
        return reference_at(self.tx.session, self.tx.head_at)

    def find(self, agreement: str) -> Agreement:
        return store.find(self.tx.session, agreement, self.tx.head_at)

    def draft(self, given: DraftIn, told: Told, on_behalf: str) -> AgreementView:
        """A new agreement with its first version; its faults are listed, not refused."""
        identity = store.add_agreement(self.tx)
        self._add_version(identity, 1, given, told, on_behalf)
        store.add_events(self.tx, identity, 0, 1, [NewEvent(Step.DRAFTED, self.today)], given.reason)
        self._owe_citations(identity)
        return self.view(identity)

    def revise(self, agreement: Agreement, given: DraftIn, told: Told, on_behalf: str) -> AgreementView:
        """A new version; approvals and signatures stay with the old one."""
        events = steps.revise(agreement, digest_of(given.content.model_dump(mode="json")), self.today)
        number = agreement.current.number + 1
        self._add_version(agreement.id, number, given, told, on_behalf)
        store.add_events(self.tx, agreement.id, len(agreement.history), number, events, given.reason)
        return self._changed(agreement, [])

    def approve(self, agreement: Agreement, given: Approval, scheme: Scheme) -> AgreementView:
        """A body's decision, judged by what it publishes (`scheme`) before the limits this service was loaded with."""
        events = steps.approve(agreement, given, [*self.reference.limits, *scheme.limits], self.today)
        store.add_approval(self.tx, agreement, given, scheme)
        return self._recorded(agreement, events)

    def send(self, agreement: Agreement, given: Reasoned, told: Told, digest: str) -> AgreementView:
        """Out for signature, on a fresh check that is stored with the registry's position.

        `digest` is of the text that registry and allocation were asked about.
        """
        if agreement.current.digest != digest:
            raise TextChanged(agreement.current.digest)
        facts = told.facts
        faults = self._faults(agreement.content, told)
        events = steps.send(agreement, faults, self.reference.limits, given.on or self.today, self.today)
        self._require_free_ground(agreement, facts)
        number = len([one for one in agreement.checks if one.version == agreement.current.number]) + 1
        store.add_check(self.tx, agreement.id, agreement.current.number, number, facts, faults)
        return self._recorded(agreement, events, given.reason)

    def sign(self, agreement: Agreement, given: SignatureIn) -> AgreementView:
        """A signature; with the last one the activation is owed, in this same transaction."""
        events = steps.sign(agreement, given, self.today)
        if any(event.step is Step.CONCLUDED for event in events):
            self._require_free_ground(agreement, agreement.check.facts)
        store.add_signature(self.tx, agreement, given, events[0])
        return self._recorded(agreement, events)

    def withdraw(self, agreement: Agreement, given: Reasoned) -> AgreementView:
        events = steps.withdraw(agreement, given.on or self.today, self.today)
        return self._recorded(agreement, events, given.reason)

    def give_notice(self, agreement: Agreement, given: NoticeIn) -> AgreementView:
        return self._recorded(agreement, steps.give_notice(agreement, given, self.today), given.reason)

    def end(self, agreement: Agreement, given: EndIn) -> AgreementView:
        return self._recorded(agreement, steps.end(agreement, given), given.reason)

    def commit(self, agreement: Agreement, given: CommitmentIn) -> AgreementView:
        events = steps.commit(agreement, given, self.today)
        store.add_events(self.tx, agreement.id, len(agreement.history), agreement.current.number, events)
        store.add_commitment(self.tx, agreement, given)
        return self._changed(agreement, events)

    def erase_name(self, agreement: Agreement, signatory: str) -> AgreementView:
        """Forget who signed for a party; what was signed stays."""
        store.erase_name(self.tx, signatory)
        return self._changed(agreement, [])

    def report_position(self, agreement: Agreement, given: PositionIn) -> FundPosition:
        """Where the fund stands, appended; the answer is the month as it now reads."""
        before = store.positions_of(self.tx.session, [agreement.id], self.tx.head_at)[agreement.id]
        judge(agreement, given, before, self.today)
        store.add_position(self.tx, agreement.id, len(before), given)
        after = store.positions_of(self.tx.session, [agreement.id], self.tx.at)[agreement.id]
        return fund_position(agreement, after, after[-1])

    def view(self, identity: str) -> AgreementView:
        """The agreement with this change in it. Names are held apart: answers to changes are kept for replay."""
        self.tx.session.flush()
        agreement = store.find(self.tx.session, identity, self.tx.at)
        return agreement_view(
            agreement,
            as_of=self.today,
            known_at=self.tx.at,
            limits=self.reference.limits,
            names={},
            sending=state_of(self.tx.session, self.tx.tables, identity),
            citing=state_of(self.tx.session, self.tx.tables, identity, CITING),
        )

    def _recorded(self, agreement: Agreement, events: list[NewEvent], reason: str | None = None) -> AgreementView:
        version = agreement.current.number
        store.add_events(self.tx, agreement.id, len(agreement.history), version, events, reason)
        return self._changed(agreement, events)

    def _changed(self, agreement: Agreement, events: list[NewEvent]) -> AgreementView:
        store.raise_edition(self.tx, agreement.id)
        self._owe_citations(agreement.id, agreement)
        if any(event.step in CHANGES_THE_MAP for event in events):
            enqueue(self.tx, agreement.id)
        return self.view(agreement.id)

    def _owe_citations(self, identity: str, before: Agreement | None = None) -> None:
        """Allocation is to be told where what it was told is no longer so, be it of the title and the parties alone."""
        self.tx.session.flush()
        said = citations(store.find(self.tx.session, identity, self.tx.at), 1)
        told = said.citations or state_of(self.tx.session, self.tx.tables, identity, CITING)
        if told and (before is None or citations(before, 1).digest != said.digest):
            enqueue(self.tx, identity, CITING)

    def _add_version(self, identity: str, number: int, given: DraftIn, told: Told, on_behalf: str) -> None:
        actor = self.tx.intent.actor
        store.add_version(self.tx, identity, number, given.content, given.annex, by=actor, on_behalf=on_behalf)
        store.add_check(self.tx, identity, number, 1, told.facts, self._faults(given.content, told))

    def _faults(self, content: Content, told: Told) -> list[Fault]:
        basis = self.reference.basis(content.basis, content.starts)
        return [*check(content, told.facts, basis), *citation_faults(content, told.cited)]

    def _require_free_ground(self, agreement: Agreement, facts: RegistryFacts) -> None:
        session, known_at = self.tx.session, self.tx.head_at
        content = agreement.content
        near = store.ids_with_step(session, Step.SENT, known_at, pathway=content.pathway, parties=agreement.parties)
        others = [other for other in store.find_all(session, near, known_at) if other.taken_ground]
        conflicts = find(holding(agreement.id, content, facts), map(_ground, others))
        if conflicts:
            raise InConflict(conflicts)


def _ground(agreement: Agreement) -> Holding:
    starts, ends = agreement.period
    return holding(agreement.id, agreement.content, agreement.check.facts, starts, ends)


def change(tx: Writing) -> Change:
    """A change as of today in England by the transaction's own stamp."""
    return Change(tx, today_in_england(lambda: tx.at))
