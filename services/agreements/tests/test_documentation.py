"""What is written about the service is true: OpenAPI, its examples, the diagram in the README."""

from pathlib import Path

from concord_agreements import lifecycle
from concord_agreements.authority import TABLE
from concord_contracts import agreements
from concord_contracts.problems import PROBLEM_TYPES
from services.agreements.tests.conftest import Service

README = Path(__file__).resolve().parents[1] / "README.md"
REQUESTS = ("DraftIn", "Approval", "SignatureIn", "Reasoned", "NoticeIn", "EndIn", "CommitmentIn", "PositionIn")


def test_every_route_documents_its_refusals_as_problem_documents(service: Service) -> None:
    document = service.client.get("/openapi.json").json()
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/v1/")
    ]
    assert len(operations) == 19
    assert len({operation["operationId"] for _, _, operation in operations}) == 19
    for path, method, operation in operations:
        assert operation["summary"], path
        # One that takes a file has its examples sent, as those of the other services are.
        assert set(operation.get("requestBody", {}).get("content", {})) <= {"application/json"}, path
        assert {"401", "403", "422", "503"} <= set(operation["responses"]), (path, method)
        for status, answer in operation["responses"].items():
            if not status.startswith("2"):
                examples = answer["content"]["application/problem+json"]["examples"]
                assert set(examples) <= set(PROBLEM_TYPES), (path, status)


def test_the_examples_of_requests_can_be_sent() -> None:
    for name in REQUESTS:
        model = getattr(agreements, name)
        (example,) = model.model_json_schema()["examples"]
        model.model_validate(example)


def test_the_readme_draws_the_table_of_transitions() -> None:
    assert lifecycle.diagram() in README.read_text(encoding="utf-8")


def test_the_readme_names_every_action_and_its_roles() -> None:
    text = README.read_text(encoding="utf-8")
    for row in TABLE:
        assert f"`{row.action}`" in text, row.action
