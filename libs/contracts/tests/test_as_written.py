"""JSON is taken as it was written, and each value of another kind is a fault of its own field."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from concord_contracts.identifiers import Day, Request


class Colour(StrEnum):
    RED = "red"


class Part(Request):
    count: int


class Whole(Request):
    gbp: Annotated[int, Field(ge=0)] | None = None
    share: float = 0
    agreed: bool = False
    starts: date = date(2014, 4, 1)
    ends: Day | None = None
    at: datetime | None = None
    years: list[int] = []
    parts: list[Part] = []
    named: Part | None = None
    colour: Colour = Colour.RED
    either: int | str = 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gbp", True),
        ("gbp", "100"),
        ("gbp", 2.0),
        ("share", True),
        ("share", "0.5"),
        ("agreed", 1),
        ("agreed", "yes"),
        ("starts", 1364774400),
        ("starts", "1364774400"),
        ("starts", "2014-04-01T00:00:00"),
        ("ends", 1364774400),
        ("at", 1364774400),
        ("at", "1364774400"),
        ("at", True),
    ],
)
def test_another_kind_is_a_fault_of_its_field(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Whole.model_validate({field: value})
    assert [fault["loc"] for fault in refused.value.errors()] == [(field,)]


def test_faults_in_lists_and_parts_are_found_with_all_others() -> None:
    body = {
        "years": [2013, "2014"],
        "parts": [{"count": 1}, {"count": 1.0}],
        "named": {"count": "1"},
        "gbp": -1,
        "x": 1,
    }
    with pytest.raises(ValidationError) as refused:
        Whole.model_validate(body)
    found = {fault["loc"] for fault in refused.value.errors()}
    assert found == {("years", 1), ("parts", 1, "count"), ("named", "count"), ("gbp",), ("x",)}


def test_what_is_written_as_its_kind_is_taken() -> None:
    body = {
        "gbp": None,
        "share": 1,
        "agreed": True,
        "starts": "2014-04-01",
        "ends": None,
        "at": "2014-04-01T00:00:00Z",
        "years": [2013],
        "parts": [{"count": 1}],
        "colour": "red",
        "either": "x",
    }
    taken = Whole.model_validate(body)
    assert (taken.share, taken.starts, taken.at) == (1.0, date(2014, 4, 1), datetime(2014, 4, 1, tzinfo=UTC))
    assert Whole.model_validate_json(taken.model_dump_json()) == taken
    assert Whole(starts=date(2014, 4, 1), parts=[Part(count=1)]).parts[0].count == 1
