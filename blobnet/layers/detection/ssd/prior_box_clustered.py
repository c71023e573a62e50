"""PriorBoxClustered: prior boxes whose sides are stated one by one."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.detection.ssd.prior_box import PriorBox
from blobnet.ops.detection.priors import Size


@register_layer("PriorBoxClustered")
class PriorBoxClustered(PriorBox):
    """The boxes of `width` and `height` around every place of a feature map.

    bottom[0]  features: (N, C, H, W)  only the shape counts
    bottom[1]  image: (N, C, height, width)  likewise, unless `img_size` or `img_h`, `img_w` is set
    top[0]     (1, 2, H * W * n * 4)  boxes [x1, y1, x2, y2] relative to the image, and variances

    The n-th box is as wide as the n-th `width`, in pixels, and as high as the n-th `height`: what
    clustering found in a data set, instead of sizes and ratios. All else is as in PriorBox. The
    prototxts of OpenVINO's Open Model Zoo have it, as its operation PriorBoxClustered-1.

    Proto: PriorBoxParameter.  Caffe: prior_box_layer.cpp of OpenCV, which reads this type, too.
    """

    def _dense_sizes(self) -> list[Size]:
        return []

    def _stated_sizes(self) -> list[Size]:
        param = self.layer_param_.prior_box_param
        widths, heights = list(param.width), list(param.height)
        if not widths or len(widths) != len(heights):
            raise self.error(
                "width and height belong together, one to one",
                expected="as many of the one as of the other",
                got=f"{len(widths)} values of width and {len(heights)} of height",
                fix="write prior_box_param { width: 9.4 height: 15 }",
            )
        if not all(0 < side < 2**31 for side in (*widths, *heights)):
            raise self.error("width and height must be positive.", got=[*widths, *heights])
        return [Size(*sides) for sides in zip(widths, heights, strict=True)]
