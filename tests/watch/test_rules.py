"""Configuration, rules and routes by Prometheus's own tools; each alert has its tests, runbook and metrics."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
ALERTMANAGER = ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
OF_PROMETHEUS_ITSELF = {"up"}


def rules() -> list[dict[str, Any]]:
    files = sorted((PROMETHEUS / "rules").glob("*.yml"))
    return [rule for file in files for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]


ALERTS = [rule for rule in rules() if "alert" in rule]
CASES = [
    case
    for file in sorted((PROMETHEUS / "tests").glob("*.yml"))
    for test in yaml.safe_load(file.read_text())["tests"]
    for case in test["alert_rule_test"]
]


@pytest.mark.parametrize(
    "command",
    [
        ("promtool", "check", "config", PROMETHEUS / "prometheus.yml"),
        ("promtool", "test", "rules", *sorted((PROMETHEUS / "tests").glob("*.yml"))),
        ("amtool", "check-config", ALERTMANAGER),
    ],
    ids=["configuration", "alerts", "routes"],
)
def test_the_tools_find_no_fault(monitoring_tools: Path, command: tuple[str | Path, ...]) -> None:
    done = subprocess.run([monitoring_tools / command[0], *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("severity", "receiver"), [("page", "on-call"), ("notice", "commissioning"), ("ticket", "operators")]
)
def test_alerts_go_to_whom_they_concern(monitoring_tools: Path, severity: str, receiver: str) -> None:
    told = subprocess.run(
        [
            monitoring_tools / "amtool",
            "config",
            "routes",
            "test",
            f"--config.file={ALERTMANAGER}",
            f"severity={severity}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == receiver


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_each_alert_is_tested_both_ways_and_has_a_runbook(alert: dict[str, Any]) -> None:
    fired = {bool(case["exp_alerts"]) for case in CASES if case["alertname"] == alert["alert"]}
    assert fired == {True, False}
    runbook = (ROOT / alert["annotations"]["runbook"]).read_text(encoding="utf-8")
    assert runbook.startswith(f"# {alert['alert']}\n")
    assert alert["labels"]["severity"] in {"page", "ticket", "notice"}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_each_alert_is_made_to_fire_in_running_services(alert: dict[str, Any]) -> None:
    assert f'"{alert["alert"]}"' in (Path(__file__).parent / "test_alerts_fire.py").read_text(encoding="utf-8")


def test_rules_read_only_what_services_measure() -> None:
    declared = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8"), re.MULTILINE))
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    for rule in rules():
        found = re.findall(
            r"\b(?:concord|registry|allocation|agreements|service|size)[\w:]*[_:]\w+", _bare(rule["expr"])
        )
        for name in found:
            assert re.sub(r"_(bucket|count|sum)$", "", name) in declared | recorded | OF_PROMETHEUS_ITSELF, name


def _bare(expression: str) -> str:
    """Without label matchers and their texts."""
    return re.sub(r"\{[^}]*\}", "", expression)
