"""Where a pooled fund stands: what its host reports, held against the agreed contributions. Pure.

SI 2000/617 has the host report quarterly and annually; a report is of one month, 1 (April) to 12 (March), and says what
was spent since 1 April and what is expected for the year. Reports are appended; of one month the latest known counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from concord_agreements.agreement import Agreement
from concord_agreements.amounts import cash_of_year
from concord_agreements.lifecycle import add_months
from concord_agreements.risk_share import share_variance
from concord_agreements.steps import AlreadyRecorded, Refusal, WrongDay
from concord_contracts.agreements import BasisKey, Content, Handling, PositionIn, State, fund_key
from concord_contracts.identifiers import first_day

PLAN_RULE = (
    "equal parts over the months of the year that the agreement's text covers; contributions in kind are left out. "
    "An assumption: the text agrees amounts by year, not by month"
)
MONTHS_A_REPORT_SPEAKS_FOR = 6
"""How long after its month a report says where a fund stands: the quarter it may be the report of, and one more to draw
up the next. A convention of ours; the regulations say quarterly and no more."""


class NoPooledFund(Refusal):
    """The agreement pools no money, so that there is no position to report."""

    def __init__(self, agreement: str) -> None:
        super().__init__(f"Agreement {agreement} has no pooled fund: only a pool's host reports a position.")


class WrongFund(Refusal):
    """The fund named is not the agreement's."""

    def __init__(self, fund: str, own: str) -> None:
        super().__init__(f"There is no fund {fund} here; the agreement's fund is {own}.")


class NotBinding(Refusal):
    """The agreement is not signed by all, so that nobody spends under it."""

    def __init__(self, state: State) -> None:
        super().__init__(f"The agreement is {state.replace('-', ' ')}: a fund has a position once all have signed.")
        self.state = state


@dataclass(frozen=True, slots=True)
class Reported:
    """One report as recorded."""

    number: int
    year: str
    month: int
    actual_pence: int
    forecast_pence: int
    minute: str | None
    note: str | None
    at: datetime

    @property
    def until(self) -> date:
        """The first day after the month."""
        return end_of_month(self.year, self.month)


def end_of_month(year: str, month: int) -> date:
    """The first day after month 1 (April) to 12 (March) of a financial year."""
    return add_months(first_day(year), month)


def has_fund(content: Content) -> bool:
    return content.basis is BasisKey.S75_POOL and any(scope.handling is Handling.POOLED for scope in content.stages)


def judge(agreement: Agreement, given: PositionIn, before: Iterable[Reported], today: date) -> None:
    """Whether a report may be recorded, or one of the refusals: of a month that is over and had a day in force."""
    if not has_fund(agreement.content):
        raise NoPooledFund(agreement.id)
    own = fund_key(agreement.id)
    if given.fund not in (None, own):
        raise WrongFund(str(given.fund), own)
    if agreement.concluded_on is None:
        raise NotBinding(agreement.state(today))
    begins, until = end_of_month(given.year, given.month - 1), end_of_month(given.year, given.month)
    starts, ends = agreement.period
    if until > today:
        raise WrongDay("month", f"The month ends before {until.isoformat()}, which is still to come: report it then.")
    if until <= starts or begins >= ends:
        words = f"The agreement is in force from {starts.isoformat()} until before {ends.isoformat()}: not that month."
        raise WrongDay("month", words)
    latest = latest_by_month(before).get((given.year, given.month))
    if latest is not None and _says_the_same(latest, given):
        raise AlreadyRecorded("This is the position last reported of that month.")


def _says_the_same(latest: Reported, given: PositionIn) -> bool:
    said = latest.actual_pence, latest.forecast_pence, latest.minute, latest.note
    return said == (given.actual_pence, given.forecast_pence, given.minute, given.note)


def latest_by_month(reports: Iterable[Reported]) -> dict[tuple[str, int], Reported]:
    """(year, month) -> its latest report, months in order."""
    found = {(one.year, one.month): one for one in sorted(reports, key=lambda one: one.number)}
    return dict(sorted(found.items()))


def plan_to_date(content: Content, year: str, month: int) -> int:
    """Pence by PLAN_RULE until the end of a month, rounded down; the whole year's plan at the end."""
    covered = [one for one in range(1, 13) if _covers(content, year, one)]
    if not covered:
        return 0
    return cash_of_year(content, year) * sum(1 for one in covered if one <= month) // len(covered)


def _covers(content: Content, year: str, month: int) -> bool:
    return end_of_month(year, month) > content.starts and end_of_month(year, month - 1) < content.ends


def forecast_variance(content: Content, report: Reported) -> int:
    """Pence forecast over (negative: under) the year's agreed contributions."""
    return report.forecast_pence - cash_of_year(content, report.year)


def shares(content: Content, report: Reported) -> dict[str, int]:
    """What each party would bear at the forecast, by the agreed waterfall; sums to the variance."""
    return share_variance(content.risk, forecast_variance(content, report))


def speaks_for(reports: Iterable[Reported], today: date) -> Reported | None:
    """The report that says where a fund stands on a day: of the latest month, if that is not long ago."""
    months = [one for one in latest_by_month(reports).values() if one.until <= today]
    if not months or add_months(months[-1].until, MONTHS_A_REPORT_SPEAKS_FOR) < today:
        return None
    return months[-1]
