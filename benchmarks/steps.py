"""Training steps through the real solver: against PyTorch, bare products, numpy by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.definition import add, begin
from benchmarks.inputs import fill_inputs
from benchmarks.measure import Measured, Work, interleave
from benchmarks.peers import TORCH, Pace, in_turns, running
from benchmarks.processes import busy
from benchmarks.small_nets import cifar10_quick
from blobnet.ops.parallel import for_ranges, num_threads, set_num_threads
from blobnet.proto import TRAIN, NetParameter, SolverParameter
from blobnet.serialization.prototxt import read_net
from blobnet.solver import Solver
from blobnet.solvers import get_solver
from blobnet.types import Array

LENET_FOLDER = Path(__file__).parents[1] / "models" / "lenet5"
LENET = LENET_FOLDER / "train_test.prototxt"
LENET_SETTINGS = {"base_lr": 0.01, "momentum": 0.9, "weight_decay": 5e-4}
CIFAR10_SETTINGS = {"base_lr": 0.001, "momentum": 0.9, "weight_decay": 0.004}
DIGITS = 10
CALLS = 20
"""Steps in a turn."""


def lenet(rounds: int) -> Measured:
    return beside_torch(lenet_net(64), LENET_SETTINGS, rounds, Pace(0.25, CALLS, 1))


def lenet_threads(rounds: int, burners: int = 0) -> Measured:
    """Two threads, whatever the number is else, and one, beside so many other busy programs."""
    before = num_threads()
    try:
        works = [_in_threads(number, _step(lenet_solver())) for number in (2, 1)]
        with busy(burners):
            return Measured(*interleave(works, rounds, CALLS))
    finally:
        set_num_threads(before)


def _in_threads(number: int, work: Work) -> Work:
    def run() -> None:
        if num_threads() != number:  # in the call of a turn that does not count
            set_num_threads(number)
        work()

    return run


def lenet_products(rounds: int) -> Measured:
    works = [_step(lenet_solver()), bare_products(LENET_PRODUCTS)]
    return Measured(*interleave(works, rounds, CALLS))


def cifar10(rounds: int) -> Measured:
    return beside_torch(cifar10_quick(100, train=True), CIFAR10_SETTINGS, rounds, Pace(0.25, 5, 1))


def beside_torch(
    definition: NetParameter, settings: Mapping[str, float], rounds: int, pace: Pace
) -> Measured:
    """Steps of SGD, ours and PyTorch's, from the same weights."""
    solver = make_solver(definition, **settings)
    fill_inputs(solver.net, DIGITS)
    with running(TORCH, solver.net, definition, work="step", settings=settings) as theirs:
        return in_turns(_step(solver), theirs, rounds, pace)


def make_solver(net: NetParameter, **settings: float) -> Solver:
    """A solver that keeps quiet and writes nothing."""
    return get_solver(
        SolverParameter(
            net_param=net,
            lr_policy="fixed",
            random_seed=1,
            snapshot_after_train=False,
            **settings,  # type: ignore[arg-type]
        )
    )


def lenet_solver(batch: int = 64) -> Solver:
    """That of models/lenet5, with images."""
    solver = make_solver(lenet_net(batch), **LENET_SETTINGS)
    fill_inputs(solver.net, DIGITS)
    return solver


def lenet_net(batch: int) -> NetParameter:
    """models/lenet5 with images that are there in place of a database."""
    net = begin("LeNet", (batch, 1, 28, 28), label="label")
    layers = read_net(LENET).layer
    net.layer.extend(layer for layer in layers if layer.type != "Data")
    net.state.phase = TRAIN
    return net


def lenet_deployed(batch: int) -> NetParameter:
    """models/lenet5 as it is used."""
    net = read_net(LENET_FOLDER / "deploy.prototxt")
    net.layer[0].input_param.shape[0].dim[0] = batch
    return net


def _step(solver: Solver) -> Work:
    return lambda: solver.step(1)


# --- the matrix products of LeNet-5, and nothing else ---------------------------------------------

