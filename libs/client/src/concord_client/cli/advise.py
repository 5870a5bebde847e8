"""`concord advise ...`: for how many people a stage is best planned, and who reaches that together. Never the law."""

from typing import Annotated, Any

import typer

from concord_client.cli.options import Csv, Day, Json, KnownAt, day, moment
from concord_client.cli.session import answer, concord
from concord_client.show.advice import show_distances, show_sets, show_thresholds

app = typer.Typer(
    help="Planning advice: populations, and who reaches them together. It never decides who must commission.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Stage = Annotated[str | None, typer.Option(help="a stage, for instance radical_radiotherapy")]
OfService = Annotated[str | None, typer.Option("--service", help="a service, for instance pet-ct-scanning")]
Threshold = Annotated[str | None, typer.Option(help="a planning threshold, for instance T5")]
People = Annotated[int | None, typer.Option(min=1, help="so many people, whatever is stated")]
Pathway = Annotated[str | None, typer.Option()]


def _need(**named: str | int | None) -> dict[str, Any]:
    return {name: value for name, value in named.items() if value is not None}


@app.command()
def thresholds(as_of: Day = None, known_at: KnownAt = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """Populations that services are best planned for, as reports state them."""
    with concord() as services:
        found = services.registry.pathways.thresholds(as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_thresholds(console, found), as_csv=as_csv)


@app.command()
def distance(
    stage: Stage = None,
    service: OfService = None,
    threshold: Threshold = None,
    people: People = None,
    pathway: Pathway = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """How far every commissioner is from the planning population."""
    need = _need(stage=stage, service=service, threshold=threshold, people=people, pathway=pathway)
    with concord() as services:
        found = services.registry.pathways.distances(need, as_of=day(as_of), known_at=moment(known_at))
        answer(found, as_json, lambda console: show_distances(console, found), as_csv=as_csv)


@app.command("sets")
def smallest_sets(
    body: Annotated[str, typer.Argument(help="a commissioner, e.g. ods:02A")],
    stage: Stage = None,
    service: OfService = None,
    threshold: Threshold = None,
    people: People = None,
    pathway: Pathway = None,
    sets: Annotated[int, typer.Option(min=1, max=20, help="how many at most")] = 5,
    as_of: Day = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """The smallest sets of neighbouring commissioners that reach it: fewest first, then nearest above."""
    need = _need(stage=stage, service=service, threshold=threshold, people=people, pathway=pathway)
    with concord() as services:
        found = services.registry.pathways.planning_sets(
            body, need, sets=sets, as_of=day(as_of), known_at=moment(known_at)
        )
        answer(found, as_json, lambda console: show_sets(console, found))
