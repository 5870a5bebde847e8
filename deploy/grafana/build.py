"""`python -m deploy.grafana.build [--check]`: writes the dashboards that Grafana is given, one JSON file each.

A panel says what it shows and what a change means; its queries read what docs/metrics.md lists, or a rule of
deploy/prometheus/rules. tests/watch runs every query against a Prometheus that scraped the running services.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.grafana.model import Dashboard, Panel, as_grafana

INTO = Path(__file__).parent / "dashboards"

SERVICES = Dashboard(
    "concord-services",
    "Concord: services",
    "Do the three services answer, how fast, and is what they record on its way?",
    [
        Panel(
            "Answering Prometheus",
            "0: the service is away (ServiceDown).",
            {"{{service}}": 'up{job="concord"}'},
            kind="stat",
            width=6,
            red_below=1,
        ),
        Panel(
            "Database",
            "0: nothing is answered or recorded (DatabaseUnreadable).",
            {"{{service}}": "concord_database_up"},
            kind="stat",
            width=6,
            red_below=1,
        ),
        Panel(
            "Asked services",
            "0: a service cannot reach another that it asks (DependencyDown).",
            {"{{service}} asks {{dependency}}": "concord_dependency_up"},
            kind="stat",
            width=6,
            red_below=1,
        ),
        Panel(
            "Alerts firing",
            "What Prometheus would tell somebody about now; Alertmanager's page says which.",
            {"alerts": 'count(ALERTS{alertstate="firing"}) or vector(0)'},
            kind="stat",
            width=6,
            red_from=1,
        ),
        Panel(
            "Requests",
            "All of them, by service.",
            {"{{service}}": "service:concord_http_requests:rate5m"},
            unit="reqps",
        ),
        Panel(
            "Failing requests",
            "Share of users' requests that end in a 5xx; above 0.005 the objective is missed (ErrorBudgetBurns).",
            {"{{service}}": "service:concord_http_errors:ratio5m or 0 * service:concord_http_requests:rate5m"},
            unit="percentunit",
            red_from=0.005,
        ),
        Panel(
            "Time to answer",
            "95 of 100 requests are faster than this.",
            {"{{service}}": "service:concord_http_duration_seconds:p95_5m"},
            unit="s",
        ),
        Panel(
            "Slowest routes",
            "The ten routes whose slowest twentieth takes longest.",
            {
                "{{service}} {{method}} {{route}}": "topk(10, histogram_quantile(0.95, "
                "sum by (service, method, route, le) (rate(concord_http_request_duration_seconds_bucket[5m]))))"
            },
            unit="s",
        ),
        Panel(
            "Requests by outcome",
            "A rise of 4xx: a caller sends what is refused; of aborted: callers give up waiting.",
            {"{{service}} {{outcome}}": "sum by (service, outcome) (rate(concord_http_requests_total[5m]))"},
            unit="reqps",
        ),
        Panel(
            "Recorded",
            "Writing transactions per second; flat while people work: JournalStopped.",
            {"{{service}}": "rate(concord_journal_head_seq[5m])"},
            unit="wps",
        ),
        Panel(
            "Messages to other services",
            "Waiting: the receiver is away. Parked: it refused, a person is needed (MessageParked).",
            {"{{service}} waiting": "concord_outbox_waiting", "{{service}} parked": "concord_outbox_parked"},
        ),
        Panel(
            "Oldest message",
            "How long a signed agreement has waited to be put on the map; ten minutes: OutboxOld.",
            {"{{service}}": "concord_outbox_oldest_seconds"},
            unit="s",
            red_from=600,
        ),
        Panel(
            "Versions",
            "Two at once while a release is under way, else one.",
            {"{{service}} {{version}}": "concord_build_info"},
            kind="stat",
            width=24,
        ),
    ],
)

SOLVER = Dashboard(
    "concord-solver",
    "Concord: solver",
    "Do questions about money get answers, how long do they take, and is anybody turned away?",
    [
        Panel(
            "Questions waiting",
            "For a solver thread; lasting above 0: more workers are needed.",
            {"waiting": "allocation_solve_queue_depth"},
            kind="stat",
            width=8,
        ),
        Panel(
            "Turned away in an hour",
            "Refused because the queue was full (QuestionsTurnedAway).",
            {"refused": "increase(allocation_solve_refused_total[1h])"},
            kind="stat",
            width=8,
            red_from=1,
        ),
        Panel(
            "Without a plan",
            "Share of the last hour's questions that no plan satisfies: an answer, with what conflicts.",
            {
                "infeasible": '(sum(increase(allocation_runs_total{outcome="infeasible"}[1h])) or vector(0)) '
                "/ sum(increase(allocation_runs_total[1h]))"
            },
            kind="stat",
            unit="percentunit",
            width=8,
        ),
        Panel(
            "Slowest twentieth by size",
            "95 of 100 answers come sooner; above 10 s for small or medium questions: SlowWhatIfs.",
            {"{{size}}": "service_size:allocation_solve_duration_seconds:p95_10m"},
            unit="s",
            red_from=10,
        ),
        Panel(
            "Half of the answers by size",
            "The median time to compile, solve, price and check one question.",
            {
                "{{size}}": "histogram_quantile(0.5, sum by (size, le) "
                "(rate(allocation_solve_duration_seconds_bucket[10m])))"
            },
            unit="s",
        ),
        Panel(
            "Where the time goes",
            "Seconds of work per second by stage: reading the problem, building, solving, pricing, checking.",
            {"{{stage}}": "sum by (stage) (rate(allocation_solve_stage_duration_seconds_sum[10m]))"},
            unit="s",
        ),
        Panel(
            "Distance to the proven bound",
            "95 of 100 plans lie nearer, as a share of their benefit; whole pounds cost some parts in a million.",
            {"{{size}}": "histogram_quantile(0.95, sum by (size, le) (rate(allocation_solve_gap_ratio_bucket[10m])))"},
            unit="percentunit",
        ),
        Panel(
            "What is asked",
            "Questions per minute by kind.",
            {"{{question}}": "sum by (question) (rate(allocation_runs_total[10m])) * 60"},
            unit="cpm",
        ),
        Panel(
            "How questions end",
            "Per minute. Infeasible is an answer; not-proven ran into its time limit.",
            {"{{outcome}}": "sum by (outcome) (rate(allocation_runs_total[10m])) * 60"},
            unit="cpm",
        ),
        Panel(
            "All solve times",
            "How many questions took how long.",
            {"{{le}}": "sum by (le) (increase(allocation_solve_duration_seconds_bucket[$__rate_interval]))"},
            kind="heatmap",
            unit="s",
            width=24,
        ),
    ],
)

COMMISSIONING = Dashboard(
    "concord-commissioning",
    "Concord: commissioning overview",
    "Where does the map of responsibilities have holes, and do bodies keep it true? Four most common cancers, today.",
    [
        Panel(
            "Findings by kind, $region",
            "What the map of the region shows to be looked at.",
            {"{{kind}}": 'sort_desc(registry_findings{region="$region"})'},
            kind="bargauge",
        ),
        Panel(
            "Claims by status",
            "A rise of disputed: bodies contradict each other; of assumed: they guess.",
            {"{{status}}": "sort_desc(registry_claims)"},
            kind="bargauge",
        ),
        Panel(
            "Findings by region",
            "All kinds together; a tenth more than a week ago: FindingsRise.",
            {"{{region}}": 'sum by (region) (registry_findings{region!="england"})'},
        ),
        Panel(
            "Gaps by region",
            "Stages that nobody commissions as far as anybody has stated, and those that each assumes another fills.",
            {"{{region}}": 'sum by (region) (registry_findings{kind=~"gap|assumed-elsewhere", region!="england"})'},
        ),
        Panel(
            "Findings over time, $region",
            "A fall: work done, or claims confirmed; a step on the day of a load: the data became truer.",
            {"{{kind}}": 'registry_findings{region="$region"}'},
        ),
        Panel(
            "Confirmations gone stale",
            "Confirmed claims whose review date has passed: bodies confirm once and do not look again.",
            {"{{region}}": 'registry_stale_confirmations{region!="england"}'},
        ),
        Panel(
            "Age of these figures",
            "They are derived once a minute at most; an hour: FiguresOld.",
            {"registry": "time() - registry_findings_computed_timestamp_seconds"},
            kind="stat",
            unit="s",
            width=24,
            red_from=3600,
        ),
    ],
    variables={"region": "registry_findings"},
    since="now-30d",
)

MONEY = Dashboard(
    "concord-agreements-money",
    "Concord: agreements and money",
    "What is agreed, what falls due, and do the pooled funds keep to what partners pay in?",
    [
        Panel(
            "Agreements by state",
            "A rise of sent or part-signed: signatures are waited for; of notice-given: arrangements come apart.",
            {"{{state}}": "agreements_by_state"},
            kind="bargauge",
        ),
        Panel(
            "Falls due",
            "Last days of notice and agreed reviews ahead (NoticesDue).",
            {
                "notice within {{within}}": "agreements_notices_due",
                "review within {{within}}": "agreements_reviews_due",
            },
            kind="bargauge",
        ),
        Panel(
            "Pooled funds by forecast",
            "By their latest report. Over: partners will bear a risk share (FundOverspends).",
            {"{{position}}": "agreements_fund_positions"},
        ),
        Panel(
            "Forecast against contributions",
            "Sum over the funds that forecast more, and over those that forecast less, than partners pay in this year.",
            {"{{direction}}": "agreements_fund_variance_gbp"},
            unit="currencyGBP",
        ),
        Panel(
            "States over time",
            "Agreements on their way from draft to in force, and out again.",
            {"{{state}}": "agreements_by_state"},
        ),
        Panel(
            "On their way to the map",
            "Signed agreements that the registry does not show yet.",
            {
                "waiting": 'concord_outbox_waiting{service="agreements"}',
                "refused": 'concord_outbox_parked{service="agreements"}',
            },
        ),
        Panel(
            "Age of these figures",
            "They are derived once a minute at most; an hour: FiguresOld.",
            {"agreements": "time() - agreements_computed_timestamp_seconds"},
            kind="stat",
            unit="s",
            width=24,
            red_from=3600,
        ),
    ],
    since="now-30d",
)

DASHBOARDS = (SERVICES, SOLVER, COMMISSIONING, MONEY)


def text(dashboard: Dashboard) -> str:
    return json.dumps(as_grafana(dashboard), indent=1) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the files; with `--check` 1 where a file says otherwise."""
    stale = 0
    for dashboard in DASHBOARDS:
        file = INTO / f"{dashboard.uid}.json"
        if "--check" not in arguments:
            file.write_text(text(dashboard), encoding="utf-8")
        elif not file.is_file() or file.read_text(encoding="utf-8") != text(dashboard):
            print(f"{file} is not what deploy/grafana/build.py says: run `make docs`", file=sys.stderr)
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
