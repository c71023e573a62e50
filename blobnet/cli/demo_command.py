"""`blobnet demo`: a complete training with everything that belongs to it."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from blobnet.cli import EXIT_INTERRUPTED
from blobnet.cli.dataset_command import FOLDER
from blobnet.cli.logs import start_logging
from blobnet.cli.options import option
from blobnet.cli.train_command import run_training
from blobnet.datasets.digit_data import DigitData
from blobnet.errors import MissingExtraError
from blobnet.proto import NetParameter, SolverParameter
from blobnet.serialization.prototxt import read_text, write_text
from blobnet.solvers import get_solver
from blobnet.viz.training_curves import TrainingHistory, save_training_curves

SMALL_SET = 10_000
"""Fewer images than this are varied, and need fewer iterations than MNIST's 10,000."""

BORDER = 2
"""Pixels by which the images of a small set are moved about."""


@click.group(epilog="Example: blobnet demo lenet5")
def command() -> None:
    """Train a complete example."""


@command.command(epilog="Example: blobnet demo lenet5 --data ~/mnist --out lenet5_demo")
@option("data", type=FOLDER, help="Folder with the four MNIST idx files, gzipped or not.")
@option(
    "out",
    type=FOLDER,
    default=Path("lenet5_demo"),
    show_default=True,
    help="Where all files go.",
)
@option("iterations", type=click.IntRange(min=1), help="How long to train.")
@click.option("--download/--no-download", default=True, help="Whether MNIST may be fetched.")
def lenet5(out: Path, data: Path | None, iterations: int | None, download: bool) -> int:
    """Train LeNet-5 on handwritten digits and report how well it reads them.

    The digits: --data, else the folder in BLOBNET_DATA, the cache, a download of MNIST, or the
    1,797 digits that travel with blobnet.
    """
    from blobnet.datasets.mnist import find_digits
    from blobnet.datasets.to_lmdb import prepare_mnist

    digits = find_digits(data, download=download, report=lambda why: click.echo(f"  {why}"))
    small = is_small(digits)
    click.echo(
        f"data: {digits.source} ({len(digits.train_labels):,} digits to learn from, "
        f"{len(digits.test_labels):,} to be tested on)"
    )
    out.mkdir(parents=True, exist_ok=True)
    prepare_mnist(out, with_border(digits) if small else digits, overwrite=True)
    solver_file = write_definitions(out, digits, iterations or (1500 if small else 10_000))
    start_logging(out / "train.log", to_stderr=not sys.stderr.isatty())
    started = time.perf_counter()
    solver = get_solver(solver_file)
    history = TrainingHistory()
    solver.add_callback(history)
    interrupted = run_training(solver)
    click.echo(f"\ntrained for {solver.iter} iterations in {time.perf_counter() - started:.1f} s")
    if "accuracy" in history.tests:
        click.echo(f"test accuracy: {100 * history.tests['accuracy'][-1][1]:.2f} %")
    _report_files(out, history, digits.source)
    _report_next_steps(out, solver_file, solver.iter, solver.param)
    return EXIT_INTERRUPTED if interrupted else 0


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
        if layer.type == "Data":
            layer.data_param.source = str(out / layer.data_param.source)
            if "test" in layer.data_param.source.rpartition("/")[2]:
                layer.data_param.batch_size = test_batch
            if small:
                layer.transform_param.crop_size = digits.train_images.shape[1]
    solver.net = str(out / "train_test.prototxt")
    solver.snapshot_prefix = str(out / "lenet5")
    solver.max_iter = max_iter
    solver.test_iter[:] = [len(digits.test_labels) // test_batch]
    solver.test_interval = max(max_iter // 10, 1)
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


def _report_files(out: Path, history: TrainingHistory, source: str) -> None:
    picture = out / "curves.png"
    try:
        save_training_curves(history, picture, f"LeNet-5 on {source}")
    except MissingExtraError as error:
        click.echo(f"no picture of the curves: {error}")
    click.echo("files:")
    for path in sorted(out.iterdir()):
        click.echo(f"  {path}")


def _report_next_steps(out: Path, solver_file: Path, done: int, param: SolverParameter) -> None:
    state = f"{param.snapshot_prefix}_iter_{done}.solverstate"
    weights = f"{param.snapshot_prefix}_iter_{done}.caffemodel"
    click.echo("next:")
    click.echo("  train on from where it stands:")
    click.echo(f"    blobnet train --solver {solver_file} --snapshot {state} --max_iter {2 * done}")
    click.echo("  score the weights again:")
    click.echo(
        f"    blobnet test --model {out / 'train_test.prototxt'} --weights {weights} "
        f"--iterations {param.test_iter[0]}"
    )
