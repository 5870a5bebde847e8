"""Collect what a problem is assembled from: an edition of the figures, the map, the agreements in force.

Three reads of other services, on the caller's behalf, each at one position that the scenario records.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from concord_allocation.agreements_client import AgreementsClient
from concord_allocation.assembly.faults import AssemblyFault, CannotAssemble
from concord_allocation.assembly.world import World
from concord_allocation.reads import OnBehalf
from concord_allocation.reference.catalogue import Catalogue
from concord_allocation.registry_client import RegistryClient
from concord_contracts.allocation import Dependency
from concord_contracts.allocation.scenarios import ScenarioRequest
from concord_contracts.identifiers import first_day
from concord_contracts.registry import Places
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


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token is forwarded, and the body acted for."""

    token: str | None
    acting_for: str | None


async def gather(
    request: ScenarioRequest,
    caller: Caller,
    catalogue: Catalogue,
    registry: RegistryClient,
    agreements: AgreementsClient,
) -> Gathered:
    """Everything one assembly needs. Raises CannotAssemble for names nobody knows, and the clients' errors.

    The map is read on the request's day, or the first day of its first planning year.
    """
    faults = list(_unknown_in_figures(request, catalogue))
    if any(fault.pointer and fault.pointer.startswith("/years") for fault in faults):
        raise CannotAssemble(faults)  # no day to read the map on
    day = request.as_of or first_day(request.years[0])
    reader = OnBehalf(caller.token, caller.acting_for, day, request.known_at)
    places = await _places(request, reader, registry, faults)
    there = reader.at(places.known_at)
    keys = [place.key for place in places.items]
    cells = [cell for pathway in request.pathways for cell in await registry.responsibilities(pathway, keys, there)]
    in_force = await agreements.in_force(request.pathways, request.years, reader)
    world = World(
        request=request,
        figures=catalogue.figures_for_assembly,
        places=places.items,
        responsibilities=cells,
        mechanisms=in_force.by_year,
        stage_names=await registry.stage_names(there),
    )
    dependencies = [
        Dependency(service="registry", as_of=reader.as_of, known_at=places.known_at, seq=places.seq),
        Dependency(service="agreements", as_of=reader.as_of, known_at=in_force.known_at),
        Dependency(service="allocation", known_at=catalogue.recorded_from, seq=catalogue.edition),
    ]
    return Gathered(world, reader.as_of, catalogue.recorded_from, dependencies)


def _unknown_in_figures(request: ScenarioRequest, catalogue: Catalogue) -> Iterator[AssemblyFault]:
    """Pathways and years that the reference figures have no money for."""
    pathways = {line.pathway for line in catalogue.figures_for_assembly.lines}
    years = {amount.year for amount in catalogue.figures_for_assembly.purse_amounts}
    for part, asked, known in (("pathways", request.pathways, pathways), ("years", request.years, years)):
        for position, name in enumerate(asked):
            if name not in known:
                words = f"the reference figures have no money for {name} (they have {', '.join(sorted(known))})"
                yield AssemblyFault(f"/{part}/{position}", f"unknown-{part.removesuffix('s')}", words)


async def _places(
    request: ScenarioRequest, reader: OnBehalf, registry: RegistryClient, faults: list[AssemblyFault]
) -> Places:
    """The chosen places and all below them, at one position; raises CannotAssemble naming every unknown one."""
    answers: list[Places] = []
    for position, place in enumerate(request.places):
        at = reader.at(answers[0].known_at) if answers else reader
        try:
            answers.append(await registry.places_within(place, at))
        except DependencyRefused as refusal:
            if refusal.status not in REFUSED_INPUT:
                raise
            words = f"the registry knows no place {place} on {reader.as_of}"
            faults.append(AssemblyFault(f"/places/{position}", "unknown-place", words))
    if faults:
        raise CannotAssemble(faults)
    found = {view.key: view for answer in answers for view in answer.items}
    return answers[0].model_copy(update={"items": [found[key] for key in sorted(found)]})
