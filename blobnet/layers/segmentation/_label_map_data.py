"""What DenseImageData and ImageSegData check alike."""

from __future__ import annotations

from blobnet.layer import Layer
from blobnet.layers.data._image_files import check_images
from blobnet.proto import DenseImageDataParameter, ImageDataParameter
from blobnet.sources.augmentation.refusals import BEFORE_THE_CROP, refuse_settings


def check_pairs(
    layer: Layer, param: DenseImageDataParameter | ImageDataParameter, message: str
) -> None:
    """Raise LayerError where there is no list, an empty batch, half a size, a foreign setting."""
    why = f"{layer.type} changes images and labels alike, by itself"
    refuse_settings(layer.layer_param_.transform_param, BEFORE_THE_CROP, why)
    check_images(layer, param, message)
