"""The responsibility matrix as a table for people: CSV and Excel. All cells are text."""

from io import BytesIO

from concord_contracts.registry import Matrix
from concord_registry.representation import as_csv

FIXED = ("body", "name", "kind")
ROLLED = "rolled_from"
"""A further column where the rows are the bodies of a later day: whom each stands for, with shares."""


def table(matrix: Matrix) -> tuple[list[str], list[dict[str, object]]]:
    """Columns and rows: a row a body, a column a stage."""
    letters = {(cell.body, cell.stage): cell.letters for cell in matrix.cells}
    stages = [one.stage for one in matrix.stages]
    rows: list[dict[str, object]] = [
        {"body": body.id, "name": body.name, "kind": body.kind}
        | ({ROLLED: "; ".join(f"{one.body.id} {one.share:.6f}" for one in body.rolled_from)} if matrix.roll_to else {})
        | {stage: letters.get((body.id, stage)) for stage in stages}
        for body in matrix.bodies
    ]
    return [*FIXED, *([ROLLED] if matrix.roll_to else []), *stages], rows


def matrix_csv(matrix: Matrix) -> str:
    """Header: body, name, kind, `*` for the whole pathway, then the stages by key."""
    names, rows = table(matrix)
    return as_csv(names, rows)


def matrix_workbook(matrix: Matrix) -> bytes:
    """A sheet with the matrix under the stages' names, and one that explains its letters."""
    # Imported here: the library is large, and a service should start without it.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook has a sheet")
    sheet.title = "Matrix"
    names, rows = table(matrix)
    own = len(names) - len(matrix.stages)
    shown = [*(name.replace("_", " ").capitalize() for name in names[:own]), *(one.name for one in matrix.stages)]

    def write(target: Worksheet, line: int, position: int, text: object) -> None:
        if text not in (None, ""):
            cell = target.cell(line, position, str(text))
            cell.data_type = "s"  # a text that begins with "=" is a text
            cell.font = Font(bold=line == 1)

    for position, name in enumerate(shown, 1):
        write(sheet, 1, position, name)
        sheet.cell(1, position).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(position)].width = 30 if name == "Name" else 14
    for line, row in enumerate(rows, 2):
        for position, name in enumerate(names, 1):
            write(sheet, line, position, row[name])
    sheet.freeze_panes = f"{get_column_letter(own + 1)}2"
    legend = book.create_sheet("Legend")
    where = f"{matrix.pathway_name} in {', '.join(matrix.place_names or matrix.places)}, {matrix.as_of}"
    known = f"as known at {matrix.known_at.isoformat()}"
    known += f", for the bodies of {matrix.roll_to}" if matrix.roll_to else ""
    lines = [(where, known), *((one.letter, one.words) for one in matrix.legend)]
    for line, cells in enumerate(lines, 1):
        for position, text in enumerate(cells, 1):
            write(legend, line, position, text)
    legend.column_dimensions["A"].width, legend.column_dimensions["B"].width = 40, 60
    out = BytesIO()
    book.save(out)
    return out.getvalue()
