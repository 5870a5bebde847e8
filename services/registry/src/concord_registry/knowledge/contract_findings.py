"""Contracts renewed unread, contracts whose notice is near, stages without one, parties that ended. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from concord_contracts.registry import ContractView, FindingKind
from concord_registry.found import Found
from concord_registry.knowledge.contracts import notice_by, rolled_over_unread
from concord_registry.knowledge.known import Knowledge, covering, last_to_end, parties, ran_until
from concord_registry.knowledge.lapses import SOON
from concord_registry.wording import day, names
from concord_registry.world import Reference

VERY_SOON = timedelta(days=30)


def contract_findings(reference: Reference, knowledge: Knowledge, pathway: str, place: str) -> Iterator[Found]:
    """Everything there is to say of the contracts of a pathway in a place."""
    here = list(covering(reference, knowledge.contracts, pathway, place))
    for contract in here:
        yield from _of_one(reference, contract, pathway, place)
    yield from _without_contract(reference, knowledge, here, pathway, place)


def _of_one(reference: Reference, contract: ContractView, pathway: str, place: str) -> Iterator[Found]:
    today = reference.as_of
    if rolled_over_unread(contract, today):
        renewed = max(one for one in contract.renewals if one <= today)
        read = f"last reviewed on {day(contract.last_reviewed)}" if contract.last_reviewed else "no review is recorded"
        yield _found(
            FindingKind.ROLLED_OVER,
            contract,
            pathway,
            place,
            "medium: money is committed again without anybody having looked",
            f"{contract.title} was renewed on {day(renewed)}; {read}.",
            "the contract is reviewed, and the day entered",
        )
    by = notice_by(contract)
    if by is not None and today <= by < today + SOON:
        near = by < today + VERY_SOON
        yield _found(
            FindingKind.NOTICE_COMING,
            contract,
            pathway,
            place,
            "high: less than 30 days are left" if near else "medium: less than 90 days are left",
            f"Notice on {contract.title} can be given until {day(by)}; after it, it runs on.",
            "it is reviewed and either notice is given or it is kept on purpose",
        )
    gone = [body for body in parties(contract) if not reference.body(body).in_being(today)]
    if gone:
        yield _found(
            FindingKind.CONTRACT_WITH_ENDED_BODY,
            contract,
            pathway,
            place,
            "high: nobody can give or take notice for a body that has ended",
            f"{contract.title} names {names(reference, gone)}, not in being on {day(today)}.",
            "the contract is moved to the successor by a deed, and corrected here",
            bodies=gone,
        )


def _without_contract(
    reference: Reference, knowledge: Knowledge, contracts: Sequence[ContractView], pathway: str, place: str
) -> Iterator[Found]:
    """Stages that no contract in force covers, in a place where any is or was; where none ever was recorded, that
    alone. A stage whose contract ended with nothing in its place says so."""
    if not contracts and last_to_end(reference, knowledge, "contracts", pathway, place) is None:
        yield Found(
            kind=FindingKind.NO_CONTRACT,
            pathway=pathway,
            place=place,
            severity="low",
            why_severity="low: none is recorded for any stage; they may never have been entered",
            words="No contract is recorded for any stage of the pathway here.",
            closes_when="the contracts are entered",
        )
        return
    covered = {stage for one in contracts for stage in one.stages}
    for stage in reference.pathways[pathway].stages:
        if stage in covered or reference.stages[stage].kind != "stage":
            continue
        last = last_to_end(reference, knowledge, "contracts", pathway, place, stage)
        yield Found(
            kind=FindingKind.NO_CONTRACT,
            pathway=pathway,
            place=place,
            stage=stage,
            severity="medium",
            why_severity="medium: it had a contract until then, and none follows"
            if last
            else "medium: other stages have or had contracts, so this one may be bought from nobody",
            words=f"No contract covers {reference.stages[stage].name} here{ran_until(last)}.",
            closes_when="a contract that covers the stage is entered",
            records=(last.id,) if last else (),
        )


def _found(
    kind: FindingKind,
    contract: ContractView,
    pathway: str,
    place: str,
    why: str,
    words: str,
    closes_when: str,
    bodies: Iterable[str] = (),
) -> Found:
    return Found(
        kind=kind,
        pathway=pathway,
        place=place,
        severity=why.partition(":")[0],
        why_severity=why,
        words=words,
        closes_when=closes_when,
        bodies=tuple(sorted(bodies or {contract.coordinator, contract.provider})),
        records=(contract.id,),
    )
