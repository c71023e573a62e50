"""AutoCrop: a Crop that finds by itself where to begin."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.vision.crop import Crop


@register_layer("AutoCrop")
class AutoCrop(Crop):
    """Cuts one bottom to the size of another, so that both show the same places of an image.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  (N', C', h, w)   only its shape counts
    top[0]     y: (N, C, h, w)

    Where it begins follows from the layers between its bottoms and the blob that both are made of:
    when a definition is read, a Crop with that `offset` is made of it
    (`netdef/upgrade_auto_crop.py`). As an AutoCrop it remains where nothing follows; then the
    offset has to be stated.

    Proto: CropParameter.  Caffe: auto_crop_layer.cpp of yun-liu/rcf.
    """

    formula = "y is the part of x at which bottom[1] looks."
    gradient_formula = "dx = dy where x was kept, 0 elsewhere; 0 for bottom[1]."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if not self.layer_param_.crop_param.offset:
            raise self.error(
                "Cannot align apparently disconnected blobs.",
                expected="two bottoms that are made of one blob, at one scale, by layers such as "
                "Convolution, Pooling and Deconvolution",
                got=f"'{self.layer_param_.bottom[0]}' and '{self.layer_param_.bottom[1]}'"
                if len(self.layer_param_.bottom) == 2
                else None,
                fix="state where to begin: crop_param { offset: ... }",
            )
        super().setup(bottom, top)
