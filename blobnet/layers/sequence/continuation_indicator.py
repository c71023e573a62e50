"""ContinuationIndicator: tells a recurrent layer where sequences begin."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("ContinuationIndicator")
class ContinuationIndicator(Layer):
    """0 at the first step, 1 at all others: what LSTM and RNN take as their second bottom.

    bottom[0]  x: any shape   read for its length N on `axis` alone (optional)
    top[0]     goes on: (T, N)   T = `time_step`; N = `batch_size` where there is no bottom

    Proto: ContinuationIndicatorParameter.  Caffe: continuation_indicator_layer.cpp of
    yalecyu/crnn.caffe; with a bottom that of jolibrain/caffe.
    """

    formula = "y[0] = 0, y[t] = 1 behind it."
    gradient_formula = "none: no value of the bottom is read."

    min_bottom_blobs = 0
    max_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = param = self.layer_param_.continuation_indicator_param
        if param.HasField("batch_size") and bottom:
            raise self.error("batch_size is that of the bottom", fix="leave it out")
        if param.HasField("axis") and not bottom:
            raise self.error("there is no bottom to have an axis", fix="leave `axis` out")
        if param.time_step < 1:
            raise self.error("The time step should be greater than 0.", got=param.time_step)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        num = self._param.batch_size
        if bottom:
            num = bottom[0].shape[bottom[0].canonical_axis(self._param.axis)]
        if num < 1 and not bottom:
            raise self.error("The batch size should be greater than 0.", got=num)
        top[0].reshape((self._param.time_step, num))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = 1
        top[0].data[0] = 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob in bottom:
            blob.diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
