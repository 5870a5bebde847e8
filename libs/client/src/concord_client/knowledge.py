"""Knowledge beside the map, as a caller uses it: records of each kind, people, and answers over many records."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from concord_client.transport import Service
from concord_client.when import rolled_of, when
from concord_contracts.registry import (
    AdviceIn,
    AdviceView,
    AuthorisationIn,
    AuthorisationView,
    ClinicalLeads,
    ContractIn,
    ContractView,
    Jsna,
    NetworkCoverage,
    NetworkIn,
    NetworkView,
    Person,
    PersonIn,
    PersonKept,
    Persons,
    PlanCoverage,
    PlanIn,
    PlanView,
    RecordEnd,
    RecordHistory,
    RecordIn,
    RecordPage,
    RecordView,
    RiskIn,
    RiskRegister,
    RiskView,
    RoleHolderIn,
    RoleHolderView,
    SigningAuthorityIn,
    SigningAuthorityView,
)

PAGE = 500
REPORT_SECONDS = 20.0
"""An answer over all England's records."""


class RecordsClient[S: RecordIn, V: RecordView]:
    """Typed calls for one kind of record; raises ConcordProblem and ConcordUnreachable."""

    def __init__(self, service: Service, name: str, sent: type[S], view: type[V]) -> None:
        self.service = service
        self.name = name
        self.sent = sent
        self._view = view

    def list(
        self,
        *,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
        **filters: Any,
    ) -> RecordPage[V]:
        """Records in force; every page, read at the first's position. Filters as the address takes them."""
        page_of = RecordPage[self._view]  # type: ignore[name-defined]
        params: dict[str, Any] = {**filters, "limit": PAGE, **when(as_of, known_at, roll_to)}
        page: RecordPage[V] = page_of.model_validate(self._page(params))
        items, pages = [*page.items], [page]
        while page.next_cursor:
            params |= when(page.as_of, page.known_at) | {"cursor": page.next_cursor}
            page = page_of.model_validate(self._page(params))
            items += page.items
            pages.append(page)
        return page.model_copy(update={"items": items, **rolled_of(pages)})

    def _page(self, params: Mapping[str, Any]) -> Any:
        return self.service.get(f"/v1/{self.name}", params, deadline_seconds=REPORT_SECONDS).body

    def read(
        self,
        record: str,
        *,
        roll_to: date | None = None,
        as_of: date | None = None,
        known_at: datetime | None = None,
    ) -> tuple[RecordHistory[V], str | None]:
        """A record with its history, and the tag to change it with."""
        answer = self.service.get(f"/v1/{self.name}/{record}", when(as_of, known_at, roll_to))
        return RecordHistory[self._view].model_validate(answer.body), answer.etag  # type: ignore[name-defined]

    def enter(self, sent: S, *, idempotency_key: str | None = None) -> tuple[V, str | None]:
        body = sent.model_dump(mode="json")
        answer = self.service.post(f"/v1/{self.name}", body, idempotency_key=idempotency_key)
        return self._view.model_validate(answer.body), answer.etag

    def correct(self, record: str, sent: S, *, if_match: str) -> tuple[V, str | None]:
        body = sent.model_dump(mode="json")
        answer = self.service.put(f"/v1/{self.name}/{record}", body, if_match=if_match)
        return self._view.model_validate(answer.body), answer.etag

    def end(self, record: str, why: RecordEnd, *, if_match: str) -> V:
        body = why.model_dump(mode="json")
        return self._view.model_validate(
            self.service.post(f"/v1/{self.name}/{record}/end", body, if_match=if_match).body
        )


