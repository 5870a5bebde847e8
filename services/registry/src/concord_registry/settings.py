"""Settings of the registry: environment variables `REGISTRY_...`, see concord_kit.settings."""

from pydantic_settings import SettingsConfigDict

from concord_kit.settings import ServiceSettings


class RegistrySettings(ServiceSettings):
    """The registry asks no other service, so it needs nothing beyond what every service needs."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_", extra="ignore", frozen=True)
