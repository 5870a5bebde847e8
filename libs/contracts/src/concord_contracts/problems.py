"""Problem details (RFC 9457): the one shape of every refusal, and the register of their types.

A `type` never changes its meaning. `python -m concord_contracts.problems` prints `docs/problems.md`.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

URN = "urn:concord:problem:"


class Fault(BaseModel):
    """One thing wrong with an input. `pointer` (RFC 6901) is into the body; `parameter` names a header, path or query
    parameter."""

    pointer: str | None = Field(None, examples=["/responsibilities/0/place"])
    parameter: str | None = Field(None, examples=["query:as_of"])
    detail: str
    type: str = Field("invalid", description="a short stable word for the kind of fault")


class ProblemDocument(BaseModel):
    """A refusal. Further members depend on the type and are listed with it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []
    request_id: str | None = None

    @property
    def slug(self) -> str:
        """The type without its prefix, as programs compare it."""
        return self.type.removeprefix(URN)

    def member(self, name: str) -> Any:
        """An extra member of this type of problem; None where the sender left it out."""
        return (self.model_extra or {}).get(name)


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of refusal: `meaning` says when it comes and what the caller can do; `members` name the extra members."""

    slug: str
    status: int
    title: str
    meaning: str
    members: tuple[tuple[str, str], ...] = ()

    @property
    def uri(self) -> str:
        return URN + self.slug


_EVERY_SERVICE = (
    ProblemType(
        "malformed-request",
        400,
        "The request cannot be read",
        "Not UTF-8, not JSON (NaN and Infinity are not), a name twice in one object, or control characters. "
        "Send well-formed JSON.",
    ),
    ProblemType(
        "acting-for-required",
        400,
        "Say which body you act for",
        "Several bodies would do. Repeat with `X-Acting-For` naming one.",
        (("bodies", "the bodies that would do; with a mandate, those holding it"),),
    ),
    ProblemType(
        "idempotency-key-required",
        400,
        "Idempotency-Key is missing",
        "This request creates or moves something. Send a fresh random `Idempotency-Key`; repeat the same "
        "one when repeating the request.",
    ),
    ProblemType(
        "bad-cursor",
        400,
        "The cursor is not one of ours",
        'Take cursors from `Link: rel="next"` only.',
    ),
    ProblemType(
        "unauthenticated",
        401,
        "Sign in",
        "The bearer token is missing or not accepted.",
        (
            (
                "reason",
                "missing, malformed, unknown-key, bad-signature, expired, not-yet-valid, wrong-issuer, wrong- "
                "audience, missing-claim, lifetime-too-long, wrong-key-for-subject or bad-roles",
            ),
        ),
    ),
    ProblemType(
        "not-allowed",
        403,
        "Not allowed",
        "No row of the authority table gives the caller this action.",
        (
            ("action", "what was asked"),
            ("acting_for", "the body acted for, if one was named"),
            ("roles_needed", "role and relation that would do"),
        ),
    ),
    ProblemType(
        "not-found",
        404,
        "Not found",
        "No such address, or no such record as of and as known at the times asked.",
    ),
    ProblemType(
        "method-not-allowed",
        405,
        "Method not allowed",
        "The address exists; the method does not. See `Allow`.",
    ),
    ProblemType(
        "not-acceptable",
        406,
        "No such representation",
        "The `Accept` header names no form we have.",
    ),
    ProblemType(
        "faulty-table",
        422,
        "The table has faults",
        "Nothing was taken; every fault is in `errors`, with its table, line (the header is line 1) and column. Mend "
        "the file and send it again.",
    ),
    ProblemType(
        "conflict",
        409,
        "In conflict with what is recorded",
        "The request contradicts the present state.",
    ),
    ProblemType(
        "overlapping-authority",
        409,
        "Two limits of one office on one day",
        "Another limit of authority of the same body, office and decision holds on days of this one: which "
        "counts would be open. End or correct one.",
        (
            ("asked", "what was sent: record, valid_from, valid_to, limit_gbp, jointly_with"),
            ("recorded", "the limits recorded of the same days, each the same"),
        ),
    ),
    ProblemType(
        "stale",
        412,
        "Changed meanwhile",
        "`If-Match` is not the present version. Read again and decide again.",
        (("version", "the present version"),),
    ),
    ProblemType(
        "too-large",
        413,
        "Body too large",
        "The body exceeds the limit of this address.",
        (("limit_bytes", "the limit"),),
    ),
    ProblemType(
        "unsupported-media-type",
        415,
        "Send JSON",
        "The body must be `application/json`.",
    ),
    ProblemType(
        "invalid-request",
        422,
        "The request has faults",
        "Every fault is listed in `errors`.",
    ),
    ProblemType(
        "idempotency-key-reused",
        422,
        "Idempotency-Key was used for another request",
        "The same caller sent this key to this address with another body. Use a fresh key.",
    ),
    ProblemType(
        "known-at-too-late",
        422,
        "`known_at` lies in the future",
        "What will be known then is still open. Use the latest record or earlier, or leave it out.",
        (("head_at", "when the latest record was made"),),
    ),
    ProblemType(
        "precondition-required",
        428,
        "If-Match is missing",
        "Changing a record needs the version it was read at.",
    ),
    ProblemType(
        "internal",
        500,
        "Our fault",
        "Something unforeseen. The log holds it under `request_id`.",
    ),
    ProblemType(
        "dependency-refused",
        502,
        "Another service refused our request",
        "The refusal is in `problem`.",
        (
            ("dependency", "which service"),
            ("problem", "its problem document"),
        ),
    ),
    ProblemType(
        "dependency-unavailable",
        503,
        "Another service cannot be reached",
        "Try again after `Retry-After`.",
        (("dependency", "which service"),),
    ),
    ProblemType(
        "database-unavailable",
        503,
        "The database cannot be reached or is too busy",
        "Nothing was recorded unless the request is repeated with its key and answers so. Try again after "
        "`Retry-After`.",
    ),
    ProblemType(
        "busy",
        503,
        "Too much is waiting",
        "A bounded queue is full. Try again after `Retry-After`.",
    ),
)

_REGISTRY = (
    ProblemType(
        "unknown-code",
        422,
        "Unknown code",
        "A body, stage, pathway, place or rule is not known; each is named in `errors`.",
    ),
    ProblemType(
        "sequence-conflict",
        409,
        "Same sequence, other digest",
        "A message with this sequence and another digest is recorded already.",
        (
            ("sequence", "the recorded sequence"),
            ("digest", "the recorded digest"),
        ),
    ),
    ProblemType(
        "exceeds-mandate",
        422,
        "Over the mandate's limit",
        "What is written under a mandate commits its body to more than the mandate's limit; in a table, a fault.",
        (
            ("limit_gbp", "the highest limit of the mandates in force"),
            ("asked_gbp", "whole-life value of what is written, in whole pounds"),
            ("currency", "GBP"),
            ("mandate", "the mandate of that limit"),
            ("counted_with", "records that count with it as one commitment"),
        ),
    ),
    ProblemType(
        "claim-ended",
        409,
        "The claim has ended",
        "An ended claim is history; assert a new one.",
    ),
    ProblemType(
        "unknown-format",
        422,
        "No format that is known",
        "The file is of none of the formats that are recognised. `detail` says which comes nearest and what differs.",
        (
            ("nearest", "the nearest format, or null"),
            ("differs", "what is otherwise in it"),
            ("formats", "every format with what it is recognised by"),
        ),
    ),
    ProblemType(
        "cannot-withdraw",
        409,
        "File cannot be taken back",
        "Bodies or places that only this file speaks of are named elsewhere, or what files said was not kept when they "
        "were imported. The detail says what to do first.",
        (
            ("named", "bodies and places that are named elsewhere"),
            ("missing", "files of which it was not kept what they said"),
        ),
    ),
    ProblemType(
        "file-withdrawn",
        409,
        "The file was taken back",
        "The same file was imported before and taken back. Send it again with `accept_withdrawn` to take it anew.",
        (("file", "the import that was taken back"), ("withdrawn_at", "when")),
    ),
    ProblemType(
        "fewer-than-before",
        409,
        "Far fewer lines than before",
        "The edition before had many more lines: the file may be cut off. Send it again whole, or with `accept_fewer`.",
        (
            ("lines", "lines of this file"),
            ("before", "lines of the edition before"),
            ("file", "the edition before"),
        ),
    ),
)

_AGREEMENTS = (
    ProblemType(
        "text-changed",
        409,
        "The text has changed",
        "The digest given is not that of the present text. Read it again before approving or signing.",
        (("digest", "the digest of the present text"),),
    ),
    ProblemType(
        "refused-transition",
        409,
        "Not possible in this state",
        "The agreement's state does not allow the step.",
        (
            ("state", "the present state"),
            ("event", "the refused step"),
            ("allowed", "steps possible now"),
        ),
    ),
    ProblemType(
        "not-lawful",
        422,
        "Outside the legal basis",
        "A fault against the legal basis; each names stage, provision and what to do instead.",
    ),
    ProblemType(
        "exceeds-authority",
        422,
        "Over the limit of authority",
        "The commitment exceeds what this office may approve.",
        (
            ("commitment_gbp", "whole-life value"),
            ("limit_gbp", "the limit"),
            ("role", "the office"),
        ),
    ),
    ProblemType(
        "conflicting-agreement",
        409,
        "In conflict with another agreement",
        "Another agreement covers the same stage, place, party and period.",
        (("conflicts", "each overlap"),),
    ),
)

_ALLOCATION = (
    ProblemType(
        "removed",
        410,
        "The scenario was removed",
        "It was removed under a rule of retention; what stays of it is here and in `/v1/retention/removed`.",
        (
            ("removed_at", "when"),
            ("rule", "the rule, with the years it had"),
            ("years", "for how long it had been untouched"),
            ("problem_digest", "of its problem"),
            ("answer_digest", "of its answer"),
        ),
    ),
    ProblemType(
        "invalid-problem",
        422,
        "The problem has faults",
        "The allocation problem contradicts itself; every fault is in `errors`.",
    ),
    ProblemType(
        "nothing-loaded",
        409,
        "No reference figures",
        "No edition of the reference tables was in use at the moment asked about.",
    ),
    ProblemType(
        "no-difference",
        409,
        "No difference to show",
        "The scenario is no what-if, or one of the two has no plan.",
    ),
    ProblemType(
        "not-solved",
        500,
        "No answer was reached",
        "The solver gave no answer that passes the check.",
    ),
)

PROBLEM_TYPES: dict[str, ProblemType] = {
    kind.slug: kind for kind in (*_EVERY_SERVICE, *_REGISTRY, *_AGREEMENTS, *_ALLOCATION)
}
"""Every type of problem by slug."""


def problem_type(slug: str) -> ProblemType:
    """The registered type. A slug that is not registered is a programming error: KeyError."""
    return PROBLEM_TYPES[slug]


def render_page() -> str:
    """`docs/problems.md`: every type with its status, meaning and members."""
    lines = [
        "# Problems",
        "",
        "Every refusal is `application/problem+json` (RFC 9457). A `type` never changes its meaning.",
        "Written by `python -m concord_contracts.problems`; edit `libs/contracts/src/concord_contracts/problems.py`.",
        "",
    ]
    for kind in sorted(PROBLEM_TYPES.values(), key=lambda kind: (kind.status, kind.slug)):
        lines += [f"## {kind.slug}", "", f"`{kind.uri}`, status {kind.status}: **{kind.title}.** {kind.meaning}", ""]
        if kind.members:
            lines += [*(f"* `{name}`: {meaning}" for name, meaning in kind.members), ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(render_page(), end="")
