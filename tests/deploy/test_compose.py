"""compose.yaml: by the specification's schema, by the services' settings, by what we promise of containers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from compose_spec import PyCompose

from concord_agreements.settings import AgreementsSettings
from concord_allocation.settings import AllocationSettings
from concord_kit.settings import ServiceSettings
from concord_registry.settings import RegistrySettings
from tests.deploy.compose_file import (
    OURS,
    ROOT,
    Containers,
    binds,
    compose,
    containers,
    filled_in,
    on_this_machine,
    secrets,
    variables,
)
from tests.deploy.conftest import Operator

SETTINGS: dict[str, type[ServiceSettings]] = {
    "registry": RegistrySettings,
    "allocation": AllocationSettings,
    "agreements": AgreementsSettings,
}
ONCE = [name for name, container in compose()["services"].items() if container.get("restart") == "no"]
LASTING = [name for name in compose()["services"] if name not in ONCE]


@pytest.fixture
def filled(operator: Operator) -> Containers:
    return containers(operator.variables)


def test_it_is_a_compose_file_in_which_every_reference_exists(operator: Operator) -> None:
    PyCompose.from_json(json.dumps(filled_in(operator.variables))).validate()


def test_the_example_of_an_environment_names_exactly_the_variables_that_must_be_given() -> None:
    lines = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert {name for name, value in example.items() if not value} == {name for name, must in variables() if must}
    assert set(example) <= {name for name, _ in variables()}


@pytest.mark.parametrize("service", OURS)
def test_each_service_is_told_all_that_its_settings_want_and_nothing_else(
    service: str, filled: Containers, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, container = SETTINGS[service], filled[service]
    prefix, known = settings.model_config["env_prefix"], settings.model_fields
    for name, value in container["environment"].items():
        assert name.startswith(prefix)
        assert name.removeprefix(prefix).lower() in known, name
        monkeypatch.setenv(name, on_this_machine(value, container, secrets(operator.variables)))
    told = settings()  # type: ignore[call-arg]
    assert Path(told.jwks).is_file()
    assert told.audience == service
    assert container["environment"] == filled[f"{service}-migrate"]["environment"]


@pytest.mark.parametrize("service", OURS)
def test_what_a_service_asks_is_where_compose_puts_it(service: str, filled: Containers) -> None:
    for name, value in filled[service]["environment"].items():
        if name.endswith("_URL"):
            host, port = re.search(r"(?:@|//)([a-z]+):(\d+)", value).groups()  # type: ignore[union-attr]
            serves = [*filled[host].get("command", ()), "5432" if host == "postgres" else ""]
            assert port in serves, f"{name}: {host} does not listen on {port}"
            assert set(filled[host]["networks"]) & set(filled[service]["networks"])


def test_prometheus_scrapes_and_alerts_where_compose_puts_them(filled: Containers) -> None:
    text = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    for host, port in re.findall(r'"([a-z]+):(\d+)"', text):
        assert any(port in said for said in (*filled[host].get("command", ()), *filled[host]["ports"])), host
        assert "front" in filled[host]["networks"]


@pytest.mark.parametrize("name", [*LASTING, *ONCE])
def test_a_container_can_do_no_more_than_it_must(name: str, filled: Containers) -> None:
    container = filled[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["deploy"]["resources"]["limits"].keys() >= {"cpus", "memory"}
    assert "max-size" in container["logging"]["options"]
    assert all(port.startswith("127.0.0.1:") for port in container.get("ports", []))
    assert re.search(r":v?\d+\.\d+", container["image"]), "an image has a version"
    for source, _ in binds(container):
        assert (ROOT / source).exists(), source


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_says_whether_it_is_well_and_starts_after_what_it_needs(name: str, filled: Containers) -> None:
    assert filled[name]["healthcheck"]["test"]
    assert filled[name]["restart"] == "unless-stopped"
    for other, how in filled[name].get("depends_on", {}).items():
        assert how["condition"] == ("service_completed_successfully" if other in ONCE else "service_healthy")


@pytest.mark.parametrize("service", OURS)
def test_no_service_starts_before_its_migrations_and_they_wait_for_the_database(
    service: str, filled: Containers
) -> None:
    assert f"{service}-migrate" in filled[service]["depends_on"]
    assert filled[f"{service}-migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    stops: Any = filled[service]["stop_grace_period"]
    assert int(stops.removesuffix("s")) > SETTINGS[service].model_fields["shutdown_seconds"].default


def test_the_page_for_operators_names_every_variable_and_alert() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    wanted = {f"`{name.upper()}`" for settings in SETTINGS.values() for name in settings.model_fields}
    assert {name for name in wanted if name not in page} == set()
    runbooks = {file.name for file in (ROOT / "docs" / "runbooks").glob("*.md")}
    assert runbooks == set(re.findall(r"\(runbooks/(\w+\.md)\)", page))
