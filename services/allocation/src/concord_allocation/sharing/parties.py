"""Who the parties are, what their lines cost in a plan, and what is wrong with a question about them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from concord_allocation.core.problem import Fault, InvalidProblem, ProblemTables
from concord_allocation.core.share.coalitions import LineCost, Party
from concord_contracts.allocation import Answer, Problem
from concord_contracts.allocation.sharing import MOST_PARTIES, SharingQuestion


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties in the order of their keys, and each line's users among them."""

    parties: tuple[Party, ...]
    uses: Mapping[str, Mapping[str, float]]

    @property
    def of_payer(self) -> Mapping[str, str]:
        return {payer: party.key for party in self.parties for payer in party.payers}

    @property
    def names(self) -> Mapping[str, str]:
        return {party.key: party.name for party in self.parties}


def parties_of(problem: Problem, question: SharingQuestion) -> Parties:
    """Raises InvalidProblem naming everything that is wrong with the question."""
    names = {payer.key: payer.name for payer in problem.payers}
    parties = tuple(
        sorted(
            (
                Party(one.key, one.name or ", ".join(names.get(p, p) for p in one.payers), frozenset(one.payers))
                for one in question.parties
            )
            if question.parties
            else (Party(payer.key, payer.name, frozenset([payer.key])) for payer in problem.payers),
        )
    )
    faults = list(_faults(problem, question, parties))
    if faults:
        raise InvalidProblem(faults)
    party = {payer: one.key for one in parties for payer in one.payers}
    uses: dict[str, Mapping[str, float]] = {
        line.key: {party[line.statutory_payer]: 1.0} for line in problem.lines if line.statutory_payer in party
    }
    uses |= {use.line: _of_all(use.shares) for use in question.uses}
    return Parties(parties, uses)


def _of_all(shares: Mapping[str, float]) -> Mapping[str, float]:
    """Shares that add up to 1 but for how they were rounded, as shares that do."""
    whole = sum(shares.values())
    return {key: share / whole for key, share in shares.items() if share}


def _faults(problem: Problem, question: SharingQuestion, parties: Sequence[Party]) -> Iterator[Fault]:
    payers = {payer.key for payer in problem.payers}
    keys = [party.key for party in parties]
    if len(keys) > MOST_PARTIES:
        yield Fault("/parties", "too-many", f"{len(keys)} parties; at most {MOST_PARTIES}: group the payers")
    seen: dict[str, int] = {}
    for index, one in enumerate(question.parties):
        if keys.count(one.key) > 1:
            yield Fault(f"/parties/{index}/key", "duplicate", f"two parties have the key {one.key!r}")
        for place, payer in enumerate(one.payers):
            at = f"/parties/{index}/payers/{place}"
            if payer not in payers:
                yield Fault(at, "unknown-key", f"no payer {payer!r} in this problem")
            elif payer in seen:
                yield Fault(at, "duplicate", f"payer {payer!r} is in party {seen[payer]} already")
            seen.setdefault(payer, index)
    lines = {line.key for line in problem.lines}
    used: set[str] = set()
    for index, use in enumerate(question.uses):
        if use.line not in lines:
            yield Fault(f"/uses/{index}/line", "unknown-key", f"no line {use.line!r} in this problem")
        if use.line in used:
            yield Fault(f"/uses/{index}/line", "duplicate", f"the use of {use.line!r} is stated twice")
        used.add(use.line)
        yield from _unknown_parties(use.shares, keys, f"/uses/{index}/shares")
    yield from _brought_faults(problem, question, payers)
    names = [key.key for key in question.keys]
    for index, key in enumerate(question.keys):
        if names.count(key.key) > 1 or key.key in OWN_KEYS:
            yield Fault(f"/keys/{index}/key", "duplicate", f"there is a division {key.key!r} already")
        yield from _unknown_parties(key.weights, keys, f"/keys/{index}/weights")
        if not any(key.weights.values()):
            yield Fault(f"/keys/{index}/weights", "nothing", "every weight is 0")


def _brought_faults(problem: Problem, question: SharingQuestion, payers: set[str]) -> Iterator[Fault]:
    limits = {limit.key: limit for limit in problem.limits}
    named: set[str] = set()
    for index, one in enumerate(question.brought):
        at = f"/brought/{index}"
        limit = limits.get(one.limit)
        if limit is None or limit.at_most is None:
            yield Fault(f"{at}/limit", "unknown-key", f"no limit {one.limit!r} with an at_most in this problem")
        elif sum(one.by_payer.values()) > limit.at_most * (1 + 1e-9):
            most = f"{limit.at_most:,g} {limit.unit or ''}".rstrip()
            words = f"payers bring more than the {most} that {one.limit!r} allows"
            yield Fault(f"{at}/by_payer", "too-much", words)
        if one.limit in named:
            yield Fault(f"{at}/limit", "duplicate", f"who brings {one.limit!r} is stated twice")
        named.add(one.limit)
        for payer in sorted(set(one.by_payer) - payers):
            yield Fault(f"{at}/by_payer/{payer}", "unknown-key", f"no payer {payer!r} in this problem")


OWN_KEYS = frozenset({"outturn", "activity", "least_change", "people_served", "weighted_people"})
"""Divisions that come from the problem itself."""


def _unknown_parties(shares: Mapping[str, float], keys: Sequence[str], at: str) -> Iterator[Fault]:
    for key in sorted(set(shares) - set(keys)):
        yield Fault(f"{at}/{key}", "unknown-key", f"no party {key!r}")


@dataclass(frozen=True, slots=True)
class Money:
    """Whole GBP over all years on the lines that are divided, by party.

    `paid` in the plan, `before` in the reference split, `own` what a party's lines and its use of joint ones cost.
    """

    total: int
    paid: Mapping[str, int]
    before: Mapping[str, int]
    own: Mapping[str, float]
    activity: Mapping[str, float]


def divided_lines(found: Parties, plan: Answer) -> frozenset[str]:
    """Lines that parties use and nobody else pays for: only their cost is the parties' to divide."""
    outsiders = {cell.line for cell in plan.cells if cell.gbp and cell.payer not in found.of_payer}
    return frozenset(found.uses) - outsiders


def money_of(found: Parties, plan: Answer, problem: Problem, lines: frozenset[str]) -> Money:
    """What is paid and used, summed from the plan's cells."""
    party = found.of_payer
    paid: dict[str, int] = defaultdict(int)
    before: dict[str, int] = defaultdict(int)
    for cell in plan.cells:
        if cell.payer in party:
            if cell.line in lines:
                paid[party[cell.payer]] += cell.gbp
            before[party[cell.payer]] += cell.reference_gbp if cell.line in lines else 0
    with_cases = {line.key for line in problem.lines if line.modes}
    own: dict[str, float] = defaultdict(float)
    activity: dict[str, float] = defaultdict(float)
    for row in plan.lines:
        if row.line in lines:
            for key, share in found.uses[row.line].items():
                own[key] += share * row.gbp
                activity[key] += share * row.gbp if row.line in with_cases else 0.0
    return Money(sum(paid.values()), paid, before, own, activity)


def line_costs(tables: ProblemTables, found: Parties, plan: Answer, lines: frozenset[str]) -> list[LineCost]:
    """Each divided line's cost in the plan, its fixed part apart."""
    spend: dict[str, int] = defaultdict(int)
    for row in plan.lines:
        spend[row.line] += row.gbp
    costs = []
    for line in tables.lines:
        if line.key in lines:
            fixed = min(float(sum(line.fixed_cost)), float(spend[line.key]))
            costs.append(LineCost(fixed, spend[line.key] - fixed, found.uses[line.key]))
    return costs
