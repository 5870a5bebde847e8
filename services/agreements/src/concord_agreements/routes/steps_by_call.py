"""What the changing routes share: in one write the agreement is found, the caller judged, the step taken."""

from collections.abc import Callable

from starlette.responses import Response

from concord_agreements.agreement import Agreement, Version
from concord_agreements.allocation_client import AllocationClient
from concord_agreements.changes import Change, Told, change
from concord_agreements.citing import citations
from concord_agreements.registry_client import RegistryClient
from concord_agreements.sending import CITING
from concord_agreements.store import NoSuchAgreement, find
from concord_contracts.agreements import AgreementView, Content
from concord_contracts.allocation import Citations
from concord_kit.calls import Call, Result
from concord_kit.database import Reading, Writing
from concord_kit.outbox import state_of
from concord_kit.problems import Problem

Taking = Callable[[Change, Agreement], AgreementView]
Standing = Callable[[Call, Agreement], None]


def party_or_unseen(call: Call, agreement: Agreement) -> None:
    """To whoever acts for no party, there is no such agreement: a stranger does not learn which exist."""
    party = call.visible_party()
    if party is not None and party not in agreement.parties:
        raise NoSuchAgreement(agreement.id)


def lead_or_drafter(call: Call, agreement: Agreement) -> None:
    """Refuse all but the lead or host, and the body that drafted the text."""
    party_or_unseen(call, agreement)
    if call.acting_for not in {agreement.lead, agreement.versions[0].created_for}:
        words = f"This is for {agreement.lead}, which leads, or for the body that drafted the text."
        raise _not_allowed(call, words)


def the_host(call: Call, agreement: Agreement) -> None:
    """Refuse all but the body that answers for the arrangement: the host of a pool keeps its books."""
    party_or_unseen(call, agreement)
    if call.acting_for != agreement.lead:
        raise _not_allowed(call, f"This is for {agreement.lead}, which hosts the fund.")


def the_party_itself(organisation: str) -> Standing:
    """Refuse all but those who act for this very organisation."""

    def check(call: Call, agreement: Agreement) -> None:
        party_or_unseen(call, agreement)
        if call.acting_for != organisation:
            raise _not_allowed(call, f"You act for {call.acting_for}; this is for {organisation} to do.")

    return check


async def take_step(
    call: Call, identity: str, standing: Standing, step: Taking, *, if_match: bool = False, reason: str | None = None
) -> Response:
    """Take a step and answer with the agreement; `if_match` where it was decided on a version of the aggregate."""

    def work(tx: Writing) -> Result:
        changing = change(tx)
        agreement = changing.find(identity)
        standing(call, agreement)
        if if_match:
            call.expect(agreement.edition)
        return answer(step(changing, agreement))

    return await call.write(work, subject=f"agreement:{identity}", reason=reason)


async def text_to_check(call: Call, identity: str, standing: Standing) -> Version:
    """The current text, for the registry to be asked about; strangers are refused before it is.

    `If-Match` is judged in the write alone: a repeated request must find its kept answer first.
    """

    def read(tx: Reading) -> Version:
        agreement = find(tx.session, identity, tx.head_at)
        standing(call, agreement)
        return agreement.current

    return await call.read(read)


async def told_of(call: Call, content: Content) -> Told:
    """What registry and allocation say about a text; a dependency-unavailable problem where one says nothing.

    Allocation is asked only about a text that cites one of its scenarios.
    """
    registry: RegistryClient = call.request.app.state.registry
    allocation: AllocationClient = call.request.app.state.allocation
    cited = await allocation.digests(content.allocation.scenario) if content.allocation else None
    return Told(await registry.facts(content), cited)


async def lock_what_is_cited(call: Call, identity: str) -> None:
    """Allocation keeps what the agreement cites before the text goes out: nothing signed may rest on what is gone.

    The outbox says the same in its own time; here it is said at once, under the same sequence, so that saying it twice
    changes nothing. A dependency-unavailable problem where allocation does not answer.
    """

    def read(tx: Reading) -> Citations | None:
        owed = state_of(tx.session, tx.tables, identity, CITING)
        return citations(find(tx.session, identity, tx.head_at), owed.sequence) if owed else None

    said = await call.read(read)
    if said is not None:
        allocation: AllocationClient = call.request.app.state.allocation
        await allocation.tell(identity, said)


def answer(view: AgreementView, *, created: bool = False) -> Result:
    """The agreement with its entity tag."""
    location = f"/v1/agreements/{view.id}" if created else None
    return Result(view, version=int(view.etag.strip('"')), location=location)


def _not_allowed(call: Call, words: str) -> Problem:
    return Problem("not-allowed", words, action=call.grant.row.action, acting_for=call.acting_for, roles_needed=[])
