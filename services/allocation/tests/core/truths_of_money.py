"""Sentences about money, held against the payments, the document and the calendar: one function for each kind."""

import re
from datetime import date
from typing import Any

import pytest

from concord_allocation.core.words import pounds, share
from services.allocation.tests.core.told import Told, number, same

GBP = r"GBP ([\d,]+)"


def money(told: Told) -> None:
    first, *bridges = told.said("money")
    found = re.match(
        rf"{GBP} of {GBP} is spent over all years; (?:{GBP} lies elsewhere than in the reference split; )?"
        r"benefit (no|[\d.,]+) QALY",
        first,
    )
    assert found is not None, first
    cells = told.answer.cells
    assert number(found[1]) == sum(cell.gbp for cell in cells)
    assert number(found[2]) == sum(told.amounts.values())
    reference = sum(cell.reference_gbp for cell in cells)
    assert (found[3] is None) == (reference == 0)
    if found[3] is not None:
        assert number(found[3]) == sum(abs(cell.gbp - cell.reference_gbp) for cell in cells) // 2
    worth = 0.0 if found[4] == "no" else number(found[4])
    assert worth == pytest.approx(told.whole_benefit, rel=0.006, abs=0.03)
    built = [
        (line, payment, payment["built_from"])
        for line in told.document["lines"]
        for payment in line["reference"]
        if payment["built_from"]
    ]
    assert len(bridges) == len(built)
    for words, (line, payment, bridge) in zip(bridges, built, strict=True):
        _bridge(words, line, payment, bridge)


def _bridge(words: str, line: dict[str, Any], payment: dict[str, Any], bridge: dict[str, Any]) -> None:
    """The parts that are told add up from the outturn to the baseline."""
    assert words.startswith(line["name"] or line["key"])
    parts = [int(sign + gbp.replace(",", "")) for sign, gbp in re.findall(rf"(-?){GBP}", words)]
    assert parts[0] == bridge["outturn_gbp"]
    assert parts[-1] == sum(parts[:-1]) == payment["gbp"]


def year(told: Told) -> None:
    """Rules, transfers and savings word by word; what is carried, kept, overspent and left, by each purse's books."""
    document, carried, rest = told.document, {}, []
    patterns = {
        "carry": rf"^(?P<purse>.+) carries {GBP} out of (?P<year>\S+)$",
        "keep": rf"^(?P<fund>.+) keeps {GBP} of (?P<purse>.+) for the year after (?P<year>\S+)$",
        "over": rf"^(?P<purse>.+) overspends by {GBP} in (?P<year>\S+)$",
        "outside": rf"^(?P<purse>.+) leaves {GBP} in (?P<year>\S+) to what a pound does elsewhere$",
    }
    for words in told.said("year"):
        for kind, pattern in patterns.items():
            if found := re.match(pattern, words):
                amount = number(next(g for g in found.groups() if g and re.fullmatch(r"[\d,]+", g)))
                carried[kind, told.purse_names[found["purse"]], found["year"]] = amount
                break
        else:
            rest.append(words)
    same(rest, [*_rules(told), *_transfers(told), *_savings(told)], len(told.answer.carried) - len(carried))
    for purse in document["purses"]:
        _books(told, purse, carried)


def _books(told: Told, purse: dict[str, Any], carried: dict[tuple[str, str, str], float]) -> None:
    before = kept_before = 0.0
    for t, when in enumerate(told.years):
        key = purse["key"]
        carry, keep, over, left = (carried.get((kind, key, when), 0.0) for kind in ("carry", "keep", "over", "outside"))
        saved = sum(told.saved(s, t) for s in told.document["savings"] if s["to_purse"] == key)
        has = told.amounts[key, when] + before + over + saved
        assert told.paid(key, when) + told.put(key, when) + carry + left <= has + 1e-6
        bound = told.document["business_rules"] or told.document["sacrifices"] or purse["carry"]
        if left and not bound:
            assert told.paid(key, when) + told.put(key, when) + left > has - 2, "what is not spent is left outside"
        assert carry <= (purse["carry"] or {"at_most_share": 0})["at_most_share"] * told.amounts[key, when] + 1e-6
        assert over <= (purse["overspend"] or {"at_most_gbp": 0})["at_most_gbp"]
        for fund in told.document["funds"]:
            assert told.paid(key, when, fund["key"]) + keep == told.put(key, when, fund["key"]) + kept_before
        before, kept_before = carry, keep


def _rules(told: Told) -> list[str]:
    names = {payer["key"]: payer["name"] for payer in told.document["payers"]}
    found = []
    for rule in told.document["business_rules"]:
        for when in rule["years"] or told.years:
            for payer, name in names.items():
                mine = [p["key"] for p in told.document["purses"] if p["owner"] == payer]
                if mine:
                    gbp = round(rule["share"] * sum(told.amounts[key, when] for key in mine))
                    waived = f", waived by {rule['waived_by']}" if rule["waived_by"] else ""
                    found.append(f"{name}: {rule['label']} in {when}, {share(rule['share'])} ({pounds(gbp)}){waived}")
    return found


