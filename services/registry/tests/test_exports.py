"""The map for other systems: tables on a day as JSON and CSV, bodies as FHIR R4 that its own models accept."""

import csv
import io
import json
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.organization import Organization
from fhir.resources.R4B.organizationaffiliation import OrganizationAffiliation

from concord_registry.exports.fhir import Affiliation, affiliation_id, period, resource_id
from services.registry.tests.conftest import Registry
from services.registry.tests.worlds import DAY

# R4B's Organization, OrganizationAffiliation and Bundle are those of R4: what R4B changed lies elsewhere
# (https://hl7.org/fhir/R4B/r4b-migration.html).


def bundle(registry: Registry, resource: str, **asked: Any) -> Any:
    answer = registry.get(f"/v1/fhir/{resource}", **asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    found = answer.json()
    checked: dict[str, Any] = json.loads(Bundle.model_validate(found).model_dump_json())
    assert checked["type"] == "searchset"
    return found


def bodies(found: Any) -> list[str]:
    return [entry["resource"]["id"] for entry in found["entry"]]


def test_a_body_with_its_codes_in_time_is_valid_fhir(standing: Registry) -> None:
    one = standing.get("/v1/fhir/Organization/ods.01Y").json()
    assert Organization.model_validate(one).name == "NHS Tameside and Glossop CCG"
    assert one["alias"] == ["NHS Tameside CCG"]
    codes = {each["value"]: each for each in one["identifier"]}
    assert codes["01Y"]["system"] == "https://fhir.nhs.uk/Id/ods-organization-code"
    named = [each for each in one["extension"] if each["url"].endswith("name-in-time")]
    assert [part["valueString"] for each in named for part in each["extension"] if part["url"] == "name"] == [
        "NHS Tameside CCG",
        "NHS Tameside and Glossop CCG",
    ]
    ended = standing.get("/v1/fhir/Organization/ods.OLD").json()
    assert (ended["active"], ended["extension"][0]["valuePeriod"]["end"]) == (False, "2013-03-31")
    office = standing.get("/v1/fhir/Organization/ods.Q46").json()
    assert office["partOf"]["reference"] == "Organization/ods.X24"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"identifier": "https://fhir.nhs.uk/Id/ods-organization-code|02A"}, ["ods.02A"]),
        ({"identifier": "E38000187"}, ["ods.02A"]),
        ({"identifier": "https://fhir.nhs.uk/Id/ods-organization-code|E38000187"}, []),
        ({"name": "tameside"}, ["ods.01Y"]),
        ({"type": "ccg"}, ["ods.01Y", "ods.02A"]),
        ({"type": "pct", "active": "true"}, []),
    ],
)
def test_organizations_are_searched_as_fhir_searches(
    standing: Registry, asked: dict[str, str], expected: list[str]
) -> None:
    assert bodies(bundle(standing, "Organization", **asked)) == expected


def test_pages_of_a_search_hold_everybody_once(standing: Registry) -> None:
    whole = bodies(bundle(standing, "Organization"))
    found, params = [], {"_count": "3"}
    for _ in range(9):
        page = bundle(standing, "Organization", **params)
        assert page["total"] == len(whole)
        found += bodies(page)
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        if not following:
            break
        page = standing.http.get(following[0])
        params = dict(page.url.params)
    assert found == whole


def test_relations_and_successions_are_affiliations(standing: Registry) -> None:
    found = bundle(standing, "OrganizationAffiliation")
    by_role = {each["resource"]["code"][0]["coding"][0]["code"]: each["resource"] for each in found["entry"]}
    for one in by_role.values():
        OrganizationAffiliation.model_validate(one)
    followed = by_role["succeeded-by"]
    assert (followed["participatingOrganization"]["reference"], followed["organization"]["reference"]) == (
        "Organization/ods.OLD",
        "Organization/ods.02A",
    )
    assert followed["extension"][0]["valueDecimal"] == 1
    mine = bundle(standing, "OrganizationAffiliation", **{"participating-organization": "Organization/ods.Q46"})
    assert {each["resource"]["participatingOrganization"]["reference"] for each in mine["entry"]} == {
        "Organization/ods.Q46"
    }
    one = standing.get(f"/v1/fhir/OrganizationAffiliation/{mine['entry'][0]['resource']['id']}")
    assert one.json() == mine["entry"][0]["resource"]
    assert bodies(bundle(standing, "OrganizationAffiliation", as_of="2010-01-01")) == []
    CapabilityStatement.model_validate(standing.http.get("/v1/fhir/metadata").json())


def test_what_is_not_there_or_not_asked_for_is_refused(standing: Registry) -> None:
    assert standing.get("/v1/fhir/Organization/ods.NONE").status_code == 404
    assert standing.http.get("/v1/fhir/Organization", headers={"Accept": "text/html"}).status_code == 406
    assert standing.get("/v1/fhir/Organization", nmae="x").status_code == 422
    assert standing.get("/v1/exports/claims").status_code == 404


def test_tables_as_json_and_csv_are_the_same_rows_page_by_page(standing: Registry) -> None:
    tables = standing.http.get("/v1/exports").json()["items"]
    for table in (one["table"] for one in tables):
        whole = standing.get(f"/v1/exports/{table}").json()
        found, cursor = [], None
        while True:
            page = standing.get(f"/v1/exports/{table}", limit=2, **({"cursor": cursor} if cursor else {})).json()
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == whole["items"]
        answer = standing.http.get(
            f"/v1/exports/{table}", params={"as_of": DAY.isoformat()}, headers={"Accept": "text/csv"}
        )
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert rows == [{name: value or "" for name, value in row.items()} for row in whole["items"]]
    names = standing.get("/v1/exports/body_names", as_of="2013-06-01").json()["items"]
    assert [row["name"] for row in names if row["body"] == "ods:01Y"] == ["NHS Tameside CCG"]
    assert {row["layer"] for row in names} == {"ours"}


def test_periods_and_names_of_resources() -> None:
    assert resource_id("concord:secretary_of-state") == "concord.secretary-of-state"
    long = Affiliation("concord:" + "a" * 30, "specialised_office_for", "concord:" + "b" * 30, DAY)
    assert len(affiliation_id(long)) == 64
    assert affiliation_id(long) != affiliation_id(
        Affiliation("concord:" + "a" * 30, "specialised_office_for", "concord:" + "c" * 30, DAY)
    )
    assert period(DAY, DAY.replace(year=2015)) == {"start": "2014-01-15", "end": "2015-01-14"}
