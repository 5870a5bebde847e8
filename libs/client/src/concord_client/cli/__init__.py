"""The `concord` command line: a thin layer over the client. `--json` everywhere gives the service's own answer."""

import typer

from concord_client.cli import (
    advise,
    agreement,
    ask,
    body,
    changes,
    claim,
    data,
    export,
    findings,
    knowledge,
    mandate,
    pathway,
    place,
    plan,
    problem,
    records,
    reorganise,
    retention,
    rule,
    run,
    search,
    share,
    webhook,
    who,
)

app = typer.Typer(
    name="concord",
    help="Commission one patient pathway together: who is responsible, how to share the money, what is agreed.",
    epilog="Exit codes: 0 done, 1 refused, 2 wrong command line, 3 no answer, 4 no plan keeps every limit, "
    "5 the service failed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
who.register(app)
app.add_typer(claim.app, name="claim")
app.add_typer(mandate.app, name="mandate")
findings.register(app)
search.register(app)
changes.register(app)
plan.register(app)
app.add_typer(agreement.app, name="agreement")
app.add_typer(problem.app, name="problem")
app.add_typer(ask.app, name="ask")
app.add_typer(share.app, name="share")
app.add_typer(retention.app, name="retention")
app.add_typer(body.app, name="body")
app.add_typer(place.app, name="place")
app.add_typer(pathway.app, name="pathway")
app.add_typer(rule.app, name="rule")
app.add_typer(advise.app, name="advise")
app.add_typer(reorganise.app, name="reorganise")
app.add_typer(data.app, name="data")
app.add_typer(webhook.app, name="webhook")
records.register(app)
knowledge.register(app)
app.add_typer(export.app, name="export")
run.register(app)
