"""What layers of SSD share: prior boxes, and predictions for each of them, out of bottoms."""

from __future__ import annotations

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.ops.detection.box_codes import CORNER, POLYGON, ROTATED
from blobnet.types import Array


def count_priors(layer: Layer, priors: Blob, index: int = 2) -> int:
    """How many boxes a top of PriorBox has."""
    number = priors.height // 4
    if priors.count != number * 8 or priors.num * priors.channels != 2 or number < 1:
        raise layer.error(
            f"bottom[{index}] has no prior boxes",
            expected="shape (1, 2, 4 * number of priors), as PriorBox makes it",
            got=priors.shape,
        )
    return int(number)


def check_predictions(
    layer: Layer, what: str, blob: Blob, number: int, values: tuple[int, ...], index: int
) -> int:
    """How many values a bottom has for each prior: one of `values`."""
    count = blob.count(1) if blob.num_axes else -1
    for each in values:
        if count == number * each:
            return each
    raise layer.error(
        f"Number of priors must match number of {what} predictions.",
        expected=" or ".join(f"{number} * {each}" for each in values) + " values for each image",
        got=f"bottom[{index}] of shape {blob.shape}",
    )


def location_sizes(classes: int) -> tuple[int, ...]:
    """How many values a prior has in bottom[0]: of a box, or of TextBoxes++'s points, too."""
    return tuple(classes * (4 + points) for points in (0, POLYGON, ROTATED))


def read_priors(layer: Layer, blob: Blob, code: int) -> tuple[Array, Array]:
    """Boxes and variances, each (P, 4). Raises LayerError for boxes that nothing can relate to."""
    boxes, variances = blob.data.reshape(2, -1, 4)
    check_sizes(layer, boxes, code, "a prior box")
    return boxes, variances


def check_sizes(layer: Layer, boxes: Array, code: int, what: str) -> None:
    """Raise LayerError where a code divides by the size of a box that has none."""
    if code == CORNER:
        return
    good = boxes[..., 2:4] > boxes[..., :2]
    if not good.all():
        wrong = boxes[~good.all(axis=-1)][0]
        raise layer.error(
            f"{what} has no area",
            expected="xmin < xmax and ymin < ymax, which CENTER_SIZE and CORNER_SIZE divide by",
            got=[float(value) for value in wrong[:4]],
        )
