"""AnnotatedData: batches of images from a database for detection, with the boxes in them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.data._database import opener_of_database
from blobnet.proto import AnnotatedDataParameter, AnnotatedDatum, ResizeParameter, YoloSegLabel
from blobnet.serialization.prototxt import read_text
from blobnet.sources.annotated_batches import AnnotatedBatches, Labels
from blobnet.sources.augmentation.box_sampler import BoxSampler
from blobnet.sources.augmentation.with_boxes import Augmentation
from blobnet.sources.pixel_labels import PixelLabels, tables_of
from blobnet.sources.source import RecordSource
from blobnet.sources.transformer import DataTransformer

_WITHOUT_BOXES = ("random_aspect_ratio_param", "enable_classf_aug")
_SEGMENTATION = ("single_class", "seg_scales", "seg_resize_width", "seg_resize_height")


@register_layer("AnnotatedData")
class AnnotatedData(BatchLayer):
    """Records of a database of images and boxes.

    top[0]  data: (N, C, H, W)  N = `batch_size`; the rest as transform_param makes it
    top[1]  label: (1, 1, G, 8)  where the layer has a second top: a row for each box of the batch,
            image in the batch, label, instance, xmin, ymin, xmax, ymax, difficult; the box in
            shares of the image. One row of -1 where the batch has none. (N,) the records' labels
            where they have no type and `anno_type` is not set

    Before the crop and the mirror of Data, in this order: distort_param; expand_param; a piece that
    one of the `batch_sampler` found, if any did; resize_param; noise_param. Boxes are cut where the
    image is, and those that nothing is left of or that emit_constraint does not let pass are gone.
    This happens in both phases, as in SSD.

    MobileNet-YOLO's: with `yolo_data_type` 1 the label is (N, 1, 300, 5), a row is label - 1, the
    centre, width and height, and the rest is 0; difficult boxes are left out if `train_diffcult` is
    false. Without a batch_sampler pieces are drawn by `yolo_data_jitter`, where it is set or
    `yolo_data_type` is. Of several resize_param one is drawn for every ten batches.

    Its third top, seg_label, (N, classes, h, w), shows where the classes of pixels are, 0 to 1:
    of the image in the record's `seg_label` the piece that was drawn, flipped as the image is.
    With `single_class` it is 1 where that is brighter than 100. Else item i of the list in
    `label_map_file` is value i, and its `label_id` the map. h and w are `seg_resize_height` and
    `seg_resize_width`, or those of the image divided by `seg_scales`.

    Else `label_map_file` is for people: neither SSD's layer nor this one opens it.

    Proto: AnnotatedDataParameter, DataParameter, TransformationParameter.
    Caffe: annotated_data_layer.cpp of SSD (weiliu89/caffe), of eric612/MobileNet-YOLO.
    """

    formula = (
        "Records of a database, again and again, transformed on the way; their boxes go along."
    )

    min_top_blobs = 1
    max_top_blobs = 3
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.annotated_data_param
        data, transform = self.layer_param_.data_param, self.layer_param_.transform_param
        self._check(param, has_maps=len(top) > 2)
        if data.get_mirror_crop:
            raise self.error("get_mirror_crop is a setting of Data", fix="take it out")
        open_source = opener_of_database(self, data, AnnotatedDatum.FromString)
        with self._naming_errors():
            transformer = DataTransformer(transform, self.phase, self.dtype, with_boxes=True)
            samplers = [BoxSampler(each) for each in param.batch_sampler]
            augmentation = Augmentation(transform, samplers, self._jitter(param))
            has_boxes = self._has_boxes(param, open_source)
            pixels = self._pixel_labels(param) if len(top) > 2 else None
        skipped = int(self.rng.integers(data.rand_skip)) if data.rand_skip else 0
        make_reader = partial(
            AnnotatedBatches,
            open_source,
            augmentation,
            transformer,
            self.rng,
            batch_size=data.batch_size,
            labels=Labels(
                wanted=len(top) > 1,
                boxes=has_boxes,
                yolo=param.yolo_data_type == 1,
                train_difficult=param.train_diffcult,
            ),
            pixels=pixels,
        )
        self.start_reading(
            make_reader, top, prefetch=data.prefetch, begin=lambda reader: reader.skip(skipped)
        )

    def _check(self, param: AnnotatedDataParameter, *, has_maps: bool) -> None:
        batch_size = self.layer_param_.data_param.batch_size
        if batch_size < 1:
            raise self.error("batch_size must be at least 1", got=batch_size)
        fits = ResizeParameter.FIT_SMALL_SIZE
        modes = [each.resize_mode for each in self.layer_param_.transform_param.resize_param]
        if fits in modes and batch_size > 1:
            raise self.error("Only support batch size of 1 for FIT_SMALL_SIZE.", got=batch_size)
        if param.yolo_data_type not in (0, 1):
            raise self.error("no such label", expected="yolo_data_type 0 or 1",
                             got=param.yolo_data_type)  # fmt: skip
        if not 0 <= param.yolo_data_jitter < 1 or not math.isfinite(param.yolo_data_jitter):
            raise self.error("no jitter", expected="yolo_data_jitter from 0 to below 1",
                             got=param.yolo_data_jitter)  # fmt: skip
        if param.difficult_label_warmup:
            raise self.error("`difficult_label_warmup` is not supported", fix="take it out")
        for name in _WITHOUT_BOXES:
            if self.layer_param_.transform_param.HasField(name):
                raise self.error(f"`{name}` loses the boxes", fix="a batch_sampler")

        if not has_maps:
            self._refuse_pixels(param)

    def _refuse_pixels(self, param: AnnotatedDataParameter) -> None:
        for name in _SEGMENTATION:
            if param.HasField(name):
                raise self.error(f"`{name}` is for the classes of pixels", fix="add a third top")

    def _pixel_labels(self, param: AnnotatedDataParameter) -> PixelLabels:
        """How the third top is made. Raises LayerError or ProtoError for a bad label_map_file."""
        tables = None
        if param.seg_scales < 1 or min(param.seg_resize_height, param.seg_resize_width) < 0:
            raise self.error("sizes of maps must be positive", got=f"seg_scales {param.seg_scales}")
        if not param.single_class:
            if not param.label_map_file:
                raise self.error("classes of pixels need a label_map_file")
            tables = tables_of(read_text(absolute(param.label_map_file, DataError), YoloSegLabel()))
        size = param.seg_resize_height, param.seg_resize_width
        return PixelLabels(tables, param.seg_scales, size)

    def _has_boxes(
        self, param: AnnotatedDataParameter, open_source: Callable[[], RecordSource]
    ) -> bool:
        """Whether the label is boxes: by `anno_type`, or by the first record."""
        kind = param.anno_type if param.HasField("anno_type") else None
        if kind is None:
            source = open_source()
            try:
                record = source.peek().annotated
            finally:
                source.close()
            if record is None or not record.HasField("type"):
                return False
            kind = record.type
        if kind not in (AnnotatedDatum.BBOX, AnnotatedDatum.BBOXandSeg):
            raise self.error(
                "Unknown annotation type.",
                expected="BBOX or BBOXandSeg",
                got=AnnotatedDatum.AnnotationType.Name(kind),
            )
        return True

    @staticmethod
    def _jitter(param: AnnotatedDataParameter) -> float:
        is_set = param.HasField("yolo_data_jitter") or param.yolo_data_type == 1
        return param.yolo_data_jitter if is_set else 0.0
