"""EvalData: images to test Cascade R-CNN with, and the boxes that it should find."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._object_data import ObjectData
from blobnet.sources.objects.anchor_maps import Rules
from blobnet.sources.objects.object_batches import Output
from blobnet.sources.objects.object_file import OF_CASCADE
from blobnet.sources.objects.orders import DrawnOrder
from blobnet.sources.objects.recipes import EvalRecipe


@register_layer("EvalData")
class EvalData(ObjectData):
    """Images of a list in its order, whole.

    top[0]  data: (N, 3, H, W)    N = `batch_size`; bytes in the order of OpenCV, less mean_value,
            times the scale of transform_param
    top[1]  boxes: (G, 8, 1, 1)   [image, x1, y1, x2, y2, class, ignored, difficult]; all -1 where
            there is none
    top[2]  sizes: (N, 2, 1, 1)   H and W, for each image; optional

    Images are resized to resize_height and resize_width, or to a short side of `short_size` with
    no side above `long_size`, which may change their shape; then to multiples of 32. Without one
    size for all, N is 1.

    Proto: EvalDataParameter, TransformationParameter.
    Caffe: eval_data_layer.cpp of Cascade R-CNN (zhaoweicai/cascade-rcnn).
    """

    formula = "Whole images in the order of a list, and the boxes in them."

    min_top_blobs = 2
    max_top_blobs = 3

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.eval_data_param
        self.warn_of_legacy_fields(param, ("scale",))
        has_size = param.HasField("resize_width") and param.HasField("resize_height")
        if param.batch_size > 1 and not has_size:
            raise self.error(
                "images of a batch must have one size",
                expected="batch_size 1, or resize_width and resize_height",
                got=f"batch_size {param.batch_size}",
            )
        for name in ("short_size", "long_size"):
            if param.HasField(name) and not getattr(param, name):
                raise self.error(f"{name} must be > 0", got=0)
        file = self.read_file(param, OF_CASCADE)
        if self.layer_param_.transform_param.mirror:
            raise self.error("EvalData does not mirror", fix="take `mirror` out")
        output = Output(
            maps=[],
            rules=Rules(1),
            columns=8,
            sizes=len(top) > 2,
            mean=self.read_mean(),
            scale=self.layer_param_.transform_param.scale,
            smallest=None,
        )
        self.start(file, EvalRecipe(param), output, DrawnOrder(file), param, top)
