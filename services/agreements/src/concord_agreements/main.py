"""Put the service together: settings, database, registry, allocation, outboxes, routes."""

from datetime import timedelta

from fastapi import FastAPI

from concord_agreements import allocation_client, registry_client
from concord_agreements.agreement_metrics import AgreementMetrics, figures_of_agreements
from concord_agreements.allocation_client import CITER, AllocationClient
from concord_agreements.authority import TABLE
from concord_agreements.errors_as_problems import PROBLEMS
from concord_agreements.registry_client import RegistryClient
from concord_agreements.routes import decisions, drafts, in_force, reading
from concord_agreements.routes.repeats import Repeats
from concord_agreements.sending import ACTIVATOR, CITING, ActivationMessages, CitationMessages
from concord_agreements.settings import AgreementsSettings
from concord_kit.app import create_app
from concord_kit.authority import Authority
from concord_kit.database import Database
from concord_kit.http_client import ServiceClient
from concord_kit.keys import ServiceIdentity
from concord_kit.mandates import RegistryMandates
from concord_kit.metrics import ServiceMetrics
from concord_kit.outbox import Outbox

NAME = "agreements"
VERSION = "0.1.0"


def build_app(settings: AgreementsSettings, database: Database) -> FastAPI:
    """The service, ready to be served."""
    key, issuer = settings.service_key_file, settings.issuer
    identity = ServiceIdentity(key, NAME, settings.registry_audience, issuer=issuer, roles=(ACTIVATOR,))
    citing = ServiceIdentity(key, NAME, settings.allocation_audience, issuer=issuer, roles=(CITER,))
    allocation = ServiceClient(
        allocation_client.NAME, settings.allocation_url, deadline_seconds=settings.dependency_seconds
    )
    registry = ServiceClient(registry_client.NAME, settings.registry_url, deadline_seconds=settings.dependency_seconds)
    # A lease that ends before the call does would let a second worker send the same message beside the first.
    lease = timedelta(seconds=settings.dependency_seconds + 3)
    outbox = Outbox(database, registry, ActivationMessages(identity), lease=lease)
    cited = Outbox(database, allocation, CitationMessages(citing), lease=lease, lane=CITING)
    metrics = ServiceMetrics(NAME, VERSION)
    figures = figures_of_agreements(database, AgreementMetrics(metrics.registry), settings.figures_seconds)
    app = create_app(
        name=NAME,
        title="Concord agreements",
        version=VERSION,
        summary="Who leads for whom, who pays in what, who bears which risk, how it ends: drafted, approved, signed.",
        settings=settings,
        database=database,
        routers=[drafts.router, decisions.router, in_force.router, reading.router],
        authority=Authority(TABLE, public_reads=settings.public_reads),
        problems=PROBLEMS,
        mandates=RegistryMandates(registry, identity.token),
        dependencies=[registry, allocation],
        background=[outbox.run, cited.run, figures.run],
        metrics=metrics,
    )
    app.state.registry = RegistryClient(registry, identity)
    app.state.allocation = AllocationClient(allocation, citing)
    app.state.repeats = Repeats()
    app.state.figures = figures
    return app
