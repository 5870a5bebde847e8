"""What follows from a risk on a day. Pure."""

from datetime import date

from concord_contracts.registry import RiskStatus, RiskView

UNDER_WAY = frozenset({RiskStatus.OPEN, RiskStatus.MITIGATING})


def on_the_day(risk: RiskView, day: date) -> RiskView:
    """The risk with its score (likelihood times impact), and whether its mitigation is overdue."""
    overdue = risk.due is not None and risk.due < day and risk.status in UNDER_WAY
    return risk.model_copy(update={"score": risk.likelihood * risk.impact, "overdue": overdue})
