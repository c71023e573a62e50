"""What DenseImageData and ImageSegData check alike."""

from __future__ import annotations

from blobnet.layer import Layer
from blobnet.proto import DenseImageDataParameter, ImageDataParameter
from blobnet.sources.augmentation.refusals import BEFORE_THE_CROP, refuse_settings


def check_pairs(
    layer: Layer, param: DenseImageDataParameter | ImageDataParameter, message: str
) -> None:
    """Raise LayerError where there is no list, an empty batch, half a size, a foreign setting."""
    why = f"{layer.type} changes images and labels alike, by itself"
    refuse_settings(layer.layer_param_.transform_param, BEFORE_THE_CROP, why)
    if not param.source:
        raise layer.error("no list of images is named", fix=f'{message} {{ source: "..." }}')
    if param.batch_size < 1:
        raise layer.error("Positive batch size required", got=f"batch_size: {param.batch_size}")
    if bool(param.new_height) != bool(param.new_width):
        raise layer.error(
            "Current implementation requires new_height and new_width to be set at the same time.",
            got=f"new_height: {param.new_height}, new_width: {param.new_width}",
        )


def skipped_at_first(layer: Layer, rand_skip: int, images: int) -> int:
    """How many images to leave out at first, drawn from the layer's generator."""
    skipped = int(layer.rng.integers(rand_skip)) if rand_skip else 0
    if skipped >= images:
        raise layer.error(
            "Not enough points to skip",
            expected=f"rand_skip of at most {images}, the number of images",
            got=f"rand_skip: {rand_skip}",
        )
    return skipped
