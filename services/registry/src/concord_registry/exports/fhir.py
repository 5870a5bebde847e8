"""Bodies as FHIR R4 (4.0.1) resources: Organization, and OrganizationAffiliation for relations and successions.

FHIR knows names and identifiers of today; dates are kept where it has a place for them (`Identifier.period`,
`OrganizationAffiliation.period`), and else in extensions: `organization-period` of HL7 for when a body is in being,
and our own for dated names and a succession's share. Pure.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from concord_contracts.identifiers import FOREVER
from concord_registry import postcodes

type Resource = dict[str, Any]
type Dated = tuple[date, date]

OURS = "urn:concord:fhir"
SYSTEMS: Mapping[str, str] = {
    "ods": "https://fhir.nhs.uk/Id/ods-organization-code",
    "gss": "https://statistics.data.gov.uk/id/statistical-geography",
}
"""The identifier systems of NHS England and of ONS; other schemes are `urn:concord:scheme:` and their name."""
IN_BEING = "http://hl7.org/fhir/StructureDefinition/organization-period"
NAME_IN_TIME = f"{OURS}:extension:name-in-time"
SHARE = f"{OURS}:extension:share"
KINDS = f"{OURS}:body-kind"
RELATIONS = f"{OURS}:relation"
LEGAL_PERSONS = f"{OURS}:legal-person"
SUCCEEDED_BY = "succeeded-by"


@dataclass(frozen=True, slots=True)
class Organisation:
    """What a resource says of a body: as of a day, with all that is dated."""

    body: str
    kind: str
    legal_person: bool
    name: str
    active: bool
    valid_from: date
    valid_to: date
    names: Sequence[tuple[str, date, date]] = ()
    codes: Sequence[tuple[str, str, date, date]] = ()
    office_of: str | None = None


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A relation or a succession: `subject` is `code` of `object`."""

    subject: str
    code: str
    object: str
    valid_from: date
    valid_to: date = FOREVER
    active: bool = True
    share: float | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def resource_id(body: str) -> str:
    """A body as FHIR names a resource: letters, digits, hyphens and points. `ods:02A` is `ods.02A`."""
    return body.replace(":", ".").replace("_", "-")[:64]


def affiliation_id(one: Affiliation) -> str:
    parts = (one.subject, one.code.replace("_", "-"), one.object, one.valid_from.isoformat().replace("-", ""))
    whole = ".".join(resource_id(part) for part in parts)
    if len(whole) <= 64:
        return whole
    return f"{whole[:47]}.{_hash(whole)}"


def _hash(text: str) -> str:
    """Sixteen characters that stand for the rest of a long name."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def period(start: date, end: date) -> Resource:
    """A FHIR period: both days included; no end where it is open."""
    found = {} if start == date.min else {"start": start.isoformat()}
    return found | ({} if end == FOREVER else {"end": (end - timedelta(days=1)).isoformat()})


def system_of(scheme: str) -> str:
    return SYSTEMS.get(scheme, f"urn:concord:scheme:{scheme}")


def organization(one: Organisation) -> Resource:
    """The resource of a body."""
    found: Resource = {
        "resourceType": "Organization",
        "id": resource_id(one.body),
        "extension": [{"url": IN_BEING, "valuePeriod": period(one.valid_from, one.valid_to)}, *map(_name, one.names)],
        "identifier": _identifiers(one),
        "active": one.active,
        "type": [
            {"coding": [{"system": KINDS, "code": one.kind}], "text": one.kind.replace("_", " ")},
            {"coding": [{"system": LEGAL_PERSONS, "code": "yes" if one.legal_person else "no"}]},
        ],
        "name": one.name,
    }
    seats = [one for one in one.codes if one[0] == postcodes.SCHEME]
    if seats:
        found["address"] = [{"postalCode": text, "period": period(start, end)} for _, text, start, end in seats]
    others = list(dict.fromkeys(name for name, _, _ in one.names if name != one.name))
    if others:
        found["alias"] = others
    if one.office_of:
        found["partOf"] = reference(one.office_of)
    return found


def _identifiers(one: Organisation) -> list[Resource]:
    scheme, _, code = one.body.partition(":")
    dated = [each for each in one.codes if each[0] != postcodes.SCHEME]
    if (scheme, code) not in {(of, text) for of, text, _, _ in dated}:
        dated.append((scheme, code, one.valid_from, one.valid_to))
    return [
        {
            "use": "official" if of == scheme else "secondary",
            "system": system_of(of),
            "value": text,
            "period": period(start, end),
        }
        for of, text, start, end in sorted(dated, key=lambda each: (each[0] != scheme, each))
    ]


def _name(dated: tuple[str, date, date]) -> Resource:
    name, start, end = dated
    parts = [{"url": "name", "valueString": name}, {"url": "period", "valuePeriod": period(start, end)}]
    return {"url": NAME_IN_TIME, "extension": parts}


def reference(body: str, name: str | None = None) -> Resource:
    scheme, _, code = body.partition(":")
    found: Resource = {
        "reference": f"Organization/{resource_id(body)}",
        "identifier": {"system": system_of(scheme), "value": code},
    }
    return found | ({"display": name} if name else {})


def affiliation(one: Affiliation) -> Resource:
    """The resource of a relation: what `participatingOrganization` is to `organization`."""
    found: Resource = {
        "resourceType": "OrganizationAffiliation",
        "id": affiliation_id(one),
        "active": one.active,
        "period": period(one.valid_from, one.valid_to),
        "organization": reference(one.object, one.names.get(one.object)),
        "participatingOrganization": reference(one.subject, one.names.get(one.subject)),
        "code": [
            {"coding": [{"system": RELATIONS, "code": one.code}], "text": one.code.replace("_", " ").replace("-", " ")}
        ],
    }
    if one.share is not None:
        found["extension"] = [{"url": SHARE, "valueDecimal": one.share}]
    return found


def bundle(resources: Iterable[Resource], total: int, base: str, links: Mapping[str, str]) -> Resource:
    """A page of a search: `searchset` with `self` and, where there are more, `next`."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": total,
        "link": [{"relation": name, "url": url} for name, url in links.items()],
        "entry": [
            {
                "fullUrl": f"{base}/{one['resourceType']}/{one['id']}",
                "resource": one,
                "search": {"mode": "match"},
            }
            for one in resources
        ],
    }


def capability(base: str, version: str, on: str) -> Resource:
    """What can be asked."""

    def resource(name: str, parameters: Mapping[str, str]) -> Resource:
        return {
            "type": name,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "searchParam": [{"name": one, "type": kind} for one, kind in parameters.items()],
        }

    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": on,
        "kind": "instance",
        "software": {"name": "Concord registry", "version": version},
        "implementation": {"description": "Who commissions what: bodies and how they belong together", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "resource": [
                    resource("Organization", {"identifier": "token", "name": "string", "type": "token",
                                              "active": "token"}),
                    resource("OrganizationAffiliation", {"primary-organization": "reference",
                                                         "participating-organization": "reference", "role": "token"}),
                ],
            }
        ],
    }  # fmt: skip
