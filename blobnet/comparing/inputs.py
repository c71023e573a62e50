"""Inputs to try a net with: drawn from a seed, as a stranger's net can be given them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from blobnet.arguments import fill_blobs
from blobnet.comparing.meanings import drawn_for_reader, is_single
from blobnet.errors import DataError, NetError, explain, printable
from blobnet.input_files import open_file, shown
from blobnet.net import Net
from blobnet.types import Array, Shape


def random_inputs(net: Net, seed: int) -> dict[str, Array]:
    """Input name to float32 values; the same for the same seed. One number per item, a label, is 0.

    The rest is as `draw_inputs` draws it.
    """
    made = draw_inputs(net, net.inputs, np.random.default_rng(seed))
    rng = np.random.default_rng(0)
    for name, values in made.items():
        if is_single(values.shape) and drawn_for_reader(net, name, rng) is None:
            values[...] = 0
    return made


def draw_inputs(
    net: Net, names: Iterable[str], rng: np.random.Generator, deviation: float = 1.0
) -> dict[str, Array]:
    """float32 values in the shapes that these inputs have now.

    Boxes, row numbers and what else a layer reads as such is drawn as it wants it. What Faster
    R-CNN calls im_info, one row of 2 or 3 numbers, has the size of the first image, and a scale of
    1. All else is from a normal distribution, of mean 0 and this standard deviation.
    """
    images = (net.blobs[name].shape for name in net.inputs if net.blobs[name].num_axes == 4)
    size = next(images, None)
    made = {}
    for name in names:
        shape = net.blobs[name].shape
        drawn = drawn_for_reader(net, name, rng)
        if drawn is None and size is not None and _is_image_size(shape):
            drawn = np.array([[*size[2:], 1][: shape[1]]], np.float32)
        if drawn is None:
            drawn = np.asarray(rng.standard_normal(shape, np.float32) * np.float32(deviation))
        made[name] = drawn
    return made


def given_inputs(net: Net, text: str) -> dict[str, Array]:
    """What `NAME=FILE.npy` or `FILE.npy`, for the first input, says; or FILE.npz, for those it has.

    Raises DataError where the file cannot be read, NetError where the net has no such input.
    """
    name, _, file = text.rpartition("=")
    read = arrays_in(Path(file))
    if "" in read:
        read = {name or next(iter(net.inputs), ""): read[""]}
    unknown = [key for key in read if key not in net.inputs]
    if unknown:
        what = f"{shown(file)}: the net has no input '{printable(unknown[0])}'"
        raise NetError(explain(what, expected=", ".join(net.inputs) or "no input at all"))
    return {key: np.asarray(values, np.float32) for key, values in read.items()}


def arrays_in(file: Path) -> dict[str, Array]:
    """What a .npz holds by its names, or a .npy under an empty name; never a pickle.

    Raises DataError where it cannot be read.
    """
    try:
        with open_file(file, DataError) as opened:
            loaded = np.load(opened, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {"": loaded}
            return {name: loaded[name] for name in loaded.files}
    except DataError:
        raise
    except Exception as error:  # a broken file can make the reader fail in any way
        what = f"{shown(file)}: the arrays cannot be read"
        raise DataError(explain(what, expected="a .npy or .npz of NumPy", got=error)) from error


def run(net: Net, inputs: Mapping[str, Array]) -> None:
    """A forward with these inputs, whatever they are called."""
    fill_blobs(net.blobs, net.inputs, inputs, "data")
    net.forward()


def _is_image_size(shape: Shape) -> bool:
    return len(shape) == 2 and shape[0] == 1 and shape[1] in (2, 3)
