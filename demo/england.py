"""`python -m demo.england`: the loop for every area team on one running deployment, then one table of all of them.

Every step of the loop is walked for every team; its page and paper are kept in a folder each. A team that fails is
named and the others go on; the exit code is 1 if any failed.
"""

import argparse
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from concord_client.errors import ConcordError
from concord_client.launch import Deployment, Site
from concord_client.show.page import add, make_console, percent, say, table, thousands
from concord_client.up import data_folder, interruptible
from concord_contracts.agreements import State
from demo import loop
from demo.case import DEFAULT_PATHWAY, PATHWAYS, NoCase
from demo.expect import StepFailed
from demo.walk import Walk

WHAT_IFS = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Outcome:
    """One team's walk: what it found, or why it failed; `seconds` of wall clock."""

    area: str
    seconds: float
    walk: Walk | None = None
    failure: str | None = None


def walk_area(deployment: Deployment, folder: Path, area: str, pathway: str) -> Outcome:
    """The whole loop for one team; its page goes to `page.txt` in the team's folder."""
    folder.mkdir(parents=True)
    begun = time.monotonic()
    with (folder / "page.txt").open("w", encoding="utf-8") as page:
        try:
            walk = loop.run(deployment, make_console(page), folder, area=area, pathway=pathway)
        except (NoCase, StepFailed, ConcordError) as failure:
            return Outcome(area, time.monotonic() - begun, failure=str(failure))
    return Outcome(area, time.monotonic() - begun, walk)


def show_summary(console: Console, outcomes: Sequence[Outcome]) -> None:
    """One row a team: its size, findings, money, benefit, what the four what-ifs change, and what is thin; failures."""
    found = [(outcome, outcome.walk) for outcome in outcomes if outcome.walk]
    sizes = table(
        "Every team: the map before and after, and the texts in force",
        "Team:40",
        ">CCGs",
        ">Councils",
        ">Findings",
        ">Texts in force",
        ">s",
    )
    money = table("The baseline, and the answer the texts rest on", "Team:40", ">GBP k", ">QALY", ">On assumptions")
    changes = table("What the four what-ifs change, QALY", "Team:40", ">Grant", ">Headroom", ">Boundary", ">Referrals")
    for outcome, walk in found:
        answer = walk.base_answer
        add(
            sizes,
            walk.case.area_name,
            str(len(walk.case.ccgs)),
            str(walk.case.councils),
            f"{len(walk.before.findings)} → {len(walk.after.findings)}",
            f"{sum(each.state is State.IN_FORCE for each in walk.texts)} of {len(walk.texts)}",
            f"{outcome.seconds:.0f}",
        )
        add(
            money,
            walk.case.area_name,
            thousands(answer.totals.spend_gbp),
            f"{answer.totals.benefit:,.0f} → {walk.chosen_answer.totals.benefit:,.0f}",
            percent(answer.assumptions.share),
        )
        gains = [walk.what_ifs[name].difference if name in walk.what_ifs else None for name in WHAT_IFS]
        add(changes, walk.case.area_name, *(f"{each.benefit_change:+,.1f}" if each else "-" for each in gains))
    console.print(sizes)
    console.print(money)
    console.print(changes)
    thin: dict[str, list[str]] = {}
    for _, walk in found:
        for words in walk.case.thin:
            thin.setdefault(words, []).append(walk.case.area_name)
    say(console, "What is thin", "bold")
    for words, where in sorted(thin.items(), key=lambda item: -len(item[1])):
        if len(where) > 1:
            say(console, f"- {'every team' if len(where) == len(found) else f'{len(where)} teams'}: {words}")
    own = table("What is thin in one team only", "Team:40", "What")
    for _, walk in found:
        alone = [words for words in walk.case.thin if len(thin[words]) == 1]
        if alone:
            add(own, walk.case.area_name, "\n".join(alone))
    if own.row_count:
        console.print(own)
    for outcome in outcomes:
        if outcome.failure:
            say(console, f"Failed: {outcome.area}: {outcome.failure}", "bold red")


def main(given: Sequence[str] | None = None) -> int:
    """0: every team's loop did what it says; 1: one did not; 130: stopped."""
    parser = argparse.ArgumentParser(prog="python -m demo.england", description="the loop for every area team")
    parser.add_argument("--pathway", default=DEFAULT_PATHWAY, choices=PATHWAYS, help=f"default {DEFAULT_PATHWAY}")
    pathway = parser.parse_args(given).pathway
    console = make_console()
    folder = Path("var/england") / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"
    outcomes: list[Outcome] = []
    try:
        with interruptible(), Deployment(Site(folder=folder, data=data_folder(), keys=Path("var/keys"))) as deployment:
            deployment.open(lambda words: say(console, f"… {words}", "dim"))
            known = loop.areas(deployment)
            for number, area in enumerate(known, start=1):
                outcomes.append(walk_area(deployment, folder / area, area, pathway))
                done = outcomes[-1]
                said = f"failed: {done.failure}" if done.failure else "every step did what it says"
                say(console, f"{number}/{len(known)} {area}: {said} ({done.seconds:.0f} s)")
    except KeyboardInterrupt:
        say(console, "stopped")
        return 130
    except ConcordError as failure:
        say(console, f"The services did not start: {failure}", "bold red")
        return 1
    show_summary(console, outcomes)
    say(console, f"Kept in {folder}.")
    return 1 if any(outcome.failure for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
