"""Sentences about cases, options, fairness, soft limits and the check: against payments, cases and the document."""

import re
from collections.abc import Iterator

import pytest

from concord_allocation.core.words import amount_of
from services.allocation.tests.core.told import Told, number, same

NUMBER = r"(-?[\d,.]*\d)"
LARGEST_SLOPE = 0.06
"""Of the generated curves: what a pound that was rounded can be worth."""


def option(told: Told) -> None:
    """Each option once; what it costs and brings by the calendar, and the line it is on has the money."""
    said, names = told.said("option"), {line: found["name"] or line for line, found in told.lines.items()}
    expected = []
    for one in told.document["options"]:
        start = told.started.get(one["key"])
        if start is None:
            expected.append(f"{one['name']} is not supported")
            continue
        assert told.years[start] in (one["starts"] or told.years[:1])
        cost, on = sum(told.option_cost(one, t) for t in range(len(told.years))), names[one["line"]]
        words = f"{one['name']} is supported from {told.years[start]}: GBP {cost:,} on {on} over the plan"
        gained = one["benefit"] * sum(told.tables.discount[start:])
        expected.append(words + (f"; benefit {amount_of(gained, 'QALY')} (discounted)" if gained else ""))
    same(said, expected)
    for line in told.lines:
        for t, when in enumerate(told.years):
            needed = sum(told.option_cost(one, t) for one in told.document["options"] if one["line"] == line)
            assert told.spend(line, when) >= needed
    for rule in told.document["option_rules"]:
        first, *others = rule["options"]
        taken = [key for key in rule["options"] if key in told.started]
        if rule["kind"] == "at_most":
            assert len(taken) <= rule["count"]
        else:
            assert first not in taken or set(others) <= set(taken)


def activity(told: Told) -> None:
    said = told.said("activity")
    of_resources = list(_resources(told, said))
    same(said, [*of_resources, *_demands(told, said)])


def _resources(told: Told, said: list[str]) -> Iterator[str]:
    """Told where nothing is left, or units are bought; the numbers of each are counted again from the cases."""
    for resource in told.document["resources"]:
        before = 0.0
        prices = next(found.price for found in told.tables.parts.resources if found.key == resource["key"])
        for when, price in zip(told.years, prices, strict=True):
            used = sum(use["per_case"] * told.cases(told.chosen(use["select"]), when) for use in resource["uses"])
            there = resource["supply"].get(when, 0)
            found = [words for words in said if words.startswith(f"{resource['name']} in {when}: ")]
            if not found:
                assert used < there + before + 0.06
                continue
            (words,) = found
            bought_for = rf"(?:; {NUMBER} are bought for GBP {NUMBER})?"
            match = re.match(rf".+: {NUMBER} of {NUMBER} {resource['unit']} are used{bought_for}$", words)
            assert match is not None, words
            bought = number(match[3]) if match[3] else 0.0
            all_there = there + bought + (before if resource["lasting"] else 0.0)
            assert number(match[1]) == pytest.approx(used, abs=0.06)
            assert number(match[2]) == pytest.approx(all_there, abs=0.11)
            assert number(match[1]) <= number(match[2])
            if match[3]:
                assert number(match[4]) == pytest.approx(bought * price, abs=0.7)
            else:
                assert number(match[1]) == number(match[2]), "only what is used up is told"
            before = before + bought if resource["lasting"] else 0.0
            yield words


def _demands(told: Told, said: list[str]) -> Iterator[str]:
    """Every year: who came, who was treated, and who waits at its end, who then is there in the next."""
    for demand in told.document["demands"]:
        waited = demand["opening_backlog"]
        for t, when in enumerate(told.years):
            treated = sum(met["counts"] * told.cases(told.chosen(met["select"]), when) for met in demand["met_by"])
            came = demand["cases"].get(when, 0) + sum(
                shift["rate"] * told.cases(told.chosen(shift["select"]), told.years[t - shift["lag"]])
                for shift in demand["shifts"]
                if t >= shift["lag"]
            )
            (words,) = [w for w in said if w.startswith(f"{demand['label']}: of ") and f" in {when} " in w]
            match = re.match(
                rf".+: of {NUMBER} {demand['unit']} in \S+ {NUMBER} are treated(?:, {NUMBER} wait at its end)?$", words
            )
            assert match is not None, words
            assert [number(match[1]), number(match[2])] == pytest.approx([came, treated], abs=0.07)
            assert (match[3] is not None) == demand["waits"]
            if match[3] is not None:
                assert number(match[3]) == pytest.approx(waited + came - treated, abs=0.2)
                waited = number(match[3])
            yield words


def missed(told: Told) -> None:
    """Each soft limit's own shortfall, counted from payments, cases and benefit; none that is missed goes unsaid."""
    short = dict(_shortfalls(told))
    said = {}
    for words in told.said("missed"):
        match = re.match(rf"'(.+)' is missed by (?:GBP {NUMBER}|{NUMBER} \w+) \(priority (\d)\)$", words)
        assert match is not None, words
        said[match[1]] = number(match[2] or match[3]), int(match[4])
    assert set(said) <= set(short)
    for label, (amount, priority, room) in short.items():
        if label in said:
            assert said[label] == (pytest.approx(amount, abs=room, rel=0.006), priority)
        else:
            assert amount <= room, label


