"""BlackAugmentation: pairs of images without motion, or with a black border."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._coefficients import Drawing
from blobnet.layers.motion._images import check_images
from blobnet.layers.motion._no_gradient import NoGradient
from blobnet.proto import AugmentationParameter


@register_layer("BlackAugmentation")
class BlackAugmentation(NoGradient):
    """At random, makes all images of a sample the same and the flow 0, or their borders black.

    bottom[i]  x: (N, 3, H, W)  an image, or (N, 2, H, W), a flow
    top[i]     y: the same shape

    `black` is drawn for each sample; where it is not 0, all images become the last one and all
    flows 0. Else `border` is drawn, a share of the width, the height or both, one of the three at
    random: so wide a border of everything becomes 0. (In FlowNet2 the last image of the first kind
    is not written at all; here it is what it was.)

    Proto: BlackAugmentationParameter.
    Caffe: black_augmentation_layer.cu of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y = x, the last image or 0, or x within a border of 0"
    gradient_formula = "none: images are not learned"

    min_bottom_blobs = 1
    min_top_blobs = 1
    equal_num_bottom_top_blobs = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        num, _, *size = check_images(self, bottom)
        for i, (blob, result) in enumerate(zip(bottom, top, strict=True)):
            if blob.shape[1] not in (2, 3):
                raise self.error("Inputs must have 2 or 3 channels", got=f"shape {blob.shape}")
            if (blob.shape[0], *blob.shape[2:]) != (num, *size):
                raise self.error(
                    "All blobs must have same num, height and width dimension",
                    expected=f"those of {bottom[0].shape}, as bottom[0] has",
                    got=f"bottom[{i}] of shape {blob.shape}",
                )
            result.reshape_like(blob)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.black_augmentation_param
        drawing = Drawing(self, AugmentationParameter(), 1.0, self.rng)
        images = [blob for blob in bottom if blob.shape[1] == 3]
        for n in range(bottom[0].shape[0]):
            for x, y in zip(bottom, top, strict=True):
                y.data[n] = x.data[n]
            if drawing.whether(param.black):
                for y in top:
                    y.data[n] = images[-1].data[n] if y.shape[1] == 3 else 0
            elif border := drawing.number(param.border, 0.0):
                self._blacken(top, n, border)

    def _blacken(self, top: Blobs, n: int, border: float) -> None:
        kind = int(self.rng.integers(3))
        height, width = top[0].shape[2:]
        across = min(max(int(border * width), 0), width) if kind != 1 else 0
        down = min(max(int(border * height), 0), height) if kind != 0 else 0
        for blob in top:
            image = blob.data[n]
            image[:, :, :across] = 0
            image[:, :, width - across :] = 0
            image[:, :down] = 0
            image[:, height - down :] = 0
