"""Normalize: features of length 1, times a learned scale in SSD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.ops.detection.unit_length import to_unit_length, unit_gradient
from blobnet.ops.lengths import lengths
from blobnet.ops.recording import computes_otherwise
from blobnet.proto import FillerParameter
from blobnet.types import Array


@register_layer("Normalize")
class Normalize(Layer):
    """Each vector of channels divided by its length. The name has two meanings.

    bottom[0]  x: (N, C, H, W)  axes left out at the end count as 1; at most four
    top[0]     y: (N, C, H, W)
    top[1]     the lengths: (N, 1, H, W)  may be added by caffe-windows' meaning only
    blobs_[0]  scale: (C,), or () with `channel_shared`; none in caffe-windows' meaning

    SSD's, where `norm_param` is written: vectors are all values of an image, or with
    `across_spatial: false` those of each place; `eps` is added to the squared length; the result
    is scaled by what is learned, unless ParseNet's `fix_scale` says that it stays.

    caffe-windows', elsewhere: the vectors of each place, `normalize_type` L2 (1e-6 is added to
    the squared length) or L1 (to the sum of absolute values), nothing learned. `fix_gradient`
    leaves the division by the length out of the gradient; `bp_norm` adds that of top[1].
    (yjxiong's, which has no field, is the same for features of one place.) Nets of 2016 have
    `normalize_type` in softmax_param.

    The gradient of x is that of SSD, which scales last: with a scale for each channel it is the
    derivative only where these are equal. May work in place, keeping a copy of x for the gradient.
    Proto: NormalizeParameter, NormalizeFeaturesParameter.
    Caffe: normalize_layer.cpp of SSD (weiliu89/caffe), and of happynear/caffe-windows.
    """

    formula = "y = x / length * scale, length = sqrt(sum(x^2) + eps)"
    gradient_formula = (
        "dx = (dy - u * sum(u * dy)) / length * scale, with u = x / length: the derivative where "
        "all scales are equal; dscale = sum(u * dy)."
    )

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    max_top_blobs = 2
    can_be_recorded = True
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input = SavedInput()
        self._length: Any = None
        self._is_plain = not self.layer_param_.HasField("norm_param")
        if self._is_plain:
            self._set_up_plain()
            return
        if self.layer_param_.HasField("normalize_param") or len(top) > 1:
            raise self.error(
                "norm_param is of SSD's Normalize; normalize_param and two tops are of another",
                fix="leave norm_param out, or the others",
            )
        param, channels = self.layer_param_.norm_param, self._channels(bottom[0])
        constant = FillerParameter(type="constant", value=1)
        filler = param.scale_filler if param.HasField("scale_filler") else constant
        self.init_blob(0, () if param.channel_shared else (channels,), filler)
        self._is_l1, self._eps, self._across = False, param.eps, param.across_spatial
        self._learns = not (param.HasField("fix_scale") and param.fix_scale)
        self._is_divided, self._adds_norm = True, False

    def _set_up_plain(self) -> None:
        param, older = self.layer_param_.normalize_param, self.layer_param_.softmax_param
        kind = param.normalize_type
        if older.HasField("normalize_type") and not param.HasField("normalize_type"):
            kind = older.normalize_type
        if kind not in ("L1", "L2"):
            raise self.error("normalize_type is unknown", expected="L1 or L2", got=kind)
        self._is_l1, self._eps, self._across = kind == "L1", 1e-6, False
        self._is_divided, self._adds_norm = not param.fix_gradient, param.bp_norm

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0]
        channels, N = self._channels(x), x.num
        if self.blobs_ and self.blobs_[0].count not in (1, channels):
            raise self.error(
                "Scale size is inconsistent with prototxt config",
                expected=f"{self.blobs_[0].count} channels, as at first",
                got=f"bottom of shape {x.shape}",
            )
        inner = x.height * x.width
        self._rows = (N, channels * inner, 1) if self._across else (N, channels, inner)
        self._seen_as = N, channels, inner
        shape = (N, channels, x.height, x.width) if self._is_plain else x.shape
        top[0].reshape(shape)
        if len(top) > 1:
            if top[1] is x:
                raise self.error("top[1] cannot be the bottom", fix="give it a name of its own")
            top[1].reshape((N, 1, x.height, x.width))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        x, y = bottom[0].data.reshape(self._rows), top[0].data
        if self.blobs_ and not self._across:
            self._length = self._room_for_length(x)
            its_scale = self.blobs_[0].data.reshape(-1)
            to_unit_length(x, self._eps, its_scale, self._length, out=y.reshape(self._rows))
            return
        computes_otherwise()
        self._length = lengths(x, self._eps, is_l1=self._is_l1)
        np.divide(x, self._length, out=y.reshape(self._rows))
        if len(top) > 1:
            top[1].data.reshape(self._length.shape)[...] = self._length
        if self.blobs_:
            shaped = y.reshape(self._seen_as)
            np.multiply(shaped, self._scale(), out=shaped)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x = self._saved_input.values(bottom[0], top[0]).reshape(self._rows)
        dy = top[0].diff.reshape(self._seen_as)
        if self.blobs_ and self._learns and self.param_propagate_down_[0]:
            u = (x / self._length).reshape(self._seen_as)
            change = np.einsum("nci,nci->c", u, dy)
            shared = self.blobs_[0].count == 1
            self.blobs_[0].diff += change.sum() if shared else change
        if not propagate_down[0]:
            return
        dx = unit_gradient(
            x,
            self._length,
            dy.reshape(self._rows),
            is_l1=self._is_l1,
            is_divided=self._is_divided,
        )
        if self.blobs_:
            shaped = dx.reshape(self._seen_as)
            np.multiply(shaped, self._scale(), out=shaped)
        if self._adds_norm and len(top) > 1:
            along = np.sign(x) if self._is_l1 else x / self._length
            dx += along * top[1].diff.reshape(self._length.shape)
        bottom[0].diff.reshape(self._rows)[...] = dx

    def _room_for_length(self, x: Array) -> Array:
        """The same memory as long as shapes stay."""
        shape = (x.shape[0], 1, x.shape[2])
        fits = self._length is not None and self._length.shape == shape
        found: Array = self._length if fits else np.empty(shape, x.dtype)
        return found

    def _scale(self) -> Array:
        """As it is multiplied with (N, C, H * W)."""
        return self.blobs_[0].data.reshape(-1, 1)

    def _channels(self, x: Blob) -> int:
        if x.num_axes < 2:
            raise self.error("Number of axes of bottom blob must be >=2.", got=x.shape)
        return x.channels
