"""What this service asks agreements: which ways to pay for what is not one's own are in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from concord_allocation.reads import OnBehalf, read
from concord_contracts.agreements import Mechanism, Mechanisms
from concord_contracts.identifiers import first_day
from concord_kit.http_client import ServiceClient

NAME = "agreements"


@dataclass(frozen=True, slots=True)
class InForce:
    """Planning year -> mechanisms in force in it, all at one position. The reader sees what it is party to."""

    by_year: Mapping[str, Sequence[Mechanism]]
    known_at: datetime


class AgreementsClient:
    """Reads of agreements on a user's behalf. Every method raises DependencyUnavailable or DependencyRefused."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def in_force(self, pathways: Sequence[str], years: Sequence[str], reader: OnBehalf) -> InForce:
        """Mechanisms of each planning year: those in force on its first day, or on the reader's day if inside it."""
        found: dict[str, list[Mechanism]] = {}
        known_at: datetime | None = None
        for year in years:
            there = reader.on(day_in(year, reader.as_of))
            for pathway in pathways:
                answer = await read(
                    self._client,
                    "/v1/mechanisms",
                    Mechanisms,
                    there.at(known_at) if known_at else there,
                    {"pathway": pathway},
                )
                known_at = answer.known_at
                found.setdefault(year, []).extend(answer.items)
        if known_at is None:
            raise ValueError("a plan has at least one year and one pathway")
        return InForce(found, known_at)


def day_in(year: str, as_of: date) -> date:
    """The day a planning year is judged on: its first, or `as_of` where that lies inside the year."""
    first = first_day(year)
    return as_of if first <= as_of < date(first.year + 1, first.month, first.day) else first
