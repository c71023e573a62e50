"""DetectionOutput: the boxes that a detector has found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.ssd._pixels import check_pixels, count_regions, read_regions
from blobnet.layers.detection.ssd._priors import (
    check_predictions,
    check_sizes,
    count_priors,
    location_sizes,
    read_priors,
)
from blobnet.layers.detection.ssd._saved_results import saved_results
from blobnet.layers.detection.ssd._separate_maps import SeparateMaps, are_separate
from blobnet.layers.detection.yolo._detections import OneBottomOutput
from blobnet.ops.detection.box_codes import CENTER_SIZE, decode
from blobnet.ops.detection.detections import Limits, detect
from blobnet.ops.parallel import PRODUCTS_PER_VALUE, for_each
from blobnet.types import Array, IntArray

FLT_MAX = float(np.finfo(np.float32).max)


@register_layer("DetectionOutput")
class DetectionOutput(Layer):
    """Decodes what a net predicts for each prior box, and keeps the best of boxes that overlap.

    bottom[0]  locations: (N, P * 4), P * C * 4 with `share_location: false`; C = `num_classes`
    bottom[1]  scores: (N, P * C)  probabilities of the classes
    bottom[2]  priors: (1, 2, P * 4)  boxes and variances, of PriorBox
    bottom[3]  objectness: (N, P * 2)  RefineDet's, may be left out; SSD's image with `visualize`
    bottom[4]  refinement: (N, P * 4)  RefineDet's: moves the priors first; may be left out
    bottom[i]  Synopsys': scores and locations of each map by itself, then priors; in any number
    top[0]     (1, 1, K, 7)  [image, class, score, x1, y1, x2, y2], relative to the image

    Of each class, scores above `confidence_threshold` count, the `top_k` highest of them go
    through non-maximum suppression (a box stays up to an overlap of `nms_threshold`, which `eta`
    lowers), the `keep_top_k` highest of an image are put out: by image, class and falling score.
    Where nothing is found there is a row for each image, its number and -1. DeepDetect's `soft_nms`
    lowers scores by exp(-overlap^2 / `theta`) for the order in which boxes come; see _soft_nms in
    ops/detection/detections.py.

    With RefineDet's objectness, priors below `objectness_score` are background. TextBoxes++ has
    12 or 9 values a location: those of a polygon or a rotated box behind the box; its tops have
    15 or 12 columns. `save_output_param` writes text files for VOC, COCO or ILSVRC; where its
    files are not there, as often with a net that somebody else has trained, a warning says so.

    Synopsys' has scores and locations of each map as bottoms, with `no_permute` or `ratio_permute`
    as convolutions make them: see `SeparateMaps` in _separate_maps.py. (That layer takes the first
    image's for those of all; here each image has its own.)

    With OpenVINO's `normalized: false` bottom[2] has regions in pixels, (P, 5) in any shape, as
    Proposal makes them: they are divided by `input_width` and `input_height`.

    With one bottom the layer is YOLO v2's: see `OneBottomOutput` in yolo/_detections.py.

    Proto: DetectionOutputParameter.
    Caffe: detection_output_layer.cpp of SSD (weiliu89/caffe), and of sfzhang15/RefineDet,
    MhLiao/TextBoxes_plusplus, gklz1982/caffe-yolov2, Synopsys and OpenVINO.
    """

    formula = "the decoded boxes of each class that are left by non-maximum suppression"
    gradient_formula = "none: what is chosen has no gradient."

    min_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    finds_boxes = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if len(bottom) == 2:
            raise self.error(
                "SSD's has 3 to 5 bottoms, YOLO v2's has one",
                expected="locations, scores and priors; or a map of boxes and scores",
                got="2 bottoms",
            )
        self._yolo = OneBottomOutput(self) if len(bottom) == 1 else None
        if self._yolo is not None:
            return
        param = self.layer_param_.detection_output_param
        if not param.num_classes:
            raise self.error("Must specify num_classes")
        is_separate = are_separate(param, len(bottom))
        self._maps = SeparateMaps(self, len(bottom)) if is_separate else None
        self._check_nms()
        check_pixels(self, param)
        self._saved = saved_results(self, param.save_output_param, param.background_label_id)
        self._limits = Limits(
            score=(
                param.confidence_threshold if param.HasField("confidence_threshold") else -FLT_MAX
            ),
            top_k=param.nms_param.top_k if param.nms_param.HasField("top_k") else -1,
            overlap=param.nms_param.nms_threshold,
            eta=param.nms_param.eta,
            keep=param.keep_top_k,
            theta=param.nms_param.theta if param.nms_param.soft_nms else None,
        )

    def take_turns(self, turn: int, turns: int) -> str | None:
        reason = super().take_turns(turn, turns)
        writes = "it writes what is found in all images, of which each process sees some"
        return reason or (None if self._saved is None else writes)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self._yolo is not None:
            self._yolo.reshape(bottom, top)
            return
        param = self.layer_param_.detection_output_param
        bottom = bottom if self._maps is None else self._maps.reshape(bottom)
        count = count_priors if param.normalized else count_regions
        number, N = count(self, bottom[2]), bottom[0].num
        if any(blob.num != N for blob in self._predicted(bottom)):
            raise self.error(
                "predictions for different numbers of images", got=[b.shape for b in bottom]
            )
        classes = 1 if param.share_location else param.num_classes
        sizes = location_sizes(classes)
        values = check_predictions(self, "location", bottom[0], number, sizes, 0) // classes
        self._check_points(values)
        check_predictions(self, "confidence", bottom[1], number, (param.num_classes,), 1)
        if len(bottom) > 3 and not param.visualize:
            check_predictions(self, "objectness", bottom[3], number, (2,), 3)
        if len(bottom) > 4:
            if param.visualize or not param.share_location:
                raise self.error("a refinement goes with share_location, and not with visualize")
            check_predictions(self, "refinement", bottom[4], number, (4,), 4)
        background = param.background_label_id
        self._classes = [label for label in range(param.num_classes) if label != background]
        self._shape = N, number, classes, values
        if top[0].num_axes != 4 or top[0].shape[3] != 3 + values:
            top[0].reshape((1, 1, 1, 3 + values))  # forward knows how many rows there are

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._yolo is not None:
            self._yolo.forward_cpu(bottom, top)
            return
        bottom = bottom if self._maps is None else self._maps.joined(bottom)
        N, number, _, values = self._shape
        work = N * number * len(self._classes) * PRODUCTS_PER_VALUE
        rows = for_each(lambda image: self._find(bottom, image), range(N), work)
        found = np.concatenate([np.zeros((0, 3 + values), self.dtype), *rows])
        if self._saved is not None:
            for its in rows:
                self._saved.add(its[:, 1].astype(np.int64), its[:, 2], its[:, 3:7])
        if not len(found):
            found = np.full((N, 3 + values), -1, self.dtype)
            found[:, 0] = np.arange(N)
        top[0].reshape((1, 1, *found.shape))
        top[0].data[...] = found

    def _find(self, bottom: Blobs, image: int) -> Array:
        """The rows of an image."""
        scores = self._scores(bottom, image)
        labels, index, boxes = detect(
            scores, self._boxes(bottom, image), self._classes, self._limits
        )
        ahead = np.column_stack((np.full(len(labels), image), labels, scores[index, labels]))
        return np.concatenate((ahead, boxes), axis=1).astype(self.dtype)

    def _boxes(self, bottom: Blobs, image: int) -> Callable[[IntArray, IntArray], Array]:
        """A function that gives the boxes of an image for classes and priors: (n, 4 or more)."""
        param = self.layer_param_.detection_output_param
        _, number, classes, values = self._shape
        code, in_target = param.code_type, param.variance_encoded_in_target
        read = read_priors if param.normalized else read_regions
        priors, variances = read(self, bottom[2], code)
        if len(bottom) > 4:
            moves = bottom[4].data[image].reshape(number, 4)
            priors = decode(code, priors, variances, moves, in_target=in_target)
            check_sizes(self, priors, code, "a refined prior box")
        predicted = bottom[0].data[image].reshape(number, classes, values)

        def boxes_of(labels: IntArray, index: IntArray) -> Array:
            its = predicted[index, labels if classes > 1 else 0]
            return decode(code, priors[index], variances[index], its, in_target=in_target)

        return boxes_of

    def _scores(self, bottom: Blobs, image: int) -> Array:
        """All scores of an image, as (P, C)."""
        param, number = self.layer_param_.detection_output_param, self._shape[1]
        scores: Array = bottom[1].data[image].reshape(number, param.num_classes)
        if len(bottom) > 3 and not param.visualize:
            objectness = bottom[3].data[image].reshape(number, 2)[:, 1]
            is_background = objectness < np.float32(param.objectness_score)
            scores = scores.copy()
            scores[is_background] = 0
            scores[is_background, 0] = 1
        return scores

    def _check_nms(self) -> None:
        nms = self.layer_param_.detection_output_param.nms_param
        if not nms.nms_threshold >= 0:
            raise self.error("nms_threshold must be non negative.", got=nms.nms_threshold)
        if not 0 < nms.eta <= 1:
            raise self.error("eta must be above 0 and at most 1", got=nms.eta)
        if nms.soft_nms and not nms.theta > 0:
            raise self.error("theta must be above 0", got=nms.theta)

    def _check_points(self, values: int) -> None:
        """Points behind boxes are TextBoxes++'s, which has them in one code."""
        param = self.layer_param_.detection_output_param
        if values > 4 and (param.code_type != CENTER_SIZE or self._saved is not None):
            raise self.error(
                f"{values} values a location, as in TextBoxes++, go with CENTER_SIZE alone, "
                "and with no save_output_param",
                fix="code_type: CENTER_SIZE",
            )

    def _predicted(self, bottom: Blobs) -> Blobs:
        """The bottoms that have a row for each image."""
        is_shown = self.layer_param_.detection_output_param.visualize
        return [*bottom[:2], *(() if is_shown else bottom[3:])]

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
