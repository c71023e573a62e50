"""`blobnet test`: what `caffe test` does."""

from __future__ import annotations

import logging

import click
import numpy as np

from blobnet.cli.logs import start_logging
from blobnet.cli.options import (
    AT_LEAST_ONE,
    gpu_option,
    net_state_options,
    note_cpu,
    option,
    split_list,
)
from blobnet.errors import WeightsError
from blobnet.net import Net
from blobnet.solver.log import OutputValue, output_values

_log = logging.getLogger("blobnet.cli")


@click.command(
    epilog="Example: blobnet test --model models/lenet5/train_test.prototxt "
    "--weights lenet5_iter_10000.caffemodel --iterations 100"
)
@option("model", required=True, metavar="FILE", help="The net's prototxt.")
@option("weights", required=True, metavar="FILE", help="The trained weights.")
@option(
    "iterations",
    default=50,
    show_default=True,
    type=AT_LEAST_ONE,
    metavar="N",
    help="How many batches to run.",
)
@net_state_options
@gpu_option
def command(model: str, weights: str, iterations: int, level: int, stage: str, gpu: str) -> None:
    """Score trained weights: the mean of every output over some batches."""
    start_logging()
    note_cpu(f"--gpu {gpu}" if gpu else "")
    net = Net(model, "TEST", level=level, stages=split_list(stage))
    if not net.params:
        raise WeightsError(f"{model}: no layer of this net has weights")
    net.copy_from(weights)
    if net.inputs:
        _log.warning("Nothing fills %s: what follows is for zeros", ", ".join(net.inputs))
    _log.info("Running for %d iterations.", iterations)
    batches = [_run_batch(net, index) for index in range(iterations)]
    losses, outputs = zip(*batches, strict=True)
    _log.info("Loss: %g", sum(losses) / iterations)
    means = np.mean([[value for _, value, _ in rows] for rows in outputs], axis=0)
    for (name, _, weight), mean in zip(outputs[0], means, strict=True):
        share = f" (* {weight:g} = {weight * mean:g} loss)" if weight else ""
        _log.info("%s = %g%s", name, mean, share)


def _run_batch(net: Net, index: int) -> tuple[float, list[OutputValue]]:
    net.forward()
    rows = list(output_values(net))
    for name, value, _ in rows:
        _log.info("Batch %d, %s = %g", index, name, value)
    return net.loss, rows
