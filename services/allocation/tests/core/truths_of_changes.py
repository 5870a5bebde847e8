"""Sentences about what another problem would come to, held against solving that problem."""

import copy
import re
from collections.abc import Iterator

import pytest

from concord_allocation.core.difference import compare
from concord_allocation.core.results import Answer
from concord_allocation.core.words import pounds, share
from services.allocation.tests.core.problems import document, outcome, tables
from services.allocation.tests.core.told import Told, number
from services.allocation.tests.core.truths_of_parts import LARGEST_SLOPE, NUMBER

MORE_GBP = 130


def objective(told: Told) -> None:
    """What is given up of the best: the best is asked again without leave to give anything up."""
    allowed = told.document["sacrifices"].get("benefit", 0.0)
    said = told.said("objective")
    if not allowed:
        assert not said
        return
    found = outcome({**told.document, "sacrifices": {}}, prices=False)
    assert isinstance(found, Answer)
    best = next(one.value for one in found.objectives if one.objective == "benefit")
    kept = told.whole_benefit + told.answer.totals.elsewhere_benefit
    noise = 0.02 + min(LARGEST_SLOPE, 1.0) * len(told.answer.cells)
    assert best - kept <= allowed * abs(best) + noise
    if not said:
        assert best - kept <= noise
        return
    (words,) = said
    pattern = rf"benefit gives up {NUMBER} QALY of its best {NUMBER} QALY \(at most (.+) was allowed\)$"
    match = re.match(f"For what comes after it, {pattern}", words)
    assert match is not None, words
    assert match[3] == share(allowed)
    assert number(match[2]) == pytest.approx(abs(best), rel=0.006)
    assert number(match[1]) == pytest.approx(best - kept, rel=0.006, abs=noise)


def difference(told: Told) -> None:
    """A purse with more money: pounds by payer and stage, counted from the payments of both answers."""
    changed = copy.deepcopy(told.document)
    amounts, year = changed["purses"][0]["amount_gbp"], told.years[0]
    amounts[year] = amounts.get(year, 0) + MORE_GBP
    found = outcome(changed)
    if not isinstance(found, Answer):
        return
    after = Told(document(changed), tables(changed), found)
    words = [s.words for s in compare(told.answer, found).sentences if s.about == "difference"]
    benefit, spend, *others = words
    match = re.match(rf"Benefit changes by (no|{NUMBER}) QALY \(discounted\)$", benefit)
    assert match is not None, benefit
    change = 0.0 if match[1] == "no" else number(match[1])
    assert change == pytest.approx(after.whole_benefit - told.whole_benefit, rel=0.006, abs=0.06)
    cells = [(cell, 1) for cell in found.cells] + [(cell, -1) for cell in told.answer.cells]
    assert spend == f"Spend changes by {pounds(sum(sign * cell.gbp for cell, sign in cells))}"
    was, now = ({limit.key: limit.label for limit in each.answer.binding} for each in (told, after))
    binding = [f"Binds now: {now[key]}" for key in sorted(now.keys() - was.keys())][:5]
    binding += [f"Binds no longer: {was[key]}" for key in sorted(was.keys() - now.keys())][:5]
    assert sorted(others) == sorted([*_moved(told, after), *binding])


def _moved(told: Told, after: Told) -> Iterator[str]:
    names = {payer["key"]: payer["name"] for payer in told.document["payers"]}
    for verb, attribute in (("pays", "payer"), ("receives", "stage")):
        for key in {getattr(cell, attribute) for each in (told, after) for cell in each.answer.cells}:
            for year in told.years:
                then, now = (
                    sum(c.gbp for c in each.answer.cells if (getattr(c, attribute), c.year) == (key, year))
                    for each in (told, after)
                )
                if now != then:
                    way = "more" if now > then else "less"
                    yield f"{names.get(key, key)} {verb} {pounds(abs(now - then))} {way} in {year}"
