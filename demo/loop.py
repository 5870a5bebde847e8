"""`python -m demo.loop`: the decision loop start to end, on ports and in a folder of its own.

    map -> what if -> agree -> activate -> map again

Every number shown comes from the services; each step reads back what it did. The exit code is 0 only if every step did
what it says. `run` is what journey tests call.
"""

import argparse
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from concord_client.errors import ConcordError
from concord_client.launch import Deployment, Site
from concord_client.show.page import make_console, say
from concord_client.show.problems import show_failure
from concord_client.up import data_folder, interruptible
from demo import agreeing, closing, days, mapping, money
from demo.case import DEFAULT_AREA, DEFAULT_PATHWAY, PATHWAYS, NoCase, read_case
from demo.expect import StepFailed
from demo.people import People
from demo.walk import Walk

type Step = tuple[str, Callable[[Walk], None]]
"""A title, in which `{case...}` names what the case holds, and the step."""

ASKS = "ods:X24"
"""The body whose commissioner reads the map to build a case, before it is known who leads."""

OPENING: list[Step] = [
    ("1. Map: who commissions {case.pathway_words} in {case.area_name}, January 2014", mapping.read_the_map),
    ("2. What if: the baseline for 2014-15", money.ask_the_baseline),
]
"""The map and the baseline, which say whether a council pays for a stage of the pathway."""

WITH_A_POOL: list[Step] = [
    ("2a. Public health grants cut", money.ask_grant_cut),
    ("2b. Headroom into earlier diagnosis", money.ask_headroom),
    ("2c. Boundary shift to NHS England", money.ask_boundary_shift),
    ("2d. Referrals rise", money.ask_more_referrals),
    ("2e. A question without an answer", money.ask_the_impossible),
    ("2f. The question the agreements rest on", money.ask_the_pool),
    ("3. Agreement: {case.lead_name} leads for the {case.count_words}", agreeing.draft_the_lead),
    ("3. First refusal: {case.excluded_words} in the pool", agreeing.draft_the_pool_with_excluded),
    ("3. The pool without it", agreeing.take_excluded_out),
    ("3. Second refusal: the chief finance officer", agreeing.refuse_the_finance_officer),
    ("3. Approved, with minutes", agreeing.approve_both),
    ("3. Sent for signature", agreeing.send_both),
    ("3. Third refusal: a word changed after a signature", agreeing.change_a_word_after_a_signature),
    ("3. Signed", agreeing.sign_both),
    ("4. Activated", mapping.wait_for_activation),
    ("4. The map before and after", mapping.read_the_map_again),
    ("4. The governing-body paper", closing.write_the_paper),
    ("4. The same question, with the agreements in force", closing.ask_again),
]

STEPS = [*OPENING, *WITH_A_POOL]

LEAD_ONLY: list[Step] = [
    ("2a. Public health grants cut: not asked", money.say_that_no_council_pays),
    ("2b. Headroom into the pathway", money.ask_headroom),
    ("2c. Boundary shift to NHS England", money.ask_boundary_shift),
    ("2d. Referrals rise", money.ask_more_referrals),
    ("2e. A question without an answer", money.ask_the_impossible),
    ("2f. The answer the agreement rests on: the baseline", money.rest_on_the_baseline),
    (
        "3. Agreement, and first refusal: {case.not_the_groups_words} under the groups' lead",
        agreeing.draft_the_lead_with_too_much,
    ),
    ("3. The lead without it", agreeing.leave_it_with_its_commissioner),
    ("3. Second refusal: the chief finance officer", agreeing.refuse_the_finance_officer),
    ("3. Approved, with minutes", agreeing.approve_both),
    ("3. Sent for signature", agreeing.send_both),
    ("3. Third refusal: a word changed after a signature", agreeing.change_a_word_after_a_signature),
    ("3. Signed", agreeing.sign_both),
    ("4. Activated", mapping.wait_for_activation),
    ("4. The map before and after", mapping.read_the_map_again),
    ("4. The governing-body paper", closing.write_the_paper),
    ("4. The same question, with the agreement in force", closing.ask_again),
]
"""Where no council pays for a stage there is nothing to pool under section 75: the groups agree a lead alone."""

