"""What a dashboard is to us, and how Grafana wants it written (its schema 39)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

SOURCE = {"type": "prometheus", "uid": "prometheus"}
"""As deploy/grafana/provisioning/datasources names it."""
COLUMNS, HEIGHT = 24, 8

type Kind = Literal["stat", "timeseries", "bargauge", "heatmap"]


@dataclass(frozen=True)
class Panel:
    """`queries`: legend -> PromQL. `unit` is Grafana's name of it. `red_from`: the value from which it is a fault."""

    title: str
    meaning: str
    queries: dict[str, str]
    kind: Kind = "timeseries"
    unit: str = "short"
    width: int = 12
    red_from: float | None = None
    red_below: float | None = None


@dataclass(frozen=True)
class Dashboard:
    uid: str
    title: str
    meaning: str
    panels: Sequence[Panel]
    variables: dict[str, str] = field(default_factory=dict)
    """Name -> the query whose label of that name gives its values; the first value is shown at first."""
    since: str = "now-6h"


def as_grafana(dashboard: Dashboard) -> dict[str, Any]:
    """Grafana's own model (schema 39)."""
    places = _places([panel.width for panel in dashboard.panels])
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.meaning,
        "tags": ["concord"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "1m",
        "time": {"from": dashboard.since, "to": "now"},
        "templating": {"list": [_variable(name, metric) for name, metric in dashboard.variables.items()]},
        "links": [{"type": "dashboards", "title": "Concord", "tags": ["concord"], "asDropdown": True}],
        "panels": [
            _panel(number, panel, place)
            for number, (panel, place) in enumerate(zip(dashboard.panels, places, strict=True), start=1)
        ],
    }


def _places(widths: Sequence[int]) -> list[dict[str, int]]:
    """From left to right, a new row where the width is used up."""
    x = y = 0
    found = []
    for width in widths:
        if x + width > COLUMNS:
            x, y = 0, y + HEIGHT
        found.append({"x": x, "y": y, "w": width, "h": HEIGHT})
        x += width
    return found


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.red_from is not None:
        steps.append({"color": "red", "value": panel.red_from})
    if panel.red_below is not None:
        steps = [{"color": "red", "value": None}, {"color": "green", "value": panel.red_below}]
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.meaning,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": SOURCE,
                "expr": query,
                "legendFormat": legend,
                "instant": panel.kind in ("stat", "bargauge"),
                "format": "heatmap" if panel.kind == "heatmap" else "time_series",
            }
            for index, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def _variable(name: str, metric: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": f"label_values({metric}, {name})", "refId": name},
        "refresh": 1,
        "sort": 1,
    }
