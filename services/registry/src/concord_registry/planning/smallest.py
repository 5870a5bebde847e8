"""The smallest connected sets of neighbours that reach a weight: an exact search. Pure; knows no map.

Asked for a start, a threshold t and weights w > 0, it gives sets S with

    start in S,   S connected,   w(S) = sum of w over S >= t,

first by the fewest members, |S| = k least; among those by the least w(S), and a few of the next. Two proofs come with
them: that no smaller set reaches t, and that none of k members lies nearer above it. Both are by exhaustion: connected
sets of k members that hold the start are each built once, and a branch is left only where a bound shows that nothing
in it can do better. A branch that may still add r members is left

* where the most it could come to is below t: its j-th further member lies at most j steps from the set, so the bound
  takes the heaviest within one step, then the heaviest other within two, and so on;
* where the least it could come to lies no nearer than the sets already found.

Members are kept as bits, heaviest first, so that "the heaviest of these" and "the lightest that is heavy enough" are
one operation each, and the last member of a set is found without trying the others.
"""

from bisect import bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass

MOST_STEPS = 100_000
"""Branches looked at for each number of members before the search gives up proving that no set lies nearer: about a
second. The fewest members take far fewer."""


@dataclass(frozen=True, slots=True)
class Sets:
    """What was found. `sets`: members and weight, nearest first; none where even all that is connected falls short.

    `fewest`: members of the smallest set. `proven_fewest`, `proven_nearest`: whether the search went to its end.
    """

    sets: tuple[tuple[tuple[str, ...], int], ...]
    fewest: int | None
    proven_fewest: bool
    proven_nearest: bool
    reachable: int
    """Weight of everything connected with the start."""


class _Exhausted(Exception):
    """The search has taken as many steps as it may."""


def smallest_sets(
    weights: Mapping[str, int],
    neighbours: Mapping[str, frozenset[str]],
    start: str,
    threshold: int,
    *,
    most: int = 5,
    most_steps: int = MOST_STEPS,
) -> Sets:
    """The `most` best sets around a start; weights are whole numbers above nought, neighbours are mutual."""
    order = sorted(_connected(neighbours, start), key=lambda node: (-weights[node], node))
    reachable = sum(weights[node] for node in order)
    if reachable < threshold:
        return Sets((), None, proven_fewest=True, proven_nearest=True, reachable=reachable)
    search = _Search(order, weights, neighbours, threshold, most, most_steps)
    proven = True
    for members in range(1, len(order) + 1):
        found, complete = search.of_size(order.index(start), members)
        if found:
            named = tuple((tuple(sorted(order[bit] for bit in _bits(one))), weight) for weight, one in found)
            return Sets(named, members, proven_fewest=proven, proven_nearest=complete, reachable=reachable)
        proven = proven and complete
    return Sets((), None, proven_fewest=proven, proven_nearest=proven, reachable=reachable)


def _connected(neighbours: Mapping[str, frozenset[str]], start: str) -> set[str]:
    seen, queue = {start}, [start]
    while queue:
        new = neighbours.get(queue.pop(), frozenset()) - seen
        seen |= new
        queue.extend(new)
    return seen


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


class _Search:
    def __init__(
        self,
        order: list[str],
        weights: Mapping[str, int],
        neighbours: Mapping[str, frozenset[str]],
        threshold: int,
        most: int,
        most_steps: int,
    ) -> None:
        bit = {node: number for number, node in enumerate(order)}
        self.weights = [weights[node] for node in order]
        self.lightest_first = [-weight for weight in self.weights]  # ascending, for bisect
        self.around = [sum(1 << bit[other] for other in neighbours.get(node, ()) if other in bit) for node in order]
        self.threshold = threshold
        self.most = most
        self.most_steps = most_steps
        self.steps = 0
        self.found: list[tuple[int, int]] = []
        """(weight, members), nearest first."""

    def of_size(self, start: int, members: int) -> tuple[list[tuple[int, int]], bool]:
        """The nearest sets of so many members, and whether the search went to its end."""
        self.steps, self.found = 0, []
        first = 1 << start
        try:
            self._grow(first, self.weights[start], self.around[start] & ~first, first, members - 1)
        except _Exhausted:
            return self.found, False
        return self.found, True

    def _grow(self, chosen: int, weight: int, frontier: int, closed: int, left: int) -> None:
        """Every set that adds `left` members to the chosen; `closed`: chosen, or tried in another branch."""
        self.steps += 1
        if self.steps > self.most_steps:
            raise _Exhausted
        if left == 0:
            self._keep(weight, chosen)
        elif left == 1:
            self._finish(chosen, weight, frontier)
        else:
            while frontier and self._worthwhile(weight, frontier, closed, left):
                new = frontier & -frontier
                number = new.bit_length() - 1
                frontier ^= new
                closed |= new
                opened = (frontier | self.around[number]) & ~closed
                self._grow(chosen | new, weight + self.weights[number], opened, closed, left - 1)

    def _finish(self, chosen: int, weight: int, frontier: int) -> None:
        """The last member: of those heavy enough the lightest first, while they are among the nearest."""
        enough = bisect_right(self.lightest_first, weight - self.threshold)
        candidates = frontier & ((1 << enough) - 1)
        while candidates:
            number = candidates.bit_length() - 1
            candidates ^= 1 << number
            if not self._keep(weight + self.weights[number], chosen | 1 << number):
                return

    def _keep(self, weight: int, chosen: int) -> bool:
        """Whether the set is among the nearest found so far."""
        if weight < self.threshold or (len(self.found) == self.most and (weight, chosen) >= self.found[-1]):
            return False
        insort(self.found, (weight, chosen))
        del self.found[self.most :]
        return True

    def _worthwhile(self, weight: int, frontier: int, closed: int, left: int) -> bool:
        most = weight
        within, edge = frontier, frontier
        taken = 0
        for _ in range(left):
            free = within & ~taken
            if not free:
                break
            heaviest = free & -free
            taken |= heaviest
            most += self.weights[heaviest.bit_length() - 1]
            if most >= self.threshold:
                break
            opened = 0
            for number in _bits(edge):
                opened |= self.around[number]
            edge = opened & ~closed & ~within
            within |= edge
        if most < self.threshold:
            return False
        if len(self.found) < self.most:
            return True
        least = weight
        light = frontier
        return least + self.weights[light.bit_length() - 1] + self._lightest(closed, left - 1) <= self.found[-1][0]

    def _lightest(self, closed: int, count: int) -> int:
        """The least that so many more members weigh, wherever they are."""
        total = 0
        number = len(self.weights) - 1
        while count and number >= 0:
            if not closed >> number & 1:
                total += self.weights[number]
                count -= 1
            number -= 1
        return total
