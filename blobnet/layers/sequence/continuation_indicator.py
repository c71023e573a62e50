"""ContinuationIndicator: tells a recurrent layer where sequences begin."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer


@register_layer("ContinuationIndicator")
class ContinuationIndicator(Layer):
    """0 at the first step, 1 at all others: what LSTM and RNN take as their second bottom.

    top[0]  goes on: (T, N)   T = `time_step`, N = `batch_size`

    A copy of this layer has a field `axis`, whose meaning is not known: it is refused.

    Proto: ContinuationIndicatorParameter.  Caffe: continuation_indicator_layer.cpp of
    yalecyu/crnn.caffe.
    """

    formula = "y[0] = 0, y[t] = 1 behind it."
    gradient_formula = "none: there are no bottoms."

    exact_num_bottom_blobs = 0
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.continuation_indicator_param
        if param.HasField("axis"):
            raise self.error("what `axis` means is not known", fix="leave it out")
        if param.batch_size < 1:
            raise self.error("The batch size should be greater than 0.", got=param.batch_size)
        if param.time_step < 1:
            raise self.error("The time step should be greater than 0.", got=param.time_step)
        self._shape = (param.time_step, param.batch_size)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(self._shape)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = 1
        top[0].data[0] = 0
