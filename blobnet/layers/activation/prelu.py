"""PReLU: a rectifier that learns its slope for negative values."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.ops.prelu import prelu, prelu_backward, slope_gradient
from blobnet.proto import FillerParameter
from blobnet.types import Shape

_A_QUARTER = FillerParameter(type="constant", value=0.25)


@register_layer("PReLU")
class PReLU(Elementwise):
    """Parametric rectified linear unit.

    bottom[0]  x: (N, C, ...)  two axes at least
    top[0]     y: the same shape
    blobs_[0]  a: (C,)         one slope for each channel; (), one for all, if `channel_shared`

    May work in place, keeping a copy of x.
    Proto: PReLUParameter.  Caffe: prelu_layer.cpp.
    """

    formula = "Parametric rectified linear unit: y = max(x, 0) + a * min(x, 0)."
    gradient_formula = (
        "da += dy * x summed where x <= 0;  dx = dy where x > 0, a * dy where x <= 0."
    )

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.prelu_param
        self._is_shared = param.channel_shared
        filler = param.filler if param.HasField("filler") else _A_QUARTER
        self.init_blob(0, self._slope_shape(bottom[0]), filler)
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = self._slope_shape(bottom[0])
        if self.blobs_[0].shape != shape:
            raise self.error(
                "Negative slope size is inconsistent with prototxt config",
                expected=f"{self.blobs_[0].shape[0]} channels, as many as there are slopes",
                got=f"{shape[0]} (bottom shape {bottom[0].shape})",
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        # `prelu` does not work in place: the copy is read by forward too
        self._saved_input.before_forward(bottom[0], top[0], need_backward=True)
        x = self._saved_input.values(bottom[0], top[0])
        prelu(x, self.blobs_[0].data, self._axis, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, dy = self._saved_input.values(bottom[0], top[0]), top[0].diff
        slope = self.blobs_[0]
        if self.param_propagate_down_[0]:  # first: in place, dx takes the memory of dy
            slope.diff[...] += slope_gradient(dy, x, slope.data, self._axis)
        if propagate_down[0]:
            prelu_backward(dy, x, slope.data, self._axis, out=bottom[0].diff)

    @property
    def _axis(self) -> int:
        """Where the axes of the slopes stand among those of x."""
        return 0 if self._is_shared else 1

    def _slope_shape(self, x: Blob) -> Shape:
        if x.num_axes < 2:
            raise self.error("Number of axes of bottom blob must be >=2.", got=f"shape {x.shape}")
        return () if self._is_shared else (x.shape[1],)
