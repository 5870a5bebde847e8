"""`python -m tests.support.notes`: the command line of the notes service."""

from collections.abc import Sequence

from concord_kit.command_line import Service, main
from concord_kit.database import Database
from tests.support.notes.service import NotesSettings, open_database


def database_of(settings: NotesSettings) -> Database:
    return open_database(settings.database_url)


def greet(settings: NotesSettings, database: Database, arguments: Sequence[str]) -> int:
    print("hello", *arguments)
    return 0


if __name__ == "__main__":
    main(
        Service("notes", NotesSettings, database_of, "tests.support.notes.service:build_app", commands={"greet": greet})
    )
