"""Everything that is known beside the map on a day, as plain values, and what of it applies to a place. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from concord_contracts.registry import (
    AdviceView,
    AuthorisationView,
    ContractView,
    NetworkView,
    PlanView,
    RiskView,
    RoleHolderView,
)
from concord_registry.places import containing
from concord_registry.world import ANY, Reference


@dataclass(frozen=True)
class Knowledge:
    """Records in force on the day; roles of every day, since a vacancy is what somebody held before."""

    role_holders: Sequence[RoleHolderView] = ()
    advice: Sequence[AdviceView] = ()
    networks: Sequence[NetworkView] = ()
    authorisations: Sequence[AuthorisationView] = ()
    plans: Sequence[PlanView] = ()
    contracts: Sequence[ContractView] = ()
    risks: Sequence[RiskView] = ()
    erased: frozenset[str] = frozenset()
    """People of whom nothing is left but their id."""

    def __bool__(self) -> bool:
        """Whether anything is known at all."""
        return any(
            (self.role_holders, self.advice, self.networks, self.authorisations, self.plans, self.contracts, self.risks)
        )


NOTHING = Knowledge()


class _Scoped(Protocol):
    @property
    def pathways(self) -> list[str]: ...
    @property
    def places(self) -> list[str]: ...


def said_of(pathways: Iterable[str], pathway: str) -> bool:
    """Whether something about these pathways is about this one."""
    return bool({pathway, ANY} & set(pathways))


def covering[R: _Scoped](reference: Reference, found: Iterable[R], pathway: str, place: str) -> Iterator[R]:
    """Those about the pathway, in the place or one that contains it."""
    around = set(containing(reference, place))
    return (one for one in found if said_of(one.pathways, pathway) and around & set(one.places))


def parties(contract: ContractView) -> list[str]:
    """Every body a contract names: provider, coordinator, host, associates."""
    named = [
        contract.provider,
        contract.coordinator,
        contract.host or "",
        *(one.organisation for one in contract.associates),
    ]
    return [body for body in dict.fromkeys(named) if body]
