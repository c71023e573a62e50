"""YoloDetectionOutput: the detections of YOLO's second version."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.yolo._detections import joined, keep_rows, of_regions
from blobnet.layers.detection.yolo._maps import anchor_sizes, map_shape


@register_layer("YoloDetectionOutput")
class YoloDetectionOutput(Layer):
    """Boxes, classes and scores out of one or two maps.

    bottom[0]  x: (N, num_box * (5 + num_classes), S, S)  for each anchor x, y, width, height,
                  objectness and classes
    bottom[1]  the same with another side, optional
    top[0]     (1, 1, K, 7)  rows [0, class + 1, score, x1, y1, x2, y2], the best first; N rows
               [image, -1, ...] if there is nothing

    Of each anchor (see RegionLoss) its most probable class, where the score, objectness times
    probability, is at least `confidence_threshold`. A box is left out where a better one that is
    not overlaps it by `nms_threshold` or more: whatever their classes, and their images, which is
    why the layer is used with one. The side is that of the map, not `side`; `label_map_file` names
    classes in Caffe's log.

    Proto: YoloDetectionOutputParameter.  Caffe: yolo_detection_output_layer.cpp of MobileNet-YOLO
    (eric612/MobileNet-YOLO).
    """

    formula = "The boxes of outputs that are sure enough, and that no better one overlaps."
    gradient_formula = "none."

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    finds_boxes = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self._param = self.layer_param_.yolo_detection_output_param
        if not param.HasField("num_classes"):
            raise self.error("Must specify num_classes")
        if param.coords != 4:
            raise self.error("coords must be 4: x, y, width and height", got=param.coords)
        if not param.num_box or not param.num_classes:
            raise self.error("num_box and num_classes must be at least 1")
        self._sizes = anchor_sizes(self, param.biases, param.num_box)[: param.num_box]

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._shapes = []
        for index, blob in enumerate(bottom):
            shape = blob.shape
            values = 5 + self._param.num_classes
            self._shapes.append(map_shape(self, shape, self._param.num_box, values, index))
            if shape[2] != shape[3]:
                raise self.error("the maps must be as high as wide", got=f"shape {shape}")
        keep_rows(top[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        found = joined(
            [
                of_regions(x.data.reshape(shape), self._sizes, self._param.confidence_threshold)
                for x, shape in zip(bottom, self._shapes, strict=True)
            ]
        )
        kept = found.by_score().suppressed(self._param.nms_threshold)
        kept.write(top[0], bottom[0].shape[0])

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