def _transfers(told: Told) -> list[str]:
    names = {key: name for name, key in told.purse_names.items()}
    return [
        f"{pounds(m['gbp'])} moved from {names[m['from_purse']]} to {names[m['to_purse']]} with {m['service']} on "
        f"{m['day']} ({'recurrent' if m['recurrent'] else 'non-recurrent'})"
        for m in told.document["transfers"]
        for _ in told.moved_in(m)
    ]


def _savings(told: Told) -> list[str]:
    names = {key: name for name, key in told.purse_names.items()}
    return [
        f"{s['label']}: earlier spend frees {pounds(gbp)} for {names[s['to_purse']]} in {when}"
        for s in told.document["savings"]
        for t, when in enumerate(told.years)
        if (gbp := told.saved(s, t)) > 0
    ]


def contract(told: Told) -> None:
    """A block releases nothing before notice given on 1 October 2014 has run for its twelve months."""
    said = told.said("contract")
    blocks = told.document["contracts"]
    assert all((c["form"], c["notice_given"], c["notice_months"]) == ("block", "2014-10-01", 12) for c in blocks)
    expected = {}
    for block in blocks:
        line, value = block["line"], block["value_gbp"]
        name = told.lines[line]["name"] or line
        for when in told.years:
            start = date(int(when[:4]), 4, 1)
            days = (start.replace(year=start.year + 1) - start).days
            held = min(days, max(0, (date(2015, 10, 1) - start).days))
            committed = int(value * held / days + 1e-6)
            if committed:
                words = (
                    f"block contract with {block['provider']} for {name} (notice expires on 2015-10-01, nothing is "
                    f"released before): {pounds(committed)} of {pounds(value)} committed in {when}"
                )
                expected[words] = told.spend(line, when) - told.bought(line, when) - told.cost_of_cases(line, when)
                assert told.spend(line, when) >= committed
    assert len(said) == len(expected)
    for words in said:
        stated, _, idle = words.partition("; ")
        left = expected[stated] if any(line["modes"] for k, line in told.lines.items() if k in _on(blocks)) else 0.0
        told_idle = number(re.findall(GBP, idle)[0]) if idle else 0.0
        assert told_idle == pytest.approx(max(0.0, left), abs=1.6)


def _on(blocks: list[dict[str, Any]]) -> set[str]:
    return {block["line"] for block in blocks}


def exit_(told: Told) -> None:
    """Word by word, from the payments of purses whose money does not recur and is less in the next year."""
    expected = []
    names = {key: name for name, key in told.purse_names.items()}
    for purse in told.document["purses"]:
        for when, then in zip(told.years, told.years[1:], strict=False):
            if purse["recurrent"] or told.amounts[purse["key"], then] >= told.amounts[purse["key"], when]:
                continue
            for line, found in told.lines.items():
                cells = told.answer.cells
                gbp = sum(c.gbp for c in cells if (c.purse, c.line, c.year) == (purse["key"], line, when))
                if gbp:
                    expected.append(
                        f"{pounds(gbp)} of {found['name'] or line} in {when} is non-recurrent "
                        f"({names[purse['key']]}): the line has {pounds(told.spend(line, when))} in {when} and "
                        f"{pounds(told.spend(line, then))} in {then}, when that money has ended"
                    )
    same(told.said("exit"), expected)


def assumption(told: Told) -> None:
    """Word by word: shares of the pounds spent that meet a figure without a source."""

    def guessed(part: dict[str, Any]) -> bool:
        return bool(part["provenance"]["basis"] == "assumption")

    curves = {curve["key"]: guessed(curve) for curve in told.document["curves"]}
    purses = {purse["key"]: guessed(purse) for purse in told.document["purses"]}
    kinds = {
        "purse amount": lambda cell: purses[cell.purse],
        "line cost": lambda cell: guessed(told.lines[cell.line]),
        "benefit curve": lambda cell: curves.get(told.lines[cell.line]["curve"], False),
        "unit cost": lambda cell: any(guessed(mode) for mode in told.lines[cell.line]["modes"]),
    }
    costly = {option["line"] for option in told.document["options"] if guessed(option)}
    if costly:
        kinds["option cost"] = lambda cell: cell.line in costly
    cells = [cell for cell in told.answer.cells if cell.gbp]
    spent = sum(cell.gbp for cell in cells)

    def part(counts: Any) -> str:
        return share(sum(cell.gbp for cell in cells if counts(cell)) / spent if spent else 0.0)

    each = ", ".join(f"{what} {part(counts)}" for what, counts in kinds.items())
    any_of_them = part(lambda cell: any(counts(cell) for counts in kinds.values()))
    words = f"{any_of_them} of the money rests on at least one assumption (by kind: {each})"
    assert told.said("assumption") == ([words] if spent else [])
