"""Each kind of sentence against the data it came from: recounted from payments and curves, or asked again."""

import copy
import re
from typing import Any

import pytest
from hypothesis import assume, given, settings

from concord_allocation.core.curves import benefit_of_spend
from concord_allocation.core.results import Answer
from concord_allocation.core.results_of_refusals import Refusal
from concord_allocation.core.words import amount_of, per_pound, pounds
from services.allocation.tests.core.generated import problems
from services.allocation.tests.core.problems import (
    SOURCED,
    YEAR,
    answer,
    make_curve,
    make_limit,
    make_line,
    make_payer,
    make_problem,
    make_purse,
    outcome,
    spend_on,
    tables,
)

few = settings(max_examples=8, deadline=None, derandomize=True, database=None)


def said(found: Answer, about: str) -> list[str]:
    return [sentence.words for sentence in found.sentences if sentence.about == about]


def plan_of(problem: dict[str, Any]) -> Answer:
    found = outcome(problem)
    assume(isinstance(found, Answer))
    assert isinstance(found, Answer)
    return found


def best(problem: dict[str, Any]) -> float:
    """The best benefit before rounding."""
    found = outcome(problem, prices=False)
    assert isinstance(found, Answer)
    return found.objectives[0].value


def with_more(problem: dict[str, Any], purse: str, year: str, gbp: int) -> dict[str, Any]:
    changed = copy.deepcopy(problem)
    (found,) = [each for each in changed["purses"] if each["key"] == purse]
    found["amount_gbp"][year] = found["amount_gbp"].get(year, 0) + gbp
    return changed


@few
@given(problems())
def test_who_pays_and_who_gains_is_what_payments_and_curves_add_up_to(problem: dict[str, Any]) -> None:
    found, of = plan_of(problem), tables(problem)
    paid: dict[tuple[str, str], list[int]] = {}
    for cell in found.cells:
        both = paid.setdefault((cell.payer, cell.year), [0, 0])
        both[0] += cell.gbp
        both[1] += cell.reference_gbp
    compared = any(before for _, before in paid.values())
    told = set()
    for (payer, year), (now, before) in paid.items():
        way = "more" if now > before else "less"
        if not compared and now:
            told.add(f"Body {payer} pays {pounds(now)} in {year}")
        elif compared and now != before:
            apart = f"{pounds(abs(now - before))} {way} than in the reference split"
            told.add(f"Body {payer} pays {pounds(now)} in {year}, {apart}")
    assert set(said(found, "payer")) == told
    change: dict[str, float] = {line.place: 0.0 for line in of.lines}
    lines = {line.key: line for line in of.lines}
    for row in found.splits.place:
        change[row.key] += row.benefit or 0.0
    reference: dict[tuple[str, str], int] = {}
    for cell in found.cells:
        reference[cell.line, cell.year] = reference.get((cell.line, cell.year), 0) + cell.reference_gbp
    for (key, year), gbp in reference.items():
        line, t = lines[key], of.years.index(year)
        curve = benefit_of_spend(line.widths[t], line.slopes[t], gbp)
        cases = gbp * max((mode.benefit / mode.unit_cost[t] for mode in line.modes), default=0.0)
        change[line.place] -= (curve + cases) * of.discount[t]
    total = found.totals.benefit - found.totals.reference_benefit
    assert sum(change.values()) == pytest.approx(total, abs=1e-9)
    gained = {
        f"{place} {'gains' if more > 0 else 'loses'} {amount_of(abs(more), 'QALY')} against the reference split, over "
        "all years"
        for place, more in change.items()
        if abs(more) > 1e-9 * max(1.0, abs(found.totals.benefit))
    }
    assert set(said(found, "gain")) == (gained if compared else set())


