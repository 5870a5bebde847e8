"""Contributions, the ring-fence that follows the money, and the risk shares."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from concord_agreements.amounts import years_touched
from concord_agreements.facts import RegistryFacts
from concord_agreements.legal_basis import LegalBasis
from concord_agreements.policies.parties import COUNCIL_KINDS
from concord_agreements.policies.stages import EXERCISED
from concord_contracts.agreements import BasisKey, Content, Contribution, Fault, PartyRole, RingFence, RiskLayer


def money_faults(content: Content, facts: RegistryFacts, basis: LegalBasis) -> list[Fault]:
    """Faults of the money: whose it is, when, what it may pay for, and who bears a variance."""
    faults = [*_contributions(content, facts), *_missing(content, facts, basis), *_risk(content, facts)]
    for index, contribution in enumerate(content.contributions):
        faults += _ring_fence(index, contribution, content, facts)
    return faults


def _contributions(content: Content, facts: RegistryFacts) -> Iterator[Fault]:
    parties = {party.organisation for party in content.parties}
    years = years_touched(content.starts, content.ends)
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for index, item in enumerate(content.contributions):
        at = f"/contributions/{index}"
        if item.party not in parties:
            words = f"{facts.name(item.party)} contributes but is not a party"
            yield Fault(pointer=f"{at}/party", rule="contributor-not-a-party", words=words)
        if item.year not in years:
            words = f"{item.year} lies outside the agreement's years ({years[0]} to {years[-1]})"
            yield Fault(pointer=f"{at}/year", rule="contribution-outside-the-period", words=words)
        key = (item.party, item.purse, item.year, item.kind)
        seen[key] += 1
        if seen[key] == 2:
            words = (
                f"{facts.name(item.party)}'s {item.kind} contribution from {item.purse} for {item.year} is stated twice"
            )
            yield Fault(pointer=at, rule="contribution-twice", words=words)


def _missing(content: Content, facts: RegistryFacts, basis: LegalBasis) -> Iterator[Fault]:
    if content.basis is not BasisKey.S75_POOL:
        return
    givers = {item.party for item in content.contributions}
    for index, party in enumerate(content.parties):
        if party.organisation not in givers and party.role is not PartyRole.ASSOCIATE:
            words = f"a pooled fund is its partners' contributions; {facts.name(party.organisation)} states none"
            instead = "state its contribution, nil or in kind if so, or make it an associate"
            yield Fault(
                pointer=f"/parties/{index}",
                rule="contribution-missing",
                words=words,
                citation=basis.citation,
                instead=instead,
            )


def _ring_fence(index: int, item: Contribution, content: Content, facts: RegistryFacts) -> Iterator[Fault]:
    """The public health grant pays for the council's public health functions only, in a pool as anywhere else."""
    at = f"/contributions/{index}"
    body = facts.body(item.party)
    if body is None:
        return
    if body.kind not in COUNCIL_KINDS:
        if item.ring_fence is RingFence.PUBLIC_HEALTH_GRANT:
            words = f"{body.name} holds no public health grant"
            yield Fault(pointer=f"{at}/ring_fence", rule="ring-fence", words=words)
        return
    if item.ring_fence is None:
        words = f"say whether {body.name}'s money is the ring-fenced public health grant"
        yield Fault(
            pointer=f"{at}/ring_fence", rule="ring-fence-unsaid", words=words, instead="`public-health-grant` or `none`"
        )
    elif item.ring_fence is RingFence.PUBLIC_HEALTH_GRANT and facts.pathway_known:
        yield from _grant_scope(at, item, content, facts)


def _grant_scope(at: str, item: Contribution, content: Content, facts: RegistryFacts) -> Iterator[Fault]:
    if not item.for_stages:
        words = "ring-fenced money must name the stages it pays for: a pool does not lift the ring-fence"
        yield Fault(pointer=f"{at}/for_stages", rule="ring-fence", words=words)
    exercised = {scope.stage: scope.places for scope in content.stages if scope.handling in EXERCISED}
    for position, stage in enumerate(item.for_stages):
        cells = facts.cells_of(stage, exercised.get(stage, []))
        if not any(item.party in cell.commissioners for cell in cells):
            words = f"the grant may not pay for {stage.replace('_', ' ')}: no pooled function of that council"
            yield Fault(pointer=f"{at}/for_stages/{position}", rule="ring-fence", words=words)


def _risk(content: Content, facts: RegistryFacts) -> Iterator[Fault]:
    if content.basis is BasisKey.S75_POOL and not content.risk:
        words = "a pooled fund needs a rule for overspends and underspends"
        yield Fault(pointer="/risk", rule="risk-unshared", words=words)
    parties = {party.organisation for party in content.parties}
    reached = 0
    for index, layer in enumerate(content.risk):
        yield from _shares(index, layer, parties, facts)
        last = index == len(content.risk) - 1
        if layer.up_to_pence is None and not last:
            words = "only the last layer may be without limit"
            yield Fault(pointer=f"/risk/{index}/up_to_pence", rule="risk-layers", words=words)
        elif layer.up_to_pence is not None and last:
            words = "a variance above the last layer would be nobody's: leave its limit out"
            yield Fault(pointer=f"/risk/{index}/up_to_pence", rule="risk-layers", words=words)
        elif layer.up_to_pence is not None and layer.up_to_pence <= reached:
            words = "each layer must reach further than the one before"
            yield Fault(pointer=f"/risk/{index}/up_to_pence", rule="risk-layers", words=words)
        reached = layer.up_to_pence or reached


def _shares(index: int, layer: RiskLayer, parties: set[str], facts: RegistryFacts) -> Iterator[Fault]:
    for name, shares in (("over_shares", layer.over_shares), ("under_shares", layer.under_shares)):
        total = sum(map(Decimal, shares.values()))
        if total != 1:
            words = f"the shares of a layer sum to 1; these sum to {total}"
            yield Fault(pointer=f"/risk/{index}/{name}", rule="risk-shares", words=words)
        for stranger in sorted(set(shares) - parties):
            words = f"{facts.name(stranger)} bears a share but is not a party"
            yield Fault(pointer=f"/risk/{index}/{name}", rule="risk-shares", words=words)
