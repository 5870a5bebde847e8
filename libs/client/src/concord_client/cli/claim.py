"""`concord claim ...`: say who does what, decide on it, correct it, take it back.

Decisions name the version they were made on; left out, it is the present one.
"""

import csv
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from concord_client.claims import ClaimsClient
from concord_client.cli.options import Csv, Cursor, Day, Json, Key, KnownAt, Limit, RollTo, day, moment
from concord_client.cli.session import answer, checked, concord, read_model
from concord_client.show import claims as show
from concord_contracts.registry import (
    ClaimCorrection,
    ClaimDecision,
    ClaimDispute,
    ClaimIn,
    ClaimsInBulk,
    ClaimView,
    ClaimWithdrawal,
    InterimPayment,
)

app = typer.Typer(help="What bodies say of who does what.", no_args_is_help=True, rich_markup_mode=None)

Id = Annotated[str, typer.Argument(metavar="CLAIM", help="id of the claim")]
Reason = Annotated[str, typer.Option("--reason")]
IfMatch = Annotated[str | None, typer.Option("--if-match", help="version decided on (default: the present one)")]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="default today")]
DayOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@app.command("list")
def list_claims(
    stage: Annotated[list[str] | None, typer.Option()] = None,
    place: Annotated[list[str] | None, typer.Option()] = None,
    pathway: Annotated[list[str] | None, typer.Option()] = None,
    by: Annotated[list[str] | None, typer.Option(help="who says so")] = None,
    status: Annotated[list[str] | None, typer.Option(help="stated, confirmed, assumed, disputed")] = None,
    role: Annotated[list[str] | None, typer.Option(help="commissions, funds, leads, supports, advises ...")] = None,
    organisation: Annotated[list[str] | None, typer.Option(help="who is said to do it, e.g. ods:02A")] = None,
    agreement: Annotated[list[str] | None, typer.Option(help="those that an agreement put on the map")] = None,
    roll_to: RollTo = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Claims in force on a day."""
    filters = {
        "stage": stage, "place": place, "pathway": pathway, "asserted_by": by, "status": status,
        "role": role, "organisation": organisation, "agreement": agreement,
    }  # fmt: skip
    with concord() as services:
        found = services.registry.claims.list(
            as_of=day(as_of), known_at=moment(known_at), roll_to=day(roll_to), limit=limit, cursor=cursor, **filters
        )
        answer(found, as_json, lambda console: show.show_claim_page(console, found), as_csv=as_csv)


@app.command()
def history(
    claim: Id, roll_to: RollTo = None, as_of: Day = None, known_at: KnownAt = None, as_json: Json = False
) -> None:
    """Every version of a claim: what was believed when."""
    with concord() as services:
        found, _ = services.registry.claims.history(
            claim, roll_to=day(roll_to), as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show.show_history(console, found))


Role = Annotated[str, typer.Option(help="commissions, funds, leads, supports, advises ...")]
Stage = Annotated[str | None, typer.Option(help="left out with role leads: the whole pathway")]
PathwayOrAny = Annotated[str, typer.Option(help="a pathway, or * for every one")]
PlaceOf = Annotated[str, typer.Option(help="a place, e.g. ccg-02A")]
From = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="first day")]
Until = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="the day it ends")]


@app.command("assert")
def say_claim(
    place: PlaceOf,
    since: From,
    role: Role = "commissions",
    organisation: Annotated[str | None, typer.Option(help="who does it; left out: nobody is named")] = None,
    stage: Stage = None,
    pathway: PathwayOrAny = "*",
    status: Annotated[str, typer.Option(help="stated, confirmed, assumed, disputed")] = "stated",
    on_behalf_of: Annotated[list[str] | None, typer.Option(help="bodies it is done for")] = None,
    function: Annotated[str, typer.Option(help="planning, delivery ...; * for all of it")] = "*",
    authority: Annotated[str | None, typer.Option(help="law, minute or agreement")] = None,
    quotation: Annotated[str | None, typer.Option()] = None,
    succeeds: Annotated[
        str | None, typer.Option(help="a claim of this stage and place that ends when this one begins")
    ] = None,
    displaces: Annotated[str | None, typer.Option(help="a claim that this one silences")] = None,
    review_by: DayOf = None,
    until: Until = None,
    reason: Annotated[str | None, typer.Option()] = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Say who does what for a stage; what is believed of another body is `assumed`."""
    given = {
        "role": role, "organisation": organisation, "stage": stage, "pathway": pathway, "place": place,
        "function": function, "status": status, "on_behalf_of": on_behalf_of or [], "authority": authority,
        "quotation": quotation, "succeeds": succeeds, "displaces": displaces, "review_by": day(review_by),
        "valid_from": since.date(), "reason": reason,
    }  # fmt: skip
    ends = {"valid_to": until.date()} if until else {}
    claim = checked(ClaimIn, **given, **ends)
    with concord() as services:
        _show(*services.registry.claims.say(claim, idempotency_key=key), as_json)


@app.command()
def confirm(
    claim: Id,
    reason: Reason,
    on: On = None,
    review_by: DayOf = None,
    if_match: IfMatch = None,
    as_json: Json = False,
) -> None:
    """A body concerned confirms it."""
    _decide(claim, "confirm", checked(ClaimDecision, reason=reason, on=day(on), review_by=day(review_by)), if_match,
            as_json)  # fmt: skip


@app.command()
def dispute(
    claim: Id,
    reason: Reason,
    pays_meanwhile: Annotated[bool, typer.Option("--pays-meanwhile", help="without prejudice")] = False,
    on: On = None,
    if_match: IfMatch = None,
    as_json: Json = False,
) -> None:
    """A body concerned, or who said it, disputes it; it may pay meanwhile, without prejudice."""
    why = checked(ClaimDispute, reason=reason, on=day(on), pays_meanwhile=pays_meanwhile)
    _decide(claim, "dispute", why, if_match, as_json)


@app.command()
def end(claim: Id, reason: Reason, on: On = None, if_match: IfMatch = None, as_json: Json = False) -> None:
    """The world changed: the claim holds no more from a day on."""
    _decide(claim, "end", checked(ClaimDecision, reason=reason, on=day(on)), if_match, as_json)


@app.command("pay-meanwhile")
def pay_meanwhile(
    claim: Id,
    reason: Reason,
    stop: Annotated[bool, typer.Option("--stop", help="it pays no longer")] = False,
    on: On = None,
    if_match: IfMatch = None,
    as_json: Json = False,
) -> None:
    """The body acted for pays while a claim is disputed, without prejudice, or stops."""
    payment = checked(InterimPayment, reason=reason, on=day(on), pays=not stop)
    with concord() as services:
        claims = services.registry.claims
        _show(*claims.pay_meanwhile(claim, payment, if_match=if_match or _present(claims, claim)), as_json)


@app.command()
def correct(
    claim: Id,
    file: Annotated[
        Path | None, typer.Argument(help="the whole claim as JSON, `-` for standard input; or the options below")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="needed without a file")] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="first day")] = None,
    until: Until = None,
    organisation: Annotated[str | None, typer.Option()] = None,
    quotation: Annotated[str | None, typer.Option()] = None,
    authority: Annotated[str | None, typer.Option()] = None,
    if_match: IfMatch = None,
    as_json: Json = False,
) -> None:
    """Who said it meant something else: the next version, for the days past too. What is not named stays as it is."""
    with concord() as services:
        claims = services.registry.claims
        held, tag = claims.history(claim)
        changed = {
            "reason": reason, "valid_from": day(since), "valid_to": day(until), "organisation": organisation,
            "quotation": quotation, "authority": authority,
        }  # fmt: skip
        if file is not None:
            meant = read_model(ClaimCorrection, file)
        else:
            given = {name: value for name, value in changed.items() if value is not None}
            meant = checked(ClaimCorrection, **(_as_said(held.versions[-1]) | given))
        _show(*claims.correct(claim, meant, if_match=if_match or tag or ""), as_json)


