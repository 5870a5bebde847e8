"""Imports on a page: what they change, what to look at, and the tables that can be sent."""

from rich.console import Console

from concord_client.show.page import add, pounds, say, say_more, shortened, table
from concord_contracts.imports import ImportReport, Imports, ImportTables, RowChange, TableChanges

ROWS_SHOWN = 40


def show_import(console: Console, report: ImportReport) -> None:
    """Rows by table, all money before and after, each change, scenarios, and what to look at."""
    say(console, _headline(report), "bold")
    counts = table("Rows", "Table", ">added", ">changed", ">withdrawn", ">unchanged")
    for one in report.tables:
        add(counts, one.table, one.added, one.changed, one.withdrawn, one.unchanged)
    console.print(counts)
    if report.money:
        money = table("All money of the table, in use", "Table", "Pathway", "Year", ">Before", ">After", ">Difference")
        for change in report.money:
            difference = pounds(change.after_gbp - change.before_gbp)
            where = (change.table, change.pathway or "", change.year or "")
            add(money, *where, pounds(change.before_gbp), pounds(change.after_gbp), difference)
        console.print(money)
    if report.rows:
        console.print(_changes(report.rows))
    left = len(report.rows) - ROWS_SHOWN + report.rows_left_off
    if left > 0:
        say(console, f"and {left:,} more rows; --json has the first {len(report.rows):,}", "dim")
    if report.scenarios_resting:
        say(console, f"{report.scenarios_resting} kept scenarios rest on these figures; their answers stay as given.")
    for words in report.warnings:
        say(console, f"Look at this: {words}", "yellow")


def _headline(report: ImportReport) -> str:
    if not report.changed:
        return "Nothing changes: what is in use says the same already."
    if report.dry_run:
        return f"A dry run for {report.acting_for}: this would change, and nothing has."
    verb = "withdrawn" if report.action == "withdraw" else "in use now"
    return f"Import {report.id} of {report.acting_for}: {verb}."


def _changes(rows: list[RowChange]) -> object:
    made = table("Each change", "Row", "Column", "Before", "After")
    for row in rows[:ROWS_SHOWN]:
        name = f"{row.table} {row.key} ({row.kind})"
        for cell in row.cells:
            add(made, name, cell.column, shortened(cell.before or "-", 40), shortened(cell.after or "-", 40))
            name = ""
    return made


def show_imports(console: Console, found: Imports) -> None:
    """One line for each."""
    if not found.items:
        say(console, "There has been no import.")
        return
    made = table("Imports, the latest first", ">No.", "Recorded", "For", "What", "Rows", "Why")
    for one in found.items:
        when = f"{one.recorded_at:%Y-%m-%d %H:%M}"
        add(made, one.id, when, one.acting_for, one.action, _rows(one.tables), one.reason or "")
    console.print(made)
    say_more(console, found.next_cursor)


def _rows(tables: list[TableChanges]) -> str:
    return ", ".join(f"{one.table} {one.added + one.changed + one.withdrawn}" for one in tables)


def show_tables(console: Console, found: ImportTables) -> None:
    """Each table with who may send it."""
    made = table("Tables that can be sent", "Table:16", "What it says:52", "Sent by:28")
    for one in found.items:
        add(made, one.table, f"{one.title}: {one.words}", one.sent_by)
    console.print(made)
    say(console, "`concord data template TABLE` writes a form with a page that explains every column.", "dim")
