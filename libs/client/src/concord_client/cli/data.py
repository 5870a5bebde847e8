"""`concord data`: the reference data behind the answers."""

from enum import StrEnum
from typing import Annotated

import typer

from concord_client.basis import DataSources
from concord_client.cli.options import Json, KnownAt, moment
from concord_client.cli.session import answer, concord
from concord_client.show.sources import show_sources

app = typer.Typer(help="The reference data behind the answers.", no_args_is_help=True, rich_markup_mode=None)


class Holder(StrEnum):
    """Services that hold figures of their own."""

    REGISTRY = "registry"
    ALLOCATION = "allocation"


@app.command("sources")
def sources(
    service: Annotated[
        list[Holder] | None, typer.Option(help="whose data; default both services that hold figures")
    ] = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """The documents behind the figures, and what share of figures and pounds are assumptions."""
    asked, when = service or list(Holder), moment(known_at)
    with concord() as services:
        found = DataSources(
            registry=services.registry.reference_summary(known_at=when) if Holder.REGISTRY in asked else None,
            allocation=services.allocation.reference_summary(known_at=when) if Holder.ALLOCATION in asked else None,
        )
        answer(found, as_json, lambda console: show_sources(console, found))
