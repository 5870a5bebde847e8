"""`python deploy/tables_page.py [--check FILE]`: the page of every table that can be sent, from the row models."""

import sys
from collections.abc import Sequence
from pathlib import Path

from concord_allocation.reference.words import words_of_tables as allocation_tables
from concord_kit.templates import as_markdown
from concord_registry.words import words_of_tables as registry_tables

HEAD = """# Tables that can be sent

Written by `make docs` from the models that check what comes back. How to send them: [importing.md](importing.md). The
same words are on the second sheet of every Excel form.

"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [HEAD]
    for service, title, tables in (
        ("allocation", "money, activity, benefit", allocation_tables()),
        ("registry", "organisations, places, people, law, claims", registry_tables()),
    ):
        parts.append(f"## {service}: {title}\n\n")
        parts += [as_markdown(table) + "\n" for table in tables]
    return "".join(parts).rstrip() + "\n"


def main(arguments: Sequence[str]) -> int:
    """Print the page; with `--check FILE`, 1 where the file says something else."""
    if list(arguments[:1]) == ["--check"]:
        if Path(arguments[1]).read_text(encoding="utf-8") == page():
            return 0
        print(f"{arguments[1]} is not what the tables say: make docs", file=sys.stderr)
        return 1
    sys.stdout.write(page())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
