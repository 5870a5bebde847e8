"""Random small problems with later parts: any of carry-over, overspend, capacity, waiting, fairness, soft limits,
options, contracts, rules of the year, savings and outside money, on top of the first ones."""

from typing import Any

from hypothesis import strategies as st

from services.allocation.tests.core.generated import PAYERS, YEARS, problems
from services.allocation.tests.core.problems import SOURCED, make_limit

PARTS = (
    "carry", "over", "outside", "saving", "rules", "contract", "resource", "demand", "link", "floor", "spread",
    "soft", "index", "transfer",
)  # fmt: skip


@st.composite
def later_problems(draw: st.DrawFn, *, options: bool = True, among: tuple[str, ...] = ()) -> dict[str, Any]:
    """A problem that parses; it may well be infeasible. `among`: parts that it has whatever is drawn."""
    made: dict[str, Any] = draw(problems())
    chosen = draw(st.sets(st.sampled_from(PARTS), max_size=4))
    for part in sorted(chosen | set(among)):
        PART[part](draw, made)
    if options and draw(st.booleans()):
        _options(draw, made)
    return made


def _years(made: dict[str, Any]) -> list[str]:
    return [year["key"] for year in made["years"]]


def _modal(made: dict[str, Any]) -> list[str]:
    return [line["key"] for line in made["lines"] if line["modes"]]


def _source() -> dict[str, Any]:
    return {"source": "a test"}


def _carry(draw: st.DrawFn, made: dict[str, Any]) -> None:
    rule = {"at_most_share": draw(st.sampled_from([0.1, 0.333, 1.0])), **_source()}
    value = {"final_year_value": draw(st.sampled_from([0.0, 0.02]))}
    made["purses"] = [{**purse, "carry": rule | value} for purse in made["purses"]]
    made["funds"] = [{**fund, "carry": rule} for fund in made["funds"]]


def _over(draw: st.DrawFn, made: dict[str, Any]) -> None:
    over = {"at_most_gbp": draw(st.integers(1, 80)), "penalty": draw(st.sampled_from([0.001, 0.03])), **_source()}
    made["purses"] = [{**purse, "overspend": over} for purse in made["purses"]]


def _outside(draw: st.DrawFn, made: dict[str, Any]) -> None:
    slope = draw(st.sampled_from([0.005, 0.02]))
    made["outside"] = [{"key": "else", "label": "elsewhere", "slope": slope, "provenance": SOURCED}]


def _saving(draw: st.DrawFn, made: dict[str, Any]) -> None:
    if len(made["years"]) > 1:
        made["savings"] = [
            {"key": "save", "label": "save", "lines": [made["lines"][0]["key"]], "lag": 1,
             "rate": draw(st.sampled_from([0.3, 1.4])),
             "to_purse": f"{draw(st.sampled_from(PAYERS))}-money", "provenance": SOURCED}
        ]  # fmt: skip


def _rules(draw: st.DrawFn, made: dict[str, Any]) -> None:
    made["business_rules"] = [
        {"key": "surplus", "label": "surplus", "kind": "surplus", "share": draw(st.sampled_from([0.01, 0.2])),
         **_source()},
        {"key": "nr", "label": "nr", "kind": "non_recurrent", "share": 0.02, **_source()},
    ]  # fmt: skip


def _contract(draw: st.DrawFn, made: dict[str, Any]) -> None:
    made["contracts"] = [
        {"key": "block", "provider": "trust", "form": "block", "line": draw(st.sampled_from(made["lines"]))["key"],
         "value_gbp": draw(st.integers(1, 120)), "notice_given": "2014-10-01", **_source()}
    ]  # fmt: skip


def _resource(draw: st.DrawFn, made: dict[str, Any]) -> None:
    if _modal(made):
        supply = {year: draw(st.integers(0, 20)) for year in _years(made)}
        bought = {"extra_at_most": dict.fromkeys(supply, 5), "price_gbp": 3.0, "bought_on": made["lines"][0]["key"]}
        made["resources"] = [
            {"key": "hours", "name": "hours", "unit": "hour", "supply": supply, "uses": [{"per_case": 0.7}],
             "lasting": draw(st.booleans()), **_source(), **(bought if draw(st.booleans()) else {})}
        ]  # fmt: skip


