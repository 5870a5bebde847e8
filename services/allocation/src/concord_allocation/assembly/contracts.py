"""Contracts that the registry holds, as commitments on the lines of a plan; and of each of them what became of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from concord_allocation.assembly.contract_scope import Scope, scope_of
from concord_allocation.assembly.contract_values import OnLines, Values, baseline_of, divided, values_of
from concord_allocation.assembly.faults import AssemblyFault
from concord_allocation.assembly.keys import joined_key
from concord_allocation.assembly.provenance import SOURCE_LENGTH
from concord_allocation.assembly.world import World
from concord_allocation.core.days import months_later
from concord_allocation.core.words import pounds
from concord_contracts.allocation import Contract, Line, ReleaseStep
from concord_contracts.allocation.assembly import ContractEntered, ContractOnLine
from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import ContractView

USUAL_NOTICE_MONTHS = 12
"""Where a contract states no period of notice: General Condition 17, often 12 months (from memory)."""


class Entering(NamedTuple):
    """Commitments for the problem, and what is told of every contract that was found."""

    contracts: list[Contract]
    told: list[ContractEntered]


def build_contracts(world: World, lines: Sequence[Line], faults: list[AssemblyFault]) -> Entering:
    """A commitment for each line that a contract is for, with its pounds by year; a fault where none was found."""
    if "contracts" not in world.request.fill_in:
        return Entering([], [])
    if not world.contracts:
        words = "the registry holds no contract for the chosen pathways and places in the planning years"
        faults.append(AssemblyFault(world.filling("contracts"), "nothing-to-fill-in", words))
        return Entering([], [])
    scopes = [scope_of(world, lines, contract) for contract in sorted(world.contracts, key=_order)]
    valued = [(scope, values_of(scope.contract, world.years)) for scope in scopes]
    held = [(scope, values) for scope, values in valued if values is not None and values.gbp and not scope.nowhere]
    amounts = iter(divided(held, world.years))
    made: list[Contract] = []
    told: list[ContractEntered] = []
    for scope, values in valued:
        if values is None or not values.gbp or scope.nowhere:
            told.append(_told(scope, values, {}, _why_not(scope, values)))
            continue
        on_lines = next(amounts)
        commitments = list(_commitments(scope, values, on_lines))
        made += commitments
        told.append(_told(scope, values, on_lines, _how(scope, values, commitments)))
    return Entering(made, told)


def _order(contract: ContractView) -> tuple[str, int]:
    return contract.id, contract.version


def _commitments(scope: Scope, values: Values, on_lines: OnLines) -> Iterator[Contract]:
    contract = scope.contract
    for line in scope.lines:
        gbp = {year: amount for year, amount in on_lines.get(line.key, {}).items() if amount}
        if gbp:
            yield Contract(
                key=joined_key("contract", contract.id, str(contract.version), line.key),
                provider=_name(contract, contract.provider)[:300],
                form=contract.form.value.replace("-", "_"),
                line=line.key,
                value_gbp=max(gbp.values()),
                values_gbp=dict.fromkeys(values.gbp, 0) | gbp,
                begins=contract.valid_from,
                ends=None if contract.valid_to == FOREVER else contract.valid_to - timedelta(days=1),
                notice_given=contract.notice_given_on,
                notice_months=_notice_months(contract),
                releasable=_releasable(contract),
                source=_source(scope, values),
            )


def _notice_months(contract: ContractView) -> int:
    return USUAL_NOTICE_MONTHS if contract.notice_months is None else contract.notice_months


def _releasable(contract: ContractView) -> list[ReleaseStep]:
    """What the record says can be released; nothing said of either leaves it to the contract's form."""
    if contract.releasable_share is None and contract.releasable_from is None:
        return []
    share = 1.0 if contract.releasable_share is None else contract.releasable_share
    return [ReleaseStep(day=contract.releasable_from or contract.valid_from, share=share)]


def _source(scope: Scope, values: Values) -> str:
    """Which record, known since when, and what of its pounds here is assumed."""
    contract = scope.contract
    how = "; ".join(_assumed(scope, values))
    return (
        f"registry, contract {contract.id}, version {contract.version}, recorded {contract.recorded_from.date()}, "
        f"{values.money.replace('-', ' ')}{f'; assumption: {how}' if how else ''}"
    )[:SOURCE_LENGTH]


