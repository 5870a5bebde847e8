"""What a what-if is called that nobody gave a title: its changes in few words, then what it was asked of.

Amounts and factors stand first, as lists cut a title short. `problem`: the document that the changes are made to.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from concord_allocation.core.words import pounds

LONGEST = 300
"""Signs of a title, as everywhere."""

LONGEST_CHANGES = 160
"""Signs of it for the changes, so that what they were asked of can be read too."""

LONGEST_NAME = 60

NAMED = 2
"""Things named of one change; further ones are counted."""

NAMING = (
    "payers", "purses", "funds", "mechanisms", "lines", "limits", "pace_of_change", "resources", "demands",
    "links", "savings", "equity", "options", "option_rules", "contracts", "business_rules", "outside",
)  # fmt: skip

type Change = Mapping[str, Any]
type Names = Mapping[str, str]


def what_if_title(parent: str, problem: Mapping[str, Any], changes: Sequence[Change]) -> str:
    """For example: What if 0.9 x Trafford's programme money: Lung, two years."""
    names = dict(problem.get("names") or {})
    for kind in NAMING:
        names |= {str(item["key"]): _called(item) for item in problem.get(kind) or () if _called(item) != item["key"]}
    told = [_words(change, names) for change in changes]
    most = next(n for n in range(len(told), 0, -1) if n == 1 or len(_together(told, n)) <= LONGEST_CHANGES)
    return _cut(f"What if {_cut(_together(told, most), LONGEST_CHANGES)}: {parent}", LONGEST)


def _together(told: Sequence[str], most: int) -> str:
    more = f" and {len(told) - most} more changes" if len(told) - most > 1 else " and one more change"
    return "; ".join(told[:most]) + (more if most < len(told) else "")


def _words(change: Change, names: Names) -> str:
    kind = str(change["kind"])
    words = WORDS[kind](change, names) if kind in WORDS else kind.replace("_", " ")
    years = change.get("years")
    return f"{words} in {_listed(years)}" if years else words


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 4].rstrip()} ..."


def _called(item: Mapping[str, Any]) -> str:
    return str(item.get("name") or item.get("label") or item.get("key") or "")


def _listed(found: Iterable[str]) -> str:
    items = [_cut(item, LONGEST_NAME) for item in found]
    more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
    return ", ".join(items[:NAMED]) + more


def _name(key: str, names: Names) -> str:
    return _cut(names.get(key) or key.replace("_", " "), LONGEST_NAME)


def _selected(select: Mapping[str, Any] | None, names: Names, all_of_them: str) -> str:
    """What a selection names, whatever the attributes; those that name nothing are all there is."""
    keys = [str(key) for asked in (select or {}).values() if asked for key in asked]
    return _listed(_name(key, names) for key in keys) if keys else all_of_them


def _keys(change: Change, field: str, names: Names, otherwise: str) -> str:
    return _selected({field: change.get(field)}, names, otherwise)


def _times(what: str, of: Callable[[Change, Names], str]) -> Callable[[Change, Names], str]:
    return lambda change, names: f"{change['factor']:g} x {what}{of(change, names)}"


def _purses(change: Change, names: Names) -> str:
    return _selected(change.get("select"), names, "every purse")


def _lines(change: Change, names: Names) -> str:
    return _selected(change.get("select"), names, "every line")


def _added(change: Change, names: Names) -> str:
    return f"{pounds(abs(change['gbp']))} {'less' if change['gbp'] < 0 else 'more'} for {_purses(change, names)}"


def _transfer(change: Change, names: Names) -> str:
    ends = f"{_name(change['from_purse'], names)} to {_name(change['to_purse'], names)}"
    return f"{pounds(change['gbp'])} from {ends} from {change['from_year']} on"


def _allowed(field: str, verb: str) -> Callable[[Change, Names], str]:
    def words(change: Change, names: Names) -> str:
        return f"{'' if change.get(field) else 'no '}{verb} of {_purses(change, names)}"

    return words


def _leaves(change: Change, names: Names) -> str:
    start = f" from {change['from_year']} on" if change.get("from_year") else ""
    return f"{_name(change['payer'], names)} leaves {_keys(change, 'mechanisms', names, 'every pool')}{start}"


def _bound(change: Change, names: Names) -> str:
    sides = (("at_least", "at least "), ("at_most", "at most "), ("equal", ""))
    bounds = " and ".join(f"{words}{change[side]:,g}" for side, words in sides if change.get(side) is not None)
    return f"{bounds} of {_name(change['limit'], names)}"


def _new(field: str) -> Callable[[Change, Names], str]:
    return lambda change, names: _cut(_called(change[field]), LONGEST_NAME)


def _without(field: str) -> Callable[[Change, Names], str]:
    return lambda change, names: f"without {_name(change[field], names)}"


def _part(change: Change, names: Names) -> str:
    return next((_cut(_called(part), LONGEST_NAME) for part in change.values() if isinstance(part, Mapping)), "a part")


def _held(change: Change, names: Names) -> str:
    within = f" within {change['tolerance']:.3g} of it" if change.get("tolerance") else ""
    return f"{_lines(change, names)} held as today{within}"


def _put_off(change: Change, names: Names) -> str:
    what = _keys(change, "options", names, "") or _lines(change, names)
    by = change.get("by_years")
    if by is None:
        return f"{what} put off until {change['until']}"
    return f"{what} put off by {by} year{'' if by == 1 else 's'}"


WORDS: Mapping[str, Callable[[Change, Names], str]] = {
    "scale_purse": _times("", _purses),
    "add_money": _added,
    "add_purse": _new("purse"),
    "transfer": _transfer,
    "set_carry": _allowed("carry", "carrying over"),
    "set_overspend": _allowed("overspend", "overspending"),
    "new_payer": lambda change, names: f"{_cut(_called(change['payer']), LONGEST_NAME)} comes in",
    "join_pool": lambda change, names: f"{_name(change['payer'], names)} joins {_name(change['mechanism'], names)}",
    "leave_pool": _leaves,
    "set_mechanism": _new("mechanism"),
    "remove_mechanism": _without("mechanism"),
    "set_fund": _new("fund"),
    "remove_fund": _without("fund"),
    "remove_eligibility": lambda change, names: f"not paid by {_keys(change['bar'], 'payers', names, 'anybody')}",
    "reassign_lines": lambda change, names: f"{_name(change['payer'], names)} responsible for {_lines(change, names)}",
    "scale_limit": _times("", lambda change, names: _keys(change, "limits", names, "limits")),
    "set_limit": _bound,
    "add_limit": _new("limit"),
    "loosen": lambda change, names: f"{len(change['rows'])} limit{'s' if change['rows'][1:] else ''} loosened",
    "remove_limit": _without("limit"),
    "set_pace": _new("pace"),
    "hold_lines": _held,
    "new_money_only": lambda change, names: f"new money only for {_lines(change, names)}",
    "scale_demand": _times("patients of ", _lines),
    "price_shock": _times("prices of ", _lines),
    "set_part": _part,
    "remove_part": _without("key"),
    "add_line": _new("line"),
    "scale_supply": _times("", lambda change, names: _keys(change, "resources", names, "supply")),
    "delay": _put_off,
}
"""Few words for each kind of change."""