def _demand(draw: st.DrawFn, made: dict[str, Any]) -> None:
    if _modal(made):
        waits = draw(st.booleans())
        made["demands"] = [
            {"key": "wait", "label": "wait", "unit": "patient",
             "cases": {year: draw(st.integers(0, 20)) for year in _years(made)},
             "met_by": [{"select": {"lines": _modal(made)[:1]}}], "waits": waits,
             "opening_backlog": 3 if waits else 0, "minimum_share": draw(st.sampled_from([0.0, 0.5])),
             "hard": draw(st.booleans()), **_source(),
             "shifts": [{"select": {"lines": _modal(made)[-1:]}, "rate": draw(st.sampled_from([-0.1, 0.2])), "lag": 1}]}
        ]  # fmt: skip


def _link(draw: st.DrawFn, made: dict[str, Any]) -> None:
    if len(_modal(made)) > 1:
        made["links"] = [
            {"key": "link", "label": "link", "kind": draw(st.sampled_from(["induces", "nested", "follows"])),
             "per": {"lines": _modal(made)[:1]}, "to": {"lines": _modal(made)[1:2]}, "rate": 0.4,
             "lag": draw(st.integers(0, len(made["years"]) - 1)), **_source()}
        ]  # fmt: skip


def _groups(made: dict[str, Any]) -> dict[str, float]:
    return {place: 10.0 + len(place) for place in sorted({line["place"] for line in made["lines"]})}


def _floor(draw: st.DrawFn, made: dict[str, Any]) -> None:
    made.setdefault("equity", []).append(
        {"key": "floor", "label": "floor", "heads": _groups(made), "floor": draw(st.sampled_from([0.01, 0.2])),
         "hard": draw(st.booleans()), **_source()}
    )  # fmt: skip


def _spread(draw: st.DrawFn, made: dict[str, Any]) -> None:
    made.setdefault("equity", []).append(
        {"key": "near", "label": "near", "measure": "spend", "heads": _groups(made),
         "spread_at_most": draw(st.sampled_from([5.0, 60.0])), **_source()}
    )  # fmt: skip


def _soft(draw: st.DrawFn, made: dict[str, Any]) -> None:
    for n in range(draw(st.integers(1, 2))):
        line = {"select": {"lines": [draw(st.sampled_from(made["lines"]))["key"]]}}
        soft = {"hard": False, "priority": n + 1, "relaxation_weight": draw(st.sampled_from([1.0, 3.0]))}
        made["limits"].append(make_limit(f"soft-{n}", line, at_least=draw(st.integers(1, 900))) | soft)


def _index(draw: st.DrawFn, made: dict[str, Any]) -> None:
    made["price_indices"] = [
        {"key": "gdp", "name": "gdp", "values": {YEARS[0]: draw(st.sampled_from([0.9, 1.05]))}, "provenance": SOURCED}
    ]
    made["lines"] = [{**line, "cost_index": "gdp"} for line in made["lines"]]


def _transfer(draw: st.DrawFn, made: dict[str, Any]) -> None:
    held = made["purses"][0]["amount_gbp"][_years(made)[0]]
    made["transfers"] = [
        {"key": "move", "from_purse": "ccg-a-money", "to_purse": "ccg-b-money", "service": "x", "day": "2014-04-01",
         "from_year": _years(made)[0], "recurrent": False, "gbp": draw(st.integers(0, held)), **_source()}
    ]  # fmt: skip


def _options(draw: st.DrawFn, made: dict[str, Any]) -> None:
    keys = ["p", "q", "r"][: draw(st.integers(1, 3))]
    made["options"] = [
        {"key": key, "name": key, "line": draw(st.sampled_from(made["lines"]))["key"],
         "non_recurrent_gbp": draw(st.integers(0, 300)), "recurrent_gbp": draw(st.integers(0, 50)),
         "benefit": draw(st.integers(0, 12)), "starts": draw(st.sampled_from([None, _years(made)])),
         "provenance": SOURCED}
        for key in keys
    ]  # fmt: skip
    if len(keys) > 1 and draw(st.booleans()):
        made["option_rules"] = [
            {"key": "one", "label": "one", "kind": draw(st.sampled_from(["at_most", "requires"])), "options": keys[:2],
             **_source()}
        ]  # fmt: skip


PART = {
    "carry": _carry, "over": _over, "outside": _outside, "saving": _saving, "rules": _rules, "contract": _contract,
    "resource": _resource, "demand": _demand, "link": _link, "floor": _floor, "spread": _spread, "soft": _soft,
    "index": _index, "transfer": _transfer,
}  # fmt: skip
