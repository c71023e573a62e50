"""`blobnet train`: what `caffe train` does."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from blobnet.cli.going_on import how_to_go_on, report_stop
from blobnet.cli.logs import start_logging
from blobnet.cli.options import (
    AT_LEAST_ONE,
    FILE,
    FOLDER,
    ITERATIONS,
    OUT_FILE,
    caffes_other_flags,
    check_folder_of,
    command_line,
    gpu_option,
    import_option,
    net_state_options,
    note_cpu,
    option,
    split_list,
    threads_option,
)
from blobnet.cli.progress import training_progress
from blobnet.cli.ranks import ALONE, Company, TellsHowToGoOn, is_first, prepare_for_ranks, together
from blobnet.cli.signals import EFFECTS, SignalHandler
from blobnet.cli.watch_command import ServerWishes, server_options, watched
from blobnet.distributed.ranks import Ranks
from blobnet.distributed.shared_passes import REDUCTIONS
from blobnet.errors import SolverError
from blobnet.input_files import naming_file
from blobnet.loggers import named_logger
from blobnet.proto import SolverParameter
from blobnet.snapshots.write_checks import warn_of_overwriting
from blobnet.solver import Solver
from blobnet.solver.best_snapshot import BestSnapshot
from blobnet.solverdef.changes import change_settings
from blobnet.solverdef.settings import read_settings
from blobnet.solvers import get_solver

_log = named_logger("blobnet.cli")
_EFFECT = click.Choice(list(EFFECTS))


def _solver_fields(ctx: click.Context, param: click.Parameter, begun: str) -> list[str]:
    """What --set may begin with, for a shell that completes words."""
    names = (field.name for field in SolverParameter.DESCRIPTOR.fields)
    return [f"{name}=" for name in names if name.startswith(begun)]


@click.command(
    help="""Train a net as a solver prototxt says.

    Stopping with Ctrl-C or SIGTERM writes a snapshot; --snapshot goes on from it bit for bit.

    Several processes train together where MPI starts them, as
    by mpiexec -n 4 before the command.
    """,
    epilog="Example: blobnet train --solver models/lenet5/solver.prototxt",
)
@option("solver", type=FILE, required=True, metavar="FILE", help="The solver's prototxt.")
@option("snapshot", type=FILE, metavar="FILE", help="A .solverstate to go on from.")
@option("weights", type=FILE, metavar="A,B", help="Weight files to start from (finetuning).")
@option(
    "max_iter",
    type=ITERATIONS,
    metavar="N",
    help="Train this far, instead of the solver's max_iter.",
)
@option("sigint_effect", type=_EFFECT, default="stop", show_default=True, help="On SIGINT.")
@option("sighup_effect", type=_EFFECT, default="snapshot", show_default=True, help="On SIGHUP.")
@option("sigterm_effect", type=_EFFECT, default="stop", show_default=True, help="On SIGTERM.")
@option(
    "trust_weights",
    is_flag=True,
    help="Go on from --snapshot even where the weights were not written together with it.",
)
@option(
    "tensorboard",
    type=FOLDER,
    metavar="FOLDER",
    help="Write event files for TensorBoard there, at the solver's display interval.",
)
@option(
    "set",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=_solver_fields,
    help="Change a field of the solver, as base_lr=0.001; may be repeated.",
)
@option(
    "log",
    type=OUT_FILE,
    metavar="FILE",
    help="Write the log into this file, too: `blobnet plot` reads it.",
)
@click.option(
    *("--keep-best", "--keep_best", "-keep_best"),
    metavar="SCORE",
    help="Keep the snapshot that tests best by this output, as accuracy: <prefix>_best.*",
)
@option(
    "patience",
    type=AT_LEAST_ONE,
    metavar="N",
    help="End where N tests one after the other were no better than the best kept.",
)
@click.option(
    *("--split-batch", "--split_batch", "split_batch"),
    is_flag=True,
    help="Divide each batch among the processes of mpiexec, instead of a batch for each.",
)
@click.option(
    "--reduce",
    type=click.Choice(REDUCTIONS),
    default=REDUCTIONS[0],
    show_default=True,
    help="How they add up gradients: to the bit as one process does, or as MPI likes.",
)
@click.option(
    *("--sync-bn", "--sync_bn", "sync_bn"),
    is_flag=True,
    help="Let BatchNorm use the statistics of all processes' batches, as of one batch.",
)
@option("watch", is_flag=True, help="Show it in the browser, as `blobnet watch` does.")
@server_options
@option("quiet", is_flag=True, help="No log and no progress: warnings and errors only.")
@net_state_options
@import_option
@threads_option
@gpu_option
@caffes_other_flags(
    *("solver", "snapshot", "weights", "level", "stage", "gpu", "sigint_effect", "sighup_effect")
)
def command(
    solver: str,
    snapshot: str | None,
    weights: str | None,
    max_iter: int | None,
    sigint_effect: str,
    sighup_effect: str,
    sigterm_effect: str,
    trust_weights: bool,
    tensorboard: Path | None,
    set: tuple[str, ...],
    log: Path | None,
    keep_best: str | None,
    patience: int | None,
    split_batch: bool,
    reduce: str,
    sync_bn: bool,
    watch: bool,
    server: ServerWishes,
    quiet: bool,
    level: int,
    stage: str,
    gpu: str,
) -> int:
    _check_usage(snapshot, weights, keep_best, patience, trust_weights=trust_weights)
    if server != ServerWishes() and not watch:
        raise click.UsageError("--host, --port and --no-open go with --watch.")
    if log is not None:
        check_folder_of(log)
    running: list[Solver] = []
    with together(lambda: how_to_go_on(solver, running)) as ranks:
        if watch and ranks is not None:
            raise click.UsageError("--watch shows one process, and mpiexec has started several.")
        quiet |= not is_first(ranks)
        start_logging(log if is_first(ranks) else None, quiet=quiet)
        made = _make_solver(solver, set, max_iter, level, stage, ranks, split_batch=split_batch)
        running.append(made)
        note_cpu(_gpu_request(gpu, made.param))
        if weights:
            made.load_weights(weights)
        if is_first(ranks):
            stated = split_list(",".join((weights or "", *made.param.weights)))
            warn_of_overwriting(made.param, stated)
        if snapshot:
            _resume(made, snapshot, trust_weights)
        if keep_best:
            made.add_callback(BestSnapshot(made, keep_best, patience))
        if ranks is not None:
            made.add_callback(TellsHowToGoOn(lambda: how_to_go_on(solver, running)))
        page = _page(made, server if watch else None)
        with _events(made, tensorboard if is_first(ranks) else None), page:
            _log.info("Starting Optimization")
            effects = (sigint_effect, sighup_effect, sigterm_effect)
            company = Company(ranks, reduce, sync_bn)
            code = run_training(made, *effects, quiet=quiet, company=company)
        if code:
            report_stop(solver, made)
            return code
        _log.info("Optimization Done.")
        return 0


def _check_usage(
    snapshot: str | None,
    weights: str | None,
    keep_best: str | None,
    patience: int | None,
    *,
    trust_weights: bool,
) -> None:
    """Raise click.UsageError for options that make no sense together."""
    if snapshot and weights:
        raise click.UsageError(
            "Give a snapshot to resume training or weights to finetune but not both."
        )
    if trust_weights and not snapshot:
        raise click.UsageError("--trust_weights is about the weights of a --snapshot.")
    if patience and not keep_best:
        raise click.UsageError("--patience needs --keep-best: the score that is to get better.")


def _page(solver: Solver, server: ServerWishes | None) -> AbstractContextManager[object]:
    """The page that shows a training; where there is none, nobody looks into its blobs' diffs."""
    if server is not None:
        return watched(solver, server)
    solver.net.share_diffs()
    return nullcontext()


