"""DenseCRF: labels that nearby and equally coloured pixels share, by a fully connected field."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.segmentation._dense_crf_labels import DenseCRFLabels, is_for_labels
from blobnet.layers.segmentation._gaussian_messages import (
    Messages,
    bilateral_messages,
    check_deviations,
    mean_field,
    spatial_messages,
)
from blobnet.types import Array

_FLT_MIN = np.finfo(np.float32).tiny


@register_layer("DenseCRF")
class DenseCRF(Layer):
    """Inference in a fully connected conditional random field, by mean field iterations.

    bottom[0]  scores: (N, C, H, W)
    bottom[1]  sizes: (N, 2, 1, 1)  height and width of what is seen of each image, or any shape of
               two values each: what lies beyond is left aside
    bottom[2]  image: (N, 3, H, W)  optional: what the scores are of, at a scale of 1
    top[0]     probabilities: (N, C, H, W)  their logarithms without `output_probability`, at least
               -87.3; 0 beyond the sizes

    Starts from softmax(scores). Each of `max_iter` times, a pixel's scores get what the others say:
    for each k, `pos_w`[k] times the probabilities filtered by a Gaussian of `pos_xy_std`[k] pixels;
    with an image, `bi_w`[k] times those filtered by one of `bi_xy_std`[k] pixels and of
    `bi_rgb_std`[k] in each colour; then softmax again. The filters are those of a permutohedral
    lattice, which are not exactly Gaussian, and divided by what they make of ones.

    This is PSPNet's. CCNN has another layer of the same name: with `densecrf_param`, or with two
    bottoms of which the second is an image. Its top are the labels: _dense_crf_labels.py.

    Proto: DenseCRFParameter, DenseCRFMapParameter.  Caffe: densecrf_layer.cpp of PSPNet, and of
    CCNN (pathak22/caffe-ccnn).
    Paper: Kraehenbuehl and Koltun, NIPS 2011.
    """

    formula = "q = softmax(scores + sum of w * filtered(q)), again and again."
    gradient_formula = "none; asking for one is an error."

    min_bottom_blobs = 2
    max_bottom_blobs = 3
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._labels = DenseCRFLabels(self, bottom) if is_for_labels(self, bottom) else None
        if self._labels is not None:
            self.chooses_classes = True
            return
        param = self.layer_param_.dense_crf_param
        for names in (("pos_w", "pos_xy_std"), ("bi_w", "bi_xy_std", "bi_rgb_std")):
            lengths = [len(getattr(param, name)) for name in names]
            if len(set(lengths)) > 1:
                raise self.error(
                    f"{' and '.join(names)} should have the same size.", got=f"{lengths} values"
                )
            for name in names[1:]:
                for value in getattr(param, name):
                    check_deviations(self, **{name: value})
        if len(bottom) == 3 and not param.bi_w:
            raise self.error(
                "has image as input, but no bilateral parameters specified.",
                fix="state bi_w, bi_xy_std and bi_rgb_std, or take the third bottom out",
            )
        self._spatial: dict[tuple[int, int], list[Messages]] = {}

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self._labels is not None:
            self._labels.reshape(bottom, top)
            return
        shape, sizes = bottom[0].shape, bottom[1]
        if len(shape) != 4 or not shape[1]:
            raise self.error("scores must be (num, classes, height, width)", got=f"shape {shape}")
        if sizes.shape[:1] != shape[:1] or (shape[0] and sizes.count != 2 * shape[0]):
            raise self.error(
                "The DCNN output and data should have the same number.",
                expected=f"two sizes, height and width, for each of {shape[0]} images",
                got=f"bottom[1] of shape {sizes.shape}",
            )
        image = (shape[0], 3, *shape[2:])
        if len(bottom) == 3 and bottom[2].shape != image:
            raise self.error(
                "DCNN output after upsampling should have the same size as the image, in color.",
                expected=f"bottom[2] of shape {image}",
                got=f"shape {bottom[2].shape}",
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._labels is not None:
            self._labels.forward(bottom, top)
            return
        result = top[0].data
        result.fill(0)
        sizes = bottom[1].data.reshape(len(result), 2)
        for index, scores in enumerate(bottom[0].data):
            height, width = self._seen(sizes[index], scores.shape[1:])
            if not height * width:
                continue
            seen = (slice(None), slice(height), slice(width))
            messages = [*self._near(height, width)]
            if len(bottom) == 3:
                messages += self._alike(bottom[2].data[index][seen])
            unary = scores[seen].reshape(len(scores), -1)
            result[index][seen] = self._infer(unary, messages).reshape(-1, height, width)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def _seen(self, stated: Array, largest: tuple[int, ...]) -> tuple[int, int]:
        if not (stated >= 0).all():  # or NaN
            raise self.error("a size in bottom[1] is none", got=stated.tolist())
        height, width = (int(min(size, most)) for size, most in zip(stated, largest, strict=True))
        return height, width

    def _near(self, height: int, width: int) -> list[Messages]:
        if (height, width) not in self._spatial:
            deviations = self.layer_param_.dense_crf_param.pos_xy_std
            made = [spatial_messages(self, height, width, value) for value in deviations]
            self._spatial = {(height, width): made}
        return self._spatial[height, width]

    def _alike(self, image: Array) -> list[Messages]:
        param = self.layer_param_.dense_crf_param
        deviations = zip(param.bi_xy_std, param.bi_rgb_std, strict=True)
        return [bilateral_messages(self, image, *both) for both in deviations]

    def _infer(self, scores: Array, messages: list[Messages]) -> Array:
        param = self.layer_param_.dense_crf_param
        weights = [*param.pos_w, *param.bi_w][: len(messages)]
        weighted = list(zip(weights, messages, strict=True))
        probabilities = mean_field(scores, weighted, param.max_iter)
        if param.output_probability:
            return probabilities
        logarithms: Array = np.log(np.maximum(probabilities, _FLT_MIN))
        return logarithms
