"""Everything that is known beside the map on a day, as plain values, and what of it applies to a place. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from concord_contracts.registry import (
    AdviceView,
    AuthorisationView,
    ContractView,
    NetworkView,
    PlanView,
    RecordView,
    RiskView,
    RoleHolderView,
    SigningAuthorityView,
)
from concord_registry.places import containing
from concord_registry.wording import day
from concord_registry.world import ANY, Reference

EVERY_DAY = ("role-holders", "signing-authorities")
"""Topics of which every day is known: a vacancy is what somebody held before."""

LEAVE_A_GAP = ("contracts", "plans")
"""Topics of which it is known what has ended: that nothing follows is told apart from that nothing was entered."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A contract or plan that held until a day."""

    topic: str
    id: str
    title: str
    stages: Sequence[str]
    pathways: Sequence[str]
    places: Sequence[str]
    valid_to: date


@dataclass(frozen=True)
class Knowledge:
    """Records in force on the day; roles and limits of authority of every day; contracts and plans that have ended."""

    role_holders: Sequence[RoleHolderView] = ()
    advice: Sequence[AdviceView] = ()
    networks: Sequence[NetworkView] = ()
    authorisations: Sequence[AuthorisationView] = ()
    plans: Sequence[PlanView] = ()
    contracts: Sequence[ContractView] = ()
    risks: Sequence[RiskView] = ()
    signing_authorities: Sequence[SigningAuthorityView] = ()
    ended: Sequence[Ended] = ()
    erased: frozenset[str] = frozenset()
    """People of whom nothing is left but their id."""
    anything: bool = True
    """Whether anything is known of any day: else nothing is found, since nothing was ever entered."""

    def __bool__(self) -> bool:
        return self.anything


NOTHING = Knowledge(anything=False)


@dataclass(frozen=True)
class KnownThroughout:
    """Records that hold on any of a run of days, by topic; what is known on one of those days is taken from them."""

    records: Mapping[str, Sequence[RecordView]] = field(default_factory=dict)
    ended: Sequence[Ended] = ()
    """Of before the first of the days."""
    erased: frozenset[str] = frozenset()
    anything: bool = False

    def on(self, on: date) -> Knowledge:
        """What is known of one day."""
        by_topic: Mapping[str, Sequence[Any]] = self.records
        ended = [
            Ended(topic, one.id, one.title, one.stages, one.pathways, one.places, one.valid_to)
            for topic in LEAVE_A_GAP
            for one in by_topic.get(topic, ())
            if one.valid_from < one.valid_to <= on
        ]

        def of(topic: str) -> Any:
            found = by_topic.get(topic, ())
            return found if topic in EVERY_DAY else [one for one in found if one.valid_from <= on < one.valid_to]

        return Knowledge(
            role_holders=of("role-holders"),
            advice=of("advice"),
            networks=of("networks"),
            authorisations=of("authorisations"),
            plans=of("plans"),
            contracts=of("contracts"),
            risks=of("risks"),
            signing_authorities=of("signing-authorities"),
            ended=[*self.ended, *ended],
            erased=self.erased,
            anything=self.anything,
        )


class _Scoped(Protocol):
    @property
    def pathways(self) -> Sequence[str]: ...
    @property
    def places(self) -> Sequence[str]: ...


def said_of(pathways: Iterable[str], pathway: str) -> bool:
    """Whether something about these pathways is about this one."""
    return bool({pathway, ANY} & set(pathways))


def covering[R: _Scoped](reference: Reference, found: Iterable[R], pathway: str, place: str) -> Iterator[R]:
    """Those about the pathway, in the place or one that contains it."""
    around = set(containing(reference, place))
    return (one for one in found if said_of(one.pathways, pathway) and around & set(one.places))


def last_to_end(
    reference: Reference, knowledge: Knowledge, topic: str, pathway: str, place: str, stage: str | None = None
) -> Ended | None:
    """The contract or plan that was the last to end here, of a stage where one is named; those of one day by id."""
    of_topic = (one for one in knowledge.ended if one.topic == topic and (stage is None or stage in one.stages))
    return max(covering(reference, of_topic, pathway, place), key=lambda one: (one.valid_to, one.id), default=None)


def ran_until(one: Ended | None) -> str:
    """For the end of a sentence: what there was, and its last day."""
    return f": {one.title} ran until {day(one.valid_to - timedelta(days=1))}" if one else ""


def parties(contract: ContractView) -> list[str]:
    """Every body a contract names: provider, coordinator, host, associates."""
    named = [
        contract.provider,
        contract.coordinator,
        contract.host or "",
        *(one.organisation for one in contract.associates),
    ]
    return [body for body in dict.fromkeys(named) if body]
