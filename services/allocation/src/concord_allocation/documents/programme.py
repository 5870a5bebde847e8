"""A plain linear programme in MPS or LP format, solved in a process of its own.

The text comes from anywhere and the solver's reader is not ours: a crash, a loop or a hunger for memory ends that
process (`programme_worker`) and one request with it.
"""

import json
import subprocess
import sys
from typing import Literal

from concord_contracts.allocation.programme import ProgrammeAnswer

WORKER = "concord_allocation.documents.programme_worker"

COMMAND_MEMORY = str(2 * 1024**3)
"""Bytes of address space for the process, as it is told on its command line."""

GRACE_SECONDS = 10.0
"""Beyond the solver's own limit, for reading and writing."""


class ProgrammeFailed(Exception):
    """The process gave no answer; says why in words."""


class NotAProgramme(Exception):
    """The text could not be read as a linear programme."""


def solve_programme(text: str, form: Literal["mps", "lp"], *, limit_seconds: float) -> ProgrammeAnswer:
    """Solve a programme to proven optimality or the time limit. Raises NotAProgramme, ProgrammeFailed."""
    asked = json.dumps({"text": text, "form": form, "seconds": limit_seconds})
    command = [sys.executable, "-m", WORKER, COMMAND_MEMORY]
    try:
        done = subprocess.run(
            command, input=asked, capture_output=True, text=True, timeout=limit_seconds + GRACE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ProgrammeFailed("it took longer than its time limit") from None
    if done.returncode != 0:
        raise ProgrammeFailed("the solver ended without an answer: the programme is too large, or breaks it")
    found = json.loads(done.stdout.splitlines()[-1])
    if "wrong" in found:
        raise NotAProgramme(found["wrong"])
    return ProgrammeAnswer.model_validate(found)
