"""Parts of addresses and lists of problems that several routes share."""

from typing import Annotated

from fastapi import Path

AgreementId = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$",
        description="A UUID version 7 in lower case",
        examples=["01939b5e-7c1f-7b7a-9a61-3d0b7c1f2a44"],
    ),
]
VersionNumber = Annotated[int, Path(ge=1, le=10**6, description="1 upwards")]

ASKED = ("dependency-unavailable", "dependency-refused")
"""Where the registry is asked, if only for a mandate."""
STEP = ("not-found", "not-acceptable", "refused-transition", "nothing-loaded", *ASKED)
"""What every step of an agreement may be refused for."""