@few
@given(problems())
def test_what_binds_nowhere_can_go_and_nothing_is_better(problem: dict[str, Any]) -> None:
    """Without any one of the limits named, and with more in any one of the purses named, the best is the same."""
    found = plan_of(problem)
    binding = {(limit.kind == "purse", limit.limit) for limit in found.binding}
    rules = {rule["key"]: rule["label"] for part in ("limits", "pace_of_change") for rule in problem.get(part, [])}
    free = [key for key in rules if (False, key) not in binding]
    purses = [p for p in problem["purses"] if any(p["amount_gbp"].values()) and (True, p["key"]) not in binding]
    told = " ".join(said(found, "nowhere"))
    assert ("nothing is held back" in told) == bool(free)
    assert ("would buy nothing" in told) == bool(purses)
    now = best(problem)
    for key in free[:2]:
        assert rules[key] in told or len(free) > 3
        without = copy.deepcopy(problem)
        for part in ("limits", "pace_of_change"):
            without[part] = [rule for rule in without.get(part, []) if rule["key"] != key]
        assert best(without) == pytest.approx(now, rel=1e-7, abs=1e-7)
    for purse in purses[:2]:
        for year in purse["amount_gbp"]:
            assert best(with_more(problem, purse["key"], year, 100)) == pytest.approx(now, rel=1e-7, abs=1e-7)


def test_a_limit_that_binds_is_not_among_those_that_bind_nowhere() -> None:
    limits = [make_limit("tight", spend_on("poor"), at_least=60), make_limit("loose", spend_on("rich"), at_most=900)]
    assert said(answer(make_problem(limits=limits)), "nowhere") == [
        "limit loose (GBP 860 to spare): nothing is held back anywhere by it"
    ]


@few
@given(problems())
def test_what_binds_tells_the_prices_of_the_table(problem: dict[str, Any]) -> None:
    """The prices themselves are held against other solves; here: each limit's sentence has its own numbers."""
    found = plan_of(problem)
    told = said(found, "binding")
    named = {words: [limit for limit in found.binding if limit.label in words] for words in told}
    assert all(named.values()), "every sentence names a limit that binds"
    for words, limits in named.items():
        for limit in limits:
            if limit.price_more and limit.kind != "equal" and limit.unit == "GBP":
                assert f"loosened, it gains {per_pound(limit.price_more, 'QALY')}" in words
    several = [int(more) for words in told for more in re.findall(r"; and (\d+) more, each", words)]
    if len(told) < 10:  # further ones are in the table alone
        assert sum(map(len, named.values())) + sum(several) == len(found.binding)


def fenced() -> dict[str, Any]:
    return make_problem(
        purses=[make_purse("money", 50), make_purse("grant", 60, kind="ring_fence", scope={"lines": ["poor"]})],
        curves=[make_curve("rich", (80, 3)), make_curve("poor", (100, 2))],
    )


def test_a_ring_fence_costs_what_a_general_pound_buys_more() -> None:
    found = answer(fenced())
    now = best(fenced())
    general, own = (best(with_more(fenced(), purse, YEAR, 1)) - now for purse in ("money", "grant"))
    much = amount_of((general - own) * 100_000, "QALY")
    assert said(found, "ring_fence") == [
        f"In {YEAR} money of Body ccg: purse money buys {much} per GBP 100,000 more than that of Body ccg: purse grant"
    ]
    loose = fenced() | {"curves": [make_curve("rich", (80, 2)), make_curve("poor", (100, 2))]}
    assert said(answer(loose), "ring_fence") == [
        f"In {YEAR} the ring-fence of Body ccg: purse grant costs nothing at the margin"
    ]
    assert said(answer(fenced(), prices=False), "ring_fence") == [], "without prices nothing is known of it"


def held_by(*purses: dict[str, Any]) -> dict[str, Any]:
    """The same with other purses, and nothing paid for yet."""
    lines = [make_line(key, None, key) for key in ("rich", "poor")]
    return fenced() | {"purses": list(purses), "lines": lines}