def _shortfalls(told: Told) -> Iterator[tuple[str, tuple[float, int, float]]]:
    """(label, (missing, priority, what rounding may be)) of every soft limit, missed or not."""
    for limit in told.document["limits"]:
        if not limit["hard"]:
            assert limit["per_year"]
            (term,) = limit["terms"]
            for when in told.years:
                got = sum(told.spend(line, when) for line in told.chosen(_only_lines(term["select"])))
                yield f"{limit['label']} ({when})", (max(0, limit["at_least"] - got), limit["priority"], 1.01)
    for demand in told.document["demands"]:
        if not demand["hard"] and demand["minimum_share"]:
            for t, when in enumerate(told.years):
                treated = sum(met["counts"] * told.cases(told.chosen(met["select"]), when) for met in demand["met_by"])
                stated = demand["cases"].get(when, 0)
                came = stated + sum(
                    shift["rate"] * told.cases(told.chosen(shift["select"]), told.years[t - shift["lag"]])
                    for shift in demand["shifts"]
                    if t >= shift["lag"]
                )
                least = demand["minimum_share"]
                label = (
                    f"{demand['label']}: at least {least:.1%} of {stated:,.10g} {demand['unit']} are treated in {when}"
                )
                yield label, (max(0.0, least * came - treated), demand["priority"], 0.05)
    for equity in told.document["equity"]:
        if not equity["hard"] and equity["floor"] is not None:
            for when in told.years:
                for group, heads in equity["heads"].items():
                    bound = equity["floor"] * heads
                    per = f"({equity['floor']:g} per weighted head) in {when}"
                    room = LARGEST_SLOPE * len(told.answer.cells) + 0.02
                    short = max(0.0, bound - _of_place(told, group, when))
                    yield (
                        f"{equity['label']}: {group} gets at least {bound:,.10g} QALY {per}",
                        (short, equity["priority"], room),
                    )


def _only_lines(select: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in select.items() if value}


def _of_place(told: Told, place: str, when: str | None) -> float:
    return sum(
        gained for year, line, gained in told.benefit() if told.lines[line]["place"] == place and when in (None, year)
    )


def fairness(told: Told) -> None:
    """The least of the groups, a head: benefit or pounds of its own lines over its heads."""
    said, expected = told.said("fairness"), 0
    for equity in told.document["equity"]:
        for when in told.years if equity["per_year"] else (None,):
            per = {}
            for group, heads in equity["heads"].items():
                of_place = [line for line, found in told.lines.items() if found["place"] == group]
                years = [when] if when else told.years
                spent = sum(told.spend(line, year) for line in of_place for year in years)
                per[group] = (spent if equity["measure"] == "spend" else _of_place(told, group, when)) / heads
            unit, ending = "GBP" if equity["measure"] == "spend" else "QALY", f" in {when}" if when else ""
            found = [
                match
                for words in said
                if (
                    match := re.match(
                        rf"{equity['label']}: (\w+) gets (no|{NUMBER}) {unit} per weighted head{ending}$", words
                    )
                )
            ]
            assert found, (equity["key"], when)
            expected += len(found)
            for match in found:
                assert per[match[1]] == pytest.approx(min(per.values()), rel=1e-3, abs=0.005)
                stated = 0.0 if match[2] == "no" else number(match[2])
                assert stated == pytest.approx(per[match[1]], rel=0.006, abs=0.005)
    assert len(said) == expected


def check(told: Told) -> None:
    """Passed, and rightly: each limit on spend is counted from the payments. And nobody's plan is better by more."""
    words, *unproven = told.said("check")
    match = re.match(
        r"Independent check passed: (\d+) rules and limits recomputed; no plan can be better than this by more than "
        r"([\d.]+)%$",
        words,
    )
    assert match is not None, words
    assert not unproven
    for limit in told.document["limits"]:
        periods = [(when,) for when in told.years] if limit["per_year"] else [told.years]
        if limit["hard"]:
            for years in periods:
                value = sum(
                    term["coefficient"]
                    * sum(told.spend(k, y) for k in told.chosen(_only_lines(term["select"])) for y in years)
                    for term in limit["terms"]
                )
                slack = sum(abs(term["coefficient"]) for term in limit["terms"])
                exact = all(term["coefficient"] == 1 for term in limit["terms"])
                assert limit["at_most"] is None or value <= limit["at_most"] + (0 if exact else slack)
                assert limit["at_least"] is None or value >= limit["at_least"] - (0 if exact else slack)
    rules = len(told.document["limits"]) + len(told.amounts)
    assert int(match[1]) == told.answer.check.limits_checked >= rules
    best = next(one.best for one in told.answer.objectives if one.objective == "benefit")
    reached = told.whole_benefit + told.answer.totals.elsewhere_benefit
    rounded = LARGEST_SLOPE * len(told.answer.cells) + 0.02
    assert (best - reached - rounded) / max(1.0, abs(best)) <= float(match[2]) / 100 + 5e-4
    assert best <= told.answer.check.bound * (1 + 1e-6) + 1e-6
