"""Changes of when things begin: options, and what is new on lines, are put off."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from concord_allocation.core.changes.rules import Made, add_rules, none_of, pace_of
from concord_allocation.core.changes.selecting import Mutable, Refusing, line_faults, selected_lines
from concord_allocation.core.days import day_number, first_day


def delay(document: Mutable, change: Mapping[str, Any]) -> Refusing:
    """Options start later; lines have limits in the years before they do."""
    options = {option["key"]: option for option in document["options"]}
    for index, key in enumerate(change["options"] or ()):
        if key not in options:
            yield f"/options/{index}", "unknown-key", f"no option {key!r} in this problem"
    made = list(_options_wait(document, [options[key] for key in change["options"] or () if key in options], change))
    if change["select"] is not None:
        yield from line_faults(document, change["select"])
        made += _lines_wait(document, selected_lines(document, change["select"]), change)
    yield from add_rules(document, change["key"], made)


def _options_wait(document: Mutable, options: Sequence[Mutable], change: Mapping[str, Any]) -> Iterator[Made]:
    """Move the years they may start in; one that has none left keeps them, under a limit that lets it start in none."""
    years = [year["key"] for year in document["years"]]
    for option in options:
        starts = sorted(years.index(year) for year in _starts(document, option) if year in years)
        later = sorted({after(change, start, years) for start in starts})
        left = [years[start] for start in later if start < len(years)]
        if not left:
            label = f"put off beyond the plan: {option['name']}"
            yield none_of(label, "option", {"options": [option["key"]]}, [years[start] for start in starts], "started")
        elif later != starts:
            option["starts"] = left


def _starts(document: Mutable, option: Mapping[str, Any]) -> list[str]:
    return list(option["starts"] or [document["years"][0]["key"]])


def after(change: Mapping[str, Any], start: int, years: Sequence[str]) -> int:
    """Position of the year in which what would begin in `start` begins now; beyond the last: not in this plan."""
    if change["by_years"] is not None:
        return start + int(change["by_years"])
    return max(start, sum(first_day(year) < day_number(change["until"]) for year in years))


def begins(line: Mapping[str, Any], years: Sequence[str]) -> tuple[int, bool]:
    """Position of the year that a line begins in, and whether it runs in it already, by the reference split."""
    paid = [
        any(payment["gbp"] for payment in line["reference"] if payment.get("year") in (None, year)) for year in years
    ]
    return (paid.index(True), paid[0]) if any(paid) else (0, False)


def _lines_wait(document: Mutable, lines: Sequence[Mutable], change: Mapping[str, Any]) -> Iterator[Made]:
    """One that runs grows no further before its start; one that does not has nothing. Like ones share their rule."""
    years = [year["key"] for year in document["years"]]
    waiting: dict[tuple[int, bool], list[Mutable]] = {}
    for line in lines:
        start, runs = begins(line, years)
        later = min(after(change, start, years), len(years))
        if later > start:
            waiting.setdefault((later, runs), []).append(line)
    for (start, runs), like in sorted(waiting.items(), key=lambda item: item[0]):
        keys = [line["key"] for line in like]
        until = f"put off until {years[start]}" if start < len(years) else "put off beyond the plan"
        if runs:
            yield pace_of(f"growth is {until}", {"lines": keys}, max_up=0.0, new_at_most_gbp=0, years=years[:start])
        else:
            yield none_of(
                f"{until}: {_some([line['name'] or line['key'] for line in like])}",
                "spend",
                {"lines": keys},
                years[:start],
                "GBP",
            )


def _some(names: Sequence[str]) -> str:
    beyond = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return "; ".join(sorted(names)[:NAMED]) + beyond


NAMED = 3
"""Lines named in a label."""
