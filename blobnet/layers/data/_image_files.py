"""What layers check and do alike that read image files of a list."""

from __future__ import annotations

from blobnet.layer import Layer
from blobnet.proto import Datum, DenseImageDataParameter, ImageDataParameter
from blobnet.sources.image import ColorMode, decode_image, resize_image
from blobnet.types import Array


def check_images(
    layer: Layer,
    param: ImageDataParameter | DenseImageDataParameter,
    message: str = "image_data_param",
) -> None:
    """Raise LayerError where there is no list, an empty batch, or half a size."""
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


def decode_sized(datum: Datum, mode: ColorMode, size: tuple[int, int]) -> Array:
    """The image of a file, in that size unless it is 0 (height, width)."""
    image = decode_image(datum.data, mode)
    return resize_image(image, *size) if all(size) else image
