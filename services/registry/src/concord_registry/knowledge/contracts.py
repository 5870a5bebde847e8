"""What follows from a contract's dates on a day. Pure."""

import calendar
from datetime import date

from concord_contracts.identifiers import FOREVER
from concord_contracts.registry import ContractView


def rolled_over_unread(contract: ContractView, day: date) -> bool:
    """Renewed by the day, and not reviewed since the renewal before it (for the first: since it began).

    A review in the term that was renewed, or any later one, counts as having read it.
    """
    renewed = sorted(one for one in contract.renewals if one <= day)
    if not renewed:
        return False
    before = renewed[-2] if len(renewed) > 1 else contract.valid_from
    return contract.last_reviewed is None or contract.last_reviewed < before


def notice_by(contract: ContractView) -> date | None:
    """The last day on which notice ends the contract with its term: as stated, else by the notice period.

    None where notice was given: there is nothing left to be done in time.
    """
    if contract.notice_given_on is not None:
        return None
    if contract.latest_notice_on is not None:
        return contract.latest_notice_on
    if contract.notice_months is None or contract.valid_to == FOREVER:
        return None
    return months_before(contract.valid_to, contract.notice_months)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    month = day.year * 12 + day.month - 1 - months
    year, month = divmod(month, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def on_the_day(contract: ContractView, day: date, *, withheld: bool) -> ContractView:
    """The contract with what follows on a day; without its values where they are withheld."""
    followed = {"rolled_over_unread": rolled_over_unread(contract, day), "notice_by": notice_by(contract)}
    if withheld:
        associates = [one.model_copy(update={"share": None}) for one in contract.associates]
        followed |= {"values": [], "associates": associates, "values_withheld": bool(contract.values)}  # type: ignore[dict-item]
    return contract.model_copy(update=followed)
