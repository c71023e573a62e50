"""The net that many people write first: 784 inputs, 200 hidden units, 10 outputs, on digits."""

from __future__ import annotations

import math
import time
from pathlib import Path

import click
import plain_error  # noqa: F401 (makes its layer type known)

import blobnet
from blobnet.cli.dataset_command import tell_search
from blobnet.cli.options import AT_LEAST_ONE, FOLDER, PATH, command_line, threads_option
from blobnet.cli.train_command import run_training
from blobnet.datasets.csv_images import csv_to_lmdb
from blobnet.datasets.mnist import find_digits
from blobnet.datasets.to_lmdb import TEST_NAME, TRAIN_NAME, prepare_mnist
from blobnet.errors import MissingExtraError
from blobnet.proto import NetParameter, SolverParameter
from blobnet.serialization.prototxt import write_text
from blobnet.solver.history import TrainingHistory
from blobnet.viz.training_curves import save_training_curves

HELP = """\
Train 784-200-10, the net that many people write first, on handwritten digits.

With --plain-error the output layer hands its error back as it is, without the slope, as many such
scripts do. Without --csv or --data, MNIST is looked for (BLOBNET_DATA, the cache, a download);
where it cannot be had, the small digits that travel with blobnet are taken.
"""

HERE = Path(__file__).parent
STAGE = "plain_error"
PICTURE = "curves.png"


@click.command(
    "three_layer", help=HELP, epilog="Example: blobnet demo three_layer --epochs 3 --plain-error"
)
@click.option("--plain-error", "plain", is_flag=True, help="Hand the error back without the slope.")
@click.option(
    "--csv", nargs=2, type=PATH, metavar="TRAIN TEST", help="Files of lines `label,784 pixels`."
)
@click.option("--data", type=FOLDER, metavar="FOLDER", help="Folder with the four MNIST idx files.")
@click.option(
    "--epochs",
    type=AT_LEAST_ONE,
    default=5,
    show_default=True,
    metavar="N",
    help="How many times through the digits.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    default=0.3,
    show_default=True,
    metavar="R",
    help="Learning rate.",
)
@click.option(
    "--out",
    type=FOLDER,
    default=Path("three_layer_demo"),
    show_default=True,
    metavar="FOLDER",
    help="Where all files go.",
)
@threads_option
def command(
    plain: bool,
    csv: tuple[Path, Path] | None,
    data: Path | None,
    epochs: int,
    rate: float,
    out: Path,
) -> int:
    sizes = write_csv(out, *csv) if csv else write_digits(out, data)
    solver_file = write_definitions(out, *sizes, plain=plain, epochs=epochs, rate=rate)
    solver = blobnet.get_solver(solver_file)
    times = "once" if epochs == 1 else f"{epochs} times over"
    rule = "the plain error handed back" if plain else "true gradients"
    print(f"784-200-10 learns from {sizes[0]:,} digits, one at a time, {times}")
    print("rule:", rule)
    solver.add_callback(Report(epoch=sizes[0], of=sizes[1]))
    code = run_training(solver)
    draw(out / PICTURE, solver.curves, f"784-200-10, {rule}")
    tell_what_is_next(solver)
    return code


def write_csv(out: Path, train: Path, test: Path) -> tuple[int, int]:
    """The digits as Caffe's Data layer reads them; returns how many to learn from and to test."""
    sizes = [
        csv_to_lmdb(file, out / name, shape=(1, 28, 28), overwrite=True)[0]
        for file, name in ((train, TRAIN_NAME), (test, TEST_NAME))
    ]
    return sizes[0], sizes[1]


def write_digits(out: Path, data: Path | None) -> tuple[int, int]:
    """The same with MNIST, or what stands in for it."""
    digits = find_digits(data, report=tell_search)
    print("data:", digits.source)
    prepare_mnist(out, digits, overwrite=True)
    return len(digits.train_labels), len(digits.test_labels)


def write_definitions(
    out: Path, train: int, test: int, *, plain: bool, epochs: int, rate: float
) -> Path:
    """The prototxts beside this file, with the paths and the sizes of this run."""
    net: NetParameter = blobnet.parse_net((HERE / "train_test.prototxt").read_text("utf-8"))
    solver: SolverParameter = blobnet.parse_solver((HERE / "solver.prototxt").read_text("utf-8"))
    batch = math.gcd(test, 100)  # so that a test sees every digit once
    for layer in net.layer:
        if layer.type == "Data":
            is_test = layer.data_param.source == TEST_NAME
            layer.data_param.source = str(out / layer.data_param.source)
            layer.data_param.batch_size = batch if is_test else 1
    solver.net = str(out / "train_test.prototxt")
    solver.base_lr = rate
    solver.max_iter, solver.test_interval = epochs * train, train
    solver.test_iter[:] = [test // batch]
    solver.snapshot_prefix = str(out / (STAGE if plain else "three_layer"))
    if plain:
        solver.train_state.stage.append(STAGE)
        solver.test_state.add().stage.append(STAGE)
    write_text(solver.net, net)
    write_text(out / "solver.prototxt", solver)
    return out / "solver.prototxt"


class Report(blobnet.SolverCallback):
    """A line after each time through all digits."""

    def __init__(self, epoch: int, of: int) -> None:
        self.epoch, self.of, self.started = epoch, of, time.perf_counter()

    def on_test(self, solver: blobnet.Solver, test_net_id: int, scores: dict[str, float]) -> None:
        epochs, seconds = solver.iter // self.epoch, time.perf_counter() - self.started
        times = "1 time" if epochs == 1 else f"{epochs} times"
        share = f"{100 * scores['accuracy']:.2f} % of {self.of:,} others right"
        print(f"after {times} through: {share}, {seconds:.0f} s", flush=True)


def draw(picture: Path, history: TrainingHistory, title: str) -> None:
    """The curves, or why there are none."""
    try:
        print("curves:", save_training_curves(history, picture, title))
    except MissingExtraError as error:
        print("no picture:", error)


def tell_what_is_next(solver: blobnet.Solver) -> None:
    """The files, and a command that works with them."""
    if solver.last_snapshot is None:
        return
    weights = solver.last_snapshot.with_suffix(".caffemodel")
    print(f"weights: {weights}")
    net, batches = solver.param.net, solver.param.test_iter[0]
    words = ("blobnet", "test", "--model", net, "--weights", weights, "--iterations", batches)
    print("next: score them again:", command_line(*words))


if __name__ == "__main__":
    command()