@app.command()
def withdraw(claim: Id, reason: Reason, if_match: IfMatch = None, as_json: Json = False) -> None:
    """Who said it takes it back, as if never said. That is not an end: the world has not changed."""
    with concord() as services:
        claims = services.registry.claims
        why = checked(ClaimWithdrawal, reason=reason)
        one, _ = claims.withdraw(claim, why, if_match=if_match or _present(claims, claim))
        answer(one, as_json, lambda console: show.show_claims(console, [one], "Withdrawn: its last version was"))


@app.command()
def bulk(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a CSV; its columns are those of a claim")],
    reason: Reason,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be recorded")] = False,
    on: On = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Record and confirm many claims, all or nothing. A line with `confirm` (a claim) and `version` confirms that one;
    any other says a claim, in the columns role, organisation, stage, pathway, place, status, valid_from ..."""
    sent = checked(ClaimsInBulk, **_lines(file), reason=reason, dry_run=dry_run, on=day(on))
    with concord() as services:
        found = services.registry.claims.in_bulk(sent, idempotency_key=key)
        answer(found, as_json, lambda console: show.show_bulk(console, found))


def _lines(file: Path) -> dict[str, list[dict[str, object]]]:
    """The lines of a CSV as claims and confirmations. Raises typer.BadParameter."""
    claims: list[dict[str, object]] = []
    confirmations: list[dict[str, object]] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines, strict=True):
                given: dict[str, object] = {name: cell for name, cell in row.items() if name and cell}
                if "confirm" in given:
                    version = str(given.get("version", ""))
                    number: object = int(version) if version.isdecimal() else version
                    each = {"claim": given["confirm"], "version": number, "review_by": given.get("review_by")}
                    confirmations.append(each)
                elif given:
                    behalf = str(given.pop("on_behalf_of", "")).split()
                    claims.append(given | {"on_behalf_of": behalf})
    except (OSError, UnicodeDecodeError, csv.Error) as failure:
        raise typer.BadParameter(f"{file} cannot be read: {failure}") from failure
    return {"claims": claims, "confirmations": confirmations}


def _as_said(one: ClaimView) -> dict[str, object]:
    """What a claim says, as one would send it."""
    status = one.status.value if one.status.value in ("stated", "assumed", "confirmed") else "stated"
    return {
        "role": one.role, "organisation": one.organisation.id if one.organisation else None,
        "on_behalf_of": [body.id for body in one.on_behalf_of], "stage": one.stage, "pathway": one.pathway,
        "place": one.place, "function": one.function, "status": status, "authority": one.authority,
        "quotation": one.quotation, "displaces": one.displaces, "review_by": one.review_by,
        "valid_from": one.valid_from, "valid_to": one.valid_to,
    }  # fmt: skip


def _decide(claim: str, decision: str, why: ClaimDecision, if_match: str | None, as_json: bool) -> None:
    with concord() as services:
        claims = services.registry.claims
        _show(*claims.decide(claim, decision, why, if_match=if_match or _present(claims, claim)), as_json)


def _present(claims: ClaimsClient, claim: str) -> str:
    """The tag of the present version."""
    return claims.history(claim)[1] or ""


def _show(one: ClaimView, etag: str | None, as_json: bool) -> None:
    answer(one, as_json, lambda console: show.show_claim(console, one, etag))
