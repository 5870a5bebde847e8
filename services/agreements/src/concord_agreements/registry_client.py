"""What this service asks the registry: who the parties are, whose function a stage is, which places share ground."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from concord_agreements.authority_limits import DECISION, AuthorityLimit, Scheme
from concord_agreements.contracts_held import ContractsHeld, held
from concord_agreements.facts import BodyFact, CellFact, PlaceFact, RegistryFacts, places_of
from concord_contracts.agreements import Content
from concord_contracts.registry import (
    AsKnown,
    ContractView,
    Organisation,
    PlaceAnswer,
    PlaceView,
    RecordPage,
    Responsibilities,
    Responsibility,
    SigningAuthorityView,
)
from concord_kit.http_client import DependencyRefused, DependencyUnavailable, ServiceClient
from concord_kit.keys import ServiceIdentity

NAME = "registry"
PAGE = 1000
AT_ONCE = 8


class RegistryClient:
    """Reads with this service's own token. Methods raise DependencyUnavailable, DependencyRefused."""

    def __init__(self, client: ServiceClient, identity: ServiceIdentity) -> None:
        self._client = client
        self._identity = identity

    async def facts(self, content: Content) -> RegistryFacts:
        """Everything the rules need to know about a text on the day it starts, all read at one position."""
        reading = _Reading(self._client, self._identity, content.starts)
        places = [answer.place for answer in await reading.each("/v1/places/", places_of(content), PlaceAnswer)]
        rows = await reading.responsibilities(content.pathway, [place.key for place in places])
        cells = [_cell(row) for row in rows or ()]
        parties = {party.organisation for party in content.parties} | {one.party for one in content.contributions}
        commissioners = {body for cell in cells for body in cell.commissioners}
        bodies = await reading.each("/v1/organisations/", sorted(parties | commissioners), Organisation)
        scoped = {scope.stage for scope in content.stages}
        return RegistryFacts(
            as_of=content.starts,
            known_at=reading.known_at,
            seq=reading.seq,
            bodies=tuple(map(_body, bodies)),
            cells=tuple(cell for cell in cells if cell.stage in scoped),
            places=tuple(map(_place, places)),
            unknown_stages=frozenset(scoped - {cell.stage for cell in cells}) if cells else frozenset(),
            pathway_known=rows is not None,
        )

    async def contracts(self, content: Content) -> ContractsHeld:
        """The contracts of a text's stages in its places on the day it starts; silent where the registry is."""
        asked: dict[str, Any] = {
            "pathway": content.pathway,
            "place": places_of(content),
            "stage": sorted({scope.stage for scope in content.stages}),
            "as_of": content.starts.isoformat(),
            "limit": PAGE,
        }
        found: list[ContractView] = []
        try:
            while True:
                page = await self._client.get(
                    "/v1/contracts", RecordPage[ContractView], params=asked, token=self._identity.token()
                )
                found += page.items
                if page.next_cursor is None:
                    break
                asked["cursor"] = page.next_cursor
        except (DependencyUnavailable, DependencyRefused):
            return ContractsHeld(silent=True)
        return ContractsHeld(tuple(held(one) for one in found))

    async def scheme(self, organisation: str, on: date) -> Scheme:
        """What a body publishes of who may commit it, on the day of a decision; silent where the registry is."""
        found: list[SigningAuthorityView] = []
        asked: dict[str, Any] = {"organisation": organisation, "decision": DECISION, "limit": PAGE}
        asked["as_of"] = on.isoformat()
        try:
            while True:
                page = await self._client.get(
                    "/v1/signing-authorities",
                    RecordPage[SigningAuthorityView],
                    params=asked,
                    token=self._identity.token(),
                )
                found += page.items
                if page.next_cursor is None:
                    break
                asked["cursor"] = page.next_cursor
        except (DependencyUnavailable, DependencyRefused):
            return Scheme(None)
        return Scheme(page.known_at, tuple(map(_limit, found)))


class _Reading:
    """Reads that all see the registry as the first answer saw it."""

    def __init__(self, client: ServiceClient, identity: ServiceIdentity, day: date) -> None:
        self._client = client
        self._identity = identity
        self._day = day
        self._few = asyncio.Semaphore(AT_ONCE)
        self.known_at: datetime | None = None
        self.seq = 0

    async def each[M: AsKnown](self, path: str, keys: Iterable[str], model: type[M]) -> list[M]:
        """The known ones of these resources, in their order."""
        waiting = list(keys)
        found: list[M | None] = []
        while waiting and self.known_at is None:
            found.append(await self._one(path + waiting.pop(0), model))
        found += await asyncio.gather(*(self._one(path + key, model) for key in waiting))
        return [answer for answer in found if answer is not None]

    async def responsibilities(self, pathway: str, places: list[str]) -> list[Responsibility] | None:
        """The rule book's answers for a pathway in these places; None where the pathway is not known."""
        rows: list[Responsibility] = []
        cursor: str | None = None
        while places:
            asked = {"pathway": pathway, "place": places, "limit": PAGE, "cursor": cursor}
            try:
                page = await self._get("/v1/responsibilities", Responsibilities, asked)
            except DependencyRefused as refusal:
                if refusal.problem.slug == "unknown-code":
                    return None
                raise
            rows += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
        return rows

    async def _one[M: AsKnown](self, path: str, model: type[M]) -> M | None:
        try:
            async with self._few:
                return await self._get(path, model, {})
        except DependencyRefused as refusal:
            if refusal.status == 404:
                return None
            raise

    async def _get[M: AsKnown](self, path: str, model: type[M], asked: dict[str, object]) -> M:
        at = {"as_of": self._day.isoformat(), "known_at": self.known_at.isoformat() if self.known_at else None}
        answer = await self._client.get(path, model, params={**asked, **at}, token=self._identity.token())
        if self.known_at is None:
            self.known_at, self.seq = answer.known_at, answer.seq
        return answer


def _limit(view: SigningAuthorityView) -> AuthorityLimit:
    return AuthorityLimit(
        body_kind="",
        body=view.body,
        role=view.role,
        decision=view.decision,
        limit_pence=None if view.limit_gbp is None else view.limit_gbp * 100,
        jointly_with=view.jointly_with,
        valid_from=view.valid_from,
        valid_to=view.valid_to,
        record=view.id,
    )


def _body(answer: Organisation) -> BodyFact:
    body = answer.body
    return BodyFact(
        id=body.id,
        name=body.name,
        kind=body.kind,
        legal_person=body.legal_person,
        valid_from=answer.valid_from,
        valid_to=answer.valid_to,
    )


def _cell(row: Responsibility) -> CellFact:
    """A stage for which the rule book has no rule is as one for which it names nobody."""
    law = row.statutory
    return CellFact(
        stage=row.stage,
        place=row.place,
        commissioners=tuple(body.id for body in law.commissioners) if law else (),
        procedure_class=law.procedure_class if law else "none",
        citation=law.citation.text if law else "no rule",
    )


def _place(view: PlaceView) -> PlaceFact:
    around = {*view.parents, *view.children, *(place for place, _ in view.footprint)}
    return PlaceFact(key=view.key, name=view.name, body=view.body, overlaps=frozenset(around))