def test_of_two_scoped_purses_each_is_weighed_by_the_other() -> None:
    problem = held_by(*(make_purse(f"for-{line}", 50, scope={"lines": [line]}) for line in ("rich", "poor")))
    now = best(problem)
    rich, poor = (best(with_more(problem, purse, YEAR, 1)) - now for purse in ("for-rich", "for-poor"))
    much = amount_of((rich - poor) * 100_000, "QALY")
    assert said(answer(problem), "ring_fence") == [
        f"In {YEAR} money of Body ccg: purse for-rich buys {much} per GBP 100,000 more than that of Body ccg: purse "
        "for-poor",
        f"In {YEAR} the ring-fence of Body ccg: purse for-rich costs nothing at the margin: its money buys {much} per "
        "GBP 100,000 more than that of Body ccg: purse for-poor",
    ]


def test_a_fenced_purse_with_nothing_beside_it_is_told_by_what_it_would_buy_itself() -> None:
    problem = held_by(make_purse("empty", 0), make_purse("grant", 60, scope={"lines": ["poor"]}))
    found = answer(problem)
    more = best(with_more(problem, "grant", YEAR, 1)) - best(problem)
    (row,) = found.ring_fences
    assert (row.general_purse, row.price_per_gbp, row.lines_left_out) == (None, None, 1)
    assert row.purse_price == pytest.approx(more)
    much = amount_of(more * 100_000, "QALY")
    assert said(found, "ring_fence") == [
        f"In {YEAR} GBP 100,000 more of Body ccg: purse grant buys {much}; nothing else of "
        "Body ccg's is in the plan to weigh it by; one line that the owner may pay for lies outside of its scope"
    ]


def test_a_scope_that_holds_all_that_its_owner_may_pay_for_is_no_fence() -> None:
    everything = make_purse("all", 60, scope={"lines": ["poor", "rich"]})
    assert answer(held_by(everything)).ring_fences == ()


def test_what_money_would_buy_next_and_what_a_release_would_lose_are_asked_again() -> None:
    problem = make_problem(
        purses=[make_purse("money", 1_000_000)],
        lines=[make_line("rich", {}, "rich"), make_line("poor", {}, "poor")],
        curves=[make_curve("rich", (800_000, 0.003)), make_curve("poor", (400_000, 0.0025))],
    )
    found, now = answer(problem), best(problem)
    told = said(found, "candidate")
    gain, loss = (best(with_more(problem, "money", YEAR, gbp)) - now for gbp in (100_000, -100_000))
    (buys,) = [each for each in found.candidate_investments if each.kind == "purse"]
    (loses,) = [each for each in found.candidate_releases if each.kind == "purse"]
    assert (buys.benefit_change, loses.benefit_change) == (pytest.approx(gain), pytest.approx(loss))
    for candidate, change in ((buys, gain), (loses, loss)):
        assert candidate.words in told
        assert amount_of(abs(change), "QALY") in candidate.words
        assert pounds(100_000) in candidate.words


def test_why_a_line_got_nothing_is_so() -> None:
    """Nobody may pay, the purse is empty, nothing is measured; or a pound there costs benefit elsewhere."""
    problem = make_problem(
        payers=[make_payer("ccg"), make_payer("council"), make_payer("poorhouse")],
        purses=[make_purse("money", 40), make_purse("empty", 0, owner="poorhouse")],
        lines=[
            make_line("rich", {}, "rich"),
            make_line("poor", {}, "poor"),
            make_line("orphan", {}, "poor", "council"),
            make_line("unmeasured"),
            make_line("penniless", {}, "poor", "poorhouse"),
        ],
    )
    found = answer(problem)
    reasons = {words.split(" gets")[0]: words for words in said(found, "line")}
    assert set(reasons) == {row.line for row in found.lines if not row.gbp}
    assert "no purse may pay" in reasons["orphan"]
    assert not [c for c in found.cells if c.line == "orphan"]
    assert "hold nothing" in reasons["penniless"]
    assert best(with_more(problem, "empty", YEAR, 1)) > best(problem)
    assert "no benefit of money here is measured" in reasons["unmeasured"]
    assert per_pound(2, "QALY") in reasons["poor"]
    for line in ("poor", "unmeasured"):
        forced = problem | {"limits": [make_limit("forced", spend_on(line), at_least=1)]}
        assert best(forced) <= best(problem) + 1e-9


