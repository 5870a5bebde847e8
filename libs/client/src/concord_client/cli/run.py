"""`concord up`, `concord token`, `concord keys`: the services on this machine, and whose signatures services accept."""

from pathlib import Path
from typing import Annotated

import typer

from concord_client.cli.session import ExitCode, addresses, person_from, ports, reported, var_folder
from concord_client.keys import ensure_keys, ensure_service_keys
from concord_client.show.page import make_console
from concord_client.tokens import LONGEST_SECONDS, mint, refuse_unless_loopback
from concord_client.up import data_folder, run_until_stopped


def register(app: typer.Typer) -> None:
    app.command("keys")(keys)
    app.command("token")(token)
    app.command("up")(up)


def keys(
    folder: Annotated[Path, typer.Argument(help="where the keys shall lie; only its owner may read it")],
    issuer_keys: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="the issuer's key set, JWKS")],
) -> None:
    """Keys for a deployment with an issuer of its own: what services sign with, and whose signatures they accept."""
    with reported():
        key_set, private = ensure_service_keys(folder, issuer_keys)
        typer.echo("\n".join(map(str, [key_set, *private])))


def token(
    sign_in: Annotated[
        list[str], typer.Argument(metavar="NAME BODY=ROLE...", help="for instance: gina ods:02A=chief-officer")
    ],
    minutes: Annotated[int, typer.Option(min=1, max=LONGEST_SECONDS // 60)] = LONGEST_SECONDS // 60,
) -> None:
    """A development token, signed with the key in var/keys; for services on this machine only."""
    with reported():
        for address in addresses().values():
            refuse_unless_loopback(address)
        keys = ensure_keys(var_folder() / "keys")
        typer.echo(mint(keys, person_from(" ".join(sign_in)), lifetime_seconds=minutes * 60))


def up() -> None:
    """Run the three services with the reference data until stopped (Ctrl-C). CONCORD_PORT_BASE moves the ports."""
    with reported():
        raise typer.Exit(ExitCode(run_until_stopped(make_console(), ports(), var_folder(), data_folder())))
