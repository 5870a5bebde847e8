"""The registry, as a caller uses it: who commissions which stage, where, on what authority.

Reads take `as_of` (the day in the world; default today) and `known_at` (what was recorded by then; default now).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from concord_client.claims import ClaimsClient
from concord_client.exports import ExportsClient
from concord_client.files import FilesClient
from concord_client.findings import DERIVING_SECONDS, FindingsClient
from concord_client.imports import ImportsClient
from concord_client.knowledge import KnowledgeClient
from concord_client.lists import ListsClient
from concord_client.pathways import PathwaysClient
from concord_client.rule_book import RuleBookClient
from concord_client.transport import Service
from concord_client.webhooks import WebhooksClient
from concord_client.when import rolled_of, when
from concord_contracts.registry import (
    ActivationState,
    Change,
    Changes,
    Commissioners,
    Contacts,
    Coverage,
    Holdings,
    National,
    Organisation,
    OrganisationResponsibilities,
    Organisations,
    PlaceAnswer,
    PlaceOverlaps,
    Places,
    Populations,
    Powers,
    RegistryReference,
    RelationTypes,
    Reorganisation,
    ReorganisationIn,
    Reorganisations,
    Responsibilities,
    Responsibility,
    SearchAnswer,
)

PAGE = 500


class RegistryClient:
    """Typed calls to the registry; raises ConcordProblem and ConcordUnreachable."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.imports = ImportsClient(service)
        self.files = FilesClient(service)
        self.exports = ExportsClient(service)
        self.lists = ListsClient(service)
        self.webhooks = WebhooksClient(service)
        self.claims = ClaimsClient(service)
        self.findings = FindingsClient(service)
        self.knowledge = KnowledgeClient(service)
        self.pathways = PathwaysClient(service)
        self.rule_book = RuleBookClient(service)

    def coverage(
        self,
        pathway: str,
        places: Sequence[str],
        *,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Coverage:
        """The map of a pathway in one or several places; `roll_to`: with who stood then in whose place."""
        params = {"pathway": pathway, "place": list(places), **when(as_of, known_at, roll_to)}
        return Coverage.model_validate(self.service.get("/v1/coverage", params).body)

    def national(
        self, pathways: Sequence[str] = (), *, as_of: date | None = None, known_at: datetime | None = None
    ) -> National:
        """The map of all England counted; of the four most common cancers where no pathway is named."""
        params = {"pathway": list(pathways), **when(as_of, known_at)}
        answer = self.service.get("/v1/national", params, deadline_seconds=DERIVING_SECONDS)
        return National.model_validate(answer.body)

    def commissioners(
        self,
        stage: str,
        place: str,
        *,
        roll_to: date | None = None,
        pathway: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Commissioners:
        """Who commissions a stage for the people of a place, on any day, and what is not known."""
        params = {"stage": stage, "place": place, "pathway": pathway, **when(as_of, known_at, roll_to)}
        answer = self.service.get("/v1/commissioners", params, deadline_seconds=DERIVING_SECONDS)
        return Commissioners.model_validate(answer.body)

    def reference_summary(self, *, as_of: date | None = None, known_at: datetime | None = None) -> RegistryReference:
        """What the registry's own figures rest on, and the documents it knows."""
        answer = self.service.get("/v1/reference/summary", when(as_of, known_at))
        return RegistryReference.model_validate(answer.body)

    def responsibilities(
        self,
        *,
        pathway: str | None = None,
        stage: str | None = None,
        place: str | None = None,
        organisation: str | None = None,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Responsibilities:
        """Who is statutorily responsible; every page, joined, all read at the first page's position."""
        params: dict[str, Any] = {
            "pathway": pathway,
            "stage": stage,
            "place": place,
            "organisation": organisation,
            "limit": PAGE,
            **when(as_of, known_at, roll_to),
        }
        page = Responsibilities.model_validate(self.service.get("/v1/responsibilities", params).body)
        items: list[Responsibility] = list(page.items)
        while page.next_cursor:
            params |= when(page.as_of, page.known_at) | {"cursor": page.next_cursor}
            page = Responsibilities.model_validate(self.service.get("/v1/responsibilities", params).body)
            items += page.items
        return page.model_copy(update={"items": items})

    def organisation(
        self,
        body: str,
        *,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Organisation:
        """A body with its dated names, codes and relations; with `roll_to` who stood in its place then."""
        answer = self.service.get(f"/v1/organisations/{body}", when(as_of, known_at, roll_to))
        return Organisation.model_validate(answer.body)

    def organisations(
        self,
        q: str | None = None,
        *,
        kind: str | None = None,
        roll_to: date | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Organisations:
        """A page of the bodies in being, by id; with `roll_to` those that stood in their place then."""
        params = {"q": q, "kind": kind, "limit": limit, "cursor": cursor, **when(as_of, known_at, roll_to)}
        return Organisations.model_validate(self.service.get("/v1/organisations", params).body)

    def powers(
        self,
        organisation: str | None = None,
        *,
        roll_to: date | None = None,
        stage: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Powers:
        """Who can advise on, refer back or veto whose plans."""
        params = {"organisation": organisation, "stage": stage, **when(as_of, known_at, roll_to)}
        return Powers.model_validate(self.service.get("/v1/powers", params).body)

    def relation_types(self, *, as_of: date | None = None, known_at: datetime | None = None) -> RelationTypes:
        """What one body can be to another, in words from both sides."""
        return RelationTypes.model_validate(self.service.get("/v1/relation-types", when(as_of, known_at)).body)

    def holdings(
        self,
        body: str,
        *,
        kinds: Sequence[str] = (),
        limit: int = PAGE,
        cursor: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Holdings:
        """A page of what a body holds on the day or after it: the work to reassign when it ends."""
        params = {"kind": list(kinds), "limit": limit, "cursor": cursor, **when(as_of, known_at)}
        return Holdings.model_validate(self.service.get(f"/v1/organisations/{body}/holdings", params).body)

    def reorganise(
        self, sent: ReorganisationIn, *, dry_run: bool = False, idempotency_key: str | None = None
    ) -> Reorganisation:
        """Carry out a reorganisation; with `dry_run` only say what it would change."""
        answer = self.service.post(
            "/v1/reorganisations",
            sent.model_dump(mode="json"),
            params={"dry_run": "true"} if dry_run else None,
            idempotency_key=idempotency_key,
            deadline_seconds=DERIVING_SECONDS,
        )
        return Reorganisation.model_validate(answer.body)

    def reorganisation(
        self, reorganisation: str, *, as_of: date | None = None, known_at: datetime | None = None
    ) -> Reorganisation:
        """One that was carried out, with its effects as they were seen then."""
        answer = self.service.get(f"/v1/reorganisations/{reorganisation}", when(as_of, known_at))
        return Reorganisation.model_validate(answer.body)

    def reorganisations(
        self,
        *,
        since: date | None = None,
        until: date | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Reorganisations:
        """A page of reorganisations of any day, those ahead too; the latest day first."""
        days = {name: day.isoformat() for name, day in (("since", since), ("until", until)) if day is not None}
        params = {**days, "limit": limit, "cursor": cursor, **when(as_of, known_at)}
        return Reorganisations.model_validate(self.service.get("/v1/reorganisations", params).body)

    def populations(
        self,
        places: Sequence[str] = (),
        *,
        kind: str | None = None,
        years: Sequence[str] = (),
        bases: Sequence[str] = (),
        ages: bool = False,
        roll_to: date | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Populations:
        """A page of people by place; with `roll_to` of the bodies that followed, every total as it was."""
        params = {
            "place": list(places),
            "kind": kind,
            "year": list(years),
            "basis": list(bases),
            "ages": "true" if ages else None,
            "limit": limit,
            "cursor": cursor,
            **when(as_of, known_at, roll_to),
        }
        return Populations.model_validate(self.service.get("/v1/populations", params).body)

    def organisation_responsibilities(
        self,
        body: str,
        *,
        pathway: str | None = None,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> OrganisationResponsibilities:
        """What a body is responsible for, with the stage before and after each."""
        params = {"pathway": pathway, **when(as_of, known_at, roll_to)}
        answer = self.service.get(f"/v1/organisations/{body}/responsibilities", params)
        return OrganisationResponsibilities.model_validate(answer.body)

    def search(
        self,
        q: str | None = None,
        *,
        postcode: str | None = None,
        find: str | None = None,
        kind: str | None = None,
        place: str | None = None,
        within: str | None = None,
        limit: int = 20,
        cursor: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> SearchAnswer:
        """A page of bodies and places, the best first, with how many there are in all."""
        params: dict[str, Any] = {"q": q, "postcode": postcode, "find": find, "kind": kind, "place": place}
        params |= {"within": within, "limit": limit, "cursor": cursor, **when(as_of, known_at)}
        return SearchAnswer.model_validate(self.service.get("/v1/search", params).body)

    def contacts(
        self,
        stage: str,
        place: str,
        pathway: str | None = None,
        *,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Contacts:
        """Whom to turn to about a stage in a place, in the order to try them."""
        params = {"stage": stage, "place": place, "pathway": pathway, **when(as_of, known_at)}
        return Contacts.model_validate(self.service.get("/v1/contacts", params).body)

    def place(
        self, key: str, *, roll_to: date | None = None, as_of: date | None = None, known_at: datetime | None = None
    ) -> PlaceAnswer:
        answer = self.service.get(f"/v1/places/{key}", when(as_of, known_at, roll_to))
        return PlaceAnswer.model_validate(answer.body)

    def place_overlaps(
        self,
        key: str,
        *,
        roll_to: date | None = None,
        kind: str | None = None,
        limit: int = PAGE,
        cursor: str | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> PlaceOverlaps:
        """A page of the places that share ground with a place, and which share of each."""
        params = {"kind": kind, "limit": limit, "cursor": cursor, **when(as_of, known_at, roll_to)}
        return PlaceOverlaps.model_validate(self.service.get(f"/v1/places/{key}/overlaps", params).body)

    def places(
        self,
        *,
        within: str | None = None,
        kind: str | None = None,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> Places:
        """Places in being, by key; `within`: a place and all below it. Every page, read at the first's position."""
        params: dict[str, Any] = {"within": within, "kind": kind, "limit": PAGE, **when(as_of, known_at, roll_to)}
        page = Places.model_validate(self.service.get("/v1/places", params).body)
        found, pages = list(page.items), [page]
        while page.next_cursor:
            params |= when(page.as_of, page.known_at) | {"cursor": page.next_cursor}
            page = Places.model_validate(self.service.get("/v1/places", params).body)
            found += page.items
            pages.append(page)
        return page.model_copy(update={"items": found, **rolled_of(pages)})

    def place_names(self, keys: Sequence[str], *, as_of: date | None = None) -> dict[str, str]:
        """The names of places, by key; one call each."""
        return {key: self.place(key, as_of=as_of).place.name for key in keys}

    def activation(
        self, agreement: str, *, as_of: date | None = None, known_at: datetime | None = None
    ) -> ActivationState:
        """What the registry holds of an agreement; ConcordProblem (404) where nothing has arrived yet."""
        return ActivationState.model_validate(
            self.service.get(f"/v1/activations/{agreement}", when(as_of, known_at)).body
        )

    def changes(self, after: int = 0, limit: int = PAGE, **wanted: Sequence[str]) -> Changes:
        """A page of changes after a sequence; `wanted`: action, subject, body, place."""
        params = {"after": after, "limit": limit, **{name: list(values) for name, values in wanted.items()}}
        return Changes.model_validate(self.service.get("/v1/changes", params).body)

    def follow(self, after: int = 0, **wanted: Sequence[str]) -> Iterator[Change]:
        """Changes after a sequence as they are recorded, until the service closes; come back after the last one's."""
        params = {"after": after, **{name: list(values) for name, values in wanted.items()}}
        for event, data in self.service.events("/v1/changes/stream", params):
            if event == "change":
                yield Change.model_validate_json(data)
