"""`python deploy/metrics_page.py [--check FILE]`: the page of all metrics, from the declarations of kit and services.

A metric's help text says what it counts, which values its labels have, and what a change says.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from concord_agreements.agreement_metrics import AgreementMetrics
from concord_allocation.runs import SolveMetrics
from concord_kit.metrics import ServiceMetrics
from concord_registry.map_metrics import MapMetrics
from concord_registry.webhooks.metrics import WebhookMetrics

HEAD = """# Metrics

Written by `make docs` from the declarations. Every service answers `GET /metrics` for Prometheus. Units are base units;
label values come from small closed sets and never name an organisation.
"""
TABLE = """
## {title}

| metric | type | labels | meaning; what a change says |
|---|---|---|---|
"""


def page() -> str:
    """The whole page as Markdown."""
    common = CollectorRegistry()
    ServiceMetrics("any", "0", common)
    parts = [HEAD, _section("Every service", common)]
    own: dict[str, tuple[Callable[[CollectorRegistry], object], ...]] = {
        "registry": (MapMetrics, WebhookMetrics),
        "allocation": (SolveMetrics,),
        "agreements": (AgreementMetrics,),
    }
    for title, declared in own.items():
        registry = CollectorRegistry()
        for metrics in declared:
            metrics(registry)
        parts.append(_section(title, registry))
    return "".join(parts)


def names(text: str) -> set[str]:
    """The metric names that a page lists."""
    return {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}


def _section(title: str, registry: CollectorRegistry) -> str:
    return TABLE.format(title=title) + "".join(_rows(registry))


def _rows(registry: CollectorRegistry) -> Iterator[str]:
    for collector in registry._collector_to_names:  # the library lists labels of used metrics only
        if isinstance(collector, MetricWrapperBase):
            name = f"{collector._name}_total" if collector._type == "counter" else collector._name
            labels = ", ".join(f"`{label}`" for label in collector._labelnames)
            yield f"| `{name}` | {collector._type} | {labels} | {collector._documentation} |\n"


def main(arguments: Sequence[str]) -> int:
    """Print the page; with `--check FILE` 1 where the file says otherwise."""
    if arguments[:1] == ["--check"] and len(arguments) == 2:
        if Path(arguments[1]).read_text(encoding="utf-8") == page():
            return 0
        print(f"{arguments[1]} is not what the declarations say: run `make docs`", file=sys.stderr)
        return 1
    print(page(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
