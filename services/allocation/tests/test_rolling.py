"""Figures for the bodies of a later day: totals stay to the last decimal, and nothing is guessed."""

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from concord_allocation.reference.rolling import REFERENCE_DAY, Follows, Form, roll
from concord_kit.paging import encode_cursor
from services.allocation.tests.conftest import Running
from services.allocation.tests.worlds import make_place

FORM = Form(("body",), ("gbp", "low", "high"))
DAY = date(2014, 4, 1)


def lineage(**of: list[tuple[str, Fraction]]) -> dict[tuple[date, str], list[Follows]]:
    return {
        (day, body): [Follows(name, share, "published") for name, share in parts]
        for day in (DAY, REFERENCE_DAY)
        for body, parts in of.items()
    }


def row(body: str, gbp: str, **more: str) -> dict[str, str]:
    return {"body": body, "year": "2014-15", "gbp": gbp, "basis": "published", "source": f"book-{body}"} | more


WHOLE = Fraction(1)


def test_a_merger_adds_up_and_what_nothing_happened_to_is_as_printed() -> None:
    followed = lineage(a=[("c", WHOLE)], b=[("c", WHOLE)], d=[("d", WHOLE)])
    rows = [row("a", "10.5", low="9", note="n"), row("b", "0.25"), row("d", "007", note="kept")]
    assert roll(rows, FORM, followed) == [
        {
            "body": "c",
            "year": "2014-15",
            "gbp": "10.75",
            "low": "9.25",
            "basis": "published",
            "source": "book-a book-b",
            "note": "re-expressed from a, b",
        },
        rows[2],
    ]


def test_a_split_is_exact_and_what_rounding_leaves_is_given_out() -> None:
    third = Fraction(1, 3)
    followed = lineage(a=[("x", third), ("y", third), ("z", third)])
    assert [(one["body"], one["gbp"]) for one in roll([row("a", "100")], FORM, followed)] == [
        ("x", "34"), ("y", "33"), ("z", "33"),
    ]  # fmt: skip


def test_rows_of_other_years_or_kinds_are_not_added_up_and_what_is_not_known_is_said() -> None:
    followed = lineage(a=[("c", WHOLE)], b=[("c", WHOLE)])
    apart = roll([row("a", "1"), row("b", "2", kind="plan")], FORM, followed)
    assert [one["gbp"] for one in apart] == ["1", "2"]
    (one,) = roll([row("a", "1"), {"body": "b", "year": "2014-15", "basis": "assumption"}], FORM, followed)
    assert (one["gbp"], one["basis"]) == ("1", "assumption")
    assert one["note"] == "re-expressed from a, b; gbp of b is not known"


shares = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(
    lambda weights: [(name, Fraction(w, sum(weights))) for name, w in zip("wxyz", weights, strict=False)]
)


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from("abc"), shares, min_size=3),
    st.lists(st.tuples(st.sampled_from("abc"), st.decimals(-1000, 1000, places=2)), max_size=8),
)
def test_totals_stay_to_the_last_decimal(
    of: dict[str, list[tuple[str, Fraction]]], amounts: list[tuple[str, Decimal]]
) -> None:
    rows = [row(body, str(amount)) for body, amount in amounts]
    before, after = Counter[str](), Counter[str]()
    for one in rows:
        before[one["year"]] += Decimal(one["gbp"])  # type: ignore[assignment]
    for one in roll(rows, FORM, lineage(**of)):
        after[one["year"]] += Decimal(one["gbp"])  # type: ignore[assignment]
    assert before == after


def test_with_the_registry_away_nothing_is_guessed(shared: Running) -> None:
    shared.registry.down = True
    try:
        answer = shared.get("/v1/reference/figures?table=lines&roll_to=2021-04-01")
        assert (answer.status_code, answer.json()["dependency"]) == (503, "registry")
        assert shared.get("/v1/reference/figures?table=lines").status_code == 200
    finally:
        shared.registry.down = False


def test_a_day_before_the_figures_own_and_a_table_that_is_not_named_are_refused(shared: Running) -> None:
    answer = shared.get("/v1/reference/figures?table=lines&roll_to=2012-04-01")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["type"] == "backwards"
    unnamed = shared.get("/v1/reference/figures?roll_to=2021-04-01")
    assert unnamed.json()["errors"][0]["parameter"] == "query:table"
    for path in ("figures?table=lines&", "lists/ccg_allocations?"):
        endless = shared.get(f"/v1/reference/{path}roll_to=9999-12-31")
        assert (endless.status_code, endless.json()["errors"][0]["parameter"]) == (422, "query:roll_to")
    below = encode_cursor("2026-01-01T00:00:00+00:00", "lines", "", -1)
    assert shared.get(f"/v1/reference/figures?table=lines&cursor={below}&roll_to=2021-04-01").status_code == 400
    offices = shared.get("/v1/reference/lists/specialised_offices?roll_to=2021-04-01")
    assert offices.json()["errors"][0]["type"] == "not-divisible"


def test_what_is_nobodys_is_the_same_on_any_day(shared: Running) -> None:
    plain = shared.get("/v1/reference/figures?table=curves").json()["items"]
    assert shared.get("/v1/reference/figures?table=curves&roll_to=2021-04-01").json()["items"] == plain


def test_a_place_that_the_map_does_not_know_is_named(shared: Running) -> None:
    answer = shared.get("/v1/reference/figures?table=lines&roll_to=2021-04-01")
    assert (answer.status_code, answer.json()["errors"][0]["type"]) == (422, "unknown-body")
    assert "ccg-far" in answer.json()["detail"]


def test_where_nothing_happened_every_figure_is_as_it_was(shared: Running) -> None:
    shared.registry.places = [*shared.registry.places, make_place("ccg-far", "ccg")]
    for table in ("lines", "activity", "purse_amounts"):
        plain = shared.get(f"/v1/reference/figures?table={table}").json()["items"]
        rolled = shared.get(f"/v1/reference/figures?table={table}&roll_to=2021-04-01").json()
        assert rolled["items"] == plain, table
        assert (rolled["roll_to"], rolled["rule"][:7]) == ("2021-04-01", "Amounts")
    first = shared.get("/v1/reference/figures?table=lines&roll_to=2021-04-01&limit=1").json()
    rest = shared.get(f"/v1/reference/figures?table=lines&roll_to=2021-04-01&cursor={first['next_cursor']}").json()
    assert first["items"] + rest["items"] == shared.get("/v1/reference/figures?table=lines").json()["items"]
