"""ImageGtData: images for MS-CNN, with what the anchors of its maps are."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._object_data import ObjectData
from blobnet.sources.objects.anchor_maps import Rules
from blobnet.sources.objects.object_batches import Output
from blobnet.sources.objects.object_file import OF_MSCNN
from blobnet.sources.objects.orders import AS_LISTED, RANDOM, DrawnOrder
from blobnet.sources.objects.recipes import GtRecipe


@register_layer("ImageGtData")
class ImageGtData(ObjectData):
    """Images of a list, each around one of its objects, at one size.

    top[0]  data: (N, 3, H, W)   N = `batch_size`; bytes in the order of OpenCV, less mean_value,
            times `scale`; 0 beside an image
    top[i]  labels: (N, 6, h, w)  for each downsample_rate, field_w and field_h: class, centre x and
            y, width and height of the object, and the overlap of the anchor with it; an overlap of
            1 without a class: to be ignored
    top[-1]  boxes: (G, 7, 1, 1)  with output_gt_boxes: [image, x1, y1, x2, y2, class, ignored];
            (0, 1, 1, 2, 2, 1, 1) where there is none

    H and W are crop_height and crop_width, or resize_height and resize_width, or as the last image
    is listed. Images are resized, mirrored where transform_param says so, and half of them with
    `do_multiple_scale` enlarged or made smaller, such that an object has another of the scales
    from min_scale to max_scale, and half of those with another aspect. An anchor is an object that
    it overlaps with by more than fg_threshold; `sources/objects/anchor_maps.py` has all of it.
    Images with an object come `fg_img_multiple` times in a round.

    Proto: ImageGtDataParameter, TransformationParameter.  Caffe: image_gt_data_layer.cpp of MS-CNN
    (zhaoweicai/mscnn).
    """

    formula = "Images around one of their objects; what each anchor is; the boxes."

    min_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.image_gt_data_param
        self.warn_of_legacy_fields(param, ("mean_file", "mirror"))
        if param.coord_num != 4:
            raise self.error("a box has 4 coordinates", got=f"coord_num {param.coord_num}")
        file = self.read_file(param, OF_MSCNN)
        mirror = self.layer_param_.transform_param.mirror
        with self._naming_errors():
            recipe = GtRecipe(param, mirror, file.sizes[-1])
        maps = self.maps(
            param.field_w, param.field_h, param.downsample_rate, top, 1 + param.output_gt_boxes
        )
        output = Output(
            maps=maps,
            rules=Rules(param.fg_threshold),
            columns=7 if param.output_gt_boxes else 0,
            sizes=False,
            mean=self.read_mean(),
            scale=param.scale,
            smallest=(param.min_gt_width, param.min_gt_height),
        )
        kind = RANDOM if param.shuffle else AS_LISTED
        order = DrawnOrder(file, kind, times=max(param.fg_img_multiple, 1))
        self.start(file, recipe, output, order, param, top, in_memory=param.cache_images)
