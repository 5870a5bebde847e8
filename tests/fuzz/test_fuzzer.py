"""The fuzzer finds what is planted: an error, an undocumented status, a wrong shape, and what should be refused."""

from typing import Annotated

import pytest
from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from tests.fuzz.fuzzing import Report, Valid, World, fuzz
from tests.support.serving import served


class Widget(BaseModel):
    name: str
    size: int


def planted() -> FastAPI:
    app = FastAPI(generate_unique_id_function=lambda route: route.name)

    @app.get("/sound")
    def sound() -> Widget:
        return Widget(name="a", size=1)

    @app.post("/errors")
    def errors(widget: Widget) -> Widget:
        if widget.size < 0:
            raise ZeroDivisionError
        return widget

    @app.get("/statuses")
    def statuses() -> Widget:
        return JSONResponse({}, status_code=409)  # type: ignore[return-value]

    @app.get("/shapes")
    def shapes() -> Widget:
        return JSONResponse({"name": 3})  # type: ignore[return-value]

    @app.get("/unchecked", openapi_extra={"parameters": [_SIZE]})
    def unchecked(size: Annotated[str, Query(include_in_schema=False)] = "") -> Widget:
        return Widget(name=size, size=1)

    return app


_SIZE = {"name": "size", "in": "query", "required": True, "schema": {"type": "integer"}}


@pytest.fixture(scope="module")
def report() -> Report:
    with served(planted()) as address:
        return fuzz(
            World(
                name="planted",
                address=address,
                people=("anybody",),
                sign_in=lambda _: {},
                known={},
                valid={"errors": [Valid("anybody", {"name": "a", "size": 1})]},
            ),
            cases=120,
            number=1,
        )


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        ("errors", "ServerError 500"),
        ("statuses", "UndefinedStatusCode 409"),
        ("shapes", "JsonSchemaError 200"),
        ("unchecked", "AcceptedNegativeData 200"),
    ],
)
def test_a_planted_fault_is_found(report: Report, operation: str, fault: str) -> None:
    assert (operation, fault) in report.findings, report


def test_a_sound_operation_has_none_and_one_that_answers_nobody_is_told(report: Report) -> None:
    assert "sound" not in {operation for operation, _ in report.findings}
    assert report.never_accepted == ["statuses"]
