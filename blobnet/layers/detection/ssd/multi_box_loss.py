"""MultiBoxLoss: SSD's loss, of locations and classes of prior boxes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.ssd._matching import Batch, Matches, Matching, location_errors
from blobnet.layers.detection.ssd._mining import Mining, confidence_losses
from blobnet.layers.detection.ssd._priors import (
    check_predictions,
    check_sizes,
    count_priors,
    location_sizes,
    read_priors,
)
from blobnet.layers.detection.ssd._truths import (
    COLUMNS,
    Truths,
    check_truths,
    read_truths,
    tell_of_other_rows,
)
from blobnet.layers.loss._loss import Loss, divisor
from blobnet.ops.detection.box_codes import CENTER_SIZE, POLYGON, decode
from blobnet.ops.softmax import softmax
from blobnet.proto import MultiBoxLossParameter
from blobnet.types import Array, IntArray

MOST = 20
"""TextBoxes++ shows no larger loss of locations."""


@register_layer("MultiBoxLoss")
class MultiBoxLoss(Loss):
    """Matches prior boxes with ground truth, and adds up two losses.

    bottom[0]  locations: (N, P * 4), P * C * 4 with `share_location: false`; C = `num_classes`
    bottom[1]  scores: (N, P * C)
    bottom[2]  priors: (1, 2, P * 4)  boxes and variances, of PriorBox
    bottom[3]  truth: (1, 1, G, 8)  [image, class, instance, x1, y1, x2, y2, difficult]
    bottom[4]  objectness: (N, P * 2)  RefineDet's, may be left out
    bottom[5]  refinement: (N, P * 4)  RefineDet's: moves the priors first; may be left out
    top[0]     loss: ()

    A prior is matched with the truth that it overlaps with most, from `overlap_threshold` on, and
    each truth with the best prior that is left. Matches lose by what they should predict, in
    `code_type`: SMOOTH_L1 or L2, times `loc_weight`. Matches and the negatives with the highest
    losses, `neg_pos_ratio` times as many in each image, lose by the class that they should have:
    SOFTMAX or LOGISTIC. HARD_EXAMPLE takes the `sample_size` highest losses of all; NONE takes
    all priors. The divisor is at least 1: the number of matches (VALID, unless stated), of priors
    in the batch (FULL), the batch size (BATCH_SIZE), or 1 (NONE).

    With RefineDet's objectness, priors below `objectness_score` are no negatives. TextBoxes++ has
    truths of 16 columns, polygons, and 12 values a location, or 9, those of a rotated box.

    Proto: MultiBoxLossParameter, LossParameter.
    Caffe: multibox_loss_layer.cpp of SSD (weiliu89/caffe), and of sfzhang15/RefineDet and
    MhLiao/TextBoxes_plusplus.
    """

    formula = "(loc_weight * loss of locations + loss of classes) / divisor"
    gradient_formula = (
        "of the chosen priors: (p - onehot(class)) * dloss / divisor, and "
        "loc_weight * clip(error, -1, 1) * dloss / divisor; 0 for all others."
    )

    exact_num_bottom_blobs = None
    min_bottom_blobs = 4
    max_bottom_blobs = 6
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.multibox_loss_param
        self._mode = self.normalization()
        self._check_settings(param)
        tell_of_other_rows(self, bottom[3], 3)
        self._mines = param.mining_type != MultiBoxLossParameter.NONE
        self._is_logistic = param.conf_loss_type == MultiBoxLossParameter.LOGISTIC
        self._is_smooth = param.loc_loss_type == MultiBoxLossParameter.SMOOTH_L1
        self._matching, self._mining = Matching(param), Mining(param)
        flags = [*self.layer_param_.propagate_down, True, True]
        self._counts_locations, self._counts_scores = flags[:2]

    def _check_settings(self, param: MultiBoxLossParameter) -> None:
        mines = param.mining_type != MultiBoxLossParameter.NONE
        background, C = param.background_label_id, param.num_classes
        if C < 1:
            raise self.error("Must provide num_classes.", expected="at least 1", got=C)
        if param.HasField("do_neg_mining") and param.do_neg_mining != mines:
            raise self.error(
                "do_neg_mining and mining_type say different things",
                fix="leave do_neg_mining out: it is an old name",
            )
        if mines and not param.share_location:
            raise self.error(
                "Currently only support negative mining if share_location is true.",
                fix="mining_type: NONE",
            )
        if background >= C and (mines or param.conf_loss_type == MultiBoxLossParameter.SOFTMAX):
            raise self.error(
                "background_label_id should be within [0, num_classes)",
                expected=f"0 to {C - 1}",
                got=background,
            )
        if param.map_object_to_agnostic and (2 if background < C else 1) != C:
            raise self.error("map_object_to_agnostic needs num_classes: 2", got=C)
        if param.mining_type == MultiBoxLossParameter.HARD_EXAMPLE and param.sample_size < 1:
            raise self.error("sample_size must be positive", got=param.sample_size)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        param = self.layer_param_.multibox_loss_param
        number, N = count_priors(self, bottom[2]), bottom[0].num
        classes = 1 if param.share_location else param.num_classes
        sizes = location_sizes(classes)
        values = check_predictions(self, "location", bottom[0], number, sizes, 0) // classes
        check_predictions(self, "confidence", bottom[1], number, (param.num_classes,), 1)
        is_plain = param.code_type == CENTER_SIZE and not param.encode_variance_in_target
        if values > 4 and not is_plain:
            raise self.error(
                "points behind boxes, as in TextBoxes++, go with CENTER_SIZE alone",
                fix="code_type: CENTER_SIZE, without encode_variance_in_target",
            )
        check_truths(self, bottom[3], 3, COLUMNS if values == 4 else COLUMNS + POLYGON)
        if any(blob.num != N for blob in bottom[4:]):
            raise self.error("predictions for different numbers of images", got=bottom[4].shape)
        for blob, what, size, index in zip(
            bottom[4:], ("objectness", "refinement"), (2, 4), (4, 5), strict=False
        ):
            check_predictions(self, what, blob, number, (size,), index)
        if len(bottom) > 5 and classes > 1:
            raise self.error("a refinement of priors goes with share_location")
        self._shape = N, number, classes, values

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.multibox_loss_param
        N, P, _, values = self._shape
        batch = self._read(bottom)
        matches = self._matching.find(batch)
        scores = bottom[1].data.reshape(N, P, param.num_classes)
        negatives = np.zeros(0, np.int64), np.zeros(0, np.int64)
        if self._mines:
            losses = self._losses(batch, matches, scores)
            objectness = bottom[4].data.reshape(N, P, 2)[..., 1] if len(bottom) > 4 else None
            negatives = self._mining.mine(batch, matches, losses, objectness)
        self._places = matches.pairs()
        self._errors = location_errors(self, param, batch, matches)
        fixed = self.layer_param_.loss_param.pre_fixed_normalizer
        self._divisor = divisor(self._mode, outer=N, inner=P, valid=len(self._errors), fixed=fixed)
        location = param.loc_weight * self._location_losses(self._errors).sum() / self._divisor
        confidence = self._score_loss(batch, matches, negatives, scores) / self._divisor
        if values > 4:
            location = min(location, MOST)
        top[0].data[...] = location * self._counts_locations + confidence * self._counts_scores

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self._refuse_gradients(propagate_down)
        N, P, classes, values = self._shape
        scale = float(top[0].diff[()]) / self._divisor
        if propagate_down[0]:
            errors = np.clip(self._errors, -1, 1) if self._is_smooth else self._errors
            dx = bottom[0].diff
            dx[...] = 0
            image, label, prior = self._places
            weight = self.layer_param_.multibox_loss_param.loc_weight * scale
            dx.reshape(N, P, classes, values)[image, prior, label] = errors * weight
        if propagate_down[1]:
            dx = bottom[1].diff.reshape(N * P, self._slopes.shape[1])
            dx[...] = 0
            dx[self._rows] = self._slopes * scale
        for blob, is_wanted in zip(bottom[4:], propagate_down[4:], strict=True):
            if is_wanted:
                blob.diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index < 2

    def _refuse_gradients(self, propagate_down: Sequence[bool]) -> None:
        for index, what in ((2, "prior"), (3, "label")):
            if propagate_down[index]:
                raise self.error(
                    f"{self.type} Layer cannot backpropagate to {what} inputs.",
                    fix="write propagate_down: true propagate_down: true propagate_down: false "
                    "propagate_down: false in this layer",
                )

    def _read(self, bottom: Blobs) -> Batch:
        param = self.layer_param_.multibox_loss_param
        N, P, classes, values = self._shape
        code, in_target = param.code_type, param.encode_variance_in_target
        priors, variances = read_priors(self, bottom[2], code)
        if not (variances > 0).all():
            raise self.error("a variance is not positive", got=float(variances.min()))
        truths = read_truths(
            self, bottom[3], 3, param.background_label_id, use_difficult=param.use_difficult_gt
        )
        moved = priors
        if len(bottom) > 5:
            moves = bottom[5].data.reshape(N, P, 4)
            moved = decode(code, priors, variances, moves, in_target=in_target)
            check_sizes(self, moved, code, "a refined prior box")
        locations = bottom[0].data.reshape(N, P, classes, values)
        return Batch(locations, moved, priors, variances, self._with_classes(truths))

    def _with_classes(self, truths: Truths) -> Truths:
        """With labels that are classes: RefineDet has one for all objects if there are but two."""
        param = self.layer_param_.multibox_loss_param
        if param.map_object_to_agnostic:
            return truths
        label, C = truths.label, param.num_classes
        if C == 2:
            label = np.where(label >= 2, 1, label)
        wrong = label[(label < 0) | (label >= C)]
        if len(wrong):
            raise self.error(
                "a label in bottom[3] is no class", expected=f"0 to {C - 1}", got=int(wrong[0])
            )
        return truths._replace(label=label)

    def _labels(self, batch: Batch, rows: IntArray) -> IntArray:
        """The class that priors should have which are matched with these truths."""
        param = self.layer_param_.multibox_loss_param
        if param.map_object_to_agnostic:
            return np.full(len(rows), (param.background_label_id + 1) % 2**32, np.int64)
        return batch.truths.label[rows]

    def _losses(self, batch: Batch, matches: Matches, scores: Array) -> Array:
        """What each prior loses, (N, P): by its class, and in HARD_EXAMPLE by its location."""
        param = self.layer_param_.multibox_loss_param
        N, P, C = scores.shape
        labels = np.full((N, P), param.background_label_id, np.int64)
        image, _, prior = matches.pairs()
        labels[image, prior] = self._labels(batch, matches.matched[image, 0, prior])
        losses = confidence_losses(
            scores.reshape(N * P, C), labels.reshape(-1), is_logistic=self._is_logistic
        ).reshape(N, P)
        if param.mining_type == MultiBoxLossParameter.HARD_EXAMPLE:
            errors = location_errors(self, param, batch, matches)[:, :4]
            losses[image, prior] += self._location_losses(errors).sum(axis=1)
        return losses

    def _location_losses(self, errors: Array) -> Array:
        size = np.abs(errors)
        if self._is_smooth:
            return np.where(size < 1, errors * errors / 2, size - 0.5)
        return errors * errors / 2

    def _score_loss(
        self,
        batch: Batch,
        matches: Matches,
        negatives: tuple[IntArray, IntArray],
        scores: Array,
    ) -> float:
        """The loss of classes, not yet divided; and its slopes, for backward."""
        N, P, C = scores.shape
        background = self.layer_param_.multibox_loss_param.background_label_id
        image, label, prior = matches.pairs()
        labels = self._labels(batch, matches.matched[image, label, prior])
        if self._mines:
            self._rows = np.concatenate((image * P + prior, negatives[0] * P + negatives[1]))
            labels = np.concatenate((labels, np.full(len(negatives[0]), background)))
            places = np.arange(len(labels)) * C
        else:
            self._rows = np.arange(N * P)
            # SSD goes on by P from image to image, in targets of LOGISTIC, too: where an image
            # has P * C of them
            step = C if not self._is_logistic else 1
            places = image * P * step + prior * C
        chosen = scores.reshape(N * P, C)[self._rows]
        if self._is_logistic:
            return self._logistic_loss(chosen, places + labels, len(labels) - len(negatives[0]))
        classes = np.full(len(chosen), background)
        classes[places // C] = labels
        self._slopes = np.empty_like(chosen)
        softmax(chosen, 1, out=self._slopes)
        true = np.arange(len(chosen)), classes
        least = np.finfo(np.float32).tiny
        loss = -np.log(np.maximum(self._slopes[true], least)).sum()
        self._slopes[true] -= 1
        return float(loss)

    def _logistic_loss(self, scores: Array, ones: IntArray, matched: int) -> float:
        """Targets are those at `ones`, and elsewhere, as in SSD, the number of the background."""
        background = self.layer_param_.multibox_loss_param.background_label_id
        targets = np.full(scores.size, float(background), scores.dtype)
        targets[ones] = 1
        target = targets.reshape(scores.shape)
        loss = np.maximum(scores, 0) - scores * target + np.log1p(np.exp(-np.abs(scores)))
        self._slopes = 1 / (1 + np.exp(-scores)) - target
        return float(loss.sum())
