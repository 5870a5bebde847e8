"""What every service measures. Each application has a registry of its own, so that several fit in one process.

`docs/metrics.md` is written from these declarations.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from concord_kit import outbox
from concord_kit.database import Database, DatabaseUnavailable
from concord_kit.http_client import DependencyMetrics

UNMATCHED = "unmatched"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class ServiceMetrics:
    """The instruments of one application; a service adds its own to `registry`."""

    def __init__(self, service: str, version: str, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._requests = Counter(
            "concord_http_requests",
            "Requests by method, route template (or unmatched) and outcome (2xx, 3xx, 4xx, 5xx, aborted); a rise of "
            "5xx: the service fails, of aborted: callers give up waiting",
            ["method", "route", "outcome"],
            registry=self.registry,
        )
        self._duration = Histogram(
            "concord_http_request_duration_seconds",
            "Time to the end of the answer, by method and route template; a rise: callers wait longer",
            ["method", "route"],
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
        )
        self.dependencies = DependencyMetrics(self.registry)
        info = Gauge("concord_build_info", "Always 1", ["service", "version"], registry=self.registry)
        info.labels(service, version).set(1)
        self._database_up = self._gauge(
            "concord_database_up",
            "1 if this scrape could read the service's database; 0: nothing can be answered or recorded",
        )
        self._head = self._gauge(
            "concord_journal_head_seq", "Writing transactions so far; flat: nothing is being recorded"
        )
        self._waiting = self._gauge(
            "concord_outbox_waiting", "Messages due or to be tried again; a rise: the receiver is away"
        )
        self._parked = self._gauge(
            "concord_outbox_parked", "Messages given up after a refusal; above 0: a person is needed, then `unpark`"
        )
        self._oldest = self._gauge(
            "concord_outbox_oldest_seconds",
            "Age of the oldest unsent message; a rise: activations or citations are late",
        )

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, registry=self.registry)

    def answered(self, method: str, route: str, status: int | None, seconds: float) -> None:
        """Count one request; `route` is the template, `status` None where the caller went away."""
        method = method if method in METHODS else "other"
        outcome = f"{status // 100}xx" if status else "aborted"
        self._requests.labels(method, route, outcome).inc()
        self._duration.labels(method, route).observe(seconds)

    async def page(self, database: Database) -> bytes:
        """The page that Prometheus reads."""
        try:
            head, counts = await database.read(
                lambda tx: (tx.head_seq, outbox.count(tx.session, tx.tables, database.clock()))
            )
        except DatabaseUnavailable:
            self._database_up.set(0)
        else:
            self._database_up.set(1)
            self._head.set(head)
            self._waiting.set(counts.waiting)
            self._parked.set(counts.parked)
            self._oldest.set(counts.oldest_seconds)
        return generate_latest(self.registry)
