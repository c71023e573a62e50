"""DetectionData: images for Cascade R-CNN, with what the anchors of its maps are."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._object_data import ObjectData
from blobnet.sources.objects.anchor_maps import Rules
from blobnet.sources.objects.object_batches import Output
from blobnet.sources.objects.object_file import OF_CASCADE
from blobnet.sources.objects.orders import AS_LISTED, ORDERS, DrawnOrder
from blobnet.sources.objects.recipes import DetectionRecipe


@register_layer("DetectionData")
class DetectionData(ObjectData):
    """Images of a list, each around one of its objects.

    top[0]  data: (N, 3, H, W)   N = `batch_size`; bytes in the order of OpenCV, less mean_value,
            times the scale of transform_param; 0 beside an image
    top[i]  labels: (N, 6, h, w)  for each stride, field_w and field_h: class, centre x and y, width
            and height of the object, and the overlap of the anchor with it; an overlap of 1 without
            a class: to be ignored
    top[-1]  boxes: (G, 8, 1, 1)  with output_gt_boxes: [image, x1, y1, x2, y2, class, ignored,
            difficult]; all -1 where there is none

    Images are resized to resize_width and resize_height, by resize_ratio, or to a short side of
    `short_size`; H and W are the crop's, or that size, or `crop_short_size` and `crop_long_size`
    or short_size and long_size in multiples of 32, turned as the first image of the batch is; with
    `template_ratio` times one of these, drawn for each batch. Before, `distort_param` changes
    colours and transform_param may mirror. With multiscale_prob an image is enlarged or made
    smaller by low_scale_ratio to high_scale_ratio, or so that the object has a scale from min_scale
    to max_scale, and changed by an aspect from min_whaspect to max_whaspect. An anchor is an object
    that it overlaps with by more than fg_threshold; `sources/objects/anchor_maps.py` has all of it.
    `shuffle`: random, random_aspect or random_mix_aspect, in groups of mix_group_size; as listed
    where it is not stated.

    Proto: DetectionDataParameter, TransformationParameter.
    Caffe: detection_data_layer.cpp of Cascade R-CNN (zhaoweicai/cascade-rcnn).
    """

    formula = "Images around one of their objects; what each anchor is; the boxes."

    min_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.detection_data_param
        self.warn_of_legacy_fields(param, ("scale", "resize_param"))
        if param.coord_num != 4:
            raise self.error("a box has 4 coordinates", got=f"coord_num {param.coord_num}")
        order = param.shuffle if param.HasField("shuffle") else AS_LISTED
        if order not in ORDERS or param.mix_group_size < 1:
            raise self.error(
                "Unknown shuffling",
                expected=", ".join(ORDERS[1:]) + "; mix_group_size > 0",
                got=f"{order}, {param.mix_group_size}",
            )
        file = self.read_file(param, OF_CASCADE)
        transform = self.layer_param_.transform_param
        with self._naming_errors():
            recipe = DetectionRecipe(param, transform.mirror)
        output = Output(
            maps=self.maps(
                param.field_w, param.field_h, param.stride, top, 1 + param.output_gt_boxes
            ),
            rules=self._rules(),
            columns=8 if param.output_gt_boxes else 0,
            sizes=False,
            mean=self.read_mean(),
            scale=transform.scale,
            smallest=(param.min_gt_width, param.min_gt_height),
        )
        drawn = DrawnOrder(file, order, param.mix_group_size)
        self.start(file, recipe, output, drawn, param, top, in_memory=param.cache_images)

    def _rules(self) -> Rules:
        param = self.layer_param_.detection_data_param
        if not param.fg_threshold > 0:
            raise self.error("fg_threshold must be > 0", got=param.fg_threshold)
        has_margin = param.HasField("anchor_ignore_margin_ratio")
        return Rules(
            param.fg_threshold,
            ignored_from=param.ignore_fg_threshold,
            pick_from=param.pickup_iou_thr,
            border=1,
            regions_first=False,
            margin=param.anchor_ignore_margin_ratio if has_margin else None,
            inside=(
                param.anchor_ignore_iou_thr if param.HasField("anchor_ignore_iou_thr") else None
            ),
        )
