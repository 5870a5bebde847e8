"""What the changing routes share: in one write the agreement is found, the caller judged, the step taken."""

from collections.abc import Callable

from starlette.responses import Response

from concord_agreements.agreement import Agreement, Version
from concord_agreements.changes import Change, change
from concord_agreements.facts import RegistryFacts
from concord_agreements.registry_client import RegistryClient
from concord_agreements.store import NoSuchAgreement, find
from concord_contracts.agreements import AgreementView, Content
from concord_kit.calls import Call, Result
from concord_kit.database import Reading, Writing
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


async def registry_facts(call: Call, content: Content) -> RegistryFacts:
    """What the registry says about a text; a dependency-unavailable problem where it says nothing."""
    registry: RegistryClient = call.request.app.state.registry
    return await registry.facts(content)


def answer(view: AgreementView, *, created: bool = False) -> Result:
    """The agreement with its entity tag."""
    location = f"/v1/agreements/{view.id}" if created else None
    return Result(view, version=int(view.etag.strip('"')), location=location)


def _not_allowed(call: Call, words: str) -> Problem:
    return Problem("not-allowed", words, action=call.grant.row.action, acting_for=call.acting_for, roles_needed=[])
