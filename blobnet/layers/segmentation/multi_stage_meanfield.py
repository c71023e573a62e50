"""MultiStageMeanfield: a fully connected random field as layers that learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.segmentation._gaussian_messages import (
    Messages,
    bilateral_messages,
    check_deviations,
    spatial_messages,
)
from blobnet.ops.softmax import softmax, softmax_backward
from blobnet.types import Array


class _Step(NamedTuple):
    """What an iteration leaves behind for backward, all (C, pixels)."""

    probabilities: Array
    near: Array
    alike: Array


@register_layer("MultiStageMeanfield")
class MultiStageMeanfield(Layer):
    """CRF-RNN: iterations of a mean field, whose weights are learned.

    bottom[0]  unary: (N, C, H, W)  scores
    bottom[1]  first scores: (N, C, H, W)  usually unary again
    bottom[2]  image: (N, 3, H, W)
    top[0]     scores: (N, C, H, W)
    blobs_[0]  G: (1, 1, C, C)  weights of what near pixels say, at first `spatial_filter_weight` on
               the diagonal
    blobs_[1]  B: (1, 1, C, C)  of what near pixels of like colour say, `bilateral_filter_weight`
    blobs_[2]  M: (1, 1, C, C)  compatibility of labels, at first -1 on the diagonal (POTTS)

    `num_iterations` times, at least 2: q = softmax(scores); scores = unary - M @ (G @ near(q) + B @
    alike(q)). `near` filters each channel by a Gaussian of `theta_gamma` pixels, `alike` by one of
    `theta_alpha` pixels and `theta_beta` in each colour; both as a permutohedral lattice does, and
    divided by what they make of ones. Weights come from a file usually; CRF-RNN begins with those
    of its text files spatial.par and bilateral.par, which are not looked for here.

    Proto: MultiStageMeanfieldParameter.  Caffe: multi_stage_meanfield.cpp of CRF-RNN.
    Paper: Zheng et al., ICCV 2015.
    """

    formula = "scores = unary - M @ (G @ near(softmax(scores)) + B @ alike(softmax(scores)))"
    gradient_formula = (
        "That of each iteration, the last first; dunary = the sum of all dscores. The filters' "
        "gradient is the filter with its directions in the other order; the image gets none."
    )

    exact_num_bottom_blobs = 3
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.multi_stage_meanfield_param
        if param.num_iterations < 2:
            raise self.error(
                "Number of iterations must be greater than 1.", got=param.num_iterations
            )
        for name in ("theta_alpha", "theta_beta", "theta_gamma"):
            check_deviations(self, **{name: getattr(param, name)})
        channels = bottom[0].shape[1] if bottom[0].num_axes == 4 else 1
        weights = param.spatial_filter_weight, param.bilateral_filter_weight, -1.0
        for index, weight in enumerate(weights):
            is_new = index >= len(self.blobs_)
            self.init_blob(index, (1, 1, channels, channels))
            if is_new:
                np.fill_diagonal(self.blobs_[index].data[0, 0], weight)
        self._channels = channels
        self._near: tuple[tuple[int, int], Messages] | None = None
        self._steps: list[list[_Step]] = []
        self._messages: list[tuple[Messages, Messages]] = []

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or shape[1] != self._channels:
            raise self.error(
                "the scores do not fit the weights",
                expected=f"shape (N, {self._channels}, H, W)",
                got=f"shape {shape}",
            )
        wanted = (shape, (shape[0], 3, *shape[2:]))
        for index, its in enumerate(wanted, 1):
            if bottom[index].shape != its:
                raise self.error(
                    f"bottom[{index}] does not fit the scores",
                    expected=f"shape {its}",
                    got=f"shape {bottom[index].shape}",
                )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.multi_stage_meanfield_param
        self._steps, self._messages = [], []
        unaries, firsts, images = (blob.data for blob in bottom)
        for unary, scores, image, result in zip(unaries, firsts, images, top[0].data, strict=True):
            if not unary.size:
                continue
            near = self._spatial(*unary.shape[1:])
            alike = bilateral_messages(self, image, param.theta_alpha, param.theta_beta)
            steps: list[_Step] = []
            rows = scores.reshape(self._channels, -1)
            for _ in range(param.num_iterations):
                rows = self._iterate(unary.reshape(rows.shape), rows, near, alike, steps)
            result.reshape(rows.shape)[...] = rows
            if self.need_backward:
                self._steps.append(steps)
                self._messages.append((near, alike))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[2]:
            bottom[2].diff.fill(0)
        if not top[0].count:
            return
        for index, (steps, messages) in enumerate(zip(self._steps, self._messages, strict=True)):
            d_scores = top[0].diff[index].reshape(self._channels, -1)
            d_unary = np.zeros_like(d_scores)
            for step in reversed(steps):
                d_unary += d_scores
                d_scores = self._backward_of(step, *messages, d_scores)
            for wanted, blob, diff in zip(
                propagate_down, bottom, (d_unary, d_scores), strict=False
            ):
                if wanted:
                    blob.diff[index].reshape(diff.shape)[...] = diff

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 2

    def _spatial(self, height: int, width: int) -> Messages:
        if self._near is None or self._near[0] != (height, width):
            theta = self.layer_param_.multi_stage_meanfield_param.theta_gamma
            self._near = (height, width), spatial_messages(self, height, width, theta)
        return self._near[1]

    def _weights(self) -> list[Array]:
        """G, B, M."""
        return [blob.data[0, 0] for blob in self.blobs_]

    def _iterate(
        self, unary: Array, scores: Array, near: Messages, alike: Messages, steps: list[_Step]
    ) -> Array:
        of_near, of_alike, compatibility = self._weights()
        probabilities = np.empty_like(scores)
        softmax(scores, 0, out=probabilities)
        step = _Step(probabilities, near.filtered(probabilities), alike.filtered(probabilities))
        if self.need_backward:
            steps.append(step)
        result: Array = unary - compatibility @ (of_near @ step.near + of_alike @ step.alike)
        return result

    def _backward_of(self, step: _Step, near: Messages, alike: Messages, d_scores: Array) -> Array:
        """The gradient of the scores that an iteration began with; adds those of the weights."""
        of_near, of_alike, compatibility = self._weights()
        d_message = compatibility.T @ -d_scores
        said = of_near @ step.near + of_alike @ step.alike
        for index, (left, right) in enumerate(
            ((d_message, step.near), (d_message, step.alike), (-d_scores, said))
        ):
            if self.param_propagate_down_[index]:
                self.blobs_[index].diff[0, 0] += left @ right.T
        d_probabilities = near.transposed(of_near.T @ d_message)
        d_probabilities += alike.transposed(of_alike.T @ d_message)
        result = np.empty_like(d_scores)
        softmax_backward(d_probabilities, step.probabilities, 0, out=result)
        return result
