"""Publishers' files on a page: what each is, what it changed, where it and the map differ."""

from collections.abc import Sequence

from rich.console import Console

from concord_client.show.page import add, say, say_more, shortened, table
from concord_contracts.registry import (
    Difference,
    FileFormats,
    FileReport,
    Files,
    FileTable,
    FileWithdrawal,
    MeasureKinds,
    Measures,
    Reconciliation,
    Terms,
)

FAULTS_SHOWN = 20
MEANING = {
    "open-but-succeeded": "open in the list, and succeeded by then",
    "succeeded-since": "succeeded after the list was stated",
    "closed-there-open-here": "closed in the list, open on the map",
    "open-there-closed-here": "open in the list, closed on the map before it",
    "names-differ": "another name on the same code",
    "dates-differ": "other first or last day",
    "kinds-differ": "another kind of body",
    "closed-by-reorganisation": "closed by a reorganisation, open in this later list",
    "missing-there": "on the map, not listed: not closed by that",
    "not-in-ours": "listed, and new to the map",
    "successor-differs": "somebody else followed",
    "population-differs": "another number of people",
}


def show_file(console: Console, report: FileReport) -> None:
    """What it was recognised as, what changed, what was left out, and what to look at."""
    known = report.recognised
    say(console, f"{report.file_name or 'The file'}: {known.title}", "bold")
    say(console, f"Known by {known.why} ({known.as_written}).")
    whose = f"{report.publisher}, {report.licence}; of {report.stated_on}, as {_by(report)}"
    say(console, f"{report.lines:,} lines. {whose}.", "dim")
    say(console, _outcome(report))
    if report.withdrawn_at:
        because = f": {report.withdrawn_because}" if report.withdrawn_because else ""
        say(console, f"Taken back on {report.withdrawn_at:%Y-%m-%d}{because}.", "red")
    if report.tables and not report.already:
        counts = table("Rows", "Table", ">added", ">changed", ">unchanged", ">not used")
        for one in report.tables:
            add(counts, one.table, *(f"{n:,}" for n in (one.added, one.changed, one.unchanged, one.behind_ours)))
        console.print(counts)
    for fault in report.failed[:FAULTS_SHOWN]:
        column = f", {fault.column}" if fault.column else ""
        say(console, f"Left out: line {fault.line}{column}: {fault.words}", "red")
    if report.failed_lines > FAULTS_SHOWN:
        say(console, f"and {report.failed_lines - FAULTS_SHOWN:,} more lines; --json has them", "dim")
    for words in report.warnings:
        say(console, f"Look at this: {words}.", "yellow")


def _by(report: FileReport) -> str:
    return "nobody says: today" if report.stated_by == "nobody" else f"{report.stated_by} says"


def _outcome(report: FileReport) -> str:
    if report.already:
        return f"Imported before, as file {report.id}: nothing changes."
    if report.dry_run:
        return "A dry run: this would change, and nothing has."
    return f"Recorded as file {report.id}. `concord data reconcile {report.id}` holds it against the map."


def show_withdrawal(console: Console, found: FileWithdrawal) -> None:
    """What is no longer known, what shows again, and which file stands now."""
    if found.already:
        say(console, f"File {found.file} was taken back before: nothing changes.")
    elif found.dry_run:
        say(console, f"A dry run: taking file {found.file} back would change this, and nothing has.")
    else:
        say(console, f"File {found.file} is taken back. Before, and by --known-at, it reads as it did.")
    if found.tables:
        made = table("Rows", "Table", ">no longer known", ">shown again")
        for one in found.tables:
            add(made, one.table, f"{one.gone:,}", f"{one.back:,}")
        console.print(made)
    stands = found.standing
    now = f"file {stands.file}, of {stands.stated_on}, is the latest" if stands else "no other file"
    say(console, f"Of {found.series} {now} that stands.")
    if found.bodies_gone_count:
        some = ", ".join(found.bodies_gone[:10])
        say(console, f"Nobody else speaks of {found.bodies_gone_count:,} bodies: {some}.", "yellow")


def show_taken(console: Console, taken: Sequence[tuple[str, FileReport | str]]) -> None:
    """A folder of files: one line for each, in the order in which they were imported."""
    made = table("Files", "File:30", "What it is:28", ">No.", ">new:7", ">changed:7", ">failed:6")
    refused = []
    for name, found in taken:
        if isinstance(found, str):
            add(made, name, "refused", "", "", "", "", style="red")
            refused.append((name, found))
            continue
        new, changed = (sum(getattr(one, what) for one in found.tables) for what in ("added", "changed"))
        title = "imported before" if found.already else shortened(found.recognised.title, 60)
        cells = (title, found.id or "", f"{new:,}", f"{changed:,}", found.failed_lines or "")
        add(made, name, *cells)
    console.print(made)
    for name, words in refused:
        say(console, f"{name}: {words}", "red")