def _assumed(scope: Scope, values: Values) -> Iterator[str]:
    if scope.beyond:
        yield "its part here is what its lines spend"
    elif len(scope.lines) > 1:
        yield "divided by the lines' baselines"
    if values.carried:
        yield "; ".join(f"{year} as in {of}" for year, of in sorted(values.carried.items()))
    if scope.contract.notice_given_on is not None and scope.contract.notice_months is None:
        yield f"{USUAL_NOTICE_MONTHS} months' notice"


def _told(scope: Scope, values: Values | None, on_lines: OnLines, words: str) -> ContractEntered:
    contract = scope.contract
    form, provider = contract.form.value, _name(contract, contract.provider)
    entered = [
        ContractOnLine(
            line=line.key, payer=line.statutory_payer, gbp=dict(on_lines[line.key]), baseline_gbp=baseline_of(line)
        )
        for line in scope.lines
        if any(on_lines.get(line.key, {}).values())
    ]
    return ContractEntered(
        record=contract.id,
        version=contract.version,
        title=contract.title,
        provider=provider,
        host=None if contract.host is None else _name(contract, contract.host),
        coordinator=_name(contract, contract.coordinator),
        form=form,
        price_basis=contract.price_basis,
        money=None if values is None else values.money,
        entered="not" if not entered else "part" if scope.beyond else "whole",
        lines=entered,
        words=f"{contract.title} ({form.replace('-', ' ')}, {provider}): {words}",
    )


def _why_not(scope: Scope, values: Values | None) -> str:
    contract = scope.contract
    if scope.nowhere:
        return f"not in this plan: {scope.nowhere}."
    if contract.values_withheld:
        return "not in this plan: its values are withheld from you, who are no party to it."
    if values is None:
        stated = sorted({one.money.value for one in contract.values})
        of = f" ({', '.join(stated)} alone, which commits nobody)" if stated else ""
        return f"not in this plan: it states no contract value and no plan{of}."
    return "not in this plan: it is in force on no day of it."


def _how(scope: Scope, values: Values, commitments: Sequence[Contract]) -> str:
    contract = scope.contract
    if not commitments:
        return "not in this plan: other contracts have all that its lines spend, or it comes to nothing."
    year = next(iter(values.gbp))
    here = sum(one.values_gbp.get(year, 0) for one in commitments)
    lines = "one line" if len(commitments) == 1 else f"{len(commitments)} lines"
    of = f"{pounds(here)} of its {pounds(values.gbp[year])}" if here < values.gbp[year] else pounds(here)
    told = [f"{of} in {year} ({values.money.replace('-', ' ')}) on {lines}"]
    if scope.beyond:
        more = " and ".join(scope.beyond)
        told.append(f"it is for {more} too, so that its part here is assumed: what its lines spend")
    if values.carried:
        told.append(", ".join(f"{year} as in {of}" for year, of in sorted(values.carried.items())))
    over = [line for line in scope.lines if _above(line, commitments)]
    if over:
        which = over[0].key if len(over) == 1 else f"{len(over)} of them"
        told.append(f"on {which} that is more than the baseline")
    return f"{'; '.join([*told, *_release(contract), *_end(contract)])}."


def _above(line: Line, commitments: Iterable[Contract]) -> bool:
    return any(one.line == line.key and one.value_gbp > baseline_of(line) for one in commitments)


def _release(contract: ContractView) -> Iterator[str]:
    """When what of it is released, in words."""
    share = "" if contract.releasable_share is None else f"{contract.releasable_share:.0%} of it "
    if contract.form.value == "block":
        if contract.notice_given_on is None:
            until = "" if contract.valid_to == FOREVER else f" before its term ends on {_last(contract)}"
            yield f"no notice is recorded: nothing is released{until}"
        else:
            expires = months_later(contract.notice_given_on.isoformat(), _notice_months(contract))
            yield f"notice was given on {contract.notice_given_on} and expires on {expires}"
    elif contract.releasable_share is None and contract.releasable_from is None:
        yield (
            "all of it is committed"
            if contract.form.value == "cost-and-volume"
            else "it moves with activity: nothing is committed"
        )
    if contract.releasable_share is not None or contract.releasable_from is not None:
        since = f" from {contract.releasable_from}" if contract.releasable_from else ""
        yield f"{share or 'all of it '}can be released{since}"


def _end(contract: ContractView) -> Iterator[str]:
    if contract.valid_to != FOREVER and (contract.form.value != "block" or contract.notice_given_on is not None):
        yield f"its term ends on {_last(contract)}"


def _last(contract: ContractView) -> date:
    return contract.valid_to - timedelta(days=1)


def _name(contract: ContractView, body: str) -> str:
    names: Mapping[str, str] = {one.id: one.name for one in contract.bodies}
    return names.get(body, body)
