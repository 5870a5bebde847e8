"""A what-if over HTTP, split by the service's own clocks, beside the bare solver on the same arrays.

The split is that of the very request that the client clocked: `/metrics` is read before and after it.

    transport   the client's time less the service's: JSON, sockets, the loopback
    service     the service's time less the solving: token, reading and writing the database, the difference
    problem ... writing   the phases of `concord_allocation.core.phases`
"""

import time
from collections.abc import Iterator, Sequence

import httpx
from prometheus_client.parser import text_string_to_metric_families

from bench.bare_solver import bare_solver
from bench.figures import Figure, figures_of
from bench.site import Bench
from bench.timing import Seconds, Turn, clocked, interleaved
from concord_allocation import translate
from concord_allocation.core.matrix import compile_matrix
from concord_allocation.core.phases import Phase
from concord_client.client import Concord
from concord_contracts.allocation import Answer, ScalePurse, WhatIfRequest
from concord_contracts.allocation.changes import PurseSelection
from concord_contracts.allocation.scenarios import ScenarioRequest
from demo import days

ROUTE = "/v1/scenarios/{scenario}/what-if"
SIZES = {"one-pathway": ["lung"], "four-pathways": ["breast", "colorectal", "lung", "prostate"]}
"""Of Greater Manchester, for two years."""
BARE = "bare-solver"


def measure(bench: Bench, sizes: Sequence[str], repeats: int) -> Iterator[Figure]:
    """Rows of each size."""
    for size in sizes:
        medians = interleaved([*_turns(bench, SIZES[size])], repeats)
        yield from figures_of(f"what-if/{size}", medians, {}, otherwise=BARE)


def question() -> WhatIfRequest:
    """Public health grants cut by 6.2%, as in the demo."""
    return WhatIfRequest(changes=[ScalePurse(select=PurseSelection(kinds=["ring_fence"]), factor=0.938)])


def baseline(concord: Concord, pathways: Sequence[str]) -> str:
    """The id of Greater Manchester's baseline scenario for these pathways."""
    request = ScenarioRequest(
        title=f"bench: {', '.join(pathways)}",
        pathways=list(pathways),
        places=["greater-manchester"],
        years=days.YEARS,
        as_of=days.DECIDED,
    )
    return concord.allocation.create_scenario(request).id


def _turns(bench: Bench, pathways: Sequence[str]) -> Iterator[Turn]:
    concord = bench.people.at("ods:02A", "commissioner")
    base = baseline(concord, pathways)
    service, body = concord.services["allocation"], question().model_dump(mode="json", exclude_none=True)
    asked = concord.allocation.what_if(base, question()).scenario
    if not isinstance(asked.outcome, Answer):
        raise TypeError(f"the what-if has no plan: {asked.outcome.words}")
    matrix = compile_matrix(translate.tables_of(concord.allocation.problem(asked.id)))

    def ask() -> Seconds:
        before = _clocks(bench.http, service.address)
        started = time.perf_counter()
        service.post(f"/v1/scenarios/{base}/what-if", body, deadline_seconds=60)
        total = time.perf_counter() - started
        after = _clocks(bench.http, service.address)
        served, *phases = (after[name] - before.get(name, 0.0) for name in ("served", *Phase))
        return {
            "total": total,
            "transport": total - served,
            "service": served - sum(phases),
            **dict(zip(Phase, phases, strict=True)),
        }

    yield ask
    yield clocked(BARE, bare_solver(matrix))


def _clocks(http: httpx.Client, address: str) -> dict[str, float]:
    """Seconds so far: `served` on what-ifs, and by phase."""
    page = http.get(f"{address}/metrics").raise_for_status().text
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            name = None
            if sample.name == "allocation_solve_stage_duration_seconds_sum":
                name = sample.labels["stage"]
            elif sample.name == "concord_http_request_duration_seconds_sum" and sample.labels.get("route") == ROUTE:
                name = "served"
            if name is not None:
                found[name] = found.get(name, 0.0) + sample.value
    return found
