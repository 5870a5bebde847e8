"""A step of the loop holds itself to what it says: what it did is read back, and a wrong outcome ends the loop."""

from collections.abc import Callable

from concord_client.errors import ConcordProblem


class StepFailed(Exception):
    """A step did not do what it said; the text says which expectation was not met."""


def expect(holds: bool, words: str) -> None:
    """Raises StepFailed with `words` unless the expectation holds."""
    if not holds:
        raise StepFailed(words)


def refused(attempt: Callable[[], object], slug: str) -> ConcordProblem:
    """The refusal that `attempt` must meet. Raises StepFailed where it is accepted, or refused for another reason."""
    try:
        attempt()
    except ConcordProblem as problem:
        expect(problem.slug == slug, f"expected the refusal {slug}, met: {problem}")
        return problem
    raise StepFailed(f"expected the refusal {slug}, but it was accepted")
