"""What the allocation service must be told: environment variables `ALLOCATION_*`."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from concord_kit.settings import ServiceSettings


class AllocationSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="ALLOCATION_")

    registry_url: str = Field(
        description="address of the registry, which says who is responsible", pattern=r"^https?://"
    )
    agreements_url: str = Field(description="address of agreements, which says what is in force", pattern=r"^https?://")
    dependency_seconds: float = Field(3, gt=0, le=30, description="deadline of one read from another service")
    solver_workers: int = Field(2, ge=1, le=64, description="problems solved at once")
    solver_queue: int = Field(8, ge=0, le=1000, description="problems that may wait for a solver; more are refused")
    solve_seconds: float = Field(60, gt=0, le=600, description="time limit of one solve; a caller may ask for less")
    solve_memory_mib: int = Field(
        4096, ge=512, le=1024**2, description="address space of the process that one question is solved in, MiB"
    )
    max_problem_bytes: int = Field(
        8 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024, description="largest problem that may be sent to be solved"
    )
    retention_years: int = Field(
        6, ge=1, le=100, description="how long a scenario that nobody cites or touches is kept before it may be removed"
    )
