"""A running Prometheus and Alertmanager as tests ask them."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

import httpx

from deploy.watch import Watch, committed, free_addresses, on_this_machine

QUICKLY = "1s"
PATIENCE_SECONDS = 150.0


class Watching:
    """What Prometheus holds and what Alertmanager was told."""

    def __init__(self, watch: Watch, http: httpx.Client) -> None:
        self._watch, self._http = watch, http

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The instant vector, or a scalar as one; only numbers, for what cannot be computed shows nothing."""
        answer = self._http.post(f"{self._watch.prometheus}/api/v1/query", data={"query": expression})
        assert answer.status_code == httpx.codes.OK, f"{expression}: {answer.text}"
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return [sample for sample in found if isfinite(float(sample["value"][1]))]

    def value(self, expression: str) -> float:
        """The largest sample; 0 where there is none."""
        return max((float(sample["value"][1]) for sample in self.query(expression)), default=0)

    def firing(self) -> set[tuple[str, str]]:
        """Alert and service of what Prometheus tells Alertmanager."""
        alerts = self._http.get(f"{self._watch.prometheus}/api/v1/alerts").json()["data"]["alerts"]
        return {_named(alert["labels"]) for alert in alerts if alert["state"] == "firing"}

    def told(self) -> dict[tuple[str, str], str]:
        """Alert and service of what Alertmanager knows -> the state it gives it: active or suppressed."""
        alerts = self._http.get(f"{self._watch.alertmanager}/api/v2/alerts").json()
        return {_named(alert["labels"]): alert["status"]["state"] for alert in alerts}


def _named(labels: Mapping[str, str]) -> tuple[str, str]:
    return labels["alertname"], labels.get("service", "")


@contextmanager
def watching(folder: Path, addresses: Mapping[str, str], rules: Mapping[str, str] | None = None) -> Iterator[Watching]:
    """Prometheus and Alertmanager beside running services: the committed configuration, read and told every second.

    `rules`: file name -> text in the place of the committed rules.
    """
    at = free_addresses()
    scrape = on_this_machine(addresses, at["alertmanager"])
    scrape["global"] = {"scrape_interval": QUICKLY, "evaluation_interval": QUICKLY}
    if rules is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in rules.items():
            (folder / name).write_text(text, encoding="utf-8")
        scrape["rule_files"] = [str((folder / name).absolute()) for name in rules]
    routes = committed("alertmanager/alertmanager.yml")
    routes["route"] |= {"group_wait": QUICKLY, "group_interval": QUICKLY}
    with Watch(folder, **at) as watch, httpx.Client(trust_env=False, timeout=10) as http:
        watch.open(scrape, routes)
        yield Watching(watch, http)


def wait_until[T](found: Callable[[], T], meanwhile: Callable[[], object] = lambda: None) -> T:
    """Ask until the answer is true, a few times a second, doing `meanwhile` in between: Prometheus looks once a second,
    and whoever asks without pause takes its processor. AssertionError when patience ends."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (answer := found()):
        assert time.monotonic() < until, "it did not come about"
        meanwhile()
        time.sleep(0.1)
    return answer
