"""`blobnet watch`: a training in the browser, to step, go back in and change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

import click

from blobnet.cli.options import (
    FILE,
    check_text,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
)
from blobnet.solver import Solver
from blobnet.solvers import get_solver
from blobnet.watch.player import Player
from blobnet.watch.serving import HOST, PORT, serving
from blobnet.watch.session import Session

Command = TypeVar("Command", bound=Callable[..., Any])


class ServerWishes(NamedTuple):
    """Where the page is to be had."""

    host: str = HOST
    port: int | None = None
    opens: bool = True


def server_options(command: Command) -> Command:
    """--host, --port and --no-open, as one `server`."""

    @wraps(command)
    def run(*args: Any, **said: Any) -> Any:
        wishes = ServerWishes(said.pop("host"), said.pop("port"), not said.pop("no_open"))
        return command(*args, server=wishes, **said)

    decorated = cast(Command, run)
    for decorate in (
        click.option(
            *("--no-open", "--no_open", "-no_open"),
            is_flag=True,
            help="Do not open the page in a browser of this machine.",
        ),
        option(
            "port",
            type=click.IntRange(0, 65535),
            metavar="N",
            help=f"Of the page; 0 for any that is free.  [default: {PORT}, or the next free]",
        ),
        option(
            "host",
            default=HOST,
            show_default=True,
            callback=check_text,
            metavar="ADDRESS",
            help="Listen there, for browsers of other machines: they need the token printed.",
        ),
    ):
        decorated = decorate(decorated)
    return decorated


@click.command(
    help="""Watch a training in the browser: the net, and every number of a step.

    SOLVER is a solver's prototxt. The training stands still until the page says: step, play,
    slower, back to an earlier iteration. Click a weight to see the chain rule that changes it;
    change it, the rate or an input, and see what follows. No snapshot is written.
    Ctrl-C ends it.
    """,
    epilog="Example: blobnet watch models/by_hand/solver.prototxt --double",
)
@click.argument("solver", type=FILE, metavar="SOLVER")
@server_options
@click.option("--double", "-double", is_flag=True, help="Compute in float64, as one does by hand.")
@option("weights", type=FILE, metavar="A,B", help="Weight files to start from.")
@option("snapshot", type=FILE, metavar="FILE", help="A .solverstate to go on from.")
@net_state_options
@import_option
@python_option
def command(
    solver: str,
    server: ServerWishes,
    double: bool,
    weights: str | None,
    snapshot: str | None,
    level: int,
    stage: str,
    allow_python: bool,
) -> None:
    if snapshot and weights:
        raise click.UsageError("Give a snapshot or weights to start from but not both.")
    made = get_solver(
        solver,
        dtype="float64" if double else "float32",
        level=level,
        stages=split_list(stage),
        allow_python=allow_python,
    )
    if weights:
        made.load_weights(weights)
    if snapshot:
        made.restore(snapshot)
    watch(made, server)


@contextmanager
def watched(solver: Solver, server: ServerWishes) -> Iterator[None]:
    """For a block around a training: who looks sees it run, and may let it stand still."""
    player = Player(Session(solver), playing=True)
    with serving(player, server.host, server.port, opens=server.opens) as address:
        click.echo(f"watch it at {address}")
        yield


def watch(solver: Solver, server: ServerWishes) -> None:
    """Serve the page until somebody interrupts; nothing is logged, no snapshot is written."""
    solver.param.display = solver.param.snapshot = 0
    session = Session(solver)
    session.look()
    player = Player(session)
    with serving(player, server.host, server.port, opens=server.opens) as address:
        click.echo(f"watch it at {address}")
        click.echo("Ctrl-C ends it")
        player.run()