LOSES = re.compile(r"in all the plan would lose ([\d.,]+) QALY per GBP 100,000$")
SHUT = re.compile(r"no pound can go there while these hold: (.+)\. (?:Loosened alone, '(.+)' gains|Loosening any)")


@few
@given(problems())
def test_what_keeps_a_line_from_money_does_when_asked_again(problem: dict[str, Any]) -> None:
    """A pound put there by force: the plan loses what is said, or nothing where it says so, or no plan is left."""
    found, lines = plan_of(problem), {line["key"] for line in problem["lines"]}
    now = best(problem)
    for words in said(found, "line"):
        match = re.match(r"(?:\d+ lines of \w+ \()?(\w+)(?:, ...\))? gets? nothing in (\S+): the first pound", words)
        if match is None:
            continue
        line, year = match[1], match[2]
        assert line in lines
        forced = make_limit("forced", spend_on(line), at_least=1, years=[year])
        after = outcome(problem | {"limits": [*problem["limits"], forced]}, prices=False)
        if "no pound can go there" in words:
            assert isinstance(after, Refusal)
            continue
        assert isinstance(after, Answer)
        lost = now - after.objectives[0].value
        if stated := LOSES.search(words):
            assert lost * 100_000 == pytest.approx(float(stated[1].replace(",", "")), rel=0.006)
        else:
            assert "would be as good as where it is" in words
            assert lost == pytest.approx(0, abs=1e-6)


def test_a_line_that_limits_shut_out_names_them_and_opens_without_any_one() -> None:
    """Loosened by a pound, the limit named gains as much as said, and the line gets it."""
    problem = make_problem(
        lines=[make_line("rich", {}, "rich"), make_line("poor", {}, "poor"), make_line("shut", {}, "shut")],
        curves=[make_curve("rich", (40, 3), (40, 1)), make_curve("poor", (50, 2)), make_curve("shut", (None, 5))],
        limits=[make_limit("door", spend_on("shut"), at_most=0), make_limit("loose", spend_on("shut"), at_most=90)],
    )
    (words,) = said(answer(problem), "line")
    match = SHUT.search(words)
    assert match is not None
    assert (match[1], match[2]) == ("'limit door (2014-15)'", "limit door (2014-15)")
    assert "Loosened alone, 'limit door (2014-15)' gains 400,000 QALY per GBP 100,000" in words
    opened = copy.deepcopy(problem)
    opened["limits"][0]["at_most"] = 1
    assert best(opened) - best(problem) == pytest.approx(4)
    assert next(row.gbp for row in answer(opened).lines if row.line == "shut") == 1


def test_a_set_that_shuts_a_line_out_is_irreducible() -> None:
    """All money is promised elsewhere: without any one of what is named a pound could go there."""
    problem = make_problem(
        lines=[make_line(key, {}, key) for key in ("rich", "poor", "shut")],
        curves=[make_curve("rich", (40, 3)), make_curve("poor", (50, 2)), make_curve("shut", (None, 5))],
        limits=[
            make_limit("first", spend_on("rich"), at_least=60), make_limit("second", spend_on("poor"), at_least=40),
            make_limit("idle", spend_on("poor"), at_most=95),
        ],
    )  # fmt: skip
    (words,) = said(answer(problem), "line")
    named = SHUT.search(words)
    assert named is not None
    assert set(re.findall(r"'([^']+)'", named[1])) == {
        "Body ccg: purse money holds GBP 100 in 2014-15", "limit first (2014-15)", "limit second (2014-15)"
    }  # fmt: skip
    for key in ("first", "second"):
        without = problem | {"limits": [one for one in problem["limits"] if one["key"] != key]}
        forced = without | {"limits": [*without["limits"], make_limit("forced", spend_on("shut"), at_least=1)]}
        assert best(forced) > 0


