"""A signature over HTTP, beside one bare insert of what was sent.

Lead agreements of three groups and of all twelve of Greater Manchester, drafted, approved and sent first. Each party
signs once, so the number of signatures is the number of repeats; the last of each agreement also concludes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import batched
from typing import Any

from bench.bare_insert import bare_table
from bench.figures import Figure, figures_of
from bench.site import Bench
from bench.timing import clocked, interleaved
from bench.what_if import baseline
from concord_client.client import Concord
from concord_contracts.agreements import AgreementView, Approval, DraftIn, Reasoned, SignatureIn
from concord_contracts.allocation import Answer, Scenario
from demo import days
from demo.agreeing import decides, post
from demo.case import Case, read_case
from demo.people import People
from demo.texts import lead_text

SIZES = {"3-parties": (3, ["breast", "colorectal"]), "12-parties": (12, ["lung", "prostate"])}
"""Parties to an agreement, and pathways: the groups agree once for each, for they conflict with themselves twice."""


def measure(bench: Bench, sizes: Sequence[str]) -> Iterator[Figure]:
    """Rows of each size."""
    for size in sizes:
        parties, pathways = SIZES[size]
        signatures = [
            (agreement, body)
            for pathway in pathways
            for agreement in _sent(bench.people, pathway, parties)
            for body in (party.organisation for party in agreement.current.content.parties)
        ]
        waiting = iter(signatures)

        with bare_table(bench.folder / f"signed-{size}.sqlite3") as table:
            text = _signature(*signatures[0]).model_dump_json()
            medians = interleaved(
                [
                    clocked("signed", lambda: _sign(bench.people, *next(waiting))),  # noqa: B023 - called below
                    clocked("bare-insert", lambda: table.insert(text)),  # noqa: B023
                ],
                len(signatures) - 1,
            )
        yield from figures_of(f"signing/{size}", medians, {"signed": "bare-insert"})


def _sign(people: People, agreement: AgreementView, body: str) -> None:
    service = people.at(body, "signatory").services["agreements"]
    service.post(f"/v1/agreements/{agreement.id}/signatures", _json(_signature(agreement, body)))


def _json(signature: SignatureIn) -> Any:
    return signature.model_dump(mode="json", exclude_none=True)


def _signature(agreement: AgreementView, body: str) -> SignatureIn:
    return SignatureIn(
        digest=agreement.current.digest,
        organisation=body,
        name=f"Signatory of {body}",
        office=post(body),
        signed_on=days.SIGNED,
    )


def _sent(people: People, pathway: str, parties: int) -> Iterator[AgreementView]:
    """The groups of Greater Manchester, `parties` at a time, each with a lead agreement that waits for signatures."""
    everybody = read_case(people.at("ods:02A", "commissioner").registry, "greater-manchester", pathway)
    scenario = _baseline(people.at("ods:02A", "commissioner"), pathway)
    for bodies in batched(everybody.ccgs, parties):
        groups = {body: everybody.ccgs[body] for body in bodies}
        yield _agreed(people, replace(everybody, ccgs=groups, lead=bodies[0], council_stages=()), scenario)


def _baseline(concord: Concord, pathway: str) -> Scenario:
    return concord.allocation.scenario(baseline(concord, [pathway]))


def _agreed(people: People, case: Case, scenario: Scenario) -> AgreementView:
    lead = people.at(case.lead, "commissioner").agreements
    if not isinstance(scenario.outcome, Answer):
        raise TypeError(f"{scenario.title}: {scenario.outcome.words}")
    draft = lead.draft(DraftIn(content=lead_text(case, scenario, scenario.outcome), reason="bench"))
    for body in case.ccgs:
        decision = Approval(
            digest=draft.current.digest,
            organisation=body,
            role=decides(body),
            decided_on=days.APPROVED,
            minute="bench",
        )
        people.at(body, decides(body)).agreements.approve(draft.id, decision)
    tag = lead.get(draft.id).etag
    return lead.send(draft.id, Reasoned(reason="approved by every party", on=days.SENT), if_match=tag)