type Between = Callable[[str], None]


def run(
    deployment: Deployment,
    console: Console,
    folder: Path,
    between: Between = lambda _: None,
    steps: Sequence[Step] | None = None,
    *,
    area: str = DEFAULT_AREA,
    pathway: str = DEFAULT_PATHWAY,
) -> Walk:
    """Walk the loop on a running deployment; `between` is called with each step's title when it is done.

    `steps`: only these; else all that the case has, which the baseline tells.

    Raises NoCase where no case can be built, StepFailed where a step did not do what it says, and ConcordError where
    a service refused or failed.
    """
    with People(deployment.addresses, deployment.site.keys) as people:
        case = read_case(people.at(ASKS, "commissioner").registry, area, pathway)
        walk = Walk(people, console, folder, case)
        say_case(walk)
        for each in OPENING if steps is None else steps:
            take(walk, each, between)
        for each in () if steps is not None else WITH_A_POOL if walk.case.pooled else LEAD_ONLY:
            take(walk, each, between)
        return walk


def take(walk: Walk, step: Step, between: Between) -> None:
    """One step under its title."""
    pattern, do = step
    title = pattern.format(case=walk.case)
    walk.heading(title)
    do(walk)
    between(title)


def say_case(walk: Walk) -> None:
    """Who was chosen by which rule, and what the registry itself marks as thin."""
    walk.heading(f"Who sits at the table: {walk.case.area_name}, {walk.case.pathway_words}")
    for words in walk.case.chosen_by:
        walk.say(words)
    walk.heading("What is thin in the map here")
    walk.say_list(walk.case.thin or ["nothing is marked for these places"])


def areas(deployment: Deployment) -> list[str]:
    """The area teams' places, by key, as the registry has them."""
    with People(deployment.addresses, deployment.site.keys) as people:
        registry = people.at(ASKS, "commissioner").registry
        return [place.key for place in registry.places(kind="area", as_of=days.DECIDED).items]


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """`--area` and `--pathway`; an unknown pathway ends the program with the list of known ones."""
    parser = argparse.ArgumentParser(prog="python -m demo.loop", description="the decision loop, start to end")
    parser.add_argument("--area", default=DEFAULT_AREA, help=f"an area team's place (default {DEFAULT_AREA})")
    parser.add_argument("--pathway", default=DEFAULT_PATHWAY, choices=PATHWAYS, help=f"default {DEFAULT_PATHWAY}")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Start the services, walk the loop, stop them. 0: every step did what it says; 1: one did not; 2: no such area;
    130: stopped.
    """
    asked = arguments(given)
    console = make_console()
    begun = time.monotonic()
    try:
        with interruptible():
            folder = Path("var/demo") / f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}"
            site = Site(folder=folder, data=data_folder(), keys=Path("var/keys"))
            with Deployment(site) as deployment:
                deployment.open(lambda words: say(console, f"… {words}", "dim"))
                known = areas(deployment)
                if asked.area not in known:
                    say(console, f"There is no area {asked.area}. Known: {', '.join(known)}.", "bold red")
                    return 2
                run(deployment, console, folder, area=asked.area, pathway=asked.pathway)
    except KeyboardInterrupt:
        say(console, "stopped")
        return 130
    except NoCase as failure:
        say(console, f"No case can be built: {failure}", "bold red")
        return 1
    except StepFailed as failure:
        say(console, f"This step did not do what it says: {failure}", "bold red")
        return 1
    except ConcordError as failure:
        show_failure(console, failure)
        return 1
    console.print()
    say(console, f"Every step did what it says ({time.monotonic() - begun:.0f} s). Kept in {folder}.", "bold green")
    return 0


if __name__ == "__main__":
    sys.exit(main())
