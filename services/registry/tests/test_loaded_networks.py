"""Networks and reference groups that come with the reference files: records of their hosts, kept through loads."""

from collections.abc import Mapping
from typing import Any

import pytest

from concord_registry.files import FaultyFilesError, check
from services.registry.tests import worlds
from services.registry.tests.conftest import Registry
from services.registry.tests.test_imports import as_csv, send

NHS_ENGLAND = "ods:X24"
RECORD = f"{NHS_ENGLAND}~networks~lungs"
ADDRESS = f"/v1/networks/{RECORD}"
LINE = "lungs,Lung group,clinical-reference-group,{host},{pathways},{stages},england,2013-04-01,9999-12-31,law\n"


def files(host: str = NHS_ENGLAND, pathways: str = "lung", stages: str = "surgery") -> Mapping[str, str]:
    line = LINE.format(host=host, pathways=pathways, stages=stages)
    return {**worlds.FILES, "networks.csv": worlds.FILES["networks.csv"] + line}


def load(application: Any, given: Mapping[str, str]) -> None:
    worlds.load_into(application.state.concord.database, dict(given))


def versions(registry: Registry) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = registry.get(ADDRESS).json()["versions"]
    return found


def held(registry: Registry) -> dict[str, Any]:
    record: dict[str, Any] = versions(registry)[-1]["record"]
    return record


def test_it_is_its_hosts_record_and_found_by_stage(registry: Registry, application: Any) -> None:
    load(application, files())
    (one,) = registry.get("/v1/networks", stage="surgery", kind="clinical-reference-group").json()["items"]
    assert (one["id"], one["owner"], one["stages"], one["powers"]) == (RECORD, NHS_ENGLAND, ["surgery"], "advise")
    assert registry.get("/v1/networks", stage="gp").json()["items"] == []
    lung = {one["pathway"]: one for one in registry.get("/v1/network-coverage").json()["tumour_groups"]}["lung"]
    assert (lung["reach"], lung["reference_groups"]) == ("some-stages", ["Lung group"])
    found = registry.get("/v1/findings", kind="no-reference-group", place="england").json()["items"]
    assert [(one["pathway"], one["stage"]) for one in found] == [("breast", None)]
    assert registry.get("/v1/findings", kind="vacancy", place="england").json()["items"] == [], "nobody entered one"
    load(application, files())
    assert len(versions(registry)) == 1, "the same again changes nothing"


def test_what_its_host_says_of_it_stays_for_as_long_as_the_line_does(registry: Registry, application: Any) -> None:
    load(application, files())
    given = registry.get(ADDRESS)
    wider = {"name": "Lung group", "kind": "clinical-reference-group", "host": NHS_ENGLAND, "pathways": ["lung"]}
    wider |= {"stages": ["surgery", "support"], "valid_from": "2013-04-01"}
    headers = registry.as_body(NHS_ENGLAND, "data-steward") | {"If-Match": given.headers["ETag"]}
    assert registry.http.put(ADDRESS, json=wider, headers=headers).status_code == 200
    other = {**files(), "sources.csv": worlds.FILES["sources.csv"] + "later,A later report,Somebody\n"}
    load(application, other)
    assert held(registry)["stages"] == ["surgery", "support"]
    load(application, files(stages="imaging"))
    assert held(registry)["stages"] == ["imaging"], "a line that says something else is news"
    load(application, worlds.FILES)
    assert registry.get("/v1/networks").json()["items"] == []


def test_its_hosts_own_table_corrects_it(registry: Registry, application: Any) -> None:
    load(application, files())
    row = {"network": "lungs", "name": "Lung group", "kind": "clinical-reference-group", "host": NHS_ENGLAND}
    row |= {"pathways": "lung breast", "stages": "*", "valid_from": "2013-04-01"}
    answer = send(registry, as_csv(row), "networks", body=NHS_ENGLAND, role="data-steward", reason="ours")
    assert answer.status_code == 201, answer.text
    now = held(registry)
    assert (now["pathways"], now["stages"], now["version"]) == (["lung", "breast"], ["*"], 2)
    load(application, {**files(), "sources.csv": worlds.FILES["sources.csv"] + "later,A later report,Somebody\n"})
    assert held(registry) == now


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (files(host="ods:Q46"), "host = 'ods:Q46' is no legal person"),
        (files(pathways="lung nowhere"), "pathways = 'nowhere' is not in pathways.csv"),
        (files(stages="surgery nothing"), "stages = 'nothing' is not in stages.csv"),
    ],
)
def test_a_line_that_names_nobody_or_nothing_is_refused(given: Mapping[str, str], words: str) -> None:
    with pytest.raises(FaultyFilesError) as refused:
        check(given)
    assert [fault.words for fault in refused.value.faults] == [words]
