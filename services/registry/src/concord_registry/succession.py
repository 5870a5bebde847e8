"""Bodies that merge, split and hand over: a graph of dated events with shares, followed as far as it goes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from concord_registry.world import Succession


class SuccessionCycleError(ValueError):
    """A body would succeed itself; names the bodies on the cycle."""


def roll_forward(events: Iterable[Succession], body: str, on: date) -> dict[str, float]:
    """The bodies that stand in a body's place on a day, with the share of it that reached each.

    Transitive: 10G became part of 15D, and that of D4U1Y. A body with no event by that day answers for itself. An
    event on the day itself has happened. Shares sum to 1 where each body's events do.
    """
    by_predecessor = _by_predecessor(event for event in events if event.on <= on)
    found: dict[str, float] = defaultdict(float)
    queue: list[tuple[str, float, date]] = [(body, 1.0, date.min)]
    while queue:
        current, share, since = queue.pop()
        onward = [event for event in by_predecessor.get(current, ()) if event.on >= since]
        if not onward:
            found[current] += share
            continue
        first = min(event.on for event in onward)
        passed = [event for event in onward if event.on == first]
        queue.extend((event.successor, share * event.share, event.on) for event in passed)
        kept = 1.0 - sum(event.share for event in passed)
        if kept > 1e-9:
            found[current] += share * kept
    return dict(sorted(found.items()))


def check_acyclic(events: Iterable[Succession]) -> None:
    """Raise SuccessionCycleError where some body would succeed itself."""
    graph = {body: [event.successor for event in onward] for body, onward in _by_predecessor(events).items()}
    done: set[str] = set()
    for start in sorted(graph):
        _walk(graph, start, done)


def _walk(graph: Mapping[str, list[str]], start: str, done: set[str]) -> None:
    path: dict[str, None] = {}
    stack: list[tuple[str, bool]] = [(start, False)]
    while stack:
        body, leaving = stack.pop()
        if leaving:
            path.pop(body)
            done.add(body)
        elif body in path:
            on_cycle = [*list(path)[list(path).index(body) :], body]
            raise SuccessionCycleError(" -> ".join(on_cycle))
        elif body not in done:
            path[body] = None
            stack.append((body, True))
            stack.extend((successor, False) for successor in graph.get(body, ()))


def _by_predecessor(events: Iterable[Succession]) -> Mapping[str, list[Succession]]:
    found: dict[str, list[Succession]] = defaultdict(list)
    for event in events:
        found[event.predecessor].append(event)
    return found
