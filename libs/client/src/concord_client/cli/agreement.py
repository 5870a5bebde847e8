"""`concord agreement ...`: draft, approve, send, sign, give notice; `agreement_reads` has what is read of one.

Approvals and signatures name the digest of the text that was read, so that a changed word is noticed. Other steps
name the version they were decided on; left out, it is the present one.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from concord_client.cli import agreement_reads
from concord_client.cli.agreement_reads import Id
from concord_client.cli.options import Json, Key, day, this_day
from concord_client.cli.session import answer, checked, concord, read_model
from concord_client.client import Concord
from concord_client.show.agreement import show_agreement
from concord_client.show.positions import positions_table
from concord_contracts.agreements import (
    AgreementView,
    Approval,
    CommitmentIn,
    DraftIn,
    EndIn,
    NoticeIn,
    PositionIn,
    Reasoned,
    SignatureIn,
)
from concord_contracts.registry import Commitment

app = typer.Typer(help="Agreements between the bodies of a pathway.", no_args_is_help=True, rich_markup_mode=None)
agreement_reads.register(app)

Body = Annotated[str, typer.Option("--for", help="the body, e.g. ods:02A")]
Digest = Annotated[str, typer.Option("--digest", help="of the text that was read; `show` prints it")]
Reason = Annotated[str, typer.Option("--reason")]
IfMatch = Annotated[str | None, typer.Option("--if-match", help="version decided on (default: the present one)")]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="default today")]


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(help="content and annex as JSON, `-` for standard input")],
    key: Key = None,
    as_json: Json = False,
) -> None:
    """A new agreement from a text; its faults are listed, not refused."""
    text = read_model(DraftIn, file)
    with concord() as services:
        _show(services.agreements.draft(text, key=key), as_json)


@app.command()
def revise(agreement: Id, file: Path, if_match: IfMatch = None, key: Key = None, as_json: Json = False) -> None:
    """A new version of an unsigned agreement; approvals and signatures of the old text do not carry over."""
    text = read_model(DraftIn, file)
    with concord() as services:
        tag = if_match or _tag(services, agreement)
        _show(services.agreements.new_version(agreement, text, if_match=tag, key=key), as_json)


@app.command()
def approve(
    agreement: Id,
    organisation: Body,
    role: Annotated[str, typer.Option(help="who decided: governing-body, chief-finance-officer, cabinet ...")],
    minute: Annotated[str, typer.Option(help="reference of the minute")],
    digest: Digest,
    on: On = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Record a body's decision to enter, with its minute, for exactly this text."""
    decision = checked(
        Approval, digest=digest, organisation=organisation, role=role, decided_on=this_day(on), minute=minute
    )
    with concord() as services:
        _show(services.agreements.approve(agreement, decision, key=key), as_json)


@app.command()
def send(
    agreement: Id, reason: Reason, on: On = None, if_match: IfMatch = None, key: Key = None, as_json: Json = False
) -> None:
    """Send the approved text for signature; refused while it has faults or conflicts."""
    why = checked(Reasoned, reason=reason, on=day(on))
    with concord() as services:
        tag = if_match or _tag(services, agreement)
        _show(services.agreements.send(agreement, why, if_match=tag, key=key), as_json)


