"""What the loop knows as it goes: the people, the page it writes on, and every fact the steps have read."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.rule import Rule

from concord_client.show.page import say
from concord_contracts.agreements import AgreementView, GoverningBodyPaper
from concord_contracts.allocation import Answer, Problem, Refusal, Scenario, WhatIfResult
from concord_contracts.registry import Coverage
from demo.case import Case
from demo.people import People

LONG_SECONDS = 1.0


class Walk:
    """One walk of the loop. Each attribute is set by the step that finds it out."""

    case: Case
    before: Coverage
    base: Scenario
    base_answer: Answer
    base_problem: Problem
    what_ifs: dict[str, WhatIfResult]
    refusal: Refusal
    refusal_scenario: Scenario
    chosen: Scenario
    chosen_answer: Answer
    lead: AgreementView
    pool: AgreementView
    refusals: list[str]
    after: Coverage
    paper: GoverningBodyPaper
    again: Scenario
    again_answer: Answer

    def __init__(self, people: People, console: Console, folder: Path, case: Case) -> None:
        self.people = people
        self.case = case
        self.console = console
        self.folder = folder
        self.what_ifs = {}
        self.refusals = []

    @property
    def texts(self) -> list[AgreementView]:
        """The agreements of this walk: the lead, and the pool where there is one."""
        return [self.lead, self.pool] if self.case.pooled else [self.lead]

    @property
    def contested(self) -> AgreementView:
        """The text that is refused at first, and in which a word changes: the last one."""
        return self.texts[-1]

    @contested.setter
    def contested(self, agreement: AgreementView) -> None:
        if self.case.pooled:
            self.pool = agreement
        else:
            self.lead = agreement

    @property
    def keeper(self) -> str:
        """The body that drafts the contested text: the pool's host, else the lead."""
        return self.case.host if self.case.pooled else self.case.lead

    @property
    def partners(self) -> list[str]:
        """The bodies beside the keeper in the contested text."""
        return list(self.case.host_ccgs) if self.case.pooled else [c for c in self.case.ccgs if c != self.case.lead]

    def heading(self, words: str) -> None:
        self.console.print()
        self.console.print(Rule(words, align="left", characters="─"))

    def say(self, words: str = "", style: str | None = None) -> None:
        say(self.console, words, style)

    def say_list(self, lines: Iterable[str]) -> None:
        for words in lines:
            self.say(f"- {words}")

    @contextmanager
    def working(self, words: str) -> Iterator[None]:
        """A line for work that may take over a second: said before, timed after."""
        begun = time.monotonic()
        self.say(f"… {words}", "dim")
        yield
        took = time.monotonic() - begun
        if took > LONG_SECONDS:
            self.say(f"  {took:.1f} s", "dim")

    def met(self, refusal: str) -> None:
        """Remember a refusal that was meant to happen."""
        self.refusals.append(refusal)
