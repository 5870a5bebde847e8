"""What a service's OpenAPI document is held against, and the operations of every service."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import httpx
import openpyxl
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from concord_agreements import main as agreements
from concord_agreements.database import open_database as agreements_database
from concord_agreements.settings import AgreementsSettings
from concord_allocation import main as allocation
from concord_allocation.database import open_database as allocation_database
from concord_allocation.settings import AllocationSettings
from concord_kit.documentation import query_parameters
from concord_kit.sheets import CSV_TYPE, EXCEL_TYPE
from concord_registry import main as registry
from concord_registry.database import open_database as registry_database
from concord_registry.settings import RegistrySettings
from tests.support.signing import Signing


def query_parameters_are_as_documented(app: FastAPI) -> bool:
    """Whether every route tells the query parameters that the document tells of it; AssertionError names the first."""
    document = app.openapi()["paths"]
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and context.path in document:
            for method in route.methods or ():
                told = document[context.path][method.lower()].get("parameters", ())
                documented = {one["name"] for one in told if one["in"] == "query"}
                assert query_parameters(route) == documented, (method, context.path)
    return True


@dataclass(frozen=True)
class FileExample:
    """A file as an operation's document shows it; `name` of a table's is the table, of a programme's its form."""

    method: str
    path: str
    media_type: str
    name: str
    content: bytes


def file_examples(document: Mapping[str, Any]) -> Iterator[FileExample]:
    """Each example of a body that is no JSON, and each CSV as a workbook too, where the operation takes one."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            for kind, body in content.items():
                for name, example in body.get("examples", {}).items() if kind != "application/json" else ():
                    text = example["value"]
                    yield FileExample(method, path, kind, name, text.encode())
                    if kind == CSV_TYPE and EXCEL_TYPE in content:
                        yield FileExample(method, path, EXCEL_TYPE, name, _workbook(name, text))


def _workbook(name: str, text: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    for row in csv.reader(StringIO(text)):
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def faults_of_form(answer: httpx.Response) -> list[Any]:
    """Faults of what was sent that are not of what the service holds, nor of whose matter it is."""
    if answer.is_success or answer.json()["type"].rpartition(":")[2] not in ("invalid-request", "faulty-table"):
        return []
    faults = answer.json().get("errors", [])
    return [one for one in faults if not one["type"].startswith("unknown-") and one["type"] != "not-yours"]


@dataclass(frozen=True)
class Operation:
    """`path`: matches the addresses it is reached at. `query`: the query parameters it is documented to take. `forms`:
    media types of its answer that are told beside JSON.
    """

    method: str
    path: re.Pattern[str]
    query: frozenset[str]
    forms: frozenset[str] = frozenset()


def operations_of_each_service(folder: Path) -> Mapping[str, Mapping[str, Operation]]:
    """By service and operation id. `folder` takes the databases, which stay empty."""
    signing = Signing(folder)
    told = {"issuer": signing.issuer, "jwks": str(signing.jwks_file)}
    others = {f"{name}_url": "http://127.0.0.1:9" for name in ("registry", "allocation", "agreements")}

    def at(name: str) -> dict[str, str]:
        return {**told, **others, "audience": name, "database_url": f"sqlite:///{folder / name}.db"}

    one = RegistrySettings(**at("registry"))
    two = AllocationSettings(**at("allocation"))
    three = AgreementsSettings(**at("agreements"), service_key_file=signing.service_key("agreements"))
    return {
        "registry": operations(registry.build_app(one, registry_database(one))),
        "allocation": operations(allocation.build_app(two, allocation_database(two))),
        "agreements": operations(agreements.build_app(three, agreements_database(three))),
    }


def operations(app: FastAPI) -> Mapping[str, Operation]:
    """By operation id, read from the routes: the document says the same, and takes seconds to write."""
    found = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                path = re.compile(re.sub(r"{[^}]*}", "[^/]+", context.path))
                found[route.name] = Operation(method, path, query_parameters(route), _forms(route))
    return found


def _forms(route: APIRoute) -> frozenset[str]:
    """Where `Accept` chooses, which a refusal of any other form tells."""
    if 406 not in route.responses:
        return frozenset()
    return frozenset(media for code in (200, 201) for media in route.responses.get(code, {}).get("content", ()))