@app.command()
def sign(
    agreement: Id,
    organisation: Body,
    name: Annotated[str, typer.Option(help="the signatory's name")],
    office: Annotated[str, typer.Option(help="the signatory's post")],
    digest: Digest,
    on: On = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Sign exactly this text."""
    signature = checked(
        SignatureIn, digest=digest, organisation=organisation, name=name, office=office, signed_on=day(on)
    )
    with concord() as services:
        _show(services.agreements.sign(agreement, signature, key=key), as_json)


@app.command()
def withdraw(
    agreement: Id, reason: Reason, on: On = None, if_match: IfMatch = None, key: Key = None, as_json: Json = False
) -> None:
    """Take an unsigned text back."""
    why = checked(Reasoned, reason=reason, on=day(on))
    with concord() as services:
        tag = if_match or _tag(services, agreement)
        _show(services.agreements.withdraw(agreement, why, if_match=tag, key=key), as_json)


@app.command()
def notice(
    agreement: Id,
    organisation: Body,
    reason: Reason,
    on: On = None,
    if_match: IfMatch = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Give notice; the agreement ends for all when the agreed months have run."""
    given = checked(NoticeIn, organisation=organisation, given_on=this_day(on), reason=reason)
    with concord() as services:
        tag = if_match or _tag(services, agreement)
        _show(services.agreements.give_notice(agreement, given, if_match=tag, key=key), as_json)


@app.command()
def end(
    agreement: Id,
    organisation: Body,
    reason: Reason,
    on: On = None,
    if_match: IfMatch = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Consent to an earlier end; it ends once every party has named the same day."""
    ending = checked(EndIn, organisation=organisation, on=this_day(on), reason=reason)
    with concord() as services:
        tag = if_match or _tag(services, agreement)
        _show(services.agreements.end(agreement, ending, if_match=tag, key=key), as_json)


@app.command()
def commit(
    agreement: Id,
    stage: Annotated[str, typer.Argument()],
    commitment: Annotated[Commitment, typer.Argument()],
    evidence: Annotated[str, typer.Option(help="what shows it, e.g. the contract's reference")],
    on: On = None,
    if_match: IfMatch = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """A stage moves on: agreed, funded, contracted, mobilised."""
    step = checked(CommitmentIn, stage=stage, commitment=commitment, on=this_day(on), evidence=evidence)
    with concord() as services:
        tag = if_match or _tag(services, agreement)
        _show(services.agreements.commit(agreement, step, if_match=tag, key=key), as_json)


@app.command("erase-signatory")
def erase_signatory(
    agreement: Id,
    signatory: Annotated[str, typer.Argument(help="id of the signatory; `version --json` names it")],
    as_json: Json = False,
) -> None:
    """Forget a signatory's name for good; that the party signed this text, in which post and when, stays."""
    with concord() as services:
        _show(services.agreements.erase_signatory(agreement, signatory), as_json)


@app.command("report")
def report_position(
    agreement: Id,
    year: Annotated[str, typer.Option(help="financial year, e.g. 2014-15")],
    month: Annotated[int, typer.Option(help="1 is April, 12 is March")],
    actual: Annotated[str, typer.Option(help="pounds spent since 1 April, e.g. 310000.50")],
    forecast: Annotated[str, typer.Option(help="pounds expected for the whole year")],
    minute: Annotated[str | None, typer.Option(help="where the position was received")] = None,
    note: Annotated[str | None, typer.Option()] = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Report, as the host, where the pooled fund stood at the end of a month; again for a month: a correction."""
    position = checked(
        PositionIn,
        year=year,
        month=month,
        actual_pence=_pence("--actual", actual),
        forecast_pence=_pence("--forecast", forecast),
        minute=minute,
        note=note,
    )
    with concord() as services:
        found = services.agreements.report_position(agreement, position, key=key)
        answer(found, as_json, lambda console: console.print(positions_table([found])))


def _pence(option: str, pounds: str) -> int:
    """`310000.50` in pence. Raises typer.BadParameter for anything but pounds and whole pence."""
    match = re.fullmatch(r"([0-9]{1,13})(?:\.([0-9]{2}))?", pounds, re.ASCII)
    if match is None:
        raise typer.BadParameter(f"{option} {pounds!r} is no amount: pounds like 310000, or 310000.50 with pence")
    return int(match[1]) * 100 + int(match[2] or 0)


def _tag(services: Concord, agreement: str) -> str:
    return services.agreements.get(agreement).etag


def _show(view: AgreementView, as_json: bool) -> None:
    answer(view, as_json, lambda console: show_agreement(console, view))
