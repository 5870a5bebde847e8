"""What the law wants the agreement to say, and its notice."""

from collections import Counter

from concord_agreements.legal_basis import LegalBasis
from concord_agreements.lifecycle import add_months
from concord_contracts.agreements import Content, Fault


def wording_faults(content: Content, basis: LegalBasis) -> list[Fault]:
    """Missing or doubled items of the required content, and a notice longer than the agreement."""
    said = Counter(clause.item for clause in content.clauses)
    faults = [
        Fault(
            pointer="/clauses",
            rule="required-content",
            citation=required.citation,
            words=f"the agreement does not say: {required.words}",
            instead=f"add a clause with item `{required.item}`",
        )
        for required in basis.required_items
        if required.item not in said
    ]
    faults += [
        Fault(pointer="/clauses", rule="clause-twice", words=f"the item {item} is stated {times} times")
        for item, times in said.items()
        if times > 1
    ]
    if add_months(content.starts, content.notice_months) > content.ends:
        words = f"notice of {content.notice_months} months is longer than the agreement itself"
        faults.append(Fault(pointer="/notice_months", rule="notice-too-long", words=words))
    return faults
