"""What this service asks the registry: which places there are, and who is responsible for which stage in them."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from concord_allocation.reads import OnBehalf, read, read_pages
from concord_allocation.reference.rolling import Follows
from concord_contracts.registry import (
    ContractView,
    Organisations,
    Pathways,
    PlaceAnswer,
    Places,
    PlaceView,
    RecordPage,
    Responsibilities,
    Responsibility,
    Stages,
)
from concord_kit.http_client import ServiceClient

NAME = "registry"
PAGE = 1000
PLACES_AT_ONCE = 100
"""Place names in one address, so that it stays well below what servers accept."""


class RegistryClient:
    """Reads of the registry on a user's behalf. Every method raises DependencyUnavailable or DependencyRefused."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def places_within(self, place: str, reader: OnBehalf) -> Places:
        """The place and every place declared below it."""
        pages = await read_pages(
            self._client, "/v1/places", Places, reader, {"within": place, "limit": PAGE},
            next_cursor=lambda page: page.next_cursor, known_at=lambda page: page.known_at,
        )  # fmt: skip
        return pages[0].model_copy(update={"items": [item for page in pages for item in page.items]})

    async def place_keys(self, reader: OnBehalf) -> set[str]:
        """Every place in being on the reader's day."""
        return {place.key for place in await self.all_places(reader)}

    async def all_places(self, reader: OnBehalf) -> list[PlaceView]:
        """Every place in being on the reader's day."""
        pages = await read_pages(
            self._client, "/v1/places", Places, reader, {"limit": PAGE},
            next_cursor=lambda page: page.next_cursor, known_at=lambda page: page.known_at,
        )  # fmt: skip
        return [item for page in pages for item in page.items]

    async def followed(self, roll_to: date, reader: OnBehalf) -> dict[str, list[Follows]]:
        """Body in being on the reader's day -> who stands in its stead on a later one."""
        pages = await read_pages(
            self._client, "/v1/organisations", Organisations, reader,
            {"limit": PAGE, "roll_to": roll_to.isoformat()},
            next_cursor=lambda page: page.next_cursor, known_at=lambda page: page.known_at,
        )  # fmt: skip
        found: dict[str, list[Follows]] = {}
        for page in pages:
            for later in page.items:
                for origin in later.rolled_from:
                    part = Follows(later.id, Fraction(origin.share), origin.basis)
                    found.setdefault(origin.body.id, []).append(part)
        return found

    async def pathway_keys(self, reader: OnBehalf) -> set[str]:
        """Every pathway of the map."""
        return {item.key for item in (await read(self._client, "/v1/pathways", Pathways, reader, {})).items}

    async def place(self, key: str, reader: OnBehalf) -> PlaceView:
        """One place by itself."""
        return (await read(self._client, f"/v1/places/{key}", PlaceAnswer, reader, {})).place

    async def responsibilities(self, pathway: str, places: Sequence[str], reader: OnBehalf) -> list[Responsibility]:
        """The map's cells of a pathway in these places."""
        return [
            cell
            for some in _chunks(places)
            for page in await read_pages(
                self._client, "/v1/responsibilities", Responsibilities, reader,
                {"pathway": pathway, "place": some, "limit": PAGE},
                next_cursor=lambda page: page.next_cursor, known_at=lambda page: page.known_at,
            )
            for cell in page.items
        ]  # fmt: skip

    async def contracts(
        self, pathways: Sequence[str], places: Sequence[str], years: Sequence[str], reader: OnBehalf
    ) -> list[ContractView]:
        """Contracts in force on a day of the years for the pathways in the places, each version once, by id."""
        found: dict[tuple[str, int], ContractView] = {}
        for year in years:
            for some in _chunks(places):
                pages = await read_pages(
                    self._client, "/v1/contracts", RecordPage[ContractView], reader,
                    {"pathway": list(pathways), "place": some, "year": year, "limit": PAGE},
                    next_cursor=lambda page: page.next_cursor, known_at=lambda page: page.known_at,
                )  # fmt: skip
                found |= {(one.id, one.version): one for page in pages for one in page.items}
        return [found[key] for key in sorted(found)]

    async def stage_names(self, reader: OnBehalf) -> dict[str, str]:
        """Allocation stage -> the name of the first stage of the map that is planned under it."""
        answer = await read(self._client, "/v1/stages", Stages, reader, {})
        names: dict[str, str] = {}
        for stage in sorted(answer.items, key=lambda stage: (stage.order, stage.key)):
            if stage.allocation_stage is not None:
                names.setdefault(stage.allocation_stage, stage.name)
        return names


def _chunks(places: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(places), PLACES_AT_ONCE):
        yield places[start : start + PLACES_AT_ONCE]
