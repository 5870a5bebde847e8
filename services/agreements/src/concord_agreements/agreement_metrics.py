"""What agreements say to the people who run commissioning: states, days that come near, and pooled funds, as gauges.

States, periods and positions are derived by the day in England, so they are computed beside the requests
(`concord_kit.derived`), never by a scrape. Labels are closed; none names a body or an agreement.
"""

from prometheus_client import CollectorRegistry, Gauge


class AgreementMetrics:
    """The gauges; `computed_at` says how old the others are."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.by_state = Gauge(
            "agreements_by_state",
            "Agreements by their state today, every state of the lifecycle; a rise of sent or part-signed: signatures "
            "are waited for, of notice-given: arrangements come apart",
            ["state"],
            registry=registry,
        )
        self.notices_due = Gauge(
            "agreements_notices_due",
            "Signed agreements, without notice or an agreed end, whose last day on which a notice can still count "
            "before they run out lies within so many days from today (90d includes 30d); a rise: decide whether to "
            "go on, renew or end",
            ["within"],
            registry=registry,
        )
        self.reviews_due = Gauge(
            "agreements_reviews_due",
            "Signed agreements whose agreed review date lies within so many days from today (90d includes 30d); "
            "a rise: reviews to prepare",
            ["within"],
            registry=registry,
        )
        self.fund_positions = Gauge(
            "agreements_fund_positions",
            "Pooled funds in force by what their latest report forecasts for its year against the agreed "
            "contributions; a rise of over: partners will bear a risk share, of not-reported: no report of a month "
            "of the last half-year is held",
            ["position"],
            registry=registry,
        )
        self.fund_variance = Gauge(
            "agreements_fund_variance_gbp",
            "Sum over pooled funds in force of the forecast over or under the agreed contributions of the year, by "
            "their latest reports, in pounds, never negative; a rise of over: more for partners to bear",
            ["direction"],
            registry=registry,
        )
        self.computed_at = Gauge(
            "agreements_computed_timestamp_seconds",
            "When the figures about agreements were last computed or found to hold still, in Unix seconds; falling "
            "behind the clock: they are as old as that, 0: not computed since the start",
            registry=registry,
        )
