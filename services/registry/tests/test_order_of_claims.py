"""Claims recorded in any two orders say the same: coverage, findings and the matrix, as callers read them."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.tests.conftest import Registry
from services.registry.tests.worlds import FILES

PLACES = ["ccg-02A", "ccg-01Y", "la-P", "gm"]
SAID: Sequence[tuple[str, dict[str, Any]]] = (
    ("ods:02A", {"organisation": "ods:02A", "stage": "imaging", "place": "ccg-02A", "status": "confirmed"}),
    ("ods:02A", {"organisation": "ods:01Y", "stage": "support", "place": "ccg-02A", "status": "assumed"}),
    ("ods:01Y", {"organisation": "ods:02A", "stage": "support", "place": "ccg-01Y", "status": "assumed"}),
    ("ods:01Y", {"organisation": "ods:01Y", "stage": "imaging", "place": "ccg-01Y", "status": "stated"}),
    ("gss:P", {"organisation": "gss:P", "stage": "prevention", "place": "la-P", "status": "confirmed"}),
    ("gss:P", {"organisation": "gss:P", "stage": "support", "place": "la-P", "role": "funds", "status": "stated"}),
    ("ods:X24", {"organisation": "ods:X24", "stage": "support", "place": "gm", "status": "stated"}),
    ("ods:02A", {"organisation": "ods:X24", "stage": "support", "place": "ccg-02A", "status": "disputed"}),
    ("ods:02A", {"organisation": "ods:02A", "stage": None, "place": "ccg-02A", "role": "leads", "status": "stated"}),
    ("ods:01Y", {"organisation": "ods:01Y", "stage": None, "place": "ccg-01Y", "role": "leads", "status": "stated"}),
)
"""What bodies may say side by side: who says it, and what."""


@pytest.fixture(scope="module")
def registry(standing_on: Any) -> Registry:
    found: Registry = standing_on(FILES)
    return found


def recorded(registry: Registry, order: Sequence[int]) -> dict[str, Any]:
    """What is read once these are recorded in this order, under names that no order gives; nothing is left behind."""
    ids: dict[str, str] = {}
    for number in order:
        body, said = SAID[number]
        claim = {"role": "commissions", "pathway": "lung", "valid_from": "2013-04-01"} | said
        answer = registry.http.post("/v1/claims", json=claim, headers=registry.as_body(body))
        assert answer.status_code == 201, answer.text
        ids[answer.json()["id"]] = f"claim-{number}"
    asked = {"pathway": "lung", "place": PLACES}
    read = {path: registry.get(f"/v1/{path}", **asked) for path in ("coverage", "findings", "matrix")}
    for answer in read.values():
        assert answer.status_code == 200, answer.text
    for claim_id, name in ids.items():
        headers = registry.as_body(SAID[int(name[6:])][0]) | {"If-Match": '"1"'}
        gone = registry.http.post(f"/v1/claims/{claim_id}/withdraw", json={"reason": "said"}, headers=headers)
        assert gone.status_code == 200, gone.text
    return {path: named(answer.json(), ids) for path, answer in read.items()}


def named(value: Any, ids: dict[str, str]) -> Any:
    """Without what tells when something was recorded; lists of claims by their names."""
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if name not in ("known_at", "seq", "etag", "recorded_from")}
        return {name: named(one, ids) for name, one in kept.items()}
    if isinstance(value, list):
        found = [named(one, ids) for one in value]
        claims = all(isinstance(one, str) or (isinstance(one, dict) and "asserted_by" in one) for one in found)
        return sorted(found, key=str) if claims else found
    return ids.get(value, value) if isinstance(value, str) else value


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(0, len(SAID) - 1), min_size=4, max_size=6, unique=True), st.data())
def test_claims_recorded_in_any_two_orders_give_the_same_answers(
    registry: Registry, some: list[int], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(some))
    first = recorded(registry, some)
    assert first == recorded(registry, other)
    assert "claim-" in str(first), "what was said is there"
