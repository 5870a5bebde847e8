"""What the map says to the people who run commissioning: findings, stale confirmations and claims, as gauges.

All of it is derived (`national.py`), so it is computed beside the requests (`concord_kit.derived`), never by a scrape.
Labels are closed: kinds of finding and statuses of claims are the contract's, regions are the places of kind `region`
in the reference data, and `england` for all of it.
"""

from prometheus_client import CollectorRegistry, Gauge


class MapMetrics:
    """The gauges; `computed_at` says how old the others are."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.findings = Gauge(
            "registry_findings",
            "Findings of today's map of the four most common cancers, by kind and region (england: all of it); "
            "a rise: more for commissioners to look at, in that region",
            ["kind", "region"],
            registry=registry,
        )
        self.stale_confirmations = Gauge(
            "registry_stale_confirmations",
            "Confirmed claims in force today whose review date has passed, by the region of their place "
            "(england: all of it); a rise: bodies confirm once and do not look again",
            ["region"],
            registry=registry,
        )
        self.claims = Gauge(
            "registry_claims",
            "Claims in force today by status; a rise of disputed: bodies contradict each other, of assumed: they guess",
            ["status"],
            registry=registry,
        )
        self.computed_at = Gauge(
            "registry_findings_computed_timestamp_seconds",
            "When findings, stale confirmations and claims were last computed or found to hold still, in Unix seconds; "
            "falling behind the clock: they are as old as that, 0: not computed since the start",
            registry=registry,
        )
