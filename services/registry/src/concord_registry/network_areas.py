"""For which places a network or an area team may speak. Pure."""

from concord_registry.places import containing, within
from concord_registry.world import Reference

MEMBERS = {"network_of": "scn", "area_team_of": "area_team"}
"""Relation of a network to its members -> the kind of body that has it."""

HALF = 0.5


def area_of(reference: Reference, body: str) -> frozenset[str] | None:
    """The places of a network's or an area team's area; None for a body that is neither.

    Its members' places and what lies in them; and of the places that reach across the border, those of which at least
    half lies inside, by small areas: so each CCG belongs to one network only, unless it is divided evenly.
    """
    members = {
        relation.object for relation in reference.relations if relation.subject == body and relation.type in MEMBERS
    }
    if reference.body(body).kind not in MEMBERS.values() and not members:
        return None
    own = {place for one in (body, *members) for place in reference.places_of_body.get(one, ())}
    inside = {key for place in own for key in within(reference, place)}
    shares: dict[str, float] = {}
    for overlap in reference.overlaps:
        if overlap.council_place in inside:
            shares[overlap.ccg_place] = shares.get(overlap.ccg_place, 0.0) + overlap.share_of_ccg
        if overlap.ccg_place in inside:
            shares[overlap.council_place] = shares.get(overlap.council_place, 0.0) + overlap.share_of_council
    inside |= {place for place, share in shares.items() if share >= HALF}
    inside |= {
        place.key for place in reference.places.values() if place.kind == "part" and place.key not in inside
        and set(containing(reference, place.key)) & inside
    }  # fmt: skip
    return frozenset(inside)
