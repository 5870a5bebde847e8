"""Collect what a problem is assembled from: an edition of the figures, the map, the agreements in force.

Three reads of other services, on the caller's behalf, each at one position that the scenario records.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from concord_allocation.agreements_client import AgreementsClient
from concord_allocation.assembly.faults import AssemblyFault, CannotAssemble
from concord_allocation.assembly.world import Figures, World
from concord_allocation.reads import OnBehalf
from concord_allocation.registry_client import RegistryClient
from concord_allocation.store.figures import Edition, Outline
from concord_contracts.allocation import Dependency
from concord_contracts.allocation.scenarios import ScenarioRequest
from concord_contracts.identifiers import first_day
from concord_contracts.registry import Places, PlaceView
from concord_kit.http_client import DependencyRefused

COUNCIL = "council"
REFUSED_INPUT = (400, 404, 422)
"""Statuses by which the registry says that a name in the request is not one of its own."""


type Elsewhere = Mapping[str, str]


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


class Figuring(Protocol):
    """The figures at one position; each method is one read of the service's own database."""

    @property
    def edition(self) -> Edition:
        """The position itself."""

    async def outline(self) -> Outline:
        """Pathways and years there is money for."""

    async def paid_elsewhere(self, pathways: Sequence[str], places: Sequence[str], payers: Sequence[str]) -> Elsewhere:
        """Place -> payer, of lines that the payers pay on other places."""

    async def figures(self, pathways: Sequence[str], places: Sequence[str]) -> Figures:
        """What an assembly for these pathways and places needs."""


async def gather(
    request: ScenarioRequest,
    caller: Caller,
    figuring: Figuring,
    registry: RegistryClient,
    agreements: AgreementsClient,
) -> Gathered:
    """Everything one assembly needs. Raises CannotAssemble for names nobody knows, and the clients' errors.

    The map is read on the request's day, or the first day of its first planning year; who is responsible is asked only
    where there is money, so that a question costs what its own places cost.
    """
    faults = list(_unknown_in_figures(request, await figuring.outline()))
    if any(fault.pointer and fault.pointer.startswith("/years") for fault in faults):
        raise CannotAssemble(faults)  # no day to read the map on
    day = request.as_of or first_day(request.years[0])
    reader = OnBehalf(caller.token, caller.acting_for, day, request.known_at)
    places = await _places(request, reader, registry, faults)
    there = reader.at(places.known_at)
    views = {place.key: place for place in places.items}
    councils = [views[key].body for key in request.places if key in views and views[key].kind == COUNCIL]
    elsewhere = await figuring.paid_elsewhere(request.pathways, list(views), [body for body in councils if body])
    for key in sorted(elsewhere):
        views[key] = await registry.place(key, there)
    figures = await figuring.figures(request.pathways, list(views))
    keys = sorted({line.place for line in figures.lines})
    cells = [cell for pathway in request.pathways for cell in await registry.responsibilities(pathway, keys, there)]
    asked = "contracts" in request.fill_in
    contracts = await registry.contracts(request.pathways, keys, request.years, there) if asked else []
    above = containing(await registry.all_places(there)) if contracts else {}
    in_force = await agreements.in_force(request.pathways, request.years, reader)
    world = World(
        request=request,
        figures=figures,
        places=list(views.values()),
        responsibilities=cells,
        mechanisms=in_force.by_year,
        stage_names=await registry.stage_names(there),
        elsewhere=elsewhere,
        contracts=contracts,
        above=above,
    )
    edition = figuring.edition
    dependencies = [
        Dependency(service="registry", as_of=reader.as_of, known_at=places.known_at, seq=places.seq),
        Dependency(service="agreements", as_of=reader.as_of, known_at=in_force.known_at),
        Dependency(service="allocation", known_at=edition.recorded_from, seq=edition.edition),
    ]
    return Gathered(world, reader.as_of, edition.recorded_from, dependencies)


def containing(places: Sequence[PlaceView]) -> dict[str, set[str]]:
    """Place -> every place that contains it, through all that lie between."""
    parents = {place.key: place.parents for place in places}
    found: dict[str, set[str]] = {}
    for key in parents:
        above, front = set[str](), [*parents[key]]
        while front:
            front = [parent for parent in front if parent not in above]
            above.update(front)
            front = [further for parent in front for further in parents.get(parent, ())]
        found[key] = above
    return found


def _unknown_in_figures(request: ScenarioRequest, outline: Outline) -> Iterator[AssemblyFault]:
    """Pathways and years that the reference figures have no money for."""
    parts = (("pathways", request.pathways, outline.pathways), ("years", request.years, outline.years))
    for part, asked, known in parts:
        for position, name in enumerate(asked):
            if name not in known:
                words = f"the reference figures have no money for {name} (they have {', '.join(known)})"
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
