"""`blobnet train`: what `caffe train` does."""

from __future__ import annotations

import logging

import click

from blobnet.cli import EXIT_INTERRUPTED
from blobnet.cli.logs import start_logging
from blobnet.cli.options import gpu_option, net_state_options, note_cpu, option, split_list
from blobnet.cli.progress import training_progress
from blobnet.cli.signals import EFFECTS, SignalHandler
from blobnet.solver import Solver
from blobnet.solvers import get_solver

_EFFECT = click.Choice(list(EFFECTS))


@click.command(epilog="Example: blobnet train --solver models/lenet5/solver.prototxt")
@option("solver", required=True, metavar="FILE", help="The solver's prototxt.")
@option("snapshot", metavar="FILE", help="A .solverstate to go on from.")
@option("weights", metavar="A,B", help="Weight files to start from (finetuning).")
@option("max_iter", type=int, help="Train this far, instead of the solver's max_iter.")
@option("sigint_effect", type=_EFFECT, default="stop", show_default=True, help="On SIGINT.")
@option("sighup_effect", type=_EFFECT, default="snapshot", show_default=True, help="On SIGHUP.")
@net_state_options
@gpu_option
def command(
    solver: str,
    snapshot: str | None,
    weights: str | None,
    max_iter: int | None,
    sigint_effect: str,
    sighup_effect: str,
    level: int,
    stage: str,
    gpu: str,
) -> int:
    """Train a net as a solver prototxt says.

    Stopping with Ctrl-C writes a snapshot; --snapshot goes on from it bit for bit.
    """
    if snapshot and weights:
        raise click.UsageError(
            "Give a snapshot to resume training or weights to finetune but not both."
        )
    start_logging()
    note_cpu(gpu)
    made = get_solver(solver, level=level, stages=split_list(stage))
    if max_iter is not None:
        made.param.max_iter = max_iter
    if weights:
        made.load_weights(weights)
    interrupted = run_training(made, snapshot, sigint_effect, sighup_effect)
    if not interrupted:
        logging.getLogger("blobnet.cli").info("Optimization Done.")
    return EXIT_INTERRUPTED if interrupted else 0


def run_training(
    solver: Solver,
    snapshot: str | None = None,
    sigint_effect: str = "stop",
    sighup_effect: str = "snapshot",
) -> bool:
    """Solve with signals handled and a live display; returns whether it was interrupted."""
    with SignalHandler(sigint_effect, sighup_effect) as handler, training_progress(solver):
        solver.set_action_function(handler)
        solver.solve(snapshot)
    return handler.interrupted
