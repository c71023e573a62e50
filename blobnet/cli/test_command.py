"""`blobnet test`: what `caffe test` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import click

from blobnet.cli.class_scores import ClassReport, class_report_options
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
    split_list,
    threads_option,
)
from blobnet.cli.program import called_as_caffe
from blobnet.cli.ranks import is_first, shared_seed, together
from blobnet.diagnostics.non_finite import ScoreWatch
from blobnet.distributed.forwards import Witness, forwards
from blobnet.distributed.ranks import Ranks
from blobnet.errors import WeightsError
from blobnet.loggers import named_logger
from blobnet.net import Net
from blobnet.reports.confusion import Confusion
from blobnet.reports.log import OutputValue, output_values, share_of_loss
from blobnet.reports.scores import MeanOutputs, warn_of_nonsense

MOST_NUMBERS = 32
"""An output of more numbers than this is told in one line."""

_log = named_logger("blobnet.cli")


@click.command(
    help="""Score trained weights: the mean of every output over some batches.

    With --confusion, --csv or --by-class also precision, recall and F1 of every class, by the net's
    Accuracy layer: with its top_k, without the items of its ignore_label.
    """,
    epilog="Example: blobnet test --model models/lenet5/train_test.prototxt "
    "--weights lenet_iter_10000.caffemodel --iterations 100 --confusion confusion.png",
)
@option("model", type=FILE, required=True, metavar="FILE", help="The net's prototxt.")
@option("weights", type=FILE, required=True, metavar="FILE", help="The trained weights.")
@option(
    "iterations",
    default=50,
    show_default=True,
    type=AT_LEAST_ONE,
    metavar="N",
    help="How many batches to run.",
)
@click.option(
    "--inference/--no-inference",
    "-inference/-no-inference",
    default=True,
    show_default=True,
    help="Whether layers are merged and memory is shared: faster, the same scores up to rounding.",
)
@class_report_options
@net_state_options
@import_option
@threads_option
@gpu_option
@caffes_other_flags("model", "weights", "iterations", "level", "stage", "gpu")
def command(
    model: str,
    weights: str,
    iterations: int,
    inference: bool,
    classes: ClassReport,
    level: int,
    stage: str,
    gpu: str,
) -> None:
    classes.check()
    with together(lambda: "") as ranks:
        start_logging(quiet=not is_first(ranks))
        _test(model, weights, iterations, inference, classes, level, stage, gpu, ranks)


def _test(
    model: str,
    weights: str,
    iterations: int,
    inference: bool,
    classes: ClassReport,
    level: int,
    stage: str,
    gpu: str,
    ranks: Ranks | None,
) -> None:
    note_cpu(f"--gpu {gpu}" if gpu else "")
    seed, stages = shared_seed(ranks), split_list(stage)
    net = Net(model, "TEST", level=level, stages=stages, inference=inference, seed=seed)
    if not net.params:
        raise WeightsError(f"{model}: no layer of this net has weights")
    missing = net.copy_from(weights)
    if missing:
        _log.warning(
            "%s has no weights for %s: what follows is for their first values",
            weights,
            ", ".join(missing),
        )
    if net.inputs:
        _log.warning("Nothing fills %s: what follows is for zeros", ", ".join(net.inputs))
    with classes.watching(net, is_first=is_first(ranks)) as confusion:
        _run(net, iterations, model, confusion, ranks)


def _run(
    net: Net, iterations: int, model: str, confusion: Confusion | None, ranks: Ranks | None
) -> None:
    """The batches and their means, in the words of `caffe test`."""
    _log.info("Running for %d iterations.", iterations)
    means, total_loss = MeanOutputs(), 0.0
    with ScoreWatch(net) as watch:
        witnesses: list[Witness] = [watch] if confusion is None else [watch, confusion]
        for index in forwards(net, iterations, ranks, witnesses=witnesses):
            for row in _told(output_values(net)):
                if isinstance(row, str):
                    _log.info("Batch %d, %s", index, row)
                else:
                    _log.info("Batch %d, %s = %g", index, *row[:2])
            means.add(net)
            total_loss += net.loss
    if not is_first(ranks):
        return
    _log.info("Loss: %g", total_loss / iterations)
    for row in _told(means.rows()):
        if isinstance(row, str):
            _log.info("%s", row)
        else:
            _log.info("%s = %g%s", row[0], row[1], share_of_loss(row))
    warn_of_nonsense(watch, model)


def _told(rows: Iterable[OutputValue]) -> Iterator[OutputValue | str]:
    """Every number, as Caffe has it, or what is said of many.

    Called as blobnet: outputs that are no scores, but maps or the probabilities of a batch, are
    told as a whole.
    """
    for name, group in groupby(rows, key=itemgetter(0)):
        values = list(group)
        if len(values) <= MOST_NUMBERS or called_as_caffe():
            yield from values
            continue
        numbers = [value for _, value, _ in values]
        low, high, mean = min(numbers), max(numbers), sum(numbers) / len(numbers)
        yield f"{name}: {len(numbers)} values from {low:g} to {high:g}, mean {mean:g}"
