"""The allocation answer that a text rests on: whether the citation is true, and which versions cite for how long. Pure.

A version that a party has signed cites for ever. Of the others only the current one does, until the text is withdrawn.
"""

from decimal import Decimal

from concord_agreements.agreement import Agreement, Version
from concord_contracts.agreements import AllocationCitation, Content, Fault, State
from concord_contracts.allocation import Citations, CitedIn, ScenarioDigests
from concord_contracts.identifiers import digest_of

POINTER = "/allocation"
COARSEST = Decimal("0.05")
"""The most that rounding may take a share away from what it is: that of one decimal."""


def citation_faults(content: Content, found: ScenarioDigests | None) -> list[Fault]:
    """What is untrue in a text's citation; `found` is None where allocation has no such scenario."""
    cited = content.allocation
    if cited is None:
        return []
    if found is None:
        words = f"Allocation has no scenario {cited.scenario}: it never had, or it was removed under a retention rule."
        return [_fault("scenario", "unknown-scenario", words, "cite a scenario that is kept")]
    return [*_digest_faults(cited, found), *_share_faults(cited, found), *_stranger_faults(content, found)]


def _digest_faults(cited: AllocationCitation, found: ScenarioDigests) -> list[Fault]:
    pairs = (
        ("problem_digest", cited.problem_digest, found.problem_digest),
        ("answer_digest", cited.answer_digest, found.answer_digest),
    )
    return [
        _fault(
            name,
            "cited-otherwise",
            f"The text names {said[:12]}… as the {name.replace('_', ' ')} of scenario {cited.scenario}; "
            f"allocation has {here[:12]}….",
            f"read the scenario again and cite {here}",
        )
        for name, said, here in pairs
        if said != here
    ]


def _share_faults(cited: AllocationCitation, found: ScenarioDigests) -> list[Fault]:
    """The share is held against allocation's, to as many decimals as the text gives, and to one at least."""
    if found.assumption_share is None:
        words = f"Scenario {cited.scenario} is a refusal: it has no plan that an agreement could rest on."
        return [_fault("scenario", "cited-refusal", words, "cite a scenario with a plan")]
    said = Decimal(cited.assumption_share)
    exponent = said.as_tuple().exponent
    half = min(COARSEST, Decimal(5) * Decimal(10) ** (int(exponent) - 1))
    if abs(said - Decimal(str(found.assumption_share))) <= half:
        return []
    words = (
        f"The text says that {(said * 100).normalize():f}% of the total rests on assumptions; scenario "
        f"{cited.scenario} says {found.assumption_share:.2%}."
    )
    return [_fault("assumption_share", "cited-otherwise", words, f"write {found.assumption_share:.6f}")]


def _stranger_faults(content: Content, found: ScenarioDigests) -> list[Fault]:
    parties = {party.organisation for party in content.parties}
    if parties & {*found.payers, found.made_for}:
        return []
    words = f"No party's money is in scenario {found.scenario}, and it was made for none of them."
    return [_fault("scenario", "scenario-of-others", words, "cite a plan for the parties' own money")]


def _fault(field: str, rule: str, words: str, instead: str) -> Fault:
    return Fault(pointer=f"{POINTER}/{field}", rule=rule, words=words, instead=instead)


def cited_versions(agreement: Agreement) -> list[CitedIn]:
    """What the agreement's versions cite, oldest first; a citation that was found untrue locks nothing."""
    withdrawn = agreement.state(agreement.content.starts) is State.WITHDRAWN
    return [
        CitedIn(
            version=version.number,
            text_digest=version.digest,
            scenario=cited.scenario,
            problem_digest=cited.problem_digest,
            answer_digest=cited.answer_digest,
            since=version.at,
            for_ever=signed,
        )
        for version in agreement.versions
        if (cited := version.content.allocation) is not None and _true(agreement, version)
        for signed in [bool(agreement.signatures(version.number))]
        if signed or (version.number == agreement.current.number and not withdrawn)
    ]


def _true(agreement: Agreement, version: Version) -> bool:
    """A signed version was true when it was sent; of others the latest check counts."""
    checks = [check for check in agreement.checks if check.version == version.number]
    return not any(fault.pointer.startswith(POINTER) for fault in checks[-1].faults)


def citations(agreement: Agreement, sequence: int) -> Citations:
    """The whole present state, as allocation is told."""
    cited = cited_versions(agreement)
    numbers = {agreement.current.number, *(one.version for one in cited)}
    texts = [version.content for version in agreement.versions if version.number in numbers]
    said = {
        "title": agreement.content.title,
        "parties": sorted({party.organisation for content in texts for party in content.parties}),
        "citations": [one.model_dump(mode="json") for one in cited],
    }
    return Citations.model_validate({"sequence": sequence, "digest": digest_of(said), **said})