def test_a_pound_as_good_as_where_it_is_says_so_and_names_the_purse() -> None:
    problem = make_problem(
        lines=[make_line("here", {"money": 100}, "here"), make_line("there", {}, "there")],
        curves=[make_curve("here", (200, 2)), make_curve("there", (200, 2))],
    )
    (words,) = said(answer(problem), "line")
    assert "a pound there would be as good as where it is (what holds it: 'Body ccg: purse money holds" in words
    forced = problem | {"limits": [make_limit("forced", spend_on("there"), at_least=1)]}
    assert best(forced) == pytest.approx(best(problem))


def test_with_options_the_limits_that_bind_nowhere_are_told_of_these_options() -> None:
    """With the options as chosen none of them holds anything back; with others one may."""
    options = [
        {"key": key, "name": key, "line": "poor", "non_recurrent_gbp": cost, "benefit": worth, "provenance": SOURCED}
        for key, cost, worth in (("small", 50, 200), ("large", 90, 210))
    ]
    lines = [make_line("rich", {}, "rich"), make_line("poor", {})]
    cap = make_limit("cap", spend_on("poor"), at_most=80)
    problem = make_problem(lines=lines, curves=[make_curve("rich", (200, 1))], limits=[cap], options=options)
    found = answer(problem)
    assert said(found, "nowhere") == [
        "limit cap (GBP 30 to spare): nothing is held back anywhere by it, with the options as chosen"
    ]
    assert [row.option for row in found.options if row.starts] == ["small"]
    for bound in (None, 50):
        other = problem | {"limits": [] if bound is None else [cap | {"at_most": bound}]}
        held = other | {"option_rules": [
            {"key": "held", "label": "held", "kind": "at_most", "options": ["large"], "count": 0, "source": "a test"}
        ]}  # fmt: skip
        assert best(held) == pytest.approx(best(problem))


def test_the_pounds_that_the_tie_break_decided_are_those_of_the_table() -> None:
    problem = make_problem(
        payers=[make_payer("ccg") | {"name": "The CCG"}, make_payer("council") | {"name": "The council"}],
        purses=[make_purse("money", 100), make_purse("grant", 100, owner="council")],
        lines=[make_line("joint", {"money": 70, "grant": 30}, "joint")],
        curves=[make_curve("joint", (100, 1))],
        mechanisms=[{"key": "gift", "kind": "grant", "payers": ["council"], "lines": {}, "citation": "a grant"}],
        limits=[make_limit("whole", {}, equal=100)],
        objectives=["benefit", "uniqueness"],
    )
    found = answer(problem)
    (told,) = said(found, "tie")
    decided = {payer: int(gbp.replace(",", "")) for payer, gbp in re.findall(r"(The \w+) GBP ([\d,]+)[,)]", told)}
    names = {"ccg": "The CCG", "council": "The council"}
    assert decided == {names[tie.payer]: tie.decided_gbp for tie in found.ties.payers if tie.decided_gbp}
    assert f"decided {pounds(sum(decided.values()))} " in told
    for tie in found.ties.payers:  # each end is a plan as good: held there, the benefit is the same
        for end in (tie.least_gbp, tie.greatest_gbp):
            held = make_limit("held", {"select": {"payers": [tie.payer]}}, equal=end)
            assert best(problem | {"limits": [*problem["limits"], held]}) == pytest.approx(best(problem))
    settled = answer(problem | {"objectives": ["benefit", "least_movement", "uniqueness"]})
    assert said(settled, "tie") == ["No other plan is as good on every objective"]
