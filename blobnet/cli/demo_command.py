"""`blobnet demo`: a complete training with everything that belongs to it."""

from __future__ import annotations

import importlib
import sys
import time
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from blobnet.cli.dataset_command import tell_search
from blobnet.cli.groups import NamingGroup
from blobnet.cli.logs import start_logging
from blobnet.cli.options import (
    AT_LEAST_ONE,
    FOLDER,
    LARGEST_INT,
    command_line,
    option,
    threads_option,
)
from blobnet.cli.train_command import run_training
from blobnet.datasets.digit_data import DigitData
from blobnet.errors import MissingExtraError
from blobnet.proto import TEST, NetParameter, SolverParameter
from blobnet.serialization.prototxt import read_text, write_text
from blobnet.solver import Solver
from blobnet.solver.history import TrainingHistory
from blobnet.solvers import get_solver
from blobnet.viz.training_curves import save_training_curves

SMALL_SET = 10_000
"""Fewer images than this are varied, and need fewer iterations than MNIST's 10,000."""

BORDER = 2
"""Pixels by which the images of a small set are moved about."""

SHORTEST_TEST_INTERVAL = 100
"""Iterations: a test of all digits takes as long as some tens of them."""

PICTURE = "curves.png"

SCRIPTS = {
    "by_hand": "Back-propagation with numbers to follow by hand.",
    "three_layer": "Train 784-200-10 on handwritten digits, two ways.",
    "vanishing": "Deep nets whose gradients vanish, explode, or arrive.",
    "resnet": "A residual net beside a plain net of the same depth.",
}
"""Examples that are scripts: models/<name>/<name>.py, which take options of their own."""

FILES = {
    PICTURE: "loss and test scores as a picture",
    "train.log": "the log, in Caffe's form",
    "solver.prototxt": "how it was trained",
    "train_test.prototxt": "the net, for training and testing",
    "deploy.prototxt": "the net, for use: images in, probabilities out",
    "mnist_train_lmdb": "the digits to learn from",
    "mnist_test_lmdb": "the digits to be tested on",
}


class _Examples(NamingGroup):
    """Those that are scripts are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*self.commands, *SCRIPTS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return load_script(cmd_name) if cmd_name in SCRIPTS else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        helps = {name: command.get_short_help_str() for name, command in self.commands.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted({**helps, **SCRIPTS}.items()))


@click.group(cls=_Examples, help="Train a complete example.", epilog="Example: blobnet demo lenet5")
def command() -> None:
    pass


@command.command(
    help="""Train LeNet-5 on handwritten digits and report how well it reads them.

    The digits: --data, else the folder in BLOBNET_DATA, the cache, a download of MNIST, or the
    1,797 digits that travel with blobnet.
    """,
    short_help="Train LeNet-5 on handwritten digits.",
    epilog="Example: blobnet demo lenet5 --data ~/mnist --out lenet5_demo",
)
@option(
    "data",
    type=FOLDER,
    metavar="FOLDER",
    help="Folder with the four MNIST idx files, gzipped or not.",
)
@option(
    "out",
    type=FOLDER,
    default=Path("lenet5_demo"),
    show_default=True,
    metavar="FOLDER",
    help="Where all files go; those of an earlier demo are replaced.",
)
@option(
    "iterations",
    type=AT_LEAST_ONE,
    metavar="N",
    help="How long to train.  [default: 10,000; for a small set 1,000]",
)
@click.option("--download/--no-download", default=True, help="Whether MNIST may be fetched.")
@threads_option
def lenet5(out: Path, data: Path | None, iterations: int | None, download: bool) -> int:
    from blobnet.datasets.mnist import find_digits
    from blobnet.datasets.to_lmdb import check_mnist_place, prepare_mnist

    check_mnist_place(out, overwrite=True)
    digits = find_digits(data, download=download, report=tell_search)
    small = is_small(digits)
    click.echo(f"data: {digits.source}")
    if small:
        click.echo(
            f"      in the databases with {BORDER} pixels around, for training to crop at random"
        )
    prepare_mnist(out, with_border(digits) if small else digits, overwrite=True)
    (out / PICTURE).unlink(missing_ok=True)  # an old one must not pass for a new one
    solver_file = write_definitions(
        out, digits, min(iterations or (1000 if small else 10_000), LARGEST_INT)
    )
    start_logging(out / "train.log", to_stderr=not sys.stderr.isatty())
    solver = get_solver(solver_file)
    history = TrainingHistory()
    solver.add_callback(history)
    click.echo(
        f"LeNet-5 learns from {len(digits.train_labels):,} digits, "
        f"and is tested on {len(digits.test_labels):,} others"
    )
    started = time.perf_counter()
    code = run_training(solver, list_tests=True)
    took = time.perf_counter() - started
    _report_result(solver, history, took, interrupted=bool(code))
    _draw(out / PICTURE, history, digits.source)
    _report_files(out, solver)
    _report_next_steps(out, solver_file, solver, interrupted=bool(code))
    return code


def load_script(name: str) -> click.Command:
    """An example's `command`, which lies in models/<name>/<name>.py."""
    folder = str(example_model(name))
    sys.path.insert(0, folder)  # for the modules that lie beside it
    try:
        command: click.Command = importlib.import_module(name).command
    finally:
        sys.path.remove(folder)
    return command


