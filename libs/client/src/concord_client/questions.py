"""Questions that a plan can be asked: of a stored scenario, or of a problem that comes with the question."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from concord_client.transport import SOLVE_DEADLINE_SECONDS, Service, solve_deadline
from concord_contracts.allocation import Problem, Refusal
from concord_contracts.allocation.questions import (
    AlternativesAnswer,
    AlternativesQuestion,
    FrontierAnswer,
    FrontierQuestion,
    LeastChangeAnswer,
    LeastChangeQuestion,
    MonteCarloAnswer,
    MonteCarloQuestion,
    NobodyWorseAnswer,
    NobodyWorseQuestion,
    Question,
    QuestionAnswer,
    RangesAnswer,
    RangesQuestion,
    RegretAnswer,
    RegretQuestion,
    RingFencesAnswer,
    RingFencesQuestion,
    StepsAnswer,
    StepsQuestion,
    TargetAnswer,
    TargetQuestion,
    TornadoAnswer,
    TornadoQuestion,
)


class Asked(NamedTuple):
    """What is sent and what comes back."""

    question: type[Question]
    answer: type[QuestionAnswer]


KINDS: Mapping[str, Asked] = {
    "target": Asked(TargetQuestion, TargetAnswer),
    "frontier": Asked(FrontierQuestion, FrontierAnswer),
    "ranges": Asked(RangesQuestion, RangesAnswer),
    "steps": Asked(StepsQuestion, StepsAnswer),
    "ring-fences": Asked(RingFencesQuestion, RingFencesAnswer),
    "regret": Asked(RegretQuestion, RegretAnswer),
    "tornado": Asked(TornadoQuestion, TornadoAnswer),
    "monte-carlo": Asked(MonteCarloQuestion, MonteCarloAnswer),
    "alternatives": Asked(AlternativesQuestion, AlternativesAnswer),
    "least-change": Asked(LeastChangeQuestion, LeastChangeAnswer),
    "nobody-worse": Asked(NobodyWorseQuestion, NobodyWorseAnswer),
}
"""By the last part of the address."""


def asked_at(question: Question, of: str | Problem) -> tuple[str, dict[str, Any]]:
    """The address and the body of a question of a scenario, by its id, or of a problem."""
    kind = next(key for key, each in KINDS.items() if isinstance(question, each.question))
    body = question.model_dump(mode="json", exclude_none=True)
    if isinstance(of, Problem):
        return f"/v1/questions/{kind}", body | {"problem": of.model_dump(mode="json", exclude_none=True)}
    return f"/v1/scenarios/{of}/questions/{kind}", body


class QuestionsClient:
    """`of`: id of a scenario, or a problem. A problem that no plan can satisfy is answered with its refusal."""

    def __init__(self, service: Service, *, deadline_seconds: float = SOLVE_DEADLINE_SECONDS) -> None:
        self._service = service
        self._deadline_seconds = deadline_seconds

    def ask(self, question: Question, of: str | Problem) -> QuestionAnswer | Refusal:
        """The answer to any kind of question, found by the question's type."""
        asked = next(each for each in KINDS.values() if isinstance(question, each.question))
        path, body = asked_at(question, of)
        deadline = solve_deadline(body, self._deadline_seconds)
        answer = self._service.ask(path, body, deadline_seconds=deadline)
        refused = isinstance(answer.body, dict) and answer.body.get("outcome") == "refusal"
        found: type[QuestionAnswer] | type[Refusal] = Refusal if refused else asked.answer
        return TypeAdapter[QuestionAnswer | Refusal](found).validate_python(answer.body)
