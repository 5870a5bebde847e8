"""`python -m tests.support.notes`: the command line of the notes service."""

from collections.abc import Sequence

from fastapi import FastAPI

from concord_kit.command_line import Service, main
from concord_kit.database import Database
from tests.support.notes.service import NotesSettings, build_app, open_database


def database_of(settings: NotesSettings) -> Database:
    return open_database(settings.database_url)


def app_of(settings: NotesSettings, database: Database) -> FastAPI:
    return build_app(settings, database)


def greet(settings: NotesSettings, database: Database, arguments: Sequence[str]) -> int:
    print("hello", *arguments)
    return 0


if __name__ == "__main__":
    main(Service("notes", NotesSettings, database_of, app_of, commands={"greet": greet}))