LENET_PRODUCTS = (
    # how many, rows, inner, columns
    (64, 20, 25, 576),  # conv1, image by image: forward
    (64, 20, 576, 25),  # its weights' gradient
    (64, 50, 500, 64),  # conv2: forward
    (64, 50, 64, 500),  # its weights' gradient
    (64, 500, 50, 64),  # its bottom's gradient
    (1, 64, 800, 500),  # ip1
    (1, 500, 64, 800),
    (1, 64, 500, 800),
    (1, 64, 500, 10),  # ip2
    (1, 10, 64, 500),
    (1, 64, 10, 500),
)


def bare_products(shapes: tuple[tuple[int, int, int, int], ...]) -> Work:
    """np.matmul with these shapes, in our number of threads: images or rows are dealt out."""
    rng = np.random.default_rng(1)
    works = []
    for count, rows, inner, columns in shapes:
        a = rng.normal(size=(count, rows, inner)).astype(np.float32)
        b = rng.normal(size=(count, inner, columns)).astype(np.float32)
        works.append(_product(a, b) if count > 1 else _product_by_rows(a[0], b[0]))
    return lambda: [work() for work in works]


def _product(a: Array, b: Array) -> Work:
    out = np.empty((*a.shape[:2], b.shape[2]), a.dtype)

    def some_images(begin: int, end: int) -> None:
        np.matmul(a[begin:end], b[begin:end], out=out[begin:end])

    return lambda: for_ranges(some_images, len(a))


def _product_by_rows(a: Array, b: Array) -> Work:
    out = np.empty((len(a), b.shape[1]), a.dtype)

    def some_rows(begin: int, end: int) -> None:
        np.matmul(a[begin:end], b, out=out[begin:end])

    return lambda: for_ranges(some_rows, len(a))


# --- one sample at a time -------------------------------------------------------------------------

INPUTS, HIDDEN, OUTPUTS = 784, 200, 10
RATE = 0.3


def one_sample(rounds: int) -> Measured:
    """Samples that come one by one, each copied into the net and learnt from."""
    rng = np.random.default_rng(1)
    x = rng.uniform(0.01, 1, (1, INPUTS)).astype(np.float32)
    target = np.full((1, OUTPUTS), 0.01, np.float32)
    target[0, 3] = 0.99
    solver = make_solver(three_layer(), base_lr=RATE)
    blobs = solver.net.blobs
    hidden, output = (solver.net.params[name][0].data.copy() for name in ("hidden", "output"))

    def ours() -> None:
        blobs["data"].data[...] = x
        blobs["label"].data[...] = target
        solver.step(1)

    works = [ours, lambda: learn_by_hand(hidden, output, x[0], target[0])]
    return Measured(*interleave(works, rounds, calls=200))


def three_layer() -> NetParameter:
    """784-200-10 with sigmoids, without biases, for one sample: the net of models/three_layer."""
    net = begin("three_layer", (1, INPUTS), label="label", label_shape=(1, OUTPUTS))
    x = "data"
    for name, outputs in (("hidden", HIDDEN), ("output", OUTPUTS)):
        filler = {"type": "uniform", "min": -0.5, "max": 0.5}
        settings = {"num_output": outputs, "bias_term": False, "weight_filler": filler}
        add(net, "InnerProduct", name, [x], inner_product_param=settings)
        x = add(net, "Sigmoid", f"{name}_sigmoid", [name])
    add(net, "EuclideanLoss", "error", [x, "label"])
    return net


def learn_by_hand(hidden: Array, output: Array, x: Array, target: Array) -> None:
    """The same step as people write it with numpy; the loss is (1 / 2) sum (o - target)^2."""
    h = 1 / (1 + np.exp(-(hidden @ x)))
    o = 1 / (1 + np.exp(-(output @ h)))
    from_output = (o - target) * o * (1 - o)
    from_hidden = (output.T @ from_output) * h * (1 - h)
    output -= np.float32(RATE) * np.outer(from_output, h)
    hidden -= np.float32(RATE) * np.outer(from_hidden, x)
