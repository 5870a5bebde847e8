"""Settings of the registry: environment variables `REGISTRY_...`, see concord_kit.settings."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from concord_kit.settings import ServiceSettings


class RegistrySettings(ServiceSettings):
    """The registry asks no other service, so it needs nothing beyond what every service needs."""

    webhooks_to_loopback: bool = Field(
        False, description="whether changes may be sent to addresses of this machine, by http too; for development"
    )

    model_config = SettingsConfigDict(env_prefix="REGISTRY_", extra="ignore", frozen=True)
