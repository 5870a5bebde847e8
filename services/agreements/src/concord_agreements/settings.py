"""What the agreements service must be told: environment variables `AGREEMENTS_*`."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from concord_kit.settings import ServiceSettings


class AgreementsSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AGREEMENTS_")

    registry_url: str = Field(
        description="address of the registry, which activates what is signed", pattern=r"^https?://"
    )
    registry_audience: str = Field("registry", description="the registry's own name in tokens", min_length=1)
    allocation_url: str = Field(
        description="address of allocation, which keeps the scenarios that texts cite", pattern=r"^https?://"
    )
    allocation_audience: str = Field("allocation", description="allocation's own name in tokens", min_length=1)
    service_key_file: Path = Field(description="this service's private key (PEM): it activates as service:agreements")
    dependency_seconds: float = Field(3, gt=0, le=30, description="deadline of one call to registry or allocation")
