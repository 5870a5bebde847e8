"""What is measured of messages to subscribers."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class WebhookMetrics:
    """Declared once for each process; the sender sets them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.attempts = Counter(
            "concord_webhook_attempts",
            "Messages sent to subscribers by what became of them (delivered, retry, parked, gone)",
            ["outcome"],
            registry=registry,
        )
        self.active = Gauge("concord_webhooks_active", "Subscriptions that changes are sent to", registry=registry)
        self.parked = Gauge(
            "concord_webhooks_parked",
            "Subscriptions given up; above 0: the owner must look, then resume",
            registry=registry,
        )
        self.oldest = Gauge(
            "concord_webhooks_oldest_seconds",
            "How long the longest waiting subscriber has not been reached; a rise: a receiver is away",
            registry=registry,
        )
