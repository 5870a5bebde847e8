"""What a record commits a body to in money over its whole life, and whether a mandate's limit holds that. Pure.

A limit is of one commitment at its whole-life value, as a scheme of delegation states it ("whole-life GBP 2.4m exceeds
the limit of GBP 1m"). Parts count together: contracts with one provider for a common stage on a common day that the
same holder committed. A limit cannot see an act without an amount: a contract without values, a claim, a plan.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import Money
from concord_registry.knowledge.topics import Held

CURRENCY = "GBP"
CARRY_MONEY = frozenset({"contracts", "networks"})
"""The kinds of record that a mandate can be for and that state an amount."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """What an act comes to for a body: whole pounds, and the records beside its own that count with it."""

    asked_gbp: int
    counted: tuple[str, ...] = ()


def whole_life_gbp(held: Held, bodies: Collection[str]) -> int:
    """Whole pounds that a record commits a body (in all its ids) to: 0 where it states no amount."""
    match held.topic:
        case "contracts":
            return _of_contract(held.content, bodies)
        case "networks":
            yearly: int = held.content.get("funding_gbp", 0)
            return yearly * _years_begun(held.valid_from, held.valid_to)
    return 0


def _of_contract(content: Mapping[str, Any], bodies: Collection[str]) -> int:
    """The sum over the years of each one's contract value, else of the highest of its other figures: the name that a
    figure is given must not take it from under the limit. Of it an associate answers for its share where that is
    stated; whoever coordinates or hosts, for all of it."""
    years: dict[str, dict[str, int]] = defaultdict(dict)
    for value in content.get("values", ()):
        years[value["year"]][value["money"]] = value["value_gbp"]
    total = sum(figures.get(Money.CONTRACT_VALUE.value, max(figures.values())) for figures in years.values())
    if {content.get("coordinator"), content.get("host")} & set(bodies):
        return total
    share = next((one.get("share") for one in content.get("associates", ()) if one["organisation"] in bodies), None)
    return total if share is None else int((total * Decimal(str(share))).to_integral_value(ROUND_CEILING))


def _years_begun(valid_from: date, valid_to: date) -> int:
    """Years begun of a term. A yearly sum without an end counts once: no further year is stated."""
    if valid_to == FOREVER:
        return 1
    whole = valid_to.year - valid_from.year
    return max(whole + ((valid_to.month, valid_to.day) > (valid_from.month, valid_from.day)), 1)


def commits_more(before: Held | None, after: Held, bodies: Collection[str]) -> bool:
    """Whether a version commits a body to money that the version before did not: more of it, or to somebody else."""
    amount = whole_life_gbp(after, bodies)
    if before is None:
        return amount > 0
    other = any(before.content.get(name) != after.content.get(name) for name in ("provider", "host", "coordinator"))
    return amount > whole_life_gbp(before, bodies) or (other and amount > 0)


def reaches_further(before: Held, after: Held) -> bool:
    """Whether a contract comes to be for a stage or day that it was not for: there may be parts that count with it."""
    return after.topic == "contracts" and (
        not set(after.content["stages"]) <= set(before.content["stages"])
        or after.valid_from < before.valid_from
        or after.valid_to > before.valid_to
    )


def commitment(after: Held, others: Iterable[Held], bodies: Collection[str]) -> Commitment:
    """What a version comes to with the parts of the same matter among the holder's `others`."""
    parts = sorted((one for one in others if one.id != after.id and _one_matter(after, one)), key=lambda one: one.id)
    asked = whole_life_gbp(after, bodies) + sum(whole_life_gbp(one, bodies) for one in parts)
    return Commitment(asked, tuple(one.id for one in parts))


def _one_matter(one: Held, other: Held) -> bool:
    """Whether two contracts are parts of one: with the same provider, for a common stage, on a common day."""
    return (
        one.topic == other.topic == "contracts"
        and one.content["provider"] == other.content["provider"]
        and not set(one.content["stages"]).isdisjoint(other.content["stages"])
        and one.valid_from < other.valid_to
        and other.valid_from < one.valid_to
    )


def fits(limit_gbp: int | None, asked: Commitment) -> bool:
    """Whether a limit (None: none is stated) holds what is asked."""
    return limit_gbp is None or asked.asked_gbp <= limit_gbp


def over_the_limit(limit_gbp: int, asked: Commitment, names: Sequence[str]) -> str:
    """The refusal in words. `names`: mandate, body and holder."""
    mandate, body, holder = names
    together = f", counted with {', '.join(asked.counted)}" if asked.counted else ""
    return (
        f"This commits {body} to {CURRENCY} {asked.asked_gbp:,} over its whole life{together}; mandate {mandate} lets "
        f"{holder} commit it to {CURRENCY} {limit_gbp:,} at most: {body} enters it itself, or grants a higher limit."
    )