def _make_solver(
    file: str,
    changes: tuple[str, ...],
    max_iter: int | None,
    level: int,
    stage: str,
    ranks: Ranks | None,
    *,
    split_batch: bool,
) -> Solver:
    definition = read_settings(file)
    change_settings(definition.param, changes)
    if max_iter is not None:
        definition.param.max_iter = max_iter
    try:
        definition = prepare_for_ranks(definition, ranks, split_batch=split_batch)
        return get_solver(definition, level=level, stages=split_list(stage))
    except SolverError:
        with naming_file(file):
            raise


def run_training(
    solver: Solver,
    sigint_effect: str = "stop",
    sighup_effect: str = "snapshot",
    sigterm_effect: str = "stop",
    *,
    list_tests: bool = False,
    quiet: bool = False,
    company: Company = ALONE,
) -> int:
    """Solve with signals handled; returns 0 or, where one of them ended it, the exit code.

    A live display shows how it goes, unless it is to be `quiet`. Several ranks solve together.
    """
    display = nullcontext() if quiet else training_progress(solver, list_tests=list_tests)
    effects = (sigint_effect, sighup_effect, sigterm_effect)
    with SignalHandler(*effects, is_saving=lambda: solver.is_saving) as handler, display:
        solver.set_action_function(handler)
        company.join(solver, handler)
        solver.solve(progress=False)  # the display is here
    return solver.passes.largest(handler.exit_code)


def _events(solver: Solver, folder: Path | None) -> AbstractContextManager[object]:
    """Event files for a `with` block around the training, where they are asked for."""
    if folder is None:
        return nullcontext()
    from blobnet.viz.tensorboard import TensorBoardEvents

    events = TensorBoardEvents(solver, folder)
    look = command_line("tensorboard", "--logdir", folder)
    _log.info("Writing events for TensorBoard; to look at them: %s", look)
    return events


def _gpu_request(gpu: str, param: SolverParameter) -> str:
    """Who asks for a GPU, if anybody: --gpu, or the solver where it says so itself."""
    if gpu:
        return f"--gpu {gpu}"
    stated = param.HasField("solver_mode") and param.solver_mode == SolverParameter.GPU
    return "solver_mode: GPU" if stated else ""


def _resume(solver: Solver, snapshot: str, trust_weights: bool) -> None:
    _log.info("Resuming from %s", snapshot)
    solver.restore(snapshot, trust_weights=trust_weights)
    if solver.iter >= solver.param.max_iter:
        _log.warning(
            "Nothing is left to train: the snapshot is of iteration %d, max_iter is %d; "
            "--max_iter N goes on to iteration N",
            solver.iter,
            solver.param.max_iter,
        )
