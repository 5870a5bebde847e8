"""Part 4's end: the paper for the governing bodies, and the same question again with the agreements in force."""

from concord_client.show.page import add, table, thousands
from concord_contracts.allocation import Answer, Cell
from demo import days
from demo.case import Case, council_place
from demo.expect import expect
from demo.money import check_plan, plan_of, the_question
from demo.walk import Walk


def write_the_paper(walk: Walk) -> None:
    """The two-page paper as Markdown and HTML, from what the agreements service holds."""
    walk.paper = walk.people.at(walk.keeper, "commissioner").agreements.paper(walk.contested.id)
    markdown, html = walk.folder / "paper.md", walk.folder / "paper.html"
    markdown.write_text(walk.paper.markdown, encoding="utf-8")
    html.write_text(walk.paper.html, encoding="utf-8")
    expect(walk.paper.digest == walk.contested.current.digest, "the paper is about the text that was signed")
    expect(
        "For decision" in walk.paper.markdown and "rests on assumptions" in walk.paper.markdown, "the paper is whole"
    )
    walk.say(f"Governing-body paper: {markdown} and {html}")


def ask_again(walk: Walk) -> None:
    """The same question on the day after: the pool in force lets the groups pay for the council's stages."""
    partner = walk.people.at(
        (walk.partners or [walk.keeper])[0], "commissioner"
    )  # party to every agreement, so all are read
    with walk.working("the same question again, now that the agreements are in force"):
        walk.again = partner.allocation.create_scenario(the_question(walk.case, days.IN_FORCE))
    answer = walk.again_answer = plan_of(walk.again)
    check_plan(answer)
    in_force = {mechanism.agreement for mechanism in partner.allocation.problem(walk.again.id).mechanisms}
    expect(in_force == {each.id for each in walk.texts}, "the problem was built with every signed agreement")
    if walk.case.pooled:
        read_across(walk, answer)
    else:
        read_the_led(walk, answer)
    walk.say(
        f"Best benefit {walk.base_answer.totals.benefit:,.1f} before, {answer.totals.benefit:,.1f} "
        f"{answer.totals.benefit_unit} with what was agreed in force."
    )


def read_the_led(walk: Walk, answer: Answer) -> None:
    """A lead adds no money: what each group signed is at the lead's disposal, and is planned as it was."""
    expect(answer.totals.available_gbp == walk.base_answer.totals.available_gbp, "a lead adds no money")
    led = sum(cell.gbp for cell in answer.cells if cell.fund is not None)
    walk.say(f"GBP {led:,} of the groups' money is at the lead's disposal; a lead adds none.")


def read_across(walk: Walk, answer: Answer) -> None:
    """The groups' money on the council's stages: none before; now as much as it is worth."""
    through = [cell for cell in answer.cells if across(walk.case, cell) and cell.gbp > 0]
    if through:
        show_across(walk, through)
    else:
        walk.say("They may pay for the council's stages now; by these curves their money buys more on their own.")
    before = [cell for cell in walk.base_answer.cells if across(walk.case, cell) and cell.gbp > 0]
    expect(not before, "before the pool was in force, no group could pay for them")


def across(case: Case, cell: Cell) -> bool:
    """A group's money on one of the council's stages in Manchester."""
    return cell.payer in case.ccgs and cell.place == council_place(case.host)


def show_across(walk: Walk, cells: list[Cell]) -> None:
    made = table("Through the pool: the groups' money on the council's stages", "Year", "Payer", "Stage", ">GBP k")
    for cell in sorted(cells, key=lambda cell: (cell.year, cell.stage, cell.payer)):
        add(made, cell.year, walk.case.names[cell.payer], cell.stage, thousands(cell.gbp))
    walk.console.print(made)
    walk.say(f"They may, by the pool in force: {cells[0].because.partition(': ')[2]}.")
