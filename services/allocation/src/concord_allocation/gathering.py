"""Collect what a problem is assembled from: an edition of the figures, the map, the agreements in force.

Three reads of other services, on the caller's behalf, each at one position that the scenario records.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from concord_allocation.agreements_client import AgreementsClient
from concord_allocation.assembly.faults import AssemblyFault, CannotAssemble
from concord_allocation.assembly.world import World
from concord_allocation.reads import OnBehalf
from concord_allocation.reference.catalogue import Catalogue
from concord_allocation.registry_client import Map, RegistryClient
from concord_contracts.allocation import Dependency
from concord_contracts.allocation_scenarios import ScenarioRequest
from concord_contracts.identifiers import first_day
from concord_kit.http_client import DependencyRefused

REFUSED_INPUT = (400, 404, 422)
"""Statuses by which the registry says that a name in the request is not one of its own."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A world, and the positions it was read at."""

    world: World
    as_of: date
    known_at: datetime
    dependencies: Sequence[Dependency]


def reader_for(request: ScenarioRequest, token: str | None, acting_for: str | None) -> OnBehalf:
    """The reads of a request: on its day, or the first day of its first planning year."""
    return OnBehalf(token, acting_for, request.as_of or first_day(request.years[0]), request.known_at)


async def gather(
    request: ScenarioRequest,
    reader: OnBehalf,
    catalogue: Catalogue,
    registry: RegistryClient,
    agreements: AgreementsClient,
) -> Gathered:
    """Everything one assembly needs. Raises CannotAssemble for names nobody knows, and the clients' errors."""
    known = {line.pathway for line in catalogue.figures_for_assembly.lines}
    faults = [
        AssemblyFault(
            f"/pathways/{position}",
            "unknown-pathway",
            f"no money for pathway {pathway} is in the reference figures (known: {', '.join(sorted(known))})",
        )
        for position, pathway in enumerate(request.pathways)
        if pathway not in known
    ]
    chart = await _read_map(request, reader, registry, faults)
    in_force = await agreements.in_force(request.pathways, request.years, reader)
    world = World(
        request=request,
        figures=catalogue.figures_for_assembly,
        places=chart.places,
        responsibilities=chart.responsibilities,
        mechanisms=in_force.by_year,
        stage_names=chart.stage_names,
    )
    dependencies = [
        Dependency(service="registry", as_of=reader.as_of, known_at=chart.known_at, seq=chart.seq),
        Dependency(service="agreements", as_of=reader.as_of, known_at=in_force.known_at),
        Dependency(service="allocation", known_at=catalogue.recorded_from, seq=catalogue.edition),
    ]
    return Gathered(world, reader.as_of, catalogue.recorded_from, dependencies)


async def _read_map(
    request: ScenarioRequest, reader: OnBehalf, registry: RegistryClient, faults: list[AssemblyFault]
) -> Map:
    """The map of the chosen places; raises CannotAssemble naming every place the registry does not know."""
    for position, place in enumerate(request.places):
        try:
            await registry.places_within(place, reader)
        except DependencyRefused as refusal:
            if refusal.status not in REFUSED_INPUT:
                raise
            words = f"the registry knows no place {place} on {reader.as_of}"
            faults.append(AssemblyFault(f"/places/{position}", "unknown-place", words))
    if faults:
        raise CannotAssemble(faults)
    return await registry.read_map(request.pathways, request.places, reader)
