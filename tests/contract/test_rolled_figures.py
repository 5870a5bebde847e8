"""Allocation's figures for the bodies of a later day, with the succession of the real registry."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from concord_allocation.database import open_database
from concord_allocation.load import load_edition
from concord_allocation.main import build_app
from concord_allocation.reference.files import read_edition
from concord_kit import migrations
from services.allocation.tests.conftest import settings_for

DATA = Path(__file__).parents[2] / "data" / "england_2013_14"


def _prepare(url: str) -> None:
    database = open_database(settings_for(url))
    migrations.upgrade(database)
    with database:
        load_edition(database, read_edition(DATA), actor="test")


def test_every_list_and_table_by_body_keeps_its_totals(
    fresh_sqlite: Callable[..., str], registry_url: str, served: Callable[[FastAPI], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:  # fmt: skip
    jwks = tmp_path / "jwks.json"
    jwks.write_text('{"keys": []}')
    settings = settings_for(
        fresh_sqlite("allocation-loaded", _prepare), registry_url=registry_url, jwks=str(jwks), dependency_seconds=20
    )
    with (
        served(build_app(settings, open_database(settings))) as address,
        httpx.Client(base_url=address, timeout=60) as http,
    ):

        def every(path: str, **asked: str) -> list[dict[str, Any]]:
            items: list[dict[str, Any]] = []
            cursor: str | None = None
            while True:
                page = http.get(path, params={**asked, "limit": 1000} | ({"cursor": cursor} if cursor else {}))
                assert page.status_code == 200, page.text
                items += page.json()["items"]
                cursor = page.json()["next_cursor"]
                if cursor is None:
                    return items

        lists = {"ccg_allocations": "allocation_gbp", "public_health_grants": "grant_gbp", "cases_by_place": "cases",
                 "boundary_transfers": "amount_gbp"}  # fmt: skip
        for name, column in lists.items():
            plain, rolled = (every(f"/v1/reference/lists/{name}", **asked) for asked in ({}, {"roll_to": "2023-04-02"}))
            totals = [Counter[str]() for _ in range(2)]
            for counted, rows in zip(totals, (plain, rolled), strict=True):
                for one in rows:
                    counted[one.get("year", "")] += Decimal(one.get(column, "0"))  # type: ignore[assignment]
            assert totals[0] == totals[1], name
            assert rolled != plain, name
        asked = {"table": "need_weights"}
        plain, rolled = (every("/v1/reference/figures", **asked, **more) for more in ({}, {"roll_to": "2023-04-02"}))
        assert sum(Decimal(one["value"]) for one in plain) == sum(Decimal(one["value"]) for one in rolled) == 1
        assert len(rolled) < len(plain) / 1.5
        asked = {"table": "lines", "pathway": "lung"}
        plain, rolled = (
            every("/v1/reference/figures", **asked),
            every("/v1/reference/figures", **asked, roll_to="2018-04-01"),
        )
        assert sum(int(one["value"]) for one in plain) == sum(int(one["value"]) for one in rolled)
        merged = [one for one in rolled if one["key"].startswith("ccg-15D:")]
        before = [one for one in plain if one["key"].split(":")[0] in ("ccg-10G", "ccg-10T", "ccg-11C")]
        assert merged
        assert sum(int(one["value"]) for one in merged) == sum(int(one["value"]) for one in before)
        # A place is one of the later day: with all that it was made of, whose own figures are told by it alone.
        of_place = every("/v1/reference/figures", **asked, roll_to="2018-04-01", place="ccg-15D")
        assert of_place == [one for one in rolled if one["key"].startswith("ccg-15D:")]
        gone = http.get("/v1/reference/figures", params=asked | {"roll_to": "2018-04-01", "place": "ccg-10G"})
        assert (gone.status_code, gone.json()["errors"][0]["type"]) == (422, "followed")
        assert "ccg-15D followed ccg-10G" in gone.json()["detail"]
        # Amounts of 2015-16 stand under groups that ended the day it began: they are followed from before.
        asked = {"table": "purse_amounts", "pathway": "lung"}
        plain, rolled = (every("/v1/reference/figures", **asked, **more) for more in ({}, {"roll_to": "2018-04-01"}))
        assert sum(int(one["value"]) for one in plain) == sum(int(one["value"]) for one in rolled)
        assert not [one for one in rolled if one["key"].startswith(("ccg-00F-", "ccg-10G-"))]
