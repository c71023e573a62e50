"""`blobnet time`: what `caffe time` does."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import (
    AT_LEAST_ONE,
    gpu_option,
    net_state_options,
    note_cpu,
    option,
    split_list,
)
from blobnet.errors import NetError
from blobnet.net import Net

_log = logging.getLogger("blobnet.cli")


@click.command(epilog="Example: blobnet time --model models/lenet5/train_test.prototxt")
@option("model", required=True, metavar="FILE", help="The net's prototxt.")
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
    default="TRAIN",
    show_default=True,
    help="Which form of the net.",
)
@net_state_options
@gpu_option
def command(model: str, iterations: int, phase: str, level: int, stage: str, gpu: str) -> None:
    """Measure each layer's forward and backward, in milliseconds."""
    start_logging()
    net = Net(model, phase, level=level, stages=split_list(stage))
    if not net.layers:
        raise NetError(f"{model}: this net has no layers in phase {phase}")
    note_cpu(f"--gpu {gpu}" if gpu else "")
    _log.info("Performing Forward")
    net.forward()  # once without the clock: memory is allocated here
    _log.info("Initial loss: %g", net.loss)
    _log.info("Performing Backward")
    net.backward()
    forward = [0.0] * len(net.layers)
    backward = [0.0] * len(net.layers)
    _log.info("*** Benchmark begins ***")
    _log.info("Testing for %d iterations.", iterations)
    total = 0.0
    for iteration in range(1, iterations + 1):
        spent = _milliseconds(partial(_forward_backward, net, forward, backward))
        _log.info("Iteration: %d forward-backward time: %.6g ms.", iteration, spent)
        total += spent
    _report(net, iterations, forward, backward, total)


def _forward_backward(net: Net, forward: list[float], backward: list[float]) -> None:
    """Run every layer once each way, and add what it took to the times."""
    for index, wired in enumerate(net.wired):
        forward[index] += _milliseconds(partial(wired.layer.forward, wired.bottom, wired.top))
    for index, wired in reversed(list(enumerate(net.wired))):
        if wired.need_backward:
            run = partial(wired.layer.backward, wired.top, wired.bottom_need_backward, wired.bottom)
            backward[index] += _milliseconds(run)


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def _report(
    net: Net, iterations: int, forward: list[float], backward: list[float], total: float
) -> None:
    _log.info("Average time per layer: ")
    for name, ahead, back in zip(net.layer_names, forward, backward, strict=True):
        _log.info("%10s\tforward: %.6g ms.", name, ahead / iterations)
        _log.info("%10s\tbackward: %.6g ms.", name, back / iterations)
    _log.info("Average Forward pass: %.6g ms.", sum(forward) / iterations)
    _log.info("Average Backward pass: %.6g ms.", sum(backward) / iterations)
    _log.info("Average Forward-Backward: %.6g ms.", total / iterations)
    _log.info("Total Time: %.6g ms.", total)
    _log.info("*** Benchmark ends ***")
