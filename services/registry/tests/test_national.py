"""The national picture equals the places' own maps added up; an agreement changes it where it is, and nowhere else."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings

from concord_contracts.registry import ClaimStatus, National
from concord_kit.problems import Problem
from concord_registry.coverage import cover
from concord_registry.deriving import MOST_WAITING
from concord_registry.main import build_app
from concord_registry.national import nation
from concord_registry.world import Claim, Reference
from services.registry.tests import worlds
from services.registry.tests.conftest import Registry, settings_for
from services.registry.tests.test_coverage_against_a_slow_reference import claims
from tests.support.signing import Signing

LOCAL = ("ccg-01Y", "ccg-02A", "ccg-99X", "la-P", "la-Q")
REGION = {"ccg-01Y": "north", "ccg-02A": "north", "la-P": "north", "ccg-99X": "south", "gm": "north", "south": "south"}
"""Written out by hand: Q lies in no region, and the nation in none."""


@pytest.fixture(scope="session")
def two_regions(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    url = f"sqlite:///{tmp_path_factory.mktemp('two-regions') / 'registry.db'}"
    worlds.prepare(url, worlds.with_regions())
    with worlds.open_registry(url) as database:
        return worlds.reference_of(database)


@settings(max_examples=60, deadline=None)
@given(everything=claims())
def test_counts_equal_the_sum_of_the_places_own_maps(two_regions: Reference, everything: list[Claim]) -> None:
    pathways = ("lung", "breast")
    made = nation(two_regions, everything, pathways)
    counts: Counter[Any] = Counter()
    places: dict[Any, set[str]] = {}
    pairs: Counter[Any] = Counter()
    cells: Counter[Any] = Counter()
    ranked: Counter[str] = Counter()
    for pathway in pathways:
        seen = set()  # each place's map also says what is missing around it: once is enough
        for place in LOCAL:
            own = cover(two_regions, everything, pathway, [place])
            regions = ("england", REGION[place]) if place in REGION else ("england",)
            cells.update((cell.stage.key, region) for cell, _ in own.cells for region in regions)
            ranked.update(region for region in regions if own.fragmentation[place].ranked)
            known = [cell for cell, _ in own.cells if cell.stage.kind == "stage" and cell.commissioners]
            for before, after in pairwise(known):
                if before.commissioners != after.commissioners:
                    pairs[before.stage.key, after.stage.key] += 1
            for found in own.findings:
                if found in seen:
                    continue
                seen.add(found)
                where = ("england", REGION[found.place]) if found.place in REGION else ("england",)
                for region in where:
                    counts[found.stage, region, found.kind, found.severity] += 1
                    places.setdefault((found.stage, region, found.kind), set()).add(found.place)
    assert made.cells == cells
    assert {key: tally.places for key, tally in made.findings.items()} == places
    for (stage, region, kind), tally in made.findings.items():
        by_severity = [counts[stage, region, kind, severity] for severity in ("high", "medium", "low")]
        assert (tally.findings, tally.high, tally.medium) == (sum(by_severity), *by_severity[:2])
    found_pairs: Counter[Any] = Counter()
    for (stage, following, _, _), pair in made.pairs.items():
        found_pairs[stage, following] += pair.findings
    assert found_pairs == pairs
    assert {region: score.ranked for region, score in made.scores.items()} == {
        region: ranked[region] for region in ("england", "north", "south")
    }
    weights = [pair.weight for _, pair in made.ranked_pairs()]
    assert weights == sorted(weights, reverse=True)


@pytest.fixture
def nationwide(
    fresh_database: Callable[..., str], signing: Signing, served: Callable[[FastAPI], AbstractContextManager[str]]
) -> Iterator[Registry]:
    """A registry of two regions that can be written to."""
    signing.service_key("agreements")
    url = fresh_database("registry-two-regions", lambda url: worlds.prepare(url, worlds.with_regions()))
    app = build_app(settings_for(url, signing), worlds.open_registry(url))
    with served(app) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield Registry(http, signing, iter(range(1000)))


def picture(registry: Registry, **params: Any) -> National:
    answer = registry.get("/v1/national", **params)
    assert answer.status_code == 200, answer.text
    return National.model_validate(answer.json())


def by_region(found: National) -> dict[str, list[Any]]:
    return {
        region.key: [one for one in found.findings if one.region == region.key]
        + [one for one in found.fragmentation if one.region == region.key]
        for region in found.regions
    }


def test_an_agreement_changes_the_numbers_where_it_is_in_force_and_nowhere_else(nationwide: Registry) -> None:
    before = picture(nationwide, as_of="2014-04-01")
    lead = {"role": "leads", "organisation": "ods:02A", "stage": None, "pathway": "lung"}
    support = {"role": "commissions", "organisation": "ods:02A", "stage": "support", "pathway": "lung"}
    activation = {
        "sequence": 1,
        "digest": "a" * 64,
        "basis": "s.14Z3 NHS Act 2006",
        "effective_from": "2014-04-01",
        "responsibilities": [
            lead | {"place": "ccg-02A"},
            support | {"place": "ccg-02A", "commitment": "contracted"},
        ],
    }
    nationwide.http.put("/v1/activations/a1", json=activation, headers=nationwide.as_agreements()).raise_for_status()
    after = picture(nationwide, as_of="2014-04-01")
    was, now = by_region(before), by_region(after)
    assert was["south"] == now["south"]
    assert was["north"] != now["north"]

    def gaps(found: National, region: str) -> int:
        return sum(
            one.findings for one in found.findings if (one.kind, one.stage, one.region) == ("gap", "support", region)
        )

    assert {region: gaps(after, region) - gaps(before, region) for region in now} == {
        "england": -1,
        "north": -1,
        "south": 0,
    }
    local = {one.pathway: one.missing for one in after.leads if one.level == "local"}
    assert local == {"breast": 5, "lung": 4}
    # the day before, and in what was known before, nothing has changed
    assert picture(nationwide, as_of="2014-03-31").findings == before.findings
    assert picture(nationwide, as_of="2014-04-01", known_at=before.known_at.isoformat()) == before


def test_the_answer_says_what_it_rests_on_and_when_it_may_not_rank(nationwide: Registry) -> None:
    found = picture(nationwide)
    assert [(one.key, one.ccgs, one.councils) for one in found.regions] == [
        ("north", 2, 1),
        ("south", 1, 0),
        ("england", 3, 2),
    ]
    assert found.pathways == ["breast", "lung"]
    assert found.fragmentation[-1].words == (
        "not ranked: 0 of 10 maps have at least half of their stages locally confirmed"
    )
    assert found.fragmentation[-1].score is None
    assert dict(found.claims) == {"stated": 3, "confirmed": 0, "assumed": 0, "disputed": 0}
    worst = found.hand_overs[0]
    assert (worst.stage, worst.next_stage, worst.kinds, worst.next_kinds) == (
        "prevention",
        "gp",
        ["council"],
        ["nhs_england"],
    )
    assert worst.weight == worst.hand_overs + worst.between_nhs_and_council
    assert "weight" in found.hand_overs_ranked_by
    again = nationwide.http.get("/v1/national", params={"as_of": "2014-01-15"}, headers={"If-None-Match": found.etag})
    assert again.status_code == 304
    assert picture(nationwide, pathway=["lung", "lung"]).pathways == ["lung"]


def test_a_kept_answer_is_given_without_reading_a_claim(nationwide: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    found = picture(nationwide)

    def unread(*_: Any) -> list[Claim]:
        raise AssertionError("claims were read")

    monkeypatch.setattr("concord_registry.store.claims.of_pathways", unread)
    assert picture(nationwide) == found


def test_before_there_were_ccgs_there_is_nothing_to_count(nationwide: Registry) -> None:
    found = picture(nationwide, as_of="2013-03-31")
    assert [(one.key, one.ccgs) for one in found.regions] == [("england", 0)]
    assert [one for one in found.findings if one.kind != "no-whole-pathway-lead"] == []


def test_whoever_comes_when_too_many_wait_is_told_to_come_back(application: FastAPI) -> None:
    deriving = application.state.deriving

    async def crowd() -> list[Problem]:
        refused: list[Problem] = []
        release = anyio.Event()

        async def ask(tag: str) -> None:
            try:
                await deriving.body(tag, lambda: anyio.from_thread.run(release.wait) or tag.encode())
            except Problem as error:
                refused.append(error)

        async with anyio.create_task_group() as group:
            for number in range(MOST_WAITING + 2):
                group.start_soon(ask, f"t{number}")
                await anyio.wait_all_tasks_blocked()
            release.set()
        return refused

    (only,) = anyio.run(crowd)
    assert (only.kind.slug, only.headers) == ("busy", {"Retry-After": "3"})


def gauges(page: bytes) -> dict[str, float]:
    lines = [line for line in page.decode().splitlines() if line.startswith("registry_")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_gauges_follow_the_day_in_england_and_survive_a_failure(
    fresh_sqlite: Callable[..., str], signing: Signing
) -> None:
    """A confirmation whose review was due on 31 March is stale from midnight of 1 April, an hour before UTC's."""
    url = fresh_sqlite("registry-two-regions", lambda url: worlds.prepare(url, worlds.with_regions()))
    now = [datetime(2014, 3, 31, 22, 59, tzinfo=UTC)]
    database = worlds.open_registry(url, clock=lambda: now[0])
    app = build_app(settings_for(url, signing), database)
    figures, metrics = app.state.figures, app.state.metrics

    async def turns() -> None:
        with database:
            assert await figures.refresh() is True
            assert await figures.refresh() is False
            page = gauges(await metrics.page(database))
            assert page['registry_stale_confirmations{region="north"}'] == 0
            assert page['registry_claims{status="confirmed"}'] == 1
            assert page['registry_findings{kind="gap",region="south"}'] > 0
            assert page["registry_findings_computed_timestamp_seconds"] == now[0].timestamp()
            now[0] += timedelta(minutes=2)
            assert await figures.refresh() is True
            page = gauges(await metrics.page(database))
            assert page['registry_stale_confirmations{region="north"}'] == 1
            assert page['registry_stale_confirmations{region="england"}'] == 1
            assert page['registry_stale_confirmations{region="south"}'] == 0
            kinds = [page[f'registry_findings{{kind="stale",region="{region}"}}'] for region in ("england", "north")]
            assert kinds == [1, 1]

    with database:
        one = worlds.a_claim(
            status=ClaimStatus.CONFIRMED,
            confirmed_by="ods:02A",
            confirmed_on=date(2014, 1, 15),
            review_by=date(2014, 3, 31),
        )
        worlds.record(database, one)
    anyio.run(turns)
