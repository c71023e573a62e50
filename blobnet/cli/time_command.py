"""`blobnet time`: what `caffe time` does."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import (
    AT_LEAST_ONE,
    FILE,
    caffes_other_flags,
    gpu_option,
    import_option,
    net_state_options,
    note_cpu,
    option,
    python_option,
    split_list,
    threads_option,
)
from blobnet.cli.product_speed import product_speed
from blobnet.errors import NetError
from blobnet.loggers import named_logger
from blobnet.net import Net
from blobnet.ops.parallel import num_threads
from blobnet.viz.nets.times import print_times, timed_layer

_log = named_logger("blobnet.cli")


@click.command(
    help="""Measure each layer's forward and backward, in milliseconds.

    The log is Caffe's; the table after it says how fast each layer multiplies, beside the speed
    that one large matrix product reaches on this machine.
    """,
    epilog="Example: blobnet time --model models/lenet5/train_test.prototxt",
)
@option("model", type=FILE, required=True, metavar="FILE", help="The net's prototxt.")
@option(
    "iterations",
    default=50,
    show_default=True,
    type=AT_LEAST_ONE,
    metavar="N",
    help="How often to run forward and backward.",
)
@option(
    "phase",
    type=click.Choice(["TRAIN", "TEST"]),
    help="Which form of the net.  [default: TRAIN; with --inference TEST]",
)
@option(
    "inference",
    is_flag=True,
    help="Forward only, with layers merged and memory shared: blobnet.Net(inference=True).",
)
@net_state_options
@import_option
@threads_option
@gpu_option
@python_option
@caffes_other_flags("model", "iterations", "phase", "level", "stage", "gpu")
def command(
    model: str,
    iterations: int,
    phase: str | None,
    inference: bool,
    level: int,
    stage: str,
    gpu: str,
    allow_python: bool,
) -> None:
    start_logging()
    phase = phase or ("TEST" if inference else "TRAIN")
    net = Net(
        model,
        phase,
        level=level,
        stages=split_list(stage),
        inference=inference,
        allow_python=allow_python,
    )
    if not net.layers:
        raise NetError(f"{model}: this net has no layers in phase {phase}")
    note_cpu(f"--gpu {gpu}" if gpu else "")
    _warm_up(net, inference)
    forward = [0.0] * len(net.layers)
    backward = [0.0] * len(net.layers)
    _log.info("*** Benchmark begins ***")
    _log.info("Testing for %d iterations.", iterations)
    total = 0.0
    run = partial(_run, net, forward, None if inference else backward)
    for iteration in range(1, iterations + 1):
        spent = _milliseconds(run)
        _log.info("Iteration: %d forward-backward time: %.6g ms.", iteration, spent)
        total += spent
    _report(net, iterations, forward, backward, total)
    _print_table(net, iterations, forward, None if inference else backward)


def _warm_up(net: Net, inference: bool) -> None:
    """Once without the clock: memory is allocated here, kernels are compiled."""
    _log.info("Performing Forward")
    net.forward()
    _log.info("Initial loss: %g", net.loss)
    if not inference:
        _log.info("Performing Backward")
        net.backward()


def _run(net: Net, forward: list[float], backward: list[float] | None) -> None:
    """Run every layer once each way, and add what it took to the times."""
    for index, wired in enumerate(net.wired):
        if not wired.fused:
            forward[index] += _milliseconds(wired.forward)
    for index, wired in reversed(list(enumerate(net.wired)) if backward else []):
        if wired.need_backward and backward:
            backward[index] += _milliseconds(wired.backward)


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def _report(
    net: Net, iterations: int, forward: list[float], backward: list[float], total: float
) -> None:
    """What `caffe time` says at the end, in its words."""
    _log.info("Average time per layer: ")
    for name, ahead, back in zip(net.layer_names, forward, backward, strict=True):
        _log.info("%10s\tforward: %.6g ms.", name, ahead / iterations)
        _log.info("%10s\tbackward: %.6g ms.", name, back / iterations)
    _log.info("Average Forward pass: %.6g ms.", sum(forward) / iterations)
    _log.info("Average Backward pass: %.6g ms.", sum(backward) / iterations)
    _log.info("Average Forward-Backward: %.6g ms.", total / iterations)
    _log.info("Total Time: %.6g ms.", total)
    _log.info("*** Benchmark ends ***")


def _print_table(
    net: Net, iterations: int, forward: list[float], backward: list[float] | None
) -> None:
    layers = [
        timed_layer(
            wired, forward[index] / iterations, backward[index] / iterations if backward else None
        )
        for index, wired in enumerate(net.wired)
    ]
    print_times(layers, product_speed(), num_threads())
