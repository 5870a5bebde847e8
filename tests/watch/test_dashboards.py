"""Dashboards: their files are what the builder says, and each query shows something of the running services."""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from concord_client.launch import Site
from concord_client.show.page import make_console
from demo import loop, mapping, money
from deploy.grafana.build import DASHBOARDS, INTO, text
from tests.support.deployments import REFERENCE_DATA, QuickDeployment, loaded_databases
from tests.watch.prometheus import Watching, wait_until, watching

pytestmark = pytest.mark.dear
ROOT = Path(__file__).parents[2]
PROVISIONING = ROOT / "deploy" / "grafana" / "provisioning"
FILES = sorted(INTO.glob("*.json"))
PANELS = [
    pytest.param(panel, id=f"{file.stem}-{panel['title']}")
    for file in FILES
    for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]
]
FILLED_IN = {"$region": "england", "$__rate_interval": "1m"}
"""What Grafana puts in the place of its variables."""
TRAFFIC = [
    ("the map", mapping.read_the_map),
    ("the baseline", money.ask_the_baseline),
    ("a question without an answer", money.ask_the_impossible),
]


def test_the_files_are_what_the_builder_says() -> None:
    assert {file.name: file.read_text(encoding="utf-8") for file in FILES} == {
        f"{dashboard.uid}.json": text(dashboard) for dashboard in DASHBOARDS
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dashboard_is_one_that_grafana_can_place(file: Path) -> None:
    """Grafana itself is not to be had here; this holds what its model asks for."""
    board = json.loads(file.read_text(encoding="utf-8"))
    sources = yaml.safe_load((PROVISIONING / "datasources" / "prometheus.yml").read_text(encoding="utf-8"))
    known = {source["uid"] for source in sources["datasources"]}
    assert {target["datasource"]["uid"] for panel in board["panels"] for target in panel["targets"]} <= known
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        assert panel["description"]
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, f"{panel['title']} lies over another"
        assert max(x for x, _ in cells) < 24
        taken |= cells
    used = set(re.findall(r"\$(\w+)", file.read_text(encoding="utf-8"))) - {"__rate_interval"}
    assert used == {variable["name"] for variable in board["templating"]["list"]}


@pytest.fixture(scope="module")
def shown(
    tmp_path_factory: pytest.TempPathFactory,
    monitoring_tools: Path,
    sqlite_copies: Callable[[Path], Callable[..., str]],
) -> Iterator[Watching]:
    """The services with people at work: a map, a plan and a question without one, again and again."""
    folder = tmp_path_factory.mktemp("shown")
    databases = loaded_databases(sqlite_copies(folder))
    with QuickDeployment(Site(folder / "run", REFERENCE_DATA, folder / "keys", databases=databases)) as deployment:
        deployment.open()
        with watching(folder / "watch", deployment.addresses) as prometheus:

            def work() -> None:
                loop.run(deployment, make_console(io.StringIO()), folder, steps=TRAFFIC)

            wait_until(lambda: prometheus.value("sum(up)") == 3)
            work()  # a series that begins has no rate yet
            first = prometheus.value("sum(allocation_runs_total)")
            wait_until(lambda: prometheus.value("sum(allocation_runs_total)") > first, work)
            wait_until(lambda: prometheus.query("registry_findings"))
            yield prometheus


@pytest.mark.parametrize("panel", PANELS)
def test_each_panel_shows_something(shown: Watching, panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        query = target["expr"]
        for variable, value in FILLED_IN.items():
            query = query.replace(variable, value)
        found = wait_until(lambda query=query: shown.query(query))
        legends = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        assert all(legends <= sample["metric"].keys() for sample in found), "a legend names a label that is not there"


@pytest.mark.parametrize("panel", PANELS)
def test_what_a_panel_picks_out_by_a_label_exists(shown: Watching, panel: dict[str, Any]) -> None:
    """Where a query adds nothing up from nothing (`or vector(0)`), a misspelt value would show 0 for ever."""
    queries = " ".join(target["expr"] for target in panel["targets"]).replace("$region", "england")
    for metric, labels in re.findall(r"\b([a-z_:]+)\{([^}]*)\}", queries):
        for label, values in re.findall(r'(\w+)=~?"([^"]*)"', labels):
            for value in values.split("|"):
                assert shown.query(f'{metric}{{{label}="{value}"}}'), f"{metric}: no {label} {value}"


def test_a_region_can_be_chosen(shown: Watching) -> None:
    """The variable's values are a label's; every one of them fills the panels."""
    regions = {sample["metric"]["region"] for sample in shown.query("count by (region) (registry_findings)")}
    assert len(regions) > 1
    for region in regions:
        assert shown.query(f'registry_findings{{region="{region}"}}')
