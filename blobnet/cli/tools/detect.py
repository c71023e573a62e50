"""`blobnet detect`: what Caffe's detect.py does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from blobnet.cli.options import FILE, check_folder_of, option, threads_option
from blobnet.cli.progress import reading_progress
from blobnet.cli.tools.image_net import files_of_net, image_net_options, say_mode
from blobnet.cli.tools.windows import (
    Windows,
    check_output,
    read_filenames,
    read_windows,
    write_detections,
)
from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.types import Array


@click.command(
    help="""Write the scores of windows in images into OUTPUT_FILE: .csv, else HDF5 by pandas.

    INPUT_FILE is a .csv file with the columns filename, ymin, xmin, ymax, xmax and, for
    --crop_mode list, a line for each window. For selective_search, which needs MATLAB, it may
    be a .txt file of image files.
    """,
    epilog="Example: blobnet detect --crop_mode list --model_def deploy.prototxt "
    "--pretrained_model net.caffemodel --mean_file '' windows.csv scores.csv",
)
@click.argument("input_file", type=FILE)
@click.argument("output_file", type=FILE)
@image_net_options
@option(
    "crop_mode",
    type=click.Choice(["list", "selective_search"]),
    default="selective_search",
    show_default=True,
    help="Where windows come from.",
)
@option(
    "context_pad",
    type=click.IntRange(min=0),
    default=16,
    show_default=True,
    metavar="PIXELS",
    help="How much of the net's input shows what is around the window, at each side.",
)
@threads_option
def command(
    input_file: str,
    output_file: str,
    model_def: str | None,
    pretrained_model: str | None,
    gpu: bool,
    mean_file: str | None,
    input_scale: float | None,
    raw_scale: float,
    channel_swap: list[int] | None,
    crop_mode: str,
    context_pad: int,
) -> None:
    from blobnet.pycaffe.detector import Detector

    out = Path(output_file)
    check_folder_of(out)
    check_output(out)
    model, weights, mean = files_of_net(model_def, pretrained_model, mean_file)
    mean = _per_channel(mean)
    say_mode(gpu)
    detector = Detector(model, weights, mean, input_scale, raw_scale, channel_swap, context_pad)
    start = time.perf_counter()
    click.echo("Loading input...")
    if crop_mode == "list":
        windows = _read_list(input_file)
        with reading_progress(os.path.basename(input_file)) as tick:
            detections = detector.detect_windows(_counted(windows, tick))
    else:
        detections = detector.detect_selective_search(read_filenames(input_file))
    seconds = time.perf_counter() - start
    click.echo(f"Processed {len(detections)} windows in {seconds:.3f} s.")
    start = time.perf_counter()
    write_detections(out, detections)
    click.echo(f"Saved to {shown(out)} in {time.perf_counter() - start:.3f} s.")


def _read_list(path: str) -> Windows:
    if path.lower().endswith("csv"):
        return read_windows(path)
    raise DataError(
        explain(
            f"{shown(path)}: no windows",
            expected="a .csv file with the columns filename, ymin, xmin, ymax, xmax",
        )
    )


def _per_channel(mean: Array | None) -> Array | None:
    """A mean image as the means of its channels, as detect.py has it."""
    if mean is None or mean.ndim == 1 or mean.shape[1:] == (1, 1):
        return mean if mean is None or mean.ndim == 1 else mean[:, 0, 0]
    if mean.ndim != 3:
        expected = "(channels, height, width) or (channels,)"
        raise DataError(explain("--mean_file: no mean", expected=expected, got=mean.shape))
    averages: Array = mean.mean(1).mean(1)
    return averages


def _counted(
    windows: Windows, tick: Callable[[int, int, int], None]
) -> Iterator[tuple[str, list[list[float]]]]:
    for done, item in enumerate(windows.items()):
        tick(done, done, len(windows))
        yield item