class PeopleClient:
    """People's details: kept, changed, erased."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def list(self, *, owner: str | None = None) -> Persons:
        """Everybody, or those that a body entered; every page."""
        params: dict[str, Any] = {"owner": owner, "limit": PAGE}
        page = Persons.model_validate(self.service.get("/v1/people", params).body)
        items = [*page.items]
        while page.next_cursor:
            page = Persons.model_validate(self.service.get("/v1/people", params | {"cursor": page.next_cursor}).body)
            items += page.items
        return Persons(items=items)

    def read(self, person: str) -> tuple[Person, str | None]:
        answer = self.service.get(f"/v1/people/{person}")
        return Person.model_validate(answer.body), answer.etag

    def enter(self, sent: PersonIn, *, idempotency_key: str | None = None) -> PersonKept:
        body = sent.model_dump(mode="json")
        return PersonKept.model_validate(self.service.post("/v1/people", body, idempotency_key=idempotency_key).body)

    def change(self, person: str, sent: PersonIn, *, if_match: str) -> PersonKept:
        body = sent.model_dump(mode="json")
        return PersonKept.model_validate(self.service.put(f"/v1/people/{person}", body, if_match=if_match).body)

    def erase(self, person: str, *, if_match: str, reason: str | None = None) -> PersonKept:
        """Nothing of the person is left but the id that roles point at."""
        answer = self.service.delete(f"/v1/people/{person}", {"reason": reason}, if_match=if_match)
        return PersonKept.model_validate(answer.body)


class KnowledgeClient:
    """All kinds of record by name, people, and answers over many records, which take `as_of` and `known_at`."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.people = PeopleClient(service)
        self.role_holders = RecordsClient(service, "role-holders", RoleHolderIn, RoleHolderView)
        self.signing_authorities = RecordsClient(
            service, "signing-authorities", SigningAuthorityIn, SigningAuthorityView
        )
        self.advice = RecordsClient(service, "advice", AdviceIn, AdviceView)
        self.networks = RecordsClient(service, "networks", NetworkIn, NetworkView)
        self.authorisations = RecordsClient(service, "authorisations", AuthorisationIn, AuthorisationView)
        self.plans = RecordsClient(service, "plans", PlanIn, PlanView)
        self.contracts = RecordsClient(service, "contracts", ContractIn, ContractView)
        self.risks = RecordsClient(service, "risks", RiskIn, RiskView)

    @property
    def kinds(self) -> Mapping[str, RecordsClient[Any, Any]]:
        found = (
            self.role_holders,
            self.signing_authorities,
            self.advice,
            self.networks,
            self.authorisations,
            self.plans,
            self.contracts,
            self.risks,
        )
        return {one.name: one for one in found}

    def clinical_leads(self, within: str, **times: Any) -> ClinicalLeads:
        """Every CCG of a place with its clinical cancer lead, or without one."""
        return ClinicalLeads.model_validate(self._report("clinical-leads", {"within": within, **when(**times)}))

    def network_coverage(self, within: str, **times: Any) -> NetworkCoverage:
        """Tumour groups without reference group, places without network, overlaps."""
        return NetworkCoverage.model_validate(self._report("network-coverage", {"within": within, **when(**times)}))

    def plan_coverage(self, pathway: str, place: str, **times: Any) -> PlanCoverage:
        """Which plans cover which stages."""
        return PlanCoverage.model_validate(
            self._report("plan-coverage", {"pathway": pathway, "place": place, **when(**times)})
        )

    def risk_register(self, pathway: str, place: str, **times: Any) -> RiskRegister:
        """A pathway's risks in a place, and its standards."""
        return RiskRegister.model_validate(
            self._report("risk-register", {"pathway": pathway, "place": place, **when(**times)})
        )

    def jsna(self, place: str, pathways: list[str] | None = None, **times: Any) -> Jsna:
        """The cancer section of a joint strategic needs assessment."""
        return Jsna.model_validate(self._report("jsna", self._needs(place, pathways, times)))

    def jsna_page(self, place: str, pathways: list[str] | None = None, *, media_type: str, **times: Any) -> str:
        """The same as `text/markdown` or `text/html`."""
        answer = self.service.get(
            "/v1/jsna",
            self._needs(place, pathways, times),
            headers={"Accept": media_type},
            deadline_seconds=REPORT_SECONDS,
        )
        return str(answer.body)

    @staticmethod
    def _needs(place: str, pathways: list[str] | None, times: Mapping[str, Any]) -> dict[str, Any]:
        return {"place": place, "pathway": pathways or [], **when(**times)}

    def _report(self, name: str, params: Mapping[str, Any]) -> Any:
        return self.service.get(f"/v1/{name}", params, deadline_seconds=REPORT_SECONDS).body
