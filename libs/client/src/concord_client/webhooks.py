"""Subscriptions to the registry's changes, as their owner uses them."""

from concord_client.transport import Service
from concord_contracts.registry import Deliveries, Webhook, WebhookDecision, WebhookIn, Webhooks


class WebhooksClient:
    """Typed calls on the subscriptions of the body acted for; raises ConcordProblem and ConcordUnreachable."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def all(self) -> Webhooks:
        return Webhooks.model_validate(self.service.get("/v1/webhooks").body)

    def one(self, webhook: str) -> Webhook:
        return Webhook.model_validate(self.service.get(f"/v1/webhooks/{webhook}").body)

    def create(self, sent: WebhookIn, *, idempotency_key: str | None = None) -> Webhook:
        """The new subscription, with the secret that is shown once."""
        body = sent.model_dump(mode="json")
        return Webhook.model_validate(self.service.post("/v1/webhooks", body, idempotency_key=idempotency_key).body)

    def decide(self, webhook: str, decision: str, why: WebhookDecision) -> Webhook:
        """`decision`: pause, resume, rotate, replay or delete, of the version that is read first."""
        tag = self.service.get(f"/v1/webhooks/{webhook}").etag
        path = f"/v1/webhooks/{webhook}/{decision}"
        return Webhook.model_validate(self.service.post(path, why.model_dump(mode="json"), if_match=tag).body)

    def deliveries(self, webhook: str, limit: int = 50) -> Deliveries:
        """The last attempts, the latest first."""
        return Deliveries.model_validate(self.service.get(f"/v1/webhooks/{webhook}/deliveries", {"limit": limit}).body)
