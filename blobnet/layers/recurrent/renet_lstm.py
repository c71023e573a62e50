"""ReNetLSTM: two long short-term memories that scan an image, forth and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.recurrent._renet_scan import Scan
from blobnet.proto import FillerParameter, ReNetLSTMParameter
from blobnet.types import Array

_PER_SCAN = 11
_ZERO = FillerParameter(type="constant")


@register_layer("ReNetLSTM")
class ReNetLSTM(Layer):
    """Long short-term memories over the rows or columns of an image, cut into patches.

    bottom[0]  x: (N, C, H, W)   H and W multiples of `patch_height` and `patch_width`
    top[0]     h: (N, 2 * D, H / patch_height, W / patch_width)   D = `num_output`: first those of
               the scan that begins at the left, or with `direction` Y_DIR at the top; then those of
               the scan back
    blobs_[i]  of the scan forth 0 to 10, of that back 11 to 21: W_i, W_c, W_o, W_f (D, P + D) for
               P = C * patch_height * patch_width values of a patch and the D of h before; V_i, V_o,
               V_f (D, D); b_i, b_c, b_o, b_f (D,)

    In each step, h' and s' from the one before, 0 at first:
    i = sigmoid(W_i (x, h') + V_i s' + b_i), likewise f;  c = tanh(W_c (x, h') + b_c);
    s = c i + f s';  o = sigmoid(W_o (x, h') + V_o s + b_o);  h = o tanh(s).
    Without `peephole` V counts for nothing, and is 0.

    Proto: ReNetLSTMParameter.  Caffe: renet_lstm_layer.cpp of nian-liu/PiCANet.
    Paper: Visin et al., "ReNet: A Recurrent Neural Network Based Alternative to Convolutional
    Networks", 2015.
    """

    formula = (
        "i, f, o = sigmoid(W (x, h') + V s + b);  s = tanh(W_c (x, h') + b_c) i + f s',  "
        "h = o tanh(s)"
    )
    gradient_formula = "backward through all steps of both scans."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.renet_lstm_param
        self._D = D = param.num_output
        self._patch = param.patch_height, param.patch_width
        if D < 1 or min(self._patch) < 1:
            raise self.error(
                "num_output and the size of a patch must be positive", got=f"{D} and {self._patch}"
            )
        if bottom[0].num_axes != 4:
            raise self.error(
                "not a batch of images", expected="(N, C, H, W)", got=f"shape {bottom[0].shape}"
            )
        self._channels = bottom[0].shape[1]
        self._P = P = self._channels * self._patch[0] * self._patch[1]
        general = param.general_weight_filler
        biases = (
            param.input_gate_bias_filler,
            param.general_bias_filler,
            param.output_gate_bias_filler,
            param.forget_gate_bias_filler,
        )
        for first in (0, _PER_SCAN):
            for index in range(4):
                self.init_blob(first + index, (D, P + D), general)
            for index in range(4, 7):
                self.init_blob(first + index, (D, D), general if param.peephole else _ZERO)
            for index, filler in enumerate(biases, 7):
                self.init_blob(first + index, (D,), filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or shape[1] != self._channels:
            raise self.error(
                "the input no longer fits the weights",
                expected=f"shape (N, {self._channels}, H, W)",
                got=f"shape {shape}",
            )
        if any(length % patch for length, patch in zip(shape[2:], self._patch, strict=True)):
            raise self.error(
                "an image must be whole patches",
                expected=f"a height and width that are multiples of {self._patch}",
                got=f"shape {shape}",
            )
        self._places = tuple(a // b for a, b in zip(shape[2:], self._patch, strict=True))
        top[0].reshape((shape[0], 2 * self._D, *self._places))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        patches = self._patches(bottom[0].data)
        x = patches.reshape(len(patches), -1, self._P)
        peeps = self.layer_param_.renet_lstm_param.peephole
        self._scans = [
            Scan(self.blobs_[first : first + _PER_SCAN], x, peeps=peeps, is_back=first > 0)
            for first in (0, _PER_SCAN)
        ]
        for scan, h in zip(self._scans, self._halves(top[0].data), strict=True):
            h[...] = scan.run().reshape(h.shape)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        wanted = self.param_propagate_down_
        if not (propagate_down[0] or any(wanted)):
            return
        dx = self._patches(bottom[0].diff)
        change = np.zeros((len(dx), int(np.prod(dx.shape[1:3])), self._P), self.dtype)
        halves = zip(self._scans, self._halves(top[0].diff), (0, _PER_SCAN), strict=True)
        for scan, dh, first in halves:
            rows = np.ascontiguousarray(dh).reshape(*change.shape[:2], self._D)
            scan.back(rows, change, wanted[first : first + _PER_SCAN])
        if propagate_down[0]:
            dx[...] = change.reshape(dx.shape)

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        """Each matrix once for each patch."""
        used = self.blobs_ if self.layer_param_.renet_lstm_param.peephole else self._of_gates()
        weights = sum(int(blob.count()) for blob in used if blob.num_axes == 2)
        return bottom[0].shape[0] * int(np.prod(self._places)) * weights

    def _of_gates(self) -> Blobs:
        return [*self.blobs_[:4], *self.blobs_[_PER_SCAN : _PER_SCAN + 4]]

    def _patches(self, x: Array) -> Array:
        """(steps, rows, N, C, patch_height, patch_width), a view."""
        num, channels = x.shape[:2]
        (rows, columns), (height, width) = self._places, self._patch
        cut = x.reshape(num, channels, rows, height, columns, width)
        along = (4, 2) if self._is_across else (2, 4)
        patches: Array = cut.transpose(*along, 0, 1, 3, 5)
        return patches

    def _halves(self, h: Array) -> list[Array]:
        """What each scan has of the top: (steps, rows, N, D), views."""
        along = (3, 2) if self._is_across else (2, 3)
        return [part.transpose(*along, 0, 1) for part in (h[:, : self._D], h[:, self._D :])]

    @property
    def _is_across(self) -> bool:
        return self.layer_param_.renet_lstm_param.direction == ReNetLSTMParameter.X_DIR
