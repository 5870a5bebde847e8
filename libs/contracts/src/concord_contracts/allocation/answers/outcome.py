"""A plan, or a refusal."""

from typing import Annotated

from pydantic import Field

from concord_contracts.allocation.answers.plan import Answer
from concord_contracts.allocation.answers.refusal import Refusal

Outcome = Annotated[Answer | Refusal, Field(discriminator="outcome")]
