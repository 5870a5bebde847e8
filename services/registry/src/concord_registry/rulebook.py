"""The rule book: who the law makes responsible for a stage of a pathway in a place.

A rule names its commissioner as an expression over places, so that one row holds for all of England. Planning
populations are advice and never decide the answer (practice: from 2013-04-01 the statute and regulations do).
"""

from dataclasses import dataclass

from concord_registry.places import Member, councils_of, groups_of
from concord_registry.remembering import remembered
from concord_registry.world import ANY, Reference, Rule

NHS_ENGLAND = "ods:X24"
SECRETARY_OF_STATE = "concord:secretary-of-state"

ONE_BODY = {"nhs_england": NHS_ENGLAND, "secretary_of_state": SECRETARY_OF_STATE}
"""Expressions that name the same body everywhere."""

SAID = {
    "ccg_of_place": "the CCG of the place",
    "icb_of_place": "the integrated care board of the place",
    "upper_tier_council_of_place": "the upper-tier council of the place",
    "nhs_england": "NHS England",
    "secretary_of_state": "the Secretary of State",
    "pct_of_place": "the primary care trust of the place",
    "scg_of_place": "the regional specialised commissioning group",
    "support_unit_of_place": "the support units of the place's CCGs",
    "none_named": "nobody named",
}
"""Expression -> how a reader would say it."""

OFFICES = {"area_team_of_place", "specialised_by_provider"}
"""Expressions for the office of the legal person that holds the budget."""
AUTHORITY_OF = "part_of_authority"
"""Relation of a primary care trust to its strategic health authority."""
REGIONAL_GROUP_OF = "regional_group_of"
"""Relation of a specialised commissioning group to the authority in whose area it worked."""
SPECIALISED_FOR = "specialised_office_for"
"""Relation of the office that holds the money for specialised services to the area teams it holds it for.

In law the office follows the provider; the tables know no provider, so the patient's own area team stands for it.
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """A body that an expression names for a place, with its share of the place where one is stated, 0..1."""

    body: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """The rule book's answer for one stage, pathway and place. No holders: the law names nobody."""

    rule: Rule
    holders: tuple[Holder, ...]
    office: str | None
    office_note: str | None

    @property
    def bodies(self) -> frozenset[str]:
        return frozenset(holder.body for holder in self.holders)


def holders(reference: Reference, expression: str | None, place: str) -> tuple[Holder, ...]:
    """Bodies that an expression, or a body's own id, names for a place; empty where it names nobody.

    Only bodies in being on the day are named: a rule outlives a body that merged.
    """
    if expression is None or expression == "none_named":
        return ()
    if ":" in expression:
        return (Holder(expression),)
    return _named_in(reference, expression, place)


@remembered
def _named_in(reference: Reference, expression: str, place: str) -> tuple[Holder, ...]:
    match expression:
        case "ccg_of_place" | "icb_of_place" | "pct_of_place":
            found = _groups(reference, place, expression.removesuffix("_of_place"))
        case "scg_of_place":  # its members commission through it: it is no legal person
            found = _groups(reference, place, "pct")
        case "upper_tier_council_of_place":
            found = _bodies_of(reference, councils_of(reference, place))
        case "support_unit_of_place":
            found = _support_units(reference, place)
        case _:
            found = (Holder(ONE_BODY[expression]),) if expression in ONE_BODY else ()
    return tuple(holder for holder in found if reference.body(holder.body).in_being(reference.as_of))


def said(reference: Reference, expression: str | None) -> str:
    """How a reader would say an expression or a body's id."""
    if expression is None:
        return SAID["none_named"]
    return SAID.get(expression) or reference.name(expression)


def rule_for(reference: Reference, stage: str, pathway: str) -> Rule | None:
    """The rule in force; one for the named pathway takes precedence over one for every pathway."""
    rules = reference.rules_by_stage
    return rules.get((stage, pathway)) or rules.get((stage, ANY))


def assignment(reference: Reference, stage: str, pathway: str, place: str) -> Assignment | None:
    """The statutory commissioner of one cell; None where the rule book has no rule for it on the day."""
    rule = rule_for(reference, stage, pathway)
    return None if rule is None else assigned_by(reference, rule, place)


def assigned_by(reference: Reference, rule: Rule, place: str) -> Assignment:
    """What a rule says for a place, the same for every stage and pathway that it is for."""
    office, note = _office(reference, rule.commissioner, rule.office, rule.office_default, place)
    if office is not None and office in reference.bodies and not reference.body(office).in_being(reference.as_of):
        office, note = None, None  # the rule outlives the office that it names
    return Assignment(rule, holders(reference, rule.commissioner, place), office, note)


def _bodies_of(reference: Reference, members: tuple[Member, ...]) -> tuple[Holder, ...]:
    found: dict[str, float | None] = {}
    for place, share in members:
        body = reference.places[place].body if place in reference.places else None
        if body is not None:
            found[body] = share
    return tuple(Holder(body, share) for body, share in found.items())


def _groups(reference: Reference, place: str, kind: str) -> tuple[Holder, ...]:
    """The groups of the place, where the day's are of the kind."""
    members = [one for one in groups_of(reference, place) if reference.places[one[0]].kind == kind]
    return _bodies_of(reference, tuple(members))


def _support_units(reference: Reference, place: str) -> tuple[Holder, ...]:
    ccgs = {holder.body for holder in _bodies_of(reference, groups_of(reference, place))}
    found = {
        relation.object
        for relation in reference.relations
        if relation.subject in ccgs and relation.type == "supported_by"
    }
    return tuple(Holder(body) for body in sorted(found))


@remembered
def _office(
    reference: Reference, commissioner: str, office: str | None, default: str | None, place: str
) -> tuple[str | None, str | None]:
    if office in ("area_team_of_place", "specialised_by_provider"):
        ccgs = {holder.body for holder in _bodies_of(reference, groups_of(reference, place))}
        teams = sorted({team for ccg in ccgs for team in reference.related.get(("area_team_of", ccg), ())})
        names = ", ".join(reference.name(team) for team in teams)
        if office == "specialised_by_provider":
            found = {one for team in teams for one in reference.related.get((SPECIALISED_FOR, team), ())}
            holder = found.pop() if len(found) == 1 else None if found else default
            words = "one of ten area teams for specialised services; it follows the provider, taken to be near"
            return holder, f"{words} {names}"
        if len(teams) == 1:
            return teams[0], "the area team of the place"
        return None, f"several area teams: {names}" if teams else "no area team known for the place"
    if commissioner == "scg_of_place":
        trusts = {holder.body for holder in _groups(reference, place, "pct")}
        regions = {one.object for one in reference.relations if one.type == AUTHORITY_OF and one.subject in trusts}
        groups = sorted({one for region in regions for one in reference.related.get((REGIONAL_GROUP_OF, region), ())})
        words = "a committee of the region's primary care trusts, no legal person"
        return (groups[0], words) if len(groups) == 1 else (None, words)
    return default, None
