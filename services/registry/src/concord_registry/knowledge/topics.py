"""The kinds of record, each with its models, who may write it, whose matter it is, and what it refers to. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from concord_contracts import registry as contract
from concord_contracts.registry import RecordIn, RecordView
from concord_registry.world import ANY, NOT_YET, Reference

APART = ("valid_from", "valid_to", "reason")
"""What is sent with a record and is no part of its content."""


@dataclass(frozen=True, slots=True)
class Held:
    """One version of a record; `content` is JSON."""

    topic: str
    id: str
    version: int
    owner: str
    valid_from: date
    valid_to: date
    content: Mapping[str, Any]
    recorded_from: datetime = NOT_YET
    committed_by: str | None = None
    """The mandate that its money was committed by; None: by the body itself, or it states none."""

    def meets(self, other: "Held") -> bool:
        """Whether both hold on some day; what was ended on its first day never held."""
        return max(self.valid_from, other.valid_from) < min(self.valid_to, other.valid_to)

    line: str | None = None
    """The digest of the line of the reference files that it came with; None: a body entered it."""


@dataclass(frozen=True)
class Topic:
    """A kind of record. A path such as `associates.organisation` looks into lists."""

    name: str
    """As in addresses, tables and the journal's subjects."""
    one: str
    sent: type[RecordIn]
    view: type[RecordView]
    write: str
    """The action that entering, correcting and ending it takes."""
    refers: Mapping[str, str]
    """Path -> what kind of thing it names: organisation, place, stage, pathway, person, record."""
    words: tuple[str, ...] = ()
    """Further fields that lists can be asked by."""
    about: tuple[str, ...] = ()
    """Paths of the bodies whose matter it is: one of them enters it."""
    about_place: bool = False
    """Whether it is also the matter of the body whose place it is about."""
    whole: tuple[str, ...] = field(default=())
    """Paths that, left empty, mean every one."""


_SCOPE = {"stages": "stage", "pathways": "pathway", "places": "place"}
_CELL = {"stage": "stage", "pathway": "pathway", "place": "place"}

TOPICS: Mapping[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic(
            "role-holders",
            "role_holder",
            contract.RoleHolderIn,
            contract.RoleHolderView,
            "role-holders.write",
            {"body": "organisation", "person": "person", **_CELL, "next_stage": "stage"},
            words=("role", "level"),
            about=("body",),
        ),
        Topic(
            "signing-authorities",
            "signing_authority",
            contract.SigningAuthorityIn,
            contract.SigningAuthorityView,
            "signing-authorities.write",
            {"body": "organisation"},
            words=("role", "decision"),
            about=("body",),
        ),
        Topic(
            "advice",
            "advice",
            contract.AdviceIn,
            contract.AdviceView,
            "knowledge.write",
            {"adviser": "organisation", "advised": "organisation", "person": "person", **_CELL},
            words=("outcome",),
            about=("adviser", "advised"),
            whole=("stage",),
        ),
        Topic(
            "networks",
            "network",
            contract.NetworkIn,
            contract.NetworkView,
            "knowledge.write",
            {
                "body": "organisation",
                "host": "organisation",
                "funders": "organisation",
                "pathways": "pathway",
                "stages": "stage",
                "places": "place",
            },
            words=("kind",),
            about=("body", "host", "funders"),
        ),
        Topic(
            "authorisations",
            "authorisation",
            contract.AuthorisationIn,
            contract.AuthorisationView,
            "knowledge.write",
            {"body": "organisation", "acting_for_it": "organisation", "networks": "record"},
            words=("outcome",),
            about=("body",),
        ),
        Topic(
            "plans",
            "plan",
            contract.PlanIn,
            contract.PlanView,
            "knowledge.write",
            {"body": "organisation", "with_bodies": "organisation", **_SCOPE, "implements": "record"},
            words=("kind", "status"),
            about=("body", "with_bodies"),
        ),
        Topic(
            "contracts",
            "contract",
            contract.ContractIn,
            contract.ContractView,
            "contracts.write",
            {
                "provider": "organisation",
                "host": "organisation",
                "coordinator": "organisation",
                "associates.organisation": "organisation",
                **_SCOPE,
            },
            words=("form", "provider"),
            about=("coordinator", "host", "associates.organisation"),
        ),
        Topic(
            "risks",
            "risk",
            contract.RiskIn,
            contract.RiskView,
            "knowledge.write",
            {"owner_body": "organisation", **_CELL},
            words=("status",),
            about=("owner_body",),
            about_place=True,
            whole=("stage",),
        ),
    )
}


def content_of(sent: RecordIn) -> dict[str, Any]:
    """What is kept of what was sent, as JSON without empty members."""
    return {
        name: value
        for name, value in sent.model_dump(mode="json", exclude=set(APART)).items()
        if value is not None and value != []
    }


def at(content: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Pointer and value of each text at a path."""
    first, _, rest = path.partition(".")
    found = content.get(first)
    if isinstance(found, list):
        for index, one in enumerate(found):
            value = one.get(rest) if rest else one
            if value is not None:
                yield f"/{first}/{index}{f'/{rest}' if rest else ''}", value
    elif found is not None:
        yield f"/{first}", found


def references(topic: Topic, content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Pointer, kind and value of everything that the content names."""
    for path, kind in topic.refers.items():
        for pointer, value in at(content, path):
            yield pointer, kind, value


def bodies_of(topic: Topic, content: Mapping[str, Any]) -> list[str]:
    """Every body that the content names, each once."""
    return list(dict.fromkeys(value for _, kind, value in references(topic, content) if kind == "organisation"))


def terms(reference: Reference, topic: Topic, content: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What a record is found by. A role for a body that names no place is found at the body's own."""
    found = {(kind, value) for _, kind, value in references(topic, content)}
    found |= {(word, value) for word in topic.words for _, value in at(content, word)}
    found |= {(topic.refers[path], ANY) for path in topic.whole if path not in content}
    if "place" in topic.refers and "place" not in content:
        found |= {
            ("place", place) for body in bodies_of(topic, content) for place in reference.places_of_body.get(body, ())
        }
    return found


def concerned(reference: Reference, topic: Topic, content: Mapping[str, Any]) -> frozenset[str]:
    """The legal persons whose matter it is."""
    bodies = {value for path in topic.about for _, value in at(content, path)}
    if topic.about_place:
        keys = [value for _, kind, value in references(topic, content) if kind == "place"]
        bodies |= {body for key in keys if key in reference.places and (body := reference.places[key].body)}
    return frozenset(reference.payer(body) for body in bodies)
