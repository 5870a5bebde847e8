"""Places with their people and ground."""

from concord_contracts.registry import PlaceView, Population, SharedGround
from concord_registry.ground import Shared, people_together
from concord_registry.places import councils_of, groups_of
from concord_registry.wording import titles
from concord_registry.world import GROUP_KINDS, Place, Reference


def place(reference: Reference, one: Place) -> PlaceView:
    return PlaceView(
        key=one.key,
        kind=one.kind,
        name=one.name,
        body=one.body,
        parents=list(reference.parents.get(one.key, ())),
        children=list(reference.children.get(one.key, ())),
        populations=_populations(reference, one),
        footprint=_footprint(reference, one),
    )


def _populations(reference: Reference, one: Place) -> list[Population]:
    """As recorded; of a union, which has no figures of its own, what lies in it together."""
    recorded = reference.populations_of.get(one.key, ())
    if one.kind == "union" and not recorded:
        return [
            Population(
                place=one.key,
                year=sum_.year,
                basis=sum_.basis,
                persons=sum_.persons,
                source=None,
                assumption=sum_.words,
            )
            for sum_ in people_together(reference, one.key)
        ]
    return [
        Population(
            place=figure.place,
            year=figure.year,
            basis=figure.basis,
            persons=figure.persons,
            source=titles(reference, figure.source),
            assumption=figure.assumption,
        )
        for figure in recorded
    ]


def shared_ground(reference: Reference, one: Shared) -> SharedGround:
    other = reference.places[one.place]
    return SharedGround(
        place=one.place,
        kind=other.kind,
        name=other.name,
        share=one.share,
        share_by=one.share_by,
        share_of_other=one.share_of_other,
        share_of_other_by=one.share_of_other_by,
    )


def _footprint(reference: Reference, one: Place) -> list[tuple[str, float]]:
    """A group's councils, a council's groups, with shares that sum to 1; other kinds of place have none."""
    members = councils_of if one.kind in GROUP_KINDS else groups_of if one.kind == "council" else None
    if members is None:
        return []
    return [(key, share) for key, share in members(reference, one.key) if share is not None]
