"""The contracts that the registry holds for a text's stages, as a paper shows them. Pure.

They are asked for when the paper is read, and are no part of what a check or a signature rests on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from concord_contracts.agreements import StageRow
from concord_contracts.registry import ContractView

NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True)
class HeldContract:
    """One contract: provider by name; what of its cost can be released, and from when."""

    stages: tuple[str, ...]
    provider: str
    form: str
    releasable: str


@dataclass(frozen=True, slots=True)
class ContractsHeld:
    """What the registry said on the day the text starts; `silent`: it did not answer."""

    contracts: tuple[HeldContract, ...] = ()
    silent: bool = False

    def filled(self, row: StageRow) -> StageRow:
        """The row with its contracts in the place of what the annex leaves open; the annex's own words stand."""
        of_it = [one for one in self.contracts if row.stage in one.stages]
        if not of_it:
            return row
        found = {
            "provider": _joined(one.provider for one in of_it),
            "contract_form": _joined(one.form for one in of_it),
            "releasable_when": _joined(one.releasable for one in of_it),
        }
        return row.model_copy(update={name: words for name, words in found.items() if _open(getattr(row, name))})

    @property
    def note(self) -> str:
        """What a reader must know of where provider, form and release come from; empty where it goes without saying."""
        if self.silent:
            return "The registry did not answer when this paper was written: contracts that it holds are not shown"
        return (
            "Providers and contract forms are those of the contracts that the registry holds" if self.contracts else ""
        )


def held(view: ContractView) -> HeldContract:
    """A contract of the registry's as a paper shows it."""
    names = {body.id: body.name for body in view.bodies}
    return HeldContract(
        stages=tuple(view.stages),
        provider=names.get(view.provider, view.provider),
        form=view.form.value.replace("-", " "),
        releasable=_releasable(view),
    )


def _releasable(view: ContractView) -> str:
    share = f"{view.releasable_share:.0%} " if view.releasable_share is not None else ""
    if view.releasable_from is not None:
        return f"{share}from {_day(view.releasable_from)}"
    if view.notice_by is not None:
        return f"{share}with the term, by notice until {_day(view.notice_by)}"
    return f"{share}after {view.notice_months} months' notice" if view.notice_months is not None else NOT_RECORDED


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _open(words: str) -> bool:
    """Whether the annex says nothing: empty, or that nothing is recorded."""
    return not words.strip() or NOT_RECORDED in words


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(parts))


NONE_HELD = ContractsHeld()
