"""Calls to another service: one kept client each, one deadline over all attempts, every failure one error.

    reads (GET)   two more attempts with jitter on transport failures and 429, 502, 503, 504
    writes        one attempt; whoever may repeat them (the outbox, a person) does

A refusal by the other service is a `DependencyRefused` with its problem document; no answer, or a 5xx, is a
`DependencyUnavailable`.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx
from prometheus_client import CollectorRegistry, Counter, Gauge
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from concord_contracts.problems import ProblemDocument
from concord_kit.context import outgoing_headers

DEADLINE_SECONDS = 3.0
MAX_CONNECTIONS = 16
READ_ATTEMPTS = 3
WORTH_REPEATING = frozenset({429, 502, 503, 504})


class DependencyUnavailable(Exception):
    """Another service gave no usable answer. `status` is its HTTP status where it sent one."""

    def __init__(self, name: str, reason: str, status: int | None = None) -> None:
        super().__init__(f"{name} cannot be reached: {reason}")
        self.name = name
        self.reason = reason
        self.status = status


class DependencyRefused(Exception):
    """Another service refused our request with a 4xx."""

    def __init__(self, name: str, status: int, problem: ProblemDocument) -> None:
        super().__init__(f"{name} refused ({status}): {problem.detail}")
        self.name = name
        self.status = status
        self.problem = problem


class DependencyMetrics:
    """What a service says about the others that it asks; `dependency` is a name that the code gives a client."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.up = Gauge(
            "concord_dependency_up",
            "1 if the service that is asked could be reached during this scrape; 0: what needs it is refused or waits",
            ["dependency"],
            registry=registry,
        )
        self.requests = Counter(
            "concord_dependency_requests",
            "Calls to another service, repeats not counted, by how they ended (answered, refused, unavailable, "
            "aborted); a rise of refused: the two disagree, of unavailable: it is away or too slow",
            ["dependency", "outcome"],
            registry=registry,
        )
        self.retries = Counter(
            "concord_dependency_retries",
            "Attempts after the first at a read of another service; a rise: it fails now and then, callers wait",
            ["dependency"],
            registry=registry,
        )

    def called(self, dependency: str, outcome: str) -> None:
        """Count one call."""
        self.requests.labels(dependency, outcome).inc()


class ServiceClient:
    """A kept client for one other service. Open it with `async with`, or give it to `create_app(dependencies=...)`."""

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        deadline_seconds: float = DEADLINE_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.name = name
        self._base_url = base_url
        self._deadline = deadline_seconds
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._metrics = DependencyMetrics(CollectorRegistry())

    def measure(self, metrics: DependencyMetrics) -> None:
        """Count calls there from now on; `create_app` does it for its dependencies."""
        self._metrics = metrics

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(
            base_url=self._base_url,
            transport=self._transport,
            timeout=self._deadline,
            limits=httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS),
            follow_redirects=False,
            trust_env=False,  # our services reach each other directly, whatever proxy the way out needs
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def get[M: BaseModel](
        self,
        path: str,
        model: type[M],
        *,
        params: Mapping[str, Any] | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> M:
        """Read a resource. DependencyUnavailable, DependencyRefused."""
        with self._counted():
            answer = await self._call("GET", path, params=params, token=token, headers=headers)
            try:
                return model.model_validate_json(answer.content)
            except ValidationError as error:
                reason = f"its answer is not a {model.__name__}: {error.error_count()} faults"
                raise DependencyUnavailable(self.name, reason, answer.status_code) from error

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: BaseModel | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> httpx.Response:
        """One call within the deadline; a 2xx or 304 answer. DependencyUnavailable, DependencyRefused."""
        with self._counted():
            return await self._call(method, path, params=params, body=body, headers=headers, token=token)

    async def check(self, within_seconds: float = DEADLINE_SECONDS) -> None:
        """Whether it lives, as the gauge says from now on. DependencyUnavailable, DependencyRefused otherwise."""
        try:
            await self._call("GET", "/health/live", deadline_seconds=within_seconds)
        except (DependencyUnavailable, DependencyRefused):
            self._metrics.up.labels(self.name).set(0)
            raise
        self._metrics.up.labels(self.name).set(1)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        outcome = "aborted"
        try:
            yield
            outcome = "answered"
        except DependencyRefused:
            outcome = "refused"
            raise
        except DependencyUnavailable:
            outcome = "unavailable"
            raise
        finally:
            self._metrics.called(self.name, outcome)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: BaseModel | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        deadline_seconds: float | None = None,
    ) -> httpx.Response:
        deadline = min(deadline_seconds or self._deadline, self._deadline)
        sent = {**outgoing_headers(), **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        content = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            content = (
                body.model_dump_json() if isinstance(body, BaseModel) else httpx.Request("POST", "/", json=body).content
            )
        wanted = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            async with asyncio.timeout(deadline):
                answer = await self._attempts(method, path, params=wanted, content=content, headers=sent)
        except TimeoutError as error:
            raise DependencyUnavailable(self.name, f"no answer within {deadline:g} s") from error
        except _WorthRepeating as error:
            raise DependencyUnavailable(self.name, error.reason, error.status) from error
        return self._judged(answer)

    async def _attempts(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        attempts = READ_ATTEMPTS if method == "GET" else 1
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(attempts),
            wait=wait_random_exponential(multiplier=0.05, max=0.5),
            retry=retry_if_exception_type(_WorthRepeating),
            reraise=True,
        ):
            if attempt.retry_state.attempt_number > 1:
                self._metrics.retries.labels(self.name).inc()
            with attempt:
                return await self._once(method, path, **arguments)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _once(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        if self._client is None:
            raise RuntimeError(f"the client for {self.name} is not open")
        try:
            answer = await self._client.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise _WorthRepeating(type(error).__name__, None) from error
        if answer.status_code in WORTH_REPEATING:
            raise _WorthRepeating(f"it answered {answer.status_code}", answer.status_code)
        return answer

    def _judged(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success or answer.status_code == 304:
            return answer
        if not answer.is_client_error:
            raise DependencyUnavailable(self.name, f"it answered {answer.status_code}", answer.status_code)
        raise DependencyRefused(self.name, answer.status_code, _problem_in(answer))


class _WorthRepeating(Exception):
    """An attempt that failed in a way that another might not."""

    def __init__(self, reason: str, status: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def _problem_in(answer: httpx.Response) -> ProblemDocument:
    try:
        return ProblemDocument.model_validate_json(answer.content)
    except ValidationError:
        text = f"it answered {answer.status_code} without a problem document"
        return ProblemDocument(type="about:blank", title="Refused", status=answer.status_code, detail=text)
