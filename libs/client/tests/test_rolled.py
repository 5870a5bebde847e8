"""`--roll-to`: asked of the registry by each command, and shown below whatever else an answer shows."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from rich.console import Console

from concord_client.show.rolled import show_rolled
from concord_client.show.rows import as_csv
from concord_client.when import rolled_of
from concord_contracts.registry import (
    ContractView,
    Mandate,
    Mandates,
    NamedBody,
    RecordPage,
    RolledPart,
    RolledPlace,
    RolledValue,
)
from libs.client.tests.test_command_line import Double, double, run  # noqa: F401  (a fixture)

DAY = date(2018, 4, 1)
AT: dict[str, Any] = {"as_of": date(2014, 1, 15), "known_at": datetime(2026, 1, 1, tzinfo=UTC), "seq": 3}
NEW = NamedBody(id="ods:15D", name="NHS East Berkshire CCG", kind="ccg")
STAYS = NamedBody(id="ods:X24", name="NHS England", kind="nhs_england")
PARTS = [
    RolledPart(of="ods:10G", body=NEW, share=0.25, basis="assumption"),
    RolledPart(of="ods:X24", body=STAYS, share=1, basis="published"),
]
PLACE = RolledPlace(of="ccg-10G", body=NEW, share=1, basis="published")


@pytest.mark.parametrize(
    "command",
    [
        "map lung --place ccg-02A", "who radiotherapy", "who ods:02A", "who radiotherapy --place ccg-02A",
        "findings list", "findings changes --from 2013-06-01", "findings ahead --until 2015-01-01", "matrix lung",
        "claim list", "claim history c1", "mandate list", "body powers", "body show ods:02A", "body list",
        "place show ccg-02A", "place list", "place overlaps ccg-02A", "place people", "contract list",
        "contract show c1",
        "local-plan list", "role list", "authority list", "leads", "networks", "plan-coverage lung", "risks lung",
    ],
)  # fmt: skip
def test_each_command_asks_for_the_bodies_of_the_later_day(double: Double, command: str) -> None:  # noqa: F811
    double.answers = [(404, {"type": "urn:concord:problem:not-found", "title": "Not found", "status": 404})]
    assert run(*command.split(), "--roll-to", "2018-04-01").exit_code == 1
    assert "roll_to=2018-04-01" in double.asked[0][1]


def shown(answer: Any) -> str:
    out = io.StringIO()
    show_rolled(Console(file=out, width=100), answer)
    return out.getvalue()


def test_who_follows_is_shown_once_and_who_stays_is_counted() -> None:
    answer = Mandates(**AT, items=[], roll_to=DAY, rolled=[*PARTS, *PARTS], rolled_places=[PLACE])
    text = shown(answer)
    assert text.count("ods:10G") == 1
    assert "25.0%" in text
    assert "assumption" in text
    assert "no place on the map, of NHS East Berkshire" in text
    assert "1 of those named stands unchanged on 2018-04-01." in text
    assert shown(Mandates(**AT, items=[])) == ""


def test_contracts_values_are_shown_by_commissioner() -> None:
    value = {"year": "2013-14", "money": "contract-value", "value_gbp": 720_000}
    contract = ContractView.model_validate(
        {
            "id": "c", "version": 1, "owner": "ods:10G", "valid_from": "2013-04-01", "valid_to": "2015-04-01",
            "recorded_from": AT["known_at"], "title": "Imaging", "provider": "ods:RM2", "coordinator": "ods:10G",
            "form": "block", "stages": ["imaging"], "places": ["ccg-10G"],
            "rolled_values": [RolledValue(**value, body=NEW, of=["ods:10G"], basis="published").model_dump()],
        }
    )  # fmt: skip
    text = shown(RecordPage[ContractView](**AT, items=[contract], roll_to=DAY, rolled=PARTS))
    assert "GBP 720,000" in text
    assert "2018-04-01" in text


def test_pages_are_put_together_with_each_part_once() -> None:
    pages = [Mandates(**AT, items=[], roll_to=DAY, rolled=PARTS[:1]), Mandates(**AT, items=[], rolled=PARTS)]
    assert rolled_of(pages) == {"rolled": PARTS, "rolled_places": []}


def test_a_sheet_has_the_followers_beside_each_line() -> None:
    mandate = {
        "id": "m", "holder": "ods:0AJ", "body": "ods:10G", "actions": ["claims.*"],
        "valid_from": DAY, "valid_to": date(9999, 12, 31),
    }  # fmt: skip
    answer = Mandates(**AT, items=[Mandate(**mandate)], roll_to=DAY, rolled=PARTS, rolled_places=[PLACE])
    (line,) = csv.DictReader(io.StringIO(as_csv(answer)))
    assert (line["answer.rolled"], line["answer.rolled_places"]) == ("ods:10G -> ods:15D 0.250000", "")
    plain = Mandates(**AT, items=[Mandate(**mandate)])
    assert "rolled" not in as_csv(plain)
