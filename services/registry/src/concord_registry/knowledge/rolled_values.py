"""A contract's values as those of the commissioners of a later day: whole pounds that add up to each value. Pure."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from concord_contracts.identifiers import first_day
from concord_contracts.registry import ContractValueView, ContractView, RecordPage, RolledValue
from concord_registry.rolling import apportion, parts_of
from concord_registry.succession import Part, weakest
from concord_registry.views import named
from concord_registry.world import Reference

ASSUMPTION = "assumption"


def with_values(page: RecordPage[Any], reference: Reference, then: Reference, roll_to: date) -> RecordPage[Any]:
    """The page with `rolled_values` on each contract; other records have no amounts that are divided."""
    items = [
        one.model_copy(update={"rolled_values": list(rolled_values(reference, then, one, roll_to))})
        if isinstance(one, ContractView)
        else one
        for one in page.items
    ]
    return page.model_copy(update={"items": items})


def rolled_values(
    reference: Reference, then: Reference, contract: ContractView, roll_to: date
) -> Iterator[RolledValue]:
    """Each value by year and kind of money, over those who stood on the day in its commissioners' place.

    A body is followed from the first day of the year, or of the contract where that is later; of a year that begins
    after `roll_to`, from that day.
    """
    for value in contract.values:
        since = min(max(first_day(value.year), contract.valid_from), roll_to)
        parts: dict[str, Part] = {}
        origins: dict[str, list[str]] = {}
        for commissioner in commissioners(contract):
            for part in parts_of(reference, commissioner.body, roll_to, since):
                before = parts.get(part.body, Part(part.body, Fraction(0), part.basis))
                share = before.share + commissioner.share * part.share
                parts[part.body] = Part(part.body, share, weakest(before.basis, commissioner.basis, part.basis))
                origins.setdefault(part.body, []).append(commissioner.body)
        amounts = apportion(value.value_gbp, list(parts.values()))
        for body in sorted(parts):
            yield _of(then, value, parts[body], amounts[body], origins[body])


def _of(then: Reference, value: ContractValueView, part: Part, amount: int, origins: list[str]) -> RolledValue:
    return RolledValue(
        year=value.year,
        money=value.money,
        value_gbp=amount,
        body=named(then, part.body),
        of=origins,
        basis=part.basis,
    )


def commissioners(contract: ContractView) -> list[Part]:
    """Who has which share of a contract's value: its associates as stated, its coordinator the rest; shares sum to 1.

    Where an associate's share is not stated, what is the coordinator's alone is not known: its rest is an assumption.
    """
    shares = {one.organisation: Fraction(Decimal(str(one.share))) for one in contract.associates if one.share}
    stated = sum(shares.values(), Fraction(0))
    if stated > 1:  # by the last decimals of a float: a contract whose shares come to more is refused
        shares = {body: share / stated for body, share in shares.items()}
    found = [Part(body, share, "published") for body, share in shares.items()]
    rest = 1 - sum(shares.values(), Fraction(0))
    basis = ASSUMPTION if any(one.share is None for one in contract.associates) else "published"
    return [*found, Part(contract.coordinator, rest, basis)] if rest else found
