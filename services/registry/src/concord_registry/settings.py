"""Settings of the registry: environment variables `REGISTRY_...`, see concord_kit.settings."""

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from concord_kit.settings import ServiceSettings
from concord_registry.webhooks.sealing import Seal, keys_of


class RegistrySettings(ServiceSettings):
    """The registry asks no other service, so it needs nothing beyond what every service needs."""

    webhooks_to_loopback: bool = Field(
        False, description="whether changes may be sent to addresses of this machine, by http too; for development"
    )

    webhook_keys: str | None = Field(
        None,
        repr=False,
        description="keys that seal the secrets of webhooks, separated by commas; the first seals, all open",
    )

    @field_validator("webhook_keys")
    @classmethod
    def _are_keys(cls, value: str | None) -> str | None:
        keys_of(value)
        return value

    @property
    def seal(self) -> Seal:
        return Seal(keys_of(self.webhook_keys))

    model_config = SettingsConfigDict(env_prefix="REGISTRY_", extra="ignore", frozen=True)
