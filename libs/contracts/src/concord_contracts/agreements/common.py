"""How requests show an example of themselves."""

from typing import Any

from pydantic import ConfigDict

EXAMPLE_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def example_of(document: dict[str, Any]) -> ConfigDict:
    """Strict as every request, with an example for the documentation; a test reads each one back."""
    return ConfigDict(extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [document]})
