"""Whether a text may be sent: every rule of its legal basis, held against what the registry says. Pure functions.

`check` returns all faults at once, each with its place in the text, the rule, the law and what would be lawful. Which
bodies may join, which classes of procedure are excluded and what must be said come from the dated table of legal bases;
the code holds only how such rows are applied.
"""

from concord_agreements.facts import RegistryFacts
from concord_agreements.legal_basis import LegalBasis
from concord_agreements.policies.money import money_faults
from concord_agreements.policies.parties import party_faults
from concord_agreements.policies.stages import stage_faults
from concord_agreements.policies.wording import wording_faults
from concord_contracts.agreements import Content, Fault

MOST_SHOWN = 200


def check(content: Content, facts: RegistryFacts, basis: LegalBasis | None) -> list[Fault]:
    """All faults of a text, in the order of the text.

    `basis` is the row in force on the day the agreement starts, None where there is none. `facts` are the registry's on
    that day.
    """
    if basis is None:
        words = f"{content.basis} was no legal basis on {content.starts.isoformat()}, the day the agreement starts"
        return _readable([Fault(pointer="/basis", rule="basis-not-in-force", words=words)])
    faults = [
        *party_faults(content, facts, basis),
        *stage_faults(content, facts, basis),
        *money_faults(content, facts, basis),
        *wording_faults(content, basis),
    ]
    return _readable(sorted(faults, key=lambda fault: _order(fault.pointer)))


def _readable(faults: list[Fault]) -> list[Fault]:
    """Each fault as a sentence; of very many the first, and how many more."""
    shown = [fault.model_copy(update={"words": _sentence(fault.words)}) for fault in faults[:MOST_SHOWN]]
    more = len(faults) - len(shown)
    if more:
        shown.append(Fault(pointer="", rule="more", words=f"There are {more} more faults."))
    return shown


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:].rstrip(".") + "."


def _order(pointer: str) -> tuple[tuple[int, str], ...]:
    fields = list(Content.model_fields)
    head, *rest = pointer.strip("/").split("/")
    position = fields.index(head) if head in fields else len(fields)
    return ((position, ""), *((int(part), "") if part.isdigit() else (0, part) for part in rest))