def is_small(digits: DigitData) -> bool:
    return len(digits.train_labels) < SMALL_SET


def with_border(digits: DigitData) -> DigitData:
    """The images with an empty border, from which training crops at random, testing the middle.

    So few digits are soon known by heart; moved about a little, they are new every time.
    """
    pad = ((0, 0), (BORDER, BORDER), (BORDER, BORDER))
    return replace(
        digits,
        train_images=np.pad(digits.train_images, pad),
        test_images=np.pad(digits.test_images, pad),
    )


def write_definitions(out: Path, digits: DigitData, max_iter: int) -> Path:
    """The example's prototxts with the paths and sizes of this run; returns the solver's."""
    model = example_model("lenet5")
    net = read_text(model / "train_test.prototxt", NetParameter())
    solver = read_text(model / "solver.prototxt", SolverParameter())
    test_batch = largest_divisor(len(digits.test_labels), 100)
    small = is_small(digits)
    for layer in net.layer:
        if layer.HasField("data_param"):
            layer.data_param.source = str(out / layer.data_param.source)
            if any(rule.phase == TEST for rule in layer.include):
                layer.data_param.batch_size = test_batch
            if small:
                layer.transform_param.crop_size = digits.train_images.shape[1]
    solver.net = str(out / "train_test.prototxt")
    solver.snapshot_prefix = str(out / "lenet5")
    solver.max_iter = max_iter
    solver.test_iter[:] = [len(digits.test_labels) // test_batch]
    solver.test_interval = max(max_iter // 10, min(max_iter, SHORTEST_TEST_INTERVAL))
    solver.display = max(max_iter // 50, 1)
    solver.snapshot = max(max_iter // 2, 1)
    solver.random_seed = 1
    write_text(solver.net, net)
    write_text(out / "solver.prototxt", solver)
    deploy = (model / "deploy.prototxt").read_text(encoding="utf-8")
    (out / "deploy.prototxt").write_text(deploy, encoding="utf-8")
    return out / "solver.prototxt"


def example_model(name: str) -> Path:
    """The folder of an example's prototxts: in an installed package, or beside it in a clone."""
    package = Path(__file__).parents[1]
    installed = package / "models" / name
    return installed if installed.is_dir() else package.parent / "models" / name


def largest_divisor(number: int, limit: int) -> int:
    """The largest divisor of `number` that is at most `limit`: a batch size without remainder."""
    return next(size for size in range(min(number, limit), 0, -1) if number % size == 0)


def _report_result(
    solver: Solver, history: TrainingHistory, seconds: float, interrupted: bool
) -> None:
    if interrupted:
        click.echo(f"\ninterrupted after {solver.iter:,} of {solver.param.max_iter:,} iterations")
    else:
        click.echo(f"\ntrained for {solver.iter:,} iterations in {seconds:.1f} s")
    if history.tests.get("accuracy"):
        iteration, accuracy = history.tests["accuracy"][-1]
        when = f" at iteration {iteration:,}" if iteration != solver.iter else ""
        click.echo(f"test accuracy{when}: {100 * accuracy:.2f} %")


def _draw(picture: Path, history: TrainingHistory, source: str) -> None:
    """The curves, or why there are none."""
    try:
        save_training_curves(history, picture, f"LeNet-5 on {source}")
    except MissingExtraError as error:
        click.echo(f"no picture: {error}")


def _report_files(out: Path, solver: Solver) -> None:
    files = dict(FILES)
    if solver.last_snapshot is not None:
        state = solver.last_snapshot.name
        files[state.replace(".solverstate", ".caffemodel")] = "the weights"
        files[state] = "all that is needed to train on"
    click.echo(f"files in {out}:")
    width = max(map(len, files))
    for name, what in files.items():
        if (out / name).exists():
            click.echo(f"  {name:<{width}}  {what}")


def _report_next_steps(out: Path, solver_file: Path, solver: Solver, interrupted: bool) -> None:
    state = solver.last_snapshot
    if state is None:
        click.echo("next: run the demo again; it was stopped before there was anything to keep")
        return
    weights = state.with_suffix(".caffemodel")
    further = () if interrupted else ("--max_iter", 2 * solver.iter)
    train = ("blobnet", "train", "--solver", solver_file, "--snapshot", state, *further)
    net = out / "train_test.prototxt"
    test = ("blobnet", "test", "--model", net, "--weights", weights)
    click.echo("next:")
    click.echo("  train on from where it stands")
    click.echo(f"    {command_line(*train)}")
    click.echo("  score the weights again")
    click.echo(f"    {command_line(*test, '--iterations', solver.param.test_iter[0])}")