def show_files(console: Console, found: Files) -> None:
    """One line for each import."""
    if not found.items:
        say(console, "No publisher's file was imported.")
        return
    made = table("Publishers' files, the latest first", ">No.", "Of", "What:38", "Publisher:22", ">Lines:6", ">Rows:6")
    for one in found.items:
        title = f"{one.recognised.title} (taken back)" if one.withdrawn_at else one.recognised.title
        add(made, one.id, one.stated_on, title, one.publisher, f"{one.lines:,}", _rows(one.tables))
    console.print(made)
    say_more(console, found.next_cursor)


def _rows(tables: Sequence[FileTable]) -> str:
    return f"{sum(one.added + one.changed for one in tables):,}"


def show_formats(console: Console, found: FileFormats) -> None:
    """What is recognised, and by what."""
    made = table("Formats that are recognised", "Format:26", "What it is:26", "Known by:44")
    for one in found.items:
        add(made, one.format, one.title, one.looked_for)
    console.print(made)


def show_reconciliation(console: Console, found: Reconciliation) -> None:
    """How much agrees; differences by kind, then each."""
    say(console, f"{found.recognised.title}, of {found.stated_on}, beside the map on {found.as_of}", "bold")
    counts = table(f"{found.agreeing:,} statements agree", "Difference", "What it means", ">How many")
    for one in found.counts:
        add(counts, one.kind, MEANING.get(one.kind, ""), f"{one.count:,}")
    console.print(counts)
    if found.items:
        console.print(_differences(found.items))
    if found.next_cursor:
        say(
            console, f"There are more: --kind chooses, --limit shows more, --cursor {found.next_cursor} goes on.", "dim"
        )
    say(console, "Nothing follows from a difference by itself: send what is right as your own rows, or as a steward.")


def _differences(items: Sequence[Difference]) -> object:
    made = table("Each", ">Line:6", "Body:15", "They say:24", "The map says:18", "What:25")
    kind = ""
    for one in items:
        if one.kind != kind:
            kind = one.kind
            add(made, "", "", kind, "", "", style="bold")
        said = f"{one.name}: {one.theirs}" if one.name and one.name != one.theirs else one.theirs
        add(made, one.line or "", one.body, shortened(said, 70), shortened(one.ours, 60), shortened(one.words, 80))
    return made


def show_measures(console: Console, found: Measures) -> None:
    """Measured values, one line each."""
    if not found.items:
        say(console, "No value fits. `concord data measures` says which measures there are.")
        return
    made = table("Measured values", "Of", "Measure:30", "Part:20", "Period", ">Value", "Unit:14", ">File")
    for one in found.items:
        value = "" if one.value is None else f"{one.value:,.4g}" if one.unit == "share" else f"{one.value:,.10g}"
        add(made, one.subject, one.measure, one.part, one.period, value, one.unit, one.file)
    console.print(made)
    if found.rule:
        say(console, f"For the bodies of {found.roll_to}. {found.rule}", "dim")
        for one in found.items:
            if one.rolled_from:
                told = ", ".join(f"{part.body.id} ({part.share:.3g}, {part.basis})" for part in one.rolled_from)
                say(console, f"{one.subject} {one.part}: from {told}", "dim")
    say_more(console, found.next_cursor)


def show_terms(console: Console, found: Terms) -> None:
    """A code, what it stands for, and the file that says so."""
    if not found.items:
        say(console, "No term is known by that scheme and code; a publisher's file brings them.")
        return
    made = table("What codes stand for", "Scheme:20", "Code:12", "Stands for:50", ">File")
    for one in found.items:
        add(made, one.scheme, one.code, one.name, one.file)
    console.print(made)
    say_more(console, found.next_cursor)


def show_measure_kinds(console: Console, found: MeasureKinds) -> None:
    made = table("Measures", "Measure", "Unit", ">Values", ">Of so many", "From", "To")
    for one in found.items:
        add(made, one.measure, one.unit, f"{one.values:,}", f"{one.subjects:,}", one.first_period, one.last_period)
    console.print(made)
