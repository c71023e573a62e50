"""The net that many people write first: 784 inputs, 200 hidden units, 10 outputs, on digits."""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import plain_error  # noqa: F401 (makes its layer type known)

import blobnet
from blobnet.cli.options import command_line
from blobnet.cli.train_command import run_training
from blobnet.datasets.csv_images import csv_to_lmdb
from blobnet.datasets.mnist import find_digits
from blobnet.datasets.to_lmdb import TEST_NAME, TRAIN_NAME, prepare_mnist
from blobnet.proto import NetParameter, SolverParameter
from blobnet.serialization.prototxt import write_text

HELP = """\
The net that many people write first: 784 inputs, 200 hidden units, 10 outputs, on digits.

    python models/three_layer/three_layer.py                  # true gradients
    python models/three_layer/three_layer.py --plain-error    # the error handed back as it is
    python models/three_layer/three_layer.py --csv mnist_train.csv mnist_test.csv

Without --csv or --data, MNIST is looked for (BLOBNET_DATA, the cache, a download); where it cannot
be had, the small digits that travel with blobnet are taken.
"""

HERE = Path(__file__).parent
STAGE = "plain_error"


def main(arguments: list[str] | None = None) -> int:
    """Write the databases and the definitions, train, say how many digits are read rightly."""
    options = parse(arguments)
    sizes = write_databases(options)
    solver = blobnet.get_solver(write_definitions(options, *sizes))
    print(f"784-200-10 learns from {sizes[0]:,} digits, one at a time, {options.epochs} times over")
    print("rule:", "the plain error handed back" if options.plain_error else "true gradients")
    solver.add_callback(Report(epoch=sizes[0], of=sizes[1]))
    code = run_training(solver)
    tell_what_is_next(options, solver)
    return code


def parse(arguments: list[str] | None) -> argparse.Namespace:
    text = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("three_layer", description=HELP, formatter_class=text)
    add = parser.add_argument
    add("--plain-error", action="store_true", help="hand the error back without the slope")
    add("--csv", nargs=2, type=Path, metavar=("TRAIN", "TEST"), help="lines `label,784 pixels`")
    add("--data", type=Path, metavar="FOLDER", help="folder with the four MNIST idx files")
    add("--epochs", type=int, default=5, help="times through the digits (default: 5)")
    add("--rate", type=float, default=0.3, help="learning rate (default: 0.3)")
    add("--out", type=Path, default=Path("three_layer_demo"), help="where all files go")
    options = parser.parse_args(arguments)
    if options.epochs < 1 or options.rate <= 0:
        parser.error("--epochs must be at least 1, --rate more than 0")
    return options


def write_databases(options: argparse.Namespace) -> tuple[int, int]:
    """The digits as Caffe's Data layer reads them; returns how many to learn from and to test."""
    if options.csv:
        train, test = (
            csv_to_lmdb(file, options.out / name, shape=(1, 28, 28), overwrite=True)[0]
            for file, name in zip(options.csv, (TRAIN_NAME, TEST_NAME), strict=True)
        )
        return train, test
    digits = find_digits(options.data, report=lambda reason: print("MNIST:", reason))
    print("data:", digits.source)
    prepare_mnist(options.out, digits, overwrite=True)
    return len(digits.train_labels), len(digits.test_labels)


def write_definitions(options: argparse.Namespace, train: int, test: int) -> Path:
    """The prototxts beside this file, with the paths and the sizes of this run."""
    net: NetParameter = blobnet.parse_net((HERE / "train_test.prototxt").read_text("utf-8"))
    solver: SolverParameter = blobnet.parse_solver((HERE / "solver.prototxt").read_text("utf-8"))
    batch = math.gcd(test, 100)  # so that a test sees every digit once
    for layer in net.layer:
        if layer.type == "Data":
            is_test = layer.data_param.source == TEST_NAME
            layer.data_param.source = str(options.out / layer.data_param.source)
            layer.data_param.batch_size = batch if is_test else 1
    solver.net = str(options.out / "train_test.prototxt")
    solver.base_lr = options.rate
    solver.max_iter, solver.test_interval = options.epochs * train, train
    solver.test_iter[:] = [test // batch]
    solver.snapshot_prefix = str(options.out / (STAGE if options.plain_error else "three_layer"))
    if options.plain_error:
        solver.train_state.stage.append(STAGE)
        solver.test_state.add().stage.append(STAGE)
    write_text(solver.net, net)
    write_text(options.out / "solver.prototxt", solver)
    return options.out / "solver.prototxt"


class Report(blobnet.SolverCallback):
    """A line after each time through all digits."""

    def __init__(self, epoch: int, of: int) -> None:
        self.epoch, self.of, self.started = epoch, of, time.perf_counter()

    def on_test(self, solver: blobnet.Solver, test_net_id: int, scores: dict[str, float]) -> None:
        times, seconds = solver.iter // self.epoch, time.perf_counter() - self.started
        share = f"{100 * scores['accuracy']:.2f} % of {self.of:,} others right"
        print(f"after {times} times through: {share}, {seconds:.0f} s", flush=True)


def tell_what_is_next(options: argparse.Namespace, solver: blobnet.Solver) -> None:
    """The files, and a command that works with them."""
    if solver.last_snapshot is None:
        return
    weights = solver.last_snapshot.with_suffix(".caffemodel")
    print(f"weights: {weights}")
    net, batches = solver.param.net, solver.param.test_iter[0]
    words = ("blobnet", "test", "--model", net, "--weights", weights, "--iterations", batches)
    print("next: score them again:", command_line(*words))


if __name__ == "__main__":
    raise SystemExit(main())
