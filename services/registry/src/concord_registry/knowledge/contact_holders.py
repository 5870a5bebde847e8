"""Who at a body can be asked about a stage in a place, the nearest first. Pure."""

from collections.abc import Iterable

from concord_contracts.registry import ContactHolder, HolderRole, RoleHolderView
from concord_registry.knowledge.known import said_of
from concord_registry.places import containing
from concord_registry.world import ANY, Reference

NEARNESS = (
    HolderRole.RESPONSIBILITY_CONTACT,
    HolderRole.HAND_OVER_CONTACT,
    HolderRole.COMMISSIONER,
    HolderRole.CLINICAL_CANCER_LEAD,
    HolderRole.WHOLE_PATHWAY_LEAD,
)
"""The order to ask in: who is there for the very stage first."""


def holders(
    reference: Reference, roles: Iterable[RoleHolderView], body: str, stage: str, pathway: str, place: str
) -> list[ContactHolder]:
    """The body's roles in force on the day that concern the stage and place. `roles` as the caller may see them.

    Vacant: nobody holds the role, or all that was known of the person was erased.
    """
    around = set(containing(reference, place))
    found = [one for one in roles if one.body == body and _concerns(reference, one, around, stage, pathway)]
    found.sort(key=lambda one: (NEARNESS.index(one.role), one.place is None, one.id))
    return [_holder(one) for one in found]


def of_body(reference: Reference, roles: Iterable[RoleHolderView], body: str, most: int) -> list[ContactHolder]:
    """The body's roles in force on the day, for whatever stage and place, held ones first; at most so many."""
    day = reference.as_of
    found = [_holder(one) for one in roles if one.body == body and one.valid_from <= day < one.valid_to]
    order = [role.value for role in NEARNESS]
    found.sort(key=lambda one: (one.vacant, order.index(one.role)))
    return found[:most]


def _concerns(reference: Reference, one: RoleHolderView, around: set[str], stage: str, pathway: str) -> bool:
    if not one.valid_from <= reference.as_of < one.valid_to:
        return False
    if pathway != ANY and not said_of([one.pathway], pathway):
        return False
    if one.place is not None and one.place not in around:
        return False
    return one.stage is None or stage in (one.stage, one.next_stage)


def _holder(one: RoleHolderView) -> ContactHolder:
    person = one.holder
    return ContactHolder(
        role=one.role.value,
        name=person.name if person else None,
        email=person.email if person else None,
        telephone=person.telephone if person else None,
        level=one.level,
        vacant=person is None or person.erased,
    )
