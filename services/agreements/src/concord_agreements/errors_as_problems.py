"""The one table from this service's refusals to problem documents. The domain knows nothing of HTTP."""

from concord_agreements.lifecycle import TransitionRefused, steps_from
from concord_agreements.positions import NoPooledFund, NotBinding, WrongFund
from concord_agreements.reference import NoReference
from concord_agreements.steps import (
    AlreadyRecorded,
    ExceedsAuthority,
    InConflict,
    NotAParty,
    NotApproved,
    NotLawful,
    OpenAuthority,
    TextChanged,
    WrongDay,
    WrongStage,
)
from concord_agreements.store import NoSuchAgreement, NoSuchVersion
from concord_contracts.problems import Fault
from concord_kit.problems import Problem, ProblemMapping


def _text_changed(error: TextChanged) -> Problem:
    return Problem("text-changed", str(error), digest=error.digest)


def _refused_transition(error: TransitionRefused) -> Problem:
    return Problem("refused-transition", str(error), state=error.state, event=error.step, allowed=error.allowed)


def _not_approved(error: NotApproved) -> Problem:
    return Problem("refused-transition", str(error), event="sent", awaiting_approval=error.awaiting)


def _not_lawful(error: NotLawful) -> Problem:
    errors = [
        Fault(
            pointer=fault.pointer,
            type=fault.rule,
            detail=f"{fault.words} Instead: {fault.instead}" if fault.instead else fault.words,
        )
        for fault in error.faults
    ]
    faults = [fault.model_dump(mode="json") for fault in error.faults]
    return Problem("not-lawful", str(error), errors=errors, faults=faults)


def _exceeds_authority(error: ExceedsAuthority) -> Problem:
    limit = error.judgement.limit_pence
    return Problem(
        "exceeds-authority",
        str(error),
        role=error.role,
        organisation=error.organisation,
        commitment_gbp=error.commitment_pence / 100,
        limit_gbp=None if limit is None else limit / 100,
        needs=list(error.judgement.needs),
    )


def _open_authority(error: OpenAuthority) -> Problem:
    recorded = [
        {
            "record": limit.record,
            "valid_from": limit.valid_from.isoformat(),
            "valid_to": limit.valid_to.isoformat(),
            "limit_gbp": None if limit.limit_pence is None else limit.limit_pence // 100,
            "jointly_with": limit.jointly_with,
        }
        for limit in error.limits
    ]
    return Problem(
        "overlapping-authority", str(error), role=error.role, organisation=error.organisation, recorded=recorded
    )


def _in_conflict(error: InConflict) -> Problem:
    conflicts = [
        {
            "agreement": found.agreement,
            "title": found.title,
            "stages": list(found.stages),
            "places": list(found.places),
            "parties": list(found.parties),
            "from": found.first_day.isoformat(),
            "until": found.until.isoformat(),
            "words": found.words,
        }
        for found in error.conflicts
    ]
    return Problem("conflicting-agreement", str(error), conflicts=conflicts)


def _not_a_party(error: NotAParty) -> Problem:
    fault = Fault(pointer="/organisation", detail=str(error), type="not-a-party")
    return Problem("invalid-request", str(error), errors=[fault])


def _wrong_day(error: WrongDay) -> Problem:
    fault = Fault(pointer=f"/{error.field}", detail=str(error), type="wrong-day")
    return Problem("invalid-request", str(error), errors=[fault])


def _wrong_stage(error: WrongStage) -> Problem:
    fault = Fault(pointer="/stage", detail=str(error), type="wrong-stage")
    return Problem("invalid-request", str(error), errors=[fault])


def _wrong_fund(error: WrongFund) -> Problem:
    fault = Fault(pointer="/fund", detail=str(error), type="wrong-fund")
    return Problem("invalid-request", str(error), errors=[fault])


def _not_binding(error: NotBinding) -> Problem:
    allowed = steps_from(error.state)
    return Problem("refused-transition", str(error), state=error.state, event="position-reported", allowed=allowed)


PROBLEMS: ProblemMapping = {
    TextChanged: _text_changed,
    TransitionRefused: _refused_transition,
    NotApproved: _not_approved,
    NotLawful: _not_lawful,
    ExceedsAuthority: _exceeds_authority,
    OpenAuthority: _open_authority,
    InConflict: _in_conflict,
    NotAParty: _not_a_party,
    WrongDay: _wrong_day,
    WrongStage: _wrong_stage,
    WrongFund: _wrong_fund,
    NotBinding: _not_binding,
    NoPooledFund: "conflict",
    AlreadyRecorded: "conflict",
    NoSuchAgreement: "not-found",
    NoSuchVersion: "not-found",
    NoReference: "nothing-loaded",
}
