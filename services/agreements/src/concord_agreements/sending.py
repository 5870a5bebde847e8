"""The outbox's messages, built when they are sent: a signed agreement's present state for the registry, and what an
agreement cites for allocation."""

from concord_agreements import store
from concord_agreements.activation import activation
from concord_agreements.allocation_client import address
from concord_agreements.citing import citations
from concord_agreements.reference import reference_at
from concord_contracts.registry import Activation
from concord_kit.database import Reading
from concord_kit.keys import ServiceIdentity
from concord_kit.outbox import OutboxMessage

ACTIVATOR = "activator"
CITING = "allocation"
"""The outbox's lane of what is cited; the one without a name is the registry's."""


def present_activation(tx: Reading, agreement: str, sequence: int) -> Activation | None:
    """What the registry should hold of an agreement now; None while it is not signed by all."""
    found = store.find(tx.session, agreement, tx.head_at)
    if found.concluded_on is None:
        return None
    content = found.content
    basis = reference_at(tx.session, tx.head_at).basis(content.basis, content.starts)
    return activation(
        content=content,
        text_digest=found.current.digest,
        facts=found.check.facts,
        commitments={scope.stage: found.commitment_of(scope.stage) for scope in content.stages},
        sequence=sequence,
        citation=basis.citation if basis else content.basis,
        period=found.period,
    )


class ActivationMessages:
    """Builds `PUT /v1/activations/{agreement}`, signed as this service."""

    def __init__(self, identity: ServiceIdentity) -> None:
        self._identity = identity

    def __call__(self, tx: Reading, agreement: str, sequence: int) -> OutboxMessage | None:
        body = present_activation(tx, agreement, sequence)
        if body is None:
            return None
        return OutboxMessage("PUT", f"/v1/activations/{agreement}", body, token=self._identity.token())


class CitationMessages:
    """Builds `PUT /v1/citations/{agreement}` of allocation, signed as this service."""

    def __init__(self, identity: ServiceIdentity) -> None:
        self._identity = identity

    def __call__(self, tx: Reading, agreement: str, sequence: int) -> OutboxMessage:
        body = citations(store.find(tx.session, agreement, tx.head_at), sequence)
        return OutboxMessage("PUT", address(agreement), body, token=self._identity.token())
