"""What agreements say to the people who run commissioning: states, days that come near, and pooled funds, as gauges.

States, periods and positions are derived by the day in England, so they are computed beside the requests
(`concord_kit.derived`), never by a scrape. Labels are closed; none names a body or an agreement.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from prometheus_client import CollectorRegistry, Gauge

from concord_agreements import store
from concord_agreements.agreement import Agreement
from concord_agreements.lifecycle import Step, last_notice_day
from concord_agreements.positions import Reported, forecast_variance, has_fund, speaks_for
from concord_contracts.agreements import State
from concord_kit.database import Database, Reading
from concord_kit.derived import DerivedFigures

WITHIN = {"30d": 30, "90d": 90}
"""Label -> days from today, today among them."""
POSITIONS = ("over", "under", "on-plan", "not-reported")
DIRECTIONS = ("over", "under")
READ_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class AgreementFigures:
    """The figures of one day; every label has an entry, if only 0. Variance in pence, never negative."""

    by_state: Mapping[State, int]
    notices_due: Mapping[str, int]
    reviews_due: Mapping[str, int]
    positions: Mapping[str, int]
    variance_pence: Mapping[str, int]


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

    def show(self, figures: AgreementFigures) -> None:
        """All at once, on the event loop: a page is never half old."""
        for state, count in figures.by_state.items():
            self.by_state.labels(state.value).set(count)
        for within in WITHIN:
            self.notices_due.labels(within).set(figures.notices_due[within])
            self.reviews_due.labels(within).set(figures.reviews_due[within])
        for position, count in figures.positions.items():
            self.fund_positions.labels(position).set(count)
        for direction, pence in figures.variance_pence.items():
            self.fund_variance.labels(direction).set(pence / 100)


def agreement_figures(found: Iterable[tuple[Agreement, Sequence[Reported]]], today: date) -> AgreementFigures:
    """The figures from agreements with what was reported of their funds."""
    states: Counter[State] = Counter()
    notices: Counter[str] = Counter()
    reviews: Counter[str] = Counter()
    positions: Counter[str] = Counter()
    variance: Counter[str] = Counter()
    for agreement, reports in found:
        state = agreement.state(today)
        states[state] += 1
        notices.update(_within(last_day_of_notice(agreement, state), today))
        reviews.update(_within(review_day(agreement, state), today))
        if state in IN_FORCE and has_fund(agreement.content):
            position, pence = _position(agreement, reports, today)
            positions[position] += 1
            variance[position] += abs(pence)
    return AgreementFigures(
        by_state={state: states[state] for state in State},
        notices_due={within: notices[within] for within in WITHIN},
        reviews_due={within: reviews[within] for within in WITHIN},
        positions={position: positions[position] for position in POSITIONS},
        variance_pence={direction: variance[direction] for direction in DIRECTIONS},
    )


IN_FORCE = frozenset({State.IN_FORCE, State.NOTICE_GIVEN})
SIGNED = frozenset({State.IN_FORCE_LATER, *IN_FORCE})


def last_day_of_notice(agreement: Agreement, state: State) -> date | None:
    """The last day on which notice still counts: given later, it would run beyond the day on which the agreement ends
    by itself. None where it is not signed or over, where notice is given already, or an earlier end agreed.
    """
    if state not in {State.IN_FORCE_LATER, State.IN_FORCE}:
        return None
    if any(event.step is Step.END_AGREED for event in agreement.events):
        return None
    return last_notice_day(agreement.period[1], agreement.content.notice_months)


def review_day(agreement: Agreement, state: State) -> date | None:
    """The agreed day of review; None where the agreement is not signed, or over."""
    return agreement.content.review_by if state in SIGNED else None


def _within(day: date | None, today: date) -> Iterator[str]:
    for label, days in WITHIN.items():
        if day is not None and today <= day <= today + timedelta(days=days):
            yield label


def _position(agreement: Agreement, reports: Sequence[Reported], today: date) -> tuple[str, int]:
    """Where a fund stands by its latest report, and its forecast variance in pence."""
    latest = speaks_for(reports, today)
    if latest is None:
        return "not-reported", 0
    pence = forecast_variance(agreement.content, latest)
    return ("over" if pence > 0 else "under" if pence < 0 else "on-plan"), pence


def figures_of_agreements(
    database: Database, metrics: AgreementMetrics, seconds_between: float
) -> DerivedFigures[AgreementFigures]:
    """Keeps the gauges at today's agreements."""

    async def derive(today: date) -> AgreementFigures:
        return await database.read(lambda tx: agreement_figures(_everything(tx), today))

    return DerivedFigures(database, derive, metrics.show, metrics.computed_at, seconds_between=seconds_between)


def _everything(tx: Reading) -> Iterator[tuple[Agreement, Sequence[Reported]]]:
    """Every agreement with its reports, a bounded number in memory at a time."""
    ids = store.all_ids(tx.session)
    for start in range(0, len(ids), READ_TOGETHER):
        some = ids[start : start + READ_TOGETHER]
        reports = store.positions_of(tx.session, some, tx.head_at)
        for agreement in store.find_all(tx.session, some, tx.head_at):
            yield agreement, reports.get(agreement.id, ())
        tx.session.expunge_all()
