"""Settings of a service, from environment variables only. A secret has no default; a wrong value stops the start."""

import sys
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class ServiceSettings(BaseSettings):
    """What every service must be told. A service subclasses it with `env_prefix="REGISTRY_"` and adds its own."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: str = Field(description="sqlite:///path or postgresql://user:password@host/name", repr=False)
    issuer: str = Field(description="whose tokens are accepted: the `iss` claim", min_length=1)
    audience: str = Field(description="this service's own name, to be found in `aud`", min_length=1)
    jwks: str = Field(description="public keys of the issuer and the services: an http(s) address or a file")
    service_key_file: Path | None = Field(None, description="this service's private key (PEM), to call others with")
    public_reads: bool = Field(True, description="whether reads marked `anyone` need no token")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    max_body_bytes: int = Field(1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    database_threads: int = Field(8, ge=1, le=64, description="readers at work at once")
    figures_seconds: float = Field(
        60,
        gt=0,
        le=3600,
        description="how often figures derived from the whole record are looked at again for /metrics",
    )
    stream_seconds: float = Field(
        1, gt=0, le=60, description="how often the journal is looked at for all streams of a process together"
    )
    heartbeat_seconds: float = Field(15, gt=0, le=300, description="how often a quiet stream says that it lives")
    longest_stream_seconds: float = Field(
        3600, gt=0, le=86400, description="after which a stream ends, so that who comes back is let in anew"
    )
    most_streams: int = Field(200, ge=1, le=10_000, description="streams of changes open at once in a process")
    shutdown_seconds: float = Field(10, ge=0, le=300, description="how long requests may take to end at a stop")

    @field_validator("database_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError:
            raise ValueError("not a database address: use sqlite:///path or postgresql://host/name") from None
        if backend not in {"sqlite", "postgresql"}:
            raise ValueError(f"{backend} is not supported: use sqlite:///path or postgresql://host/name")
        return value

    @field_validator("service_key_file")
    @classmethod
    def _is_readable(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"there is no file {value}")
        return value


def load_settings[S: ServiceSettings](settings_class: type[S]) -> S:
    """The settings, or every wrong or missing variable in plain words on standard error and exit code 2."""
    try:
        return settings_class()
    except ValidationError as error:
        prefix = settings_class.model_config.get("env_prefix", "")
        print(f"{settings_class.__module__.split('.')[0]} cannot start; mend the environment:", file=sys.stderr)
        for fault in error.errors(include_url=False, include_input=False):
            name = f"{prefix}{'_'.join(str(part) for part in fault['loc'])}".upper()
            words = "is missing" if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, ")
            print(f"  {name}: {words}", file=sys.stderr)
        raise SystemExit(2) from None
