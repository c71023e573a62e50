"""What classify.py and detect.py have in common: the net, its mean, how images come into it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import numpy as np
from click.core import ParameterSource

from blobnet.cli.options import FILE, option
from blobnet.errors import BlobnetError, DataError, explain
from blobnet.input_files import is_file, open_file, shown
from blobnet.types import Array

Command = TypeVar("Command", bound=Callable[..., Any])

_MODEL = "models/bvlc_reference_caffenet"
_DEFAULTS = {
    "model_def": (f"{_MODEL}/deploy.prototxt", "the net's deploy.prototxt"),
    "pretrained_model": (f"{_MODEL}/bvlc_reference_caffenet.caffemodel", "its weights"),
    "mean_file": (
        "python/caffe/imagenet/ilsvrc_2012_mean.npy",
        "an array of numpy's, or '' for no mean",
    ),
}
_NPY = b"\x93NUMPY"


def image_net_options(command: Command) -> Command:
    """--model_def --pretrained_model --gpu --mean_file --input_scale --raw_scale --channel_swap."""
    decorators = [
        option("model_def", type=FILE, metavar="FILE", help=_help("model_def", "The net.")),
        option(
            "pretrained_model",
            type=FILE,
            metavar="FILE",
            help=_help("pretrained_model", "Its weights."),
        ),
        option("gpu", is_flag=True, help="Accepted for Caffe's scripts; the CPU is used."),
        option(
            "mean_file",
            type=FILE,
            metavar="FILE",
            help=_help("mean_file", "The mean to subtract, .npy, (K,) or (K, H, W); '' for none."),
        ),
        option("input_scale", type=float, metavar="X", help="Multiply by this at last."),
        option(
            "raw_scale",
            type=float,
            default=255.0,
            show_default=True,
            metavar="X",
            help="Multiply images, from 0 to 1, by this before the mean is subtracted.",
        ),
        option(
            "channel_swap",
            default="2,1,0",
            show_default=True,
            callback=whole_numbers,
            metavar="A,B,C",
            help="Which channel comes first, and so on: 2,1,0 makes BGR of RGB; '' as they are.",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def whole_numbers(ctx: click.Context, param: click.Parameter, text: str) -> list[int] | None:
    """`2,1,0` as a list; None of an empty text."""
    if not text:
        return None
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"'{text}' is no list of whole numbers", ctx, param) from error


def given_or_default(name: str, value: str | None) -> str:
    """A file as it was given, or that of Caffe's folder: CAFFE_ROOT or the current one.

    Raises BlobnetError where nothing was given and it is not there.
    """
    source = click.get_current_context().get_parameter_source(name)
    if value is not None and source is not ParameterSource.DEFAULT:
        return value
    default, what = _DEFAULTS[name]
    path = os.path.join(os.environ.get("CAFFE_ROOT") or "", default)
    if is_file(path):
        return path
    raise BlobnetError(
        explain(
            f"--{name} is not given, and there is no {shown(path)}",
            expected=what,
            fix=f"--{name} FILE, or run in Caffe's folder (or set CAFFE_ROOT to it)",
        )
    )


def read_mean(value: str | None) -> Array | None:
    """The mean of --mean_file; None where it is the empty text."""
    path = given_or_default("mean_file", value)
    return np.array(read_npy(path, "--mean_file")) if path else None


def files_of_net(
    model_def: str | None, pretrained_model: str | None, mean_file: str | None
) -> tuple[str, str, Array | None]:
    """The definition and the weights, as given or by default, and the mean.

    Raises BlobnetError where one is missing, DataError where the mean is no .npy file.
    """
    model = given_or_default("model_def", model_def)
    weights = given_or_default("pretrained_model", pretrained_model)
    return model, weights, read_mean(mean_file)


def read_npy(path: str, setting: str = "") -> Array:
    """The array of numbers in a .npy file, left on the disk until it is looked at.

    Raises DataError where the file is none, and for one with objects, which would run code.
    """
    with open_file(path, DataError, setting=setting) as file:
        is_npy = file.read(len(_NPY)) == _NPY
    who = f"{setting} {shown(path)}".strip()
    expected = "a whole .npy file with an array of numbers"
    if not is_npy:
        fix = "np.save(FILE, blobnet.pycaffe.io.blobproto_to_array(blob)[0]) makes one of a mean"
        hint = fix if path.endswith(".binaryproto") else None
        raise DataError(explain(f"{who}: no .npy file", expected=expected, fix=hint))
    try:
        array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, SyntaxError, OverflowError) as error:
        raise DataError(explain(f"{who}: cannot be read", expected=expected, got=error)) from error
    if array.dtype.kind not in "fiub":
        raise DataError(explain(f"{who}: no numbers", expected=expected, got=array.dtype))
    return array


def say_mode(gpu: bool) -> None:
    """Caffe's line on what computes."""
    if gpu:
        click.echo("--gpu: blobnet runs on the CPU", err=True)
    click.echo("CPU mode")


def _help(name: str, text: str) -> str:
    return f"{text}  [default: {Path(_DEFAULTS[name][0]).name} of CaffeNet, in Caffe's folder]"
