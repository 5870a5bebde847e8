"""The registry as an application: its routes, authority and errors put together."""

from fastapi import FastAPI

from concord_contracts.problems import Fault
from concord_kit.app import create_app
from concord_kit.authority import Authority
from concord_kit.database import Database
from concord_kit.imports import MOST_BYTES, faulty
from concord_kit.lists import list_table, lists_router
from concord_kit.metrics import ServiceMetrics
from concord_kit.problems import Problem
from concord_kit.sheets import FaultySheetsError
from concord_registry import __version__
from concord_registry.activations import SequenceConflictError
from concord_registry.authority import TABLE
from concord_registry.claim_changes import ClaimEndedError, ClaimRefusedError
from concord_registry.coverage_cache import CoverageCache
from concord_registry.deriving import Deriving
from concord_registry.feed.watching import Watch
from concord_registry.lists import LISTS
from concord_registry.map_metrics import MapMetrics, figures_of_the_map
from concord_registry.own_mandates import OwnMandates
from concord_registry.routes import (
    activations,
    changes,
    claim_changes,
    claims,
    commissioners,
    contacts,
    coverage,
    exports,
    fhir,
    files,
    findings,
    holdings,
    imports,
    knowledge,
    mandates,
    matrix,
    measures,
    national,
    organisations,
    pathway_changes,
    pathway_details,
    pathways,
    people,
    places,
    planning,
    populations,
    ranking,
    records,
    reference,
    reorganisations,
    responsibilities,
    responsible_commissioner,
    rule_changes,
    search,
    webhooks,
)
from concord_registry.settings import RegistrySettings
from concord_registry.store.reference import ReferenceReader
from concord_registry.store.search import IndexReader
from concord_registry.tables import Base
from concord_registry.webhooks.sender import Sender
from concord_registry.webhooks.starting import seal_all

ACTIVATION_BYTES = 8 * 1024 * 1024
"""An agreement of all England's CCGs: 5,000 responsibilities, each on behalf of others."""


def serving(settings: RegistrySettings, database: Database) -> FastAPI:
    """The application, once the secrets of webhooks are known to be opened by the keys given."""
    seal_all(database, settings.seal)
    return build_app(settings, database)


def build_app(settings: RegistrySettings, database: Database) -> FastAPI:
    metrics = ServiceMetrics("registry", __version__)
    references, cache = ReferenceReader(), CoverageCache()
    deriving = Deriving(cache)
    figures = figures_of_the_map(database, references, deriving, MapMetrics(metrics.registry), settings.figures_seconds)
    watch = Watch(database, settings.stream_seconds, settings.most_streams, metrics.registry)
    sender = Sender(database, metrics.registry, settings.seal, loopback=settings.webhooks_to_loopback)
    app = create_app(
        name="registry",
        title="Concord registry",
        version=__version__,
        summary="Who commissions which stage of a pathway, where, since when, on what authority",
        settings=settings,
        database=database,
        routers=[
            responsibilities.router,
            commissioners.router,
            coverage.router,
            findings.router,
            ranking.router,
            matrix.router,
            national.router,
            organisations.router,
            search.router,
            contacts.router,
            holdings.router,
            places.router,
            populations.router,
            rule_changes.router,
            pathways.router,
            pathway_changes.router,
            pathway_details.router,
            planning.router,
            responsible_commissioner.router,
            claims.router,
            claim_changes.router,
            activations.router,
            mandates.router,
            people.router,
            knowledge.router,
            knowledge.pages,
            *records.routers,
            reorganisations.router,
            reference.router,
            imports.router,
            files.router,
            exports.router,
            fhir.router,
            measures.router,
            lists_router(list_table(Base.metadata), LISTS, action="map.read"),
            changes.router,
            changes.streaming,
            webhooks.router,
        ],
        authority=Authority(TABLE, public_reads=settings.public_reads),
        mandates=OwnMandates(database),
        problems={
            ClaimRefusedError: _refused,
            ClaimEndedError: "claim-ended",
            SequenceConflictError: _conflicting,
            FaultySheetsError: faulty,
        },
        background=[figures.run, watch.run, sender.run],
        metrics=metrics,
        body_limits={
            "/v1/activations": ACTIVATION_BYTES,
            "/v1/imports": MOST_BYTES,
            "/v1/files": files.MOST_BYTES,
            "/v1/files/": settings.max_body_bytes,
        },
    )
    app.state.watch = watch
    app.state.settings = settings
    app.state.on_stop = [watch.stop]
    app.state.references = references
    app.state.indexes = IndexReader()
    app.state.coverage_cache = cache
    app.state.deriving = deriving
    app.state.figures = figures
    return app


def _refused(error: ClaimRefusedError) -> Problem:
    """Something sent wrongly is named by its pointer; what the claim's state forbids is a conflict."""
    if not error.pointer:
        return Problem("conflict", error.words)
    return Problem("invalid-request", errors=[Fault(pointer=error.pointer, detail=error.words, type="refused")])


def _conflicting(error: SequenceConflictError) -> Problem:
    return Problem("sequence-conflict", str(error), sequence=error.sequence, digest=error.held)
