"""What a route gets: an authenticated, authorised call with its unit of work.

@router.post("/claims", status_code=201, response_model=ClaimView, responses=problem_responses("unknown-code"))
async def assert_claim(claim: ClaimIn, call: Call = Depends(allowed("claims.assert", idempotent=True))) -> Response:
    return await call.write(lambda tx: store.assert_claim(tx, claim, call.acting_for), status=201)
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Header
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from concord_contracts.identifiers import BODY_ID
from concord_contracts.problems import Fault
from concord_kit import bodies, documentation, etags, idempotency
from concord_kit.authority import Authority, Grant, Relation
from concord_kit.clock import Clock, today_in_england
from concord_kit.context import request_id
from concord_kit.database import Database, Reading, Writing
from concord_kit.idempotency import OneRequest, Rendered
from concord_kit.journal import Intent
from concord_kit.mandates import MandateSource
from concord_kit.problems import Problem
from concord_kit.tokens import Principal, TokenVerifier, bearer_token

if TYPE_CHECKING:
    from concord_kit.settings import ServiceSettings

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Result:
    """An answer with more than a body: `version` becomes the strong ETag, `weak` a weak one, `location` the address of
    what was created. `status` overrides the route's. `kept` is the body for whoever repeats the request, where the
    answer shows something once."""

    body: BaseModel | None
    version: int | None = None
    weak: str | None = None
    location: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: BaseModel | None = None


@dataclass(frozen=True)
class Surroundings:
    """What the routes of one application share; `create_app` puts it on `app.state.concord`."""

    settings: "ServiceSettings"
    database: Database
    authority: Authority
    verifier: TokenVerifier
    mandates: MandateSource
    clock: Clock


class Call:
    """One allowed call. `acting_for` is the body acted for; None for the public, auditors and services."""

    def __init__(
        self,
        request: Request,
        around: Surroundings,
        principal: Principal | None,
        grant: Grant,
        *,
        token: str | None,
        body: Any,
        idempotency_key: str | None,
        if_match: str | None,
        upload: bodies.Upload | None = None,
    ) -> None:
        self.request = request
        self.principal = principal
        self.grant = grant
        self.token = token
        """The raw bearer token, to forward on reads on the caller's behalf."""
        self._upload = upload
        self._around = around
        self._body = body
        self._idempotency_key = idempotency_key
        self._if_match = if_match
        self._party_settled = grant.row.relation not in (Relation.PARTY, Relation.PARTY_BY_MANDATE)

    @property
    def acting_for(self) -> str | None:
        return self.grant.acting_for

    @property
    def actor(self) -> str:
        """The subject of the token, as the journal names it."""
        return self.principal.subject if self.principal else ANONYMOUS

    @property
    def request_id(self) -> str:
        return request_id() or ""

    @property
    def clock(self) -> Clock:
        return self._around.clock

    def file(self) -> bodies.Upload:
        """The file sent, for a route that is `allowed(..., files=...)`."""
        if self._upload is None:
            raise RuntimeError(f"{self.grant.row.action}: a route that takes a file is allowed(..., files=...)")
        return self._upload

    async def read[T](self, fn: Callable[[Reading], T]) -> T:
        """Run `fn` on one snapshot and give what it gives."""

        def work(tx: Reading) -> T:
            value = fn(tx)
            self._insist_on_party_check()
            return value

        return await self._around.database.read(work)

    async def write(
        self,
        fn: Callable[[Writing], BaseModel | Result],
        *,
        action: str | None = None,
        subject: str = "",
        reason: str | None = None,
        status: int = 200,
        personal: bool = False,
    ) -> Response:
        """Run `fn` and answer with what it gives, committed with journal row and idempotency record.

        `action` defaults to the action allowed; `subject` names the record (or `tx.concerns(...)` does inside).
        `personal`: the request holds personal data, so the journal, which is never erased, keeps no digest of it.
        """
        intent = Intent(
            actor=self.actor,
            acting_for=self.acting_for,
            action=action or self.grant.row.action,
            subject=subject,
            reason=reason,
            body_digest=None if self._body is None or personal else bodies.digest(self._body),
            request_id=self.request_id,
        )
        one = self._one_request()

        def work(tx: Writing) -> Rendered:
            kept = idempotency.find(tx, one, tx.at) if one else None
            if kept:
                tx.unchanged()
                return kept
            made = fn(tx)
            answer = render(made, status)
            self._insist_on_party_check()
            if one:
                again = replace(made, body=made.kept) if isinstance(made, Result) and made.kept is not None else None
                idempotency.keep(tx, one, answer if again is None else render(again, status))
            return answer

        return _response(await self._around.database.write(intent, work))

    async def replayed(self) -> Response | None:
        """The kept answer to a repeated request, for a route that works long before it writes; None the first time.

        `write` looks again, so a route need not ask.
        """
        one = self._one_request()
        if one is None:
            return None
        now = self.clock()
        kept = await self._around.database.read(lambda tx: idempotency.find(tx, one, now))
        return None if kept is None else _response(kept)

    def reply(self, result: BaseModel | Result, *, status: int = 200) -> Response:
        """The answer to a read: 304 where `If-None-Match` names the ETag."""
        answer = render(result, status)
        tag = answer.headers.get("ETag")
        if tag and etags.matches(self.request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers={"ETag": tag})
        return _response(answer)

    def expect(self, version: int) -> None:
        """Refuse the change unless it was decided on this version of the aggregate (428, 412). Call it inside `fn`."""
        etags.require_version(self._if_match, version)

    def require_party(self, parties: Iterable[str]) -> None:
        """Refuse (403) a caller allowed as a party whose body is none; auditors and services pass."""
        relation = self.grant.row.relation
        if relation in (Relation.PARTY, Relation.PARTY_BY_MANDATE) and self.acting_for not in set(parties):
            raise Problem(
                "not-allowed",
                f"{self.acting_for} is not a party to this record.",
                action=self.grant.row.action,
                acting_for=self.acting_for,
                roles_needed=[str(self.grant.row)],
            )
        self._party_settled = True

    def visible_party(self) -> str | None:
        """For lists: only records of this party may be shown; None where all may."""
        self._party_settled = True
        return self.acting_for if self.grant.row.relation in (Relation.PARTY, Relation.PARTY_BY_MANDATE) else None

    def _insist_on_party_check(self) -> None:
        if not self._party_settled:
            raise RuntimeError(f"{self.grant.row.action}: allowed as a party, but never checked against the parties")

    def _one_request(self) -> OneRequest | None:
        if self._idempotency_key is None:
            if self.request.method == "POST":
                raise RuntimeError(f"{self.grant.row.action}: a POST that writes is allowed(..., idempotent=True)")
            return None
        url = self.request.url
        digest = bodies.digest({"body": self._body, "query": url.query, "acting_for": self.acting_for})
        return OneRequest(self.actor, f"{self.request.method} {url.path}"[:500], self._idempotency_key, digest)


