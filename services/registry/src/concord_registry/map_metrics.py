"""What the map says to the people who run commissioning: findings, stale confirmations and claims, as gauges.

All of it is derived (`national.py`), so it is computed beside the requests (`concord_kit.derived`), never by a scrape.
Labels are closed: kinds of finding and statuses of claims are the contract's, regions are the places of kind `region`
in the reference data, and `england` for all of it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from prometheus_client import CollectorRegistry, Gauge

from concord_contracts.registry import ClaimStatus, FindingKind
from concord_kit.database import Database, Reading
from concord_kit.derived import DerivedFigures
from concord_registry.deriving import Deriving
from concord_registry.national import where_counted
from concord_registry.national_answer import NationalAnswer, national_question
from concord_registry.reading import When
from concord_registry.store import claims
from concord_registry.store.reference import ReferenceReader
from concord_registry.world import Claim, Reference

STATUSES = tuple(status for status in ClaimStatus if status is not ClaimStatus.ENDED)
"""What a claim in force can be; an ended one is in force no more."""


@dataclass(frozen=True, slots=True)
class MapFigures:
    """The figures of one day; every region has an entry, if only 0."""

    findings: Mapping[tuple[FindingKind, str], int]
    stale: Mapping[str, int]
    claims: Mapping[ClaimStatus, int]


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

    def show(self, figures: MapFigures) -> None:
        """All at once, on the event loop: a page is never half old."""
        for gauge in (self.findings, self.stale_confirmations):
            gauge.clear()  # a region that is no longer in the reference data goes
        for (kind, region), count in figures.findings.items():
            self.findings.labels(kind.value, region).set(count)
        for region, count in figures.stale.items():
            self.stale_confirmations.labels(region).set(count)
        for status, count in figures.claims.items():
            self.claims.labels(status.value).set(count)


def map_figures(answer: NationalAnswer, everything: Iterable[Claim]) -> MapFigures:
    """Findings from the national picture; stale confirmations and statuses from every claim in force that day."""
    everything, counted = list(everything), answer.counted
    by_kind: Counter[tuple[FindingKind, str]] = Counter()
    for (_, region, kind), tally in counted.findings.items():
        by_kind[kind, region] += tally.findings
    stale = Counter(
        region
        for claim in everything
        if _stale(answer.question.reference, claim)
        for region in where_counted(answer.question.reference, claim.place)
    )
    statuses = Counter(claim.status for claim in everything)
    return MapFigures(
        findings={(kind, region): by_kind[kind, region] for kind in FindingKind for region in counted.regions},
        stale={region: stale[region] for region in counted.regions},
        claims={status: statuses[status] for status in STATUSES},
    )


def _stale(reference: Reference, claim: Claim) -> bool:
    """As the finding `stale` judges it, of confirmations alone."""
    due = claim.review_by
    return claim.status is ClaimStatus.CONFIRMED and due is not None and due < reference.as_of


def figures_of_the_map(
    database: Database,
    references: ReferenceReader,
    deriving: Deriving,
    metrics: MapMetrics,
    seconds_between: float,
) -> DerivedFigures[MapFigures]:
    """Keeps the gauges at today's map; the national answer of the day is kept for readers by the way."""

    async def derive(day: date) -> MapFigures:
        answer, everything = await database.read(lambda tx: _read(tx, database, references, day))
        figures = await deriving.turn(lambda: map_figures(answer, everything))
        await deriving.body(answer.question.tag, answer.body)
        return figures

    return DerivedFigures(database, derive, metrics.show, metrics.computed_at, seconds_between=seconds_between)


def _read(
    tx: Reading, database: Database, references: ReferenceReader, day: date
) -> tuple[NationalAnswer, list[Claim]]:
    question = national_question(tx, references, When(as_of=day), (), database.clock)
    return question.read(tx), claims.in_scope(tx, day, question.position.known_at, None, None)
