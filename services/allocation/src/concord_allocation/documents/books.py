"""Workbooks: a problem to fill in or change, and an answer whose totals are formulas over its payments. Pure.

A cell of text is written as text, whatever it begins with, so that no name in a problem becomes a formula.
"""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from concord_allocation.documents.shape import KEY, OF, ROOT, VALUE, Table, tables
from concord_contracts.allocation import Answer, Outcome, Refusal
from concord_contracts.allocation.answers import SplitRow
from concord_kit.sheets import READ_ME

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

EXAMPLE_YEAR = "2014-15"
"""Stands in an empty form for the years that a person plans."""

WIDEST = 46


def problem_book(rows: Mapping[str, Sequence[Mapping[str, str]]]) -> bytes:
    """A problem's sheets as `sheets.to_sheets` gives them, every cell a text; without rows an empty form."""
    book = _new_book()
    for name, table in tables().items():
        given = rows.get(name, ())
        if rows and not given:
            continue
        header = _header(table, given)
        _sheet(book, name, header, [[row.get(column, "") for column in header] for row in given])
    _explain(book)
    return _bytes(book)


def _header(table: Table, rows: Sequence[Mapping[str, str]]) -> list[str]:
    of = [OF] if table.parent not in (None, ROOT) else []
    if table.dictionary:
        return [*of, KEY, VALUE]
    if not rows:
        years = {name: f"{name}.{EXAMPLE_YEAR}" for name, column in table.columns.items() if column.by_year}
        return [*of, *(years.get(name, name) for name in table.columns)]
    used = list(dict.fromkeys(column for row in rows for column in row))
    order = {name: place for place, name in enumerate((*of, *table.columns))}
    return sorted(used, key=lambda name: (order.get(name, order.get(name.rpartition(".")[0], 10**6)), name))


def _explain(book: "Workbook") -> None:
    lines: list[list[Any]] = []
    for table in tables().values():
        lines.append([table.name, "", table.words])
        if table.parent not in (None, ROOT):
            lines.append(["", OF, f"which of {table.parent!r} the line belongs to, by its key, else by its number"])
        for name, column in table.columns.items():
            told = [column.words]
            if column.by_year:
                told.append(f"a column for each year: {name}.{EXAMPLE_YEAR}")
            if column.many:
                told.append("several, with ; between them")
            if column.one_of:
                told.append(f"one of {', '.join(column.one_of)}")
            if column.required:
                told.append("must be given")
            lines.append(["", name, f"{'; '.join(part for part in told if part)} ({column.kind})".strip()])
    _sheet(book, READ_ME, ["sheet", "column", "what it is"], lines)


def answer_book(title: str, outcome: Outcome) -> bytes:
    """An answer with formulas that add its payments up again beside what the answer says; or a refusal's reasons."""
    book = _new_book()
    if isinstance(outcome, Refusal):
        _refusal(book, title, outcome)
    else:
        _answer(book, title, outcome)
    return _bytes(book)


class Formula(str):
    """A formula of ours; every other text is written as text."""


PAYMENTS = "Payments"
PAYMENT_COLUMNS = (
    "year",
    "payer",
    "purse",
    "pathway",
    "stage",
    "place",
    "line",
    "fund",
    "gbp",
    "reference_gbp",
    "change_gbp",
    "because",
)
GROUPS = ("payer", "purse", "pathway", "stage", "place")
TOLERANCE = 0.001
"""Benefit units: two sums of benefit that differ by less are the same."""


