"""`concord agreement report` and `positions`: pounds become whole pence, months read as a board reads them."""

from typing import Any

import pytest

from libs.client.tests.test_command_line import Double, double, run

__all__ = ["double"]

JUNE: dict[str, Any] = {
    "year": "2014-15",
    "month": 3,
    "until": "2014-07-01",
    "plan_pence": 120_000_000,
    "plan_to_date_pence": 30_000_000,
    "actual_pence": 31_000_050,
    "variance_pence": 1_000_050,
    "forecast_pence": 119_999_600,
    "forecast_variance_pence": -400,
    "shares_pence": {"gss:E08000003": -300, "ods:01M": -100},
    "minute": None,
    "note": None,
    "reported_at": "2014-07-20T12:00:00Z",
    "reports": 2,
}
REPORT = ("agreement", "report", "a1", "--year", "2014-15", "--month", "3", "--forecast", "1199996")


def test_a_report_is_sent_in_whole_pence(double: Double) -> None:
    double.answers = [(201, JUNE)]
    shown = run(*REPORT, "--actual", "310000.50", "--minute", "item 5")
    assert shown.exit_code == 0, shown.output
    method, path, headers, body = double.asked[0]
    assert (method, path, bool(headers["Idempotency-Key"])) == ("POST", "/v1/agreements/a1/positions", True)
    sent = {"fund": None, "year": "2014-15", "month": 3, "actual_pence": 31_000_050, "forecast_pence": 119_999_600}
    assert body == sent | {"minute": "item 5", "note": None}
    assert "Jun 2014-15 300,000 310,001 10,001 1,200,000 1,199,996 -4 2" in [
        " ".join(line.split()) for line in shown.output.splitlines()
    ]


@pytest.mark.parametrize("amount", ["12.5", "1e6", "-1", "£5", "", "1" * 14, "١٢"])
def test_what_is_no_amount_is_not_sent(double: Double, amount: str) -> None:
    assert run(*REPORT, "--actual", amount).exit_code == 2
    assert double.asked == []


def test_positions_say_who_bears_what_and_what_the_plan_rests_on(double: Double) -> None:
    found = {"agreement": "a1", "fund": "fund.a1", "host": "gss:E08000003", "as_of": "2014-08-01"}
    found |= {"known_at": "2014-08-01T00:00:00Z", "plan_rule": "equal parts. An assumption", "items": [JUNE]}
    double.answers = [(200, found), (200, found | {"items": []})]
    shown = run("agreement", "positions", "a1", "--year", "2014-15")
    assert double.asked[0][1] == "/v1/agreements/a1/positions?year=2014-15"
    rows = [" ".join(line.split()) for line in shown.output.splitlines()]
    assert "ods:01M -1" in rows
    assert any("An assumption" in row for row in rows)
    assert max(len(line.rstrip()) for line in shown.output.splitlines()) <= 100
    assert "Nothing has been reported" in run("agreement", "positions", "a1").output
