"""What Correlation and Correlation1D share: settings, checks, and the way to the kernels."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.motion import correlation
from blobnet.ops.motion.correlation import Moves
from blobnet.proto import CorrelationParameter
from blobnet.types import Shape


class BaseCorrelation(Layer):
    """Compares two maps of features, of which the second one is moved.

    Caffe: correlation_layer.cu of FlowNet2.
    """

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    @abstractmethod
    def moves(self, param: CorrelationParameter, size: Shape) -> Moves:
        """The moves on maps of `size`; places may be below 1."""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.correlation_param
        for field, what in (
            ("kernel_size", "Filter kernel_size is not set"),
            ("max_displacement", "Max displacement is required."),
        ):
            if not param.HasField(field):
                raise self.error(what, fix=f"correlation_param {{ {field}: ... }}")
        if param.kernel_size % 2 == 0:
            raise self.error("Odd kernel size required", got=f"kernel_size {param.kernel_size}")
        for field in ("stride_1", "stride_2"):
            if getattr(param, field) < 1:
                raise self.error(f"{field} must be at least 1", got=getattr(param, field))
        self._is_product = param.correlation_type == CorrelationParameter.MULTIPLY

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or bottom[1].shape != shape or not shape[1]:
            raise self.error(
                "Both bottom blobs must have the same shape",
                expected="two blobs (N, C, H, W), with channels",
                got=f"{shape} and {bottom[1].shape}",
            )
        self._moves = self.moves(self.layer_param_.correlation_param, shape[2:])
        if min(self._moves.places) < 1:
            raise self.error(
                "Correlation cannot be done with current settings. Neighborhood and kernel don't "
                "fit in blob",
                got=f"maps of {shape[2:]}",
                fix="choose a larger pad, or a smaller max_displacement",
            )
        moves = len(self._moves.down) * len(self._moves.across)
        top[0].reshape((shape[0], moves, *self._moves.places))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        a, b = (blob.data for blob in bottom)
        correlation.forward(a, b, self._moves, top[0].data, is_product=self._is_product)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        a, b = (blob.data for blob in bottom)
        da, db = (
            blob.diff if wanted else None
            for blob, wanted in zip(bottom, propagate_down, strict=True)
        )
        correlation.gradients(a, b, top[0].diff, self._moves, da, db, is_product=self._is_product)
