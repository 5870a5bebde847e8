"""What may be pooled or delegated: excluded functions, whose function it is, places, duplicate cells."""

from collections import defaultdict
from collections.abc import Iterator

from concord_agreements.facts import CellFact, RegistryFacts
from concord_agreements.legal_basis import LegalBasis
from concord_agreements.policies.parties import principal
from concord_contracts.agreements import BasisKey, Content, Fault, Handling, StageScope
from concord_contracts.registry import Commitment

EXERCISED = frozenset({Handling.POOLED, Handling.DELEGATED})
"""The ways of handling a stage in which one body exercises another's function or money."""

_EXERCISE_OF = {BasisKey.S75_POOL: Handling.POOLED, BasisKey.S14Z3: Handling.DELEGATED}
NEEDS_LEGAL_VIEW = "needs_legal_view"
_INSTEAD = "list it as aligned (planned beside it, paid and decided by its own commissioner) or as in_view"


def stage_faults(content: Content, facts: RegistryFacts, basis: LegalBasis) -> list[Fault]:
    """Faults of the stages and places a text covers."""
    faults: list[Fault] = []
    if not facts.pathway_known:
        words = f"the registry knows no pathway {content.pathway}"
        faults.append(Fault(pointer="/pathway", rule="pathway-unknown", words=words))
    for index, scope in enumerate(content.stages):
        faults += _unknown(index, scope, facts)
        faults += _commitment(index, scope)
        if scope.handling in EXERCISED:
            cells = facts.cells_of(scope.stage, scope.places)
            faults += _handling(index, scope, content, basis)
            faults += _procedure(index, scope, cells, basis)
            faults += _whose_function(index, scope, cells, content, facts, basis)
    return [*faults, *_cells_twice(content), *_whole_pathway(content, facts)]


def _unknown(index: int, scope: StageScope, facts: RegistryFacts) -> Iterator[Fault]:
    if scope.stage in facts.unknown_stages:
        words = f"the registry knows no stage {scope.stage} on this pathway"
        yield Fault(pointer=f"/stages/{index}/stage", rule="stage-unknown", words=words)
    unknown = [place for place in scope.places if facts.place(place) is None]
    if unknown:
        words = f"the registry knows no place {_listed(unknown)}"
        yield Fault(pointer=f"/stages/{index}/places", rule="place-unknown", words=words)


def _commitment(index: int, scope: StageScope) -> Iterator[Fault]:
    if scope.commitment is not Commitment.AGREED:
        yield Fault(
            pointer=f"/stages/{index}/commitment",
            rule="commitment-needs-evidence",
            words=f"a text cannot make {_spoken(scope.stage)} {scope.commitment}: that step needs evidence of its own",
            instead="agree it here and record the contract when it is signed",
        )


def _handling(index: int, scope: StageScope, content: Content, basis: LegalBasis) -> Iterator[Fault]:
    proper = _EXERCISE_OF[content.basis]
    if scope.handling is not proper:
        words = f"{_spoken(scope.stage)} cannot be {scope.handling} under {basis.name}: stages are {proper} there"
        yield Fault(
            pointer=f"/stages/{index}/handling", rule="handling-for-basis", words=words, citation=basis.citation
        )


def _procedure(index: int, scope: StageScope, cells: list[CellFact], basis: LegalBasis) -> Iterator[Fault]:
    classes = {cell.procedure_class for cell in cells}
    for excluded in sorted(classes & basis.excluded_classes):
        yield Fault(
            pointer=f"/stages/{index}/handling",
            rule="excluded-function",
            citation=basis.exclusion_citation,
            words=(
                f"{_spoken(scope.stage).capitalize()} is of the class {_spoken(excluded)}, which "
                f"{basis.exclusion_citation} keeps out of such arrangements: it may not be {scope.handling}."
            ),
            instead=_INSTEAD,
        )
    uncertain = classes & (basis.uncertain_classes | ({NEEDS_LEGAL_VIEW} if basis.excluded_classes else set()))
    if uncertain and not scope.legal_view:
        yield Fault(
            pointer=f"/stages/{index}/legal_view",
            rule="needs-legal-view",
            citation=basis.exclusion_citation,
            words=f"whether {_spoken(scope.stage)} is excluded is uncertain in law: state the advice you rely on",
            instead=f"give `legal_view`, or {_INSTEAD}",
        )


def _whose_function(
    index: int, scope: StageScope, cells: list[CellFact], content: Content, facts: RegistryFacts, basis: LegalBasis
) -> Iterator[Fault]:
    parties = {party.organisation for party in content.parties}
    strangers: dict[str, list[str]] = defaultdict(list)
    absent: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        for commissioner in cell.commissioners:
            body = facts.body(commissioner)
            if body is not None and body.kind not in basis.functions_of:
                strangers[body.name].append(cell.place)
            elif commissioner not in parties:
                absent[f"{body.name} ({commissioner})" if body else commissioner].append(cell.place)
    pointer, stage = f"/stages/{index}/stage", _spoken(scope.stage)
    for name, places in strangers.items():
        words = (
            f"{stage} is a function of {name} in {_listed(places)}; {basis.name} covers functions of "
            f"{_listed(sorted(kind.replace('_', ' ') for kind in basis.functions_of))} only"
        )
        yield Fault(
            pointer=pointer, rule="function-not-covered", words=words, citation=basis.citation, instead=_INSTEAD
        )
    for name, places in absent.items():
        words = f"the statutory commissioner of {stage} in {_listed(places)}, {name}, is not a party"
        instead = "add it as a party, or leave out these places"
        yield Fault(
            pointer=pointer, rule="commissioner-not-a-party", words=words, citation=cells[0].citation, instead=instead
        )


def _cells_twice(content: Content) -> Iterator[Fault]:
    first: dict[tuple[str, str], int] = {}
    for index, scope in enumerate(content.stages):
        again = [
            place
            for at, place in enumerate(scope.places)
            if first.setdefault((scope.stage, place), index) != index or scope.places.index(place) != at
        ]
        if again:
            words = f"{_spoken(scope.stage)} in {_listed(again)} is listed twice"
            yield Fault(pointer=f"/stages/{index}/places", rule="cell-twice", words=words)


def _whole_pathway(content: Content, facts: RegistryFacts) -> Iterator[Fault]:
    if content.leads_pathway_for and content.basis is not BasisKey.S14Z3:
        words = "a pooled fund's host manages the fund; it does not thereby lead the whole pathway"
        instead = "agree the lead between the clinical commissioning groups under section 14Z3"
        yield Fault(pointer="/leads_pathway_for", rule="lead-for-basis", words=words, instead=instead)
        return
    parties = {party.organisation for party in content.parties}
    for at, key in enumerate(content.leads_pathway_for):
        place = facts.place(key)
        pointer = f"/leads_pathway_for/{at}"
        if place is None:
            yield Fault(pointer=pointer, rule="place-unknown", words=f"the registry knows no place {key}")
        elif place.body not in parties:
            lead, body = facts.name(principal(content)), place.body or "none is recorded"
            words = f"{lead} cannot lead the pathway for {place.name}: its body ({body}) is not a party"
            yield Fault(pointer=pointer, rule="lead-without-the-led", words=words)


def _spoken(key: str) -> str:
    return key.replace("_", " ").replace("-", " ")


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= 6 else [*names[:5], f"{len(names) - 5} more"]
    return ", ".join(shown)
