"""What allocation says each body pays in is put into an agreement as it stands, and nothing is wrong with its money."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from concord_agreements.database import open_database
from concord_agreements.main import build_app
from concord_client.cli import app
from concord_contracts.allocation.sharing import Sharing
from services.agreements.tests.conftest import Service, make_settings
from services.agreements.tests.conftest import prepare as prepare_agreements
from services.agreements.tests.registry_double import RegistryDouble
from services.agreements.tests.worlds import CENTRAL, MANCHESTER, NORTH, SOUTH, pool_document
from services.allocation.tests.conftest import prepare as prepare_allocation
from services.allocation.tests.conftest import run
from services.allocation.tests.core.problems import make_curve, make_limit, make_line, make_problem, make_purse
from tests.contract.conftest import Served
from tests.support.signing import Signing

FIRST, SECOND = "2014-15", "2015-16"
CCGS = (NORTH, CENTRAL, SOUTH)
IN_THE_SCHEDULE = ("/contributions", "/parties")


@pytest.fixture
def agreements(
    fresh_sqlite: Callable[..., str], signing: Signing, served: Served, registry_url: str
) -> Iterator[Service]:
    """The real service beside the real registry."""
    settings = make_settings(fresh_sqlite("agreements", prepare_agreements), signing, registry_url)
    with served(build_app(settings, open_database(settings))) as address:
        service = Service(address, signing, RegistryDouble())
        yield service
        service.close()


def planned() -> dict[str, Any]:
    """A council with its grant and three CCGs pool for prevention; the fund may keep half of what it gets."""
    payers = (MANCHESTER, *CCGS)
    return make_problem(
        years=[{"key": FIRST}, {"key": SECOND}],
        base_year=FIRST,
        payers=[{"key": key, "name": key} for key in payers],
        purses=[
            make_purse("phg-E08000003", {FIRST: 600, SECOND: 600}, MANCHESTER, kind="ring_fence"),
            *(make_purse(f"general-{key[4:]}", {FIRST: 200, SECOND: 200}, key) for key in CCGS),
        ],
        lines=[make_line("smoking", {}, "smoking", MANCHESTER, stage="prevention")],
        curves=[make_curve("smoking", (5_000, 1))],
        mechanisms=[{"key": "s75", "kind": "s75_pool", "payers": list(payers), "lines": {}, "citation": "s.75"}],
        funds=[
            {
                "key": "pool",
                "name": "The pool",
                "mechanism": "s75",
                "contributors": [{"purse": p} for p in ("phg-E08000003", *(f"general-{key[4:]}" for key in CCGS))],
                "carry": {"at_most_share": 0.5, "source": "the pool's rule"},
                "source": "a test",
            }
        ],
        limits=[
            make_limit("pooled", {"measure": "direct_spend"}, at_most=0),
            make_limit("all-in", {"measure": "contribution"}, equal=1_200),
            make_limit("later", {"measure": "spend"}, at_most=1_000, years=[FIRST]),
        ],
    )


def test_a_schedule_goes_into_the_text_of_an_agreement_as_it_stands(
    agreements: Service, signing: Signing, served: Served, fresh_sqlite: Callable[..., str], tmp_path: Path
) -> None:
    with run(fresh_sqlite("allocation", prepare_allocation), signing, served) as allocation:
        found = allocation.post("/v1/sharing", {"problem": planned(), "gains": False})
    assert found.status_code == 200, found.text
    paid = Sharing.model_validate(found.json()).divisions[0]
    assert paid.realisation is not None
    into_pool = [row.contribution for row in paid.realisation.schedule if row.fund == "pool"]
    assert sum(one.amount_pence for one in into_pool if one.year == FIRST) == 120_000

    text = filled(tmp_path, found.text, "--division", paid.key, "--fund", "pool")
    assert text["content"]["contributions"] == [one.model_dump(mode="json") for one in into_pool]
    assert money_faults(agreements, text) == []
    for wrong, told in ((("--division", "x"), "no division 'x'"), (("--division", paid.key), "nothing directly")):
        assert told in asked(tmp_path, *wrong).output

    for row in text["content"]["contributions"]:
        del row["ring_fence"]
    assert {fault["rule"] for fault in money_faults(agreements, text)} == {"ring-fence-unsaid"}


def filled(folder: Path, sharing: str, *options: str) -> dict[str, Any]:
    """A lawful text with the contributions of a division, as the command line puts them in."""
    (folder / "sharing.json").write_text(sharing)
    (folder / "text.json").write_text(json.dumps({"content": pool_document()}))
    made = asked(folder, *options)
    assert made.exit_code == 0, made.output
    text: dict[str, Any] = json.loads(made.stdout)
    return text


def asked(folder: Path, *options: str) -> Result:
    files = (str(folder / "sharing.json"), str(folder / "text.json"))
    return CliRunner().invoke(app, ["share", "contributions", *files, *options])


def money_faults(agreements: Service, text: dict[str, Any]) -> list[dict[str, Any]]:
    drafted = agreements.at(MANCHESTER, "commissioner").post("/agreements", text)
    assert drafted.status_code == 201, drafted.text
    return [fault for fault in drafted.json()["current"]["faults"] if fault["pointer"].startswith(IN_THE_SCHEDULE)]
