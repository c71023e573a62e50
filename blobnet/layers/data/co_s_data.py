"""CoSData: batches that a cluster, or any caller, has made."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.proto import CoSDataParameter
from blobnet.types import Array, Shape


@register_layer("CoSData")
class CoSData(Layer):
    """A whole batch for each top, as it is handed over.

    top[i]  (N, C, H, W)  N = `batch_size`; `out_channels`, `out_height` and `out_width` of the
                          i-th `top`, or `channels`, `height`, `width` where these are 0. Of them
                          the first `sample_num_axes`; (C, N) with `transpose`

    reset([data, label]) hands over arrays of these shapes. They are kept, not copied: what is
    written into them shows in the next forward. In CaffeOnSpark a data frame's columns are read,
    decoded, transformed and handed over so; what only says how (source, shuffle, dataframe_format,
    name, type, transform_param) has no effect here.

    Proto: CoSDataParameter.  Caffe: cos_data_layer.cpp of CaffeOnSpark (yahoo).
    """

    formula = "The batch that the caller has handed over."
    gradient_formula = "none to compute."

    exact_num_bottom_blobs = 0
    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.cos_data_param
        self._arrays: Sequence[Array] = ()
        if len(param.top) != len(top):
            raise self.error(
                "each top must be described",
                expected=f"{len(top)} times `top` in cos_data_param",
                got=len(param.top),
            )
        self._shapes = [self._shape(param.batch_size, one) for one in param.top]
        if not all(map(all, self._shapes)):
            raise self.error("a batch must hold values", got=f"shapes {self._shapes}")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for blob, shape in zip(top, self._shapes, strict=True):
            blob.reshape(shape)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if not self._arrays:
            raise self.error(
                "there is no data yet", fix="call reset(arrays), one for each top, before forward"
            )
        for blob, array in zip(top, self._arrays, strict=True):
            blob.data[...] = array

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""

    def reset(self, arrays: Sequence[Array]) -> None:
        """Show these arrays, one for each top and of its shape, from the next forward on."""
        shapes = [tuple(array.shape) for array in arrays]
        if shapes != self._shapes:
            raise self.error(
                "the arrays do not fit the tops", expected=f"shapes {self._shapes}", got=shapes
            )
        self._arrays = list(arrays)

    def _shape(self, batch_size: int, top: CoSDataParameter.TopBlob) -> Shape:
        axes = top.sample_num_axes
        if axes > 3 or (top.transpose and axes != 1):
            raise self.error(
                "each sample must be a 1d-vector if transpose is used"
                if top.transpose
                else "sample number of axes should be less or equal to 3",
                got=f"sample_num_axes: {axes} of top {top.name!r}",
            )
        item = (
            top.out_channels or top.channels,
            top.out_height or top.height,
            top.out_width or top.width,
        )
        return (item[0], batch_size) if top.transpose else (batch_size, *item[:axes])