def _answer(book: "Workbook", title: str, answer: Answer) -> None:
    last = len(answer.cells) + 1
    summary = _sheet(book, "Summary", ["what", "added up here", "as answered", "agrees"], [])
    _sheet(
        book,
        PAYMENTS,
        PAYMENT_COLUMNS,
        [
            [
                cell.year,
                cell.payer,
                cell.purse,
                cell.pathway,
                cell.stage,
                cell.place,
                cell.line,
                cell.fund or "direct",
                cell.gbp,
                cell.reference_gbp,
                Formula(f"=I{row}-J{row}"),
                cell.because,
            ]
            for row, cell in enumerate(answer.cells, 2)
        ],
    )
    for group in GROUPS:
        _split(book, group, getattr(answer.splits, group), last)
    lines = [
        [row.year, row.line, row.gbp, row.reference_gbp, row.benefit, row.next_gbp, row.last_gbp]
        for row in answer.lines
    ]
    columns = ["year", "line", "gbp", "reference_gbp", "benefit", "benefit_of_next_gbp", "benefit_of_last_gbp"]
    _sheet(book, "Lines", columns, lines)
    _listed(book, "Activity", answer.activity)
    _listed(book, "What binds", answer.binding)
    _listed(book, "Candidates", [*answer.candidate_investments, *answer.candidate_releases], without=("lines",))
    _listed(book, "Assumptions", answer.assumptions.parts)
    _listed(book, "In words", answer.sentences)
    total = Formula(f"=SUM({PAYMENTS}!I2:I{last})")
    facts: list[list[Any]] = [
        [title],
        ["status", answer.status],
        ["problem digest", answer.problem_digest],
        ["answer digest", answer.digest],
        ["independent check", "passed" if answer.check.passed else "failed"],
        ["spend, GBP", total, answer.totals.spend_gbp],
        [
            f"benefit, {answer.totals.benefit_unit}",
            Formula(f"=SUM(Lines!E2:E{len(lines) + 1})"),
            answer.totals.benefit,
        ],
        [
            "resting on assumptions, share",
            Formula(f"=IF(B7=0,0,{answer.assumptions.gbp}/B7)"),
            answer.assumptions.share,
        ],
    ]
    for number, fact in enumerate(facts, 2):
        if len(fact) == 3:
            within = 0 if fact[0] == "spend, GBP" else TOLERANCE
            fact = [*fact, Formula(f'=IF(ABS(B{number}-C{number})<={within},"yes","NO")')]
        _line(summary, number, fact)


def _split(book: "Workbook", group: str, rows: Sequence[SplitRow], last: int) -> None:
    column = "ABCDEFGHIJKL"[PAYMENT_COLUMNS.index(group)]

    def added(amount: str, row: int) -> Formula:
        chosen = f"{PAYMENTS}!A$2:A${last},A{row},{PAYMENTS}!{column}$2:{column}${last},B{row}"
        return Formula(f"=SUMIFS({PAYMENTS}!{amount}$2:{amount}${last},{chosen})")

    lines: list[list[Any]] = [
        [
            row.year,
            row.key,
            row.name,
            added("I", number),
            row.gbp,
            Formula(f'=IF(D{number}=E{number},"yes","NO")'),
            row.reference_gbp,
            Formula(f"=D{number}-G{number}"),
        ]
        for number, row in enumerate(rows, 2)
    ]
    end = len(rows) + 1
    if rows:
        lines.append(
            [
                "all years",
                "",
                "",
                Formula(f"=SUM(D2:D{end})"),
                Formula(f"=SUM(E2:E{end})"),
                "",
                Formula(f"=SUM(G2:G{end})"),
                "",
            ]
        )
    header = ["year", group, "name", "gbp", "as answered", "agrees", "reference_gbp", "change_gbp"]
    _sheet(book, f"By {group}", header, lines)


def _refusal(book: "Workbook", title: str, refusal: Refusal) -> None:
    facts = [[title], ["status", refusal.status], ["why", refusal.words], ["problem digest", refusal.problem_digest]]
    _sheet(book, "Summary", ["what", "answer"], facts)
    _listed(book, "Conflict", refusal.conflict)
    _listed(book, "Least loosening", refusal.relaxation)
    _listed(book, "Loosening by payer", refusal.relaxation_by_payer)


def _listed(book: "Workbook", name: str, items: Iterable[Any], *, without: Sequence[str] = ()) -> None:
    """A list of contract models as it is: a column a field."""
    rows = [item.model_dump(mode="json", exclude=set(without)) for item in items]
    columns = list(rows[0]) if rows else ["nothing"]
    _sheet(book, name, columns, [[row[column] for column in columns] for row in rows])


def _new_book() -> "Workbook":
    # Imported here: the library is large, and a service should start without it.
    from openpyxl import Workbook

    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    return book


def _sheet(book: "Workbook", name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> "Worksheet":
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet: Worksheet = book.create_sheet(name)
    _line(sheet, 1, header)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    widths = [len(title) for title in header]
    for number, row in enumerate(rows, 2):
        _line(sheet, number, row)
        for place, value in enumerate(row[: len(widths)]):
            widths[place] = max(widths[place], min(WIDEST, len(str(value))))
    for place, width in enumerate(widths):
        sheet.column_dimensions[get_column_letter(place + 1)].width = width + 2
    sheet.freeze_panes = "A2"
    return sheet


def _line(sheet: "Worksheet", number: int, values: Sequence[Any]) -> None:
    for place, value in enumerate(values, 1):
        if value is None or value == "":
            continue
        cell = sheet.cell(number, place, value)
        if isinstance(value, str) and not isinstance(value, Formula):
            cell.data_type = "s"


def _bytes(book: "Workbook") -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()
