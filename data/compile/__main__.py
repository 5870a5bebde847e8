"""`python -m data.compile [--out FOLDER]`: writes the reference data from the published files and the entered facts."""

import argparse
import sys
from pathlib import Path

from data.compile.agreements import agreement_tables
from data.compile.allocation import allocation_tables
from data.compile.boards import board_successions
from data.compile.bodies import body_tables
from data.compile.comparisons import comparison_tables
from data.compile.counts import count_tables
from data.compile.documents import source_rows, sources_page
from data.compile.geography import geography
from data.compile.money import money
from data.compile.places import place_tables
from data.compile.reference import ENVIRONMENT_NAME, folder, read_reference
from data.compile.stages import stage_tables
from data.compile.successors import later_places
from data.compile.tables import Table, table, write

OUT = Path(__file__).parents[1] / "england_2013_14"


def all_tables(reference_folder: Path) -> list[Table]:
    """Every table, from the published files in `reference_folder`. Raises FileNotFoundError where one is missing."""
    ref = read_reference(reference_folder)
    geo = geography(ref)
    after = later_places(ref, geo)
    all_money = money(ref, geo)
    return [
        table(
            "registry/sources",
            "source title publisher date date_precision licence address taken limits",
            source_rows(),
        ),
        *body_tables(ref, board_successions(after)),
        *place_tables(ref, geo, after),
        *stage_tables(ref),
        *comparison_tables(),
        *allocation_tables(ref, geo, all_money),
        *count_tables(ref, geo, all_money),
        *agreement_tables(),
    ]


def compile_to(out: Path, reference_folder: Path) -> None:
    """Compiles everything into `out`."""
    write(all_tables(reference_folder), {"SOURCES.md": sources_page()}, out)


def main() -> int:
    """The command line. 0 when written, 2 when the published files are not there."""
    parser = argparse.ArgumentParser(prog="python -m data.compile", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write to (default: the committed data)")
    out = parser.parse_args().out
    where = folder()
    if not where.is_dir():
        sys.stderr.write(f"no folder {where}: set {ENVIRONMENT_NAME} to the published files\n")
        return 2
    compile_to(out, where)
    sys.stdout.write(f"{(out / 'digest.txt').read_text().strip()}  {out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