def render(result: BaseModel | Result, status: int) -> Rendered:
    """An answer as it goes out."""
    if isinstance(result, BaseModel):
        result = Result(result)
    headers = dict(result.headers)
    if result.version is not None:
        headers["ETag"] = etags.strong(result.version)
    elif result.weak is not None:
        headers["ETag"] = etags.weak(result.weak)
    if result.location is not None:
        headers["Location"] = result.location
    if result.body is None:
        return Rendered(result.status or 204, headers, "")
    return Rendered(result.status or status, headers, result.body.model_dump_json())


def _response(answer: Rendered) -> Response:
    media_type = "application/json" if answer.body else None
    return Response(answer.body, status_code=answer.status, headers=answer.headers, media_type=media_type)


_documented_scheme = HTTPBearer(auto_error=False, description="A token of the issuer, at most 15 minutes old")


async def _key(
    key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="A fresh random key; the same one to repeat the request"),
    ] = None,
) -> str | None:
    return key


async def _if_match(
    tag: Annotated[str | None, Header(alias="If-Match", description='The version read, like "7"')] = None,
) -> str | None:
    return tag


async def _nothing() -> None:
    return None


def allowed(
    action: str, *, idempotent: bool = False, if_match: bool = False, files: Sequence[str] = ()
) -> Callable[..., Awaitable[Call]]:
    """The dependency that lets a route begin: caller known, action allowed, body well-formed.

    `idempotent`: the request needs an `Idempotency-Key` (every POST that writes). `if_match`: it takes `If-Match`,
    which `call.expect(version)` judges. `files`: the body is a file of one of these media types, `call.file()`.
    """

    async def let_in(
        request: Request,
        acting_for: Annotated[
            str | None, Header(alias="X-Acting-For", pattern=BODY_ID, description="The body acted for, e.g. ods:02A")
        ] = None,
        _scheme: Any = Depends(_documented_scheme),
        key: str | None = Depends(_key if idempotent else _nothing),
        tags: str | None = Depends(_if_match if if_match else _nothing),
    ) -> Call:
        around: Surroundings = request.app.state.concord
        _refuse_unknown_parameters(request)
        token = bearer_token(request.headers.get("authorization"))
        principal = await around.verifier.verify(token) if token else None
        today = today_in_england(around.clock)
        grant = await around.authority.grant(action, principal, acting_for, around.mandates, today)
        checked = idempotency.checked_key(key) if idempotent else None
        upload = await bodies.read_upload(request, files) if files else None
        body = {"file": upload.digest, "type": upload.media_type} if upload else await bodies.read_body(request)
        return Call(
            request,
            around,
            principal,
            grant,
            token=token,
            body=body,
            idempotency_key=checked,
            if_match=tags,
            upload=upload,
        )

    let_in.concord_action = action  # type: ignore[attr-defined]
    return let_in


def _refuse_unknown_parameters(request: Request) -> None:
    """A misspelt filter that is ignored would answer another question than the one asked."""
    if not request.url.query:
        return
    known = documentation.query_parameters(request.scope["route"])
    strange = sorted({name for name in request.query_params if name not in known})
    if strange:
        faults = [
            Fault(parameter=f"query:{name[:100]}", detail="is not known here", type="extra_forbidden")
            for name in strange
        ]
        raise Problem("invalid-request", errors=faults)


def action_of(dependency: object) -> str | None:
    """The action that a dependency made by `allowed` lets in; None for others."""
    return getattr(dependency, "concord_action", None)
