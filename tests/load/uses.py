"""How the services are used in the soak: three series of requests, each as long as anybody listens.

A series yields what it is about to do as a call; whoever runs it decides when, and measures.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import batched, cycle, product

from concord_client.client import Concord
from concord_contracts.agreements import (
    AgreementView,
    Approval,
    BasisKey,
    Clause,
    Content,
    DraftIn,
    Handling,
    Party,
    PartyRole,
    Reasoned,
    SignatureIn,
    StageScope,
    State,
)
from concord_contracts.allocation import Change, LineSelection, PurseSelection, ScaleDemand, ScalePurse, WhatIfRequest
from demo import days
from demo.case import DEFAULT_AREA, DEFAULT_PATHWAY, PATHWAYS, ccg_place, read_case
from demo.money import the_question
from demo.people import People

type Request = Callable[[], object]

STAGE = "diagnostic_imaging"
"""A function of the groups on every pathway, so that two of them may lead it for each other."""
STARTS = tuple(date(year, month, 1) for year in (2014, 2015, 2016) for month in (4, 6, 8, 10, 12))
"""An agreement is for two months from one of these days: then none conflicts with another of the same groups."""


class Uses:
    """Prepared by reading the case of one area and solving its baseline."""

    def __init__(self, people: People) -> None:
        self._people = people
        anybody = people.at("ods:02A", "commissioner")
        self._case = read_case(anybody.registry, DEFAULT_AREA, DEFAULT_PATHWAY)
        self._planner: Concord = people.at(self._case.lead, "commissioner")
        self._base = self._planner.allocation.create_scenario(the_question(self._case, days.DECIDED)).id
        lasting = (anybody.registry.places(kind="ccg", as_of=day).items for day in (STARTS[0], STARTS[-1]))
        groups = sorted(set.intersection(*({place.body for place in places if place.body} for places in lasting)))
        self._pairs = [pair for pair in batched(groups, 2) if len(pair) == 2]
        (basis,) = (
            one for one in self._planner.agreements.legal_bases(as_of=days.STARTS).items if one.key == BasisKey.S14Z3
        )
        self._clauses = [Clause(item=one.item, text=f"Agreed: {one.words}.") for one in basis.required_content]

    @property
    def series(self) -> Mapping[str, Callable[[], Iterator[Request]]]:
        """By kind of use."""
        return {"look-up": self.look_ups, "what-if": self.what_ifs, "signing": self.signings}

    def look_ups(self) -> Iterator[Request]:
        """The map, who does what, the figures, plans and agreements: reads of all three services."""
        registry, allocation, agreements = self._planner.registry, self._planner.allocation, self._planner.agreements
        day = days.DECIDED
        for place, pathway in cycle(product((DEFAULT_AREA, *map(ccg_place, self._case.ccgs)), PATHWAYS)):
            yield lambda place=place, pathway=pathway: registry.coverage(pathway, [place], as_of=day)
            yield lambda place=place: registry.place(place, as_of=day)
            yield lambda: registry.organisation_responsibilities(self._case.lead, as_of=day)
            yield lambda: allocation.scenario(self._base)
            yield allocation.scenarios
            yield allocation.reference_summary
            yield agreements.list
            yield lambda pathway=pathway: agreements.mechanisms(pathway=pathway, as_of=days.STARTS)

    def what_ifs(self) -> Iterator[Request]:
        """The baseline with a little more or less of something, each time of another size."""
        for number in cycle(range(1000)):
            factor = 0.9 + number / 5000
            money = ScalePurse(select=PurseSelection(owners=[self._case.lead]), factor=factor)
            demand = ScaleDemand(select=LineSelection(stages=[STAGE]), factor=factor)
            yield lambda change=money: self._ask(change)
            yield lambda change=demand: self._ask(change)

    def _ask(self, change: Change) -> object:
        return self._planner.allocation.what_if(self._base, WhatIfRequest(changes=[change]))

    def signings(self) -> Iterator[Request]:
        """Two groups after two groups agree on a lead: drafted, approved, sent, signed; it must then be concluded."""
        for starts, pathway, (lead, partner) in product(STARTS, PATHWAYS, self._pairs):
            signing = Signing(self._people, lead, partner, self._text(starts, pathway, lead, partner))
            yield signing.draft
            yield lambda signing=signing, body=lead: signing.approve(body)
            yield lambda signing=signing, body=partner: signing.approve(body)
            yield signing.send
            yield lambda signing=signing, body=lead: signing.sign(body)
            yield lambda signing=signing, body=partner: signing.sign(body)
            yield signing.read_back

    def sent(self) -> "Signing":
        """An agreement that wants nothing but its signatures, for the days that `signings` comes to last."""
        lead, partner = self._pairs[-1]
        signing = Signing(self._people, lead, partner, self._text(STARTS[-1], PATHWAYS[-1], lead, partner))
        signing.draft()
        signing.approve(lead)
        signing.approve(partner)
        signing.send()
        return signing

    def _text(self, starts: date, pathway: str, lead: str, partner: str) -> Content:
        places = [ccg_place(lead), ccg_place(partner)]
        return Content(
            title=f"{lead} leads imaging for {partner}, {pathway}, {starts:%B %Y}",
            basis=BasisKey.S14Z3,
            pathway=pathway,
            parties=[
                Party(organisation=lead, role=PartyRole.LEAD),
                Party(organisation=partner, role=PartyRole.PARTNER),
            ],
            stages=[StageScope(stage=STAGE, handling=Handling.DELEGATED, places=places)],
            clauses=self._clauses,
            starts=starts,
            review_by=starts.replace(day=15),
            ends=(starts + timedelta(days=62)).replace(day=1),
            notice_months=1,
        )


class Signing:
    """One agreement of two groups on its way."""

    agreement: AgreementView

    def __init__(self, people: People, lead: str, partner: str, text: Content) -> None:
        self._people = people
        self.parties = (lead, partner)
        self._lead = lead
        self._text = text

    def draft(self) -> None:
        self.agreement = self._people.at(self._lead, "commissioner").agreements.draft(DraftIn(content=self._text))

    def approve(self, body: str) -> None:
        decision = Approval(
            digest=self.agreement.current.digest,
            organisation=body,
            role="governing-body",
            decided_on=days.APPROVED,
            minute="item 7",
        )
        self.agreement = self._people.at(body, "governing-body").agreements.approve(self.agreement.id, decision)

    def send(self) -> None:
        why = Reasoned(reason="approved by both", on=days.SENT)
        lead = self._people.at(self._lead, "commissioner")
        self.agreement = lead.agreements.send(self.agreement.id, why, if_match=self.agreement.etag)

    def sign(self, body: str) -> None:
        signature = SignatureIn(
            digest=self.agreement.current.digest,
            organisation=body,
            name=f"Signatory of {body}",
            office="chief officer",
            signed_on=days.SIGNED,
        )
        self.agreement = self._people.at(body, "signatory").agreements.sign(self.agreement.id, signature)

    def read_back(self) -> None:
        lead = self._people.at(self._lead, "commissioner")
        found = lead.agreements.get(self.agreement.id, as_of=self._text.starts)
        if found.state is not State.IN_FORCE or found.current.awaiting_signature:
            raise AssertionError(f"{found.title} is signed by both and {found.state}")
