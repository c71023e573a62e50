"""What a writer works with: one layer, its ONNX values, and functions that put nodes down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from blobnet.exchange.onnx.graph import Graph
from blobnet.exchange.onnx.packages import onnx
from blobnet.layer import Layer
from blobnet.types import Array, Shape
from blobnet.wired_layer import WiredLayer


class LayerNodes:
    """One layer while it is written.

    layer          the layer, set up for these shapes
    bottoms        the ONNX value of each bottom
    bottom_shapes, top_shapes  as they are now: what a writer reads of them ties the model to it
    phase          TEST, nearly always
    """

    def __init__(self, graph: Graph, wired: WiredLayer, bottoms: Sequence[str]) -> None:
        self.graph = graph
        self.layer: Any = wired.layer
        self.param: Any = wired.layer.layer_param_
        self.bottoms = list(bottoms)
        self.bottom_shapes: list[Shape] = [blob.shape for blob in wired.bottom]
        self.top_shapes: list[Shape] = [blob.shape for blob in wired.top]
        self._label = wired.layer.name or wired.layer.type
        self._wired = wired

    @property
    def base(self) -> Layer:
        """The layer, with its type."""
        layer: Layer = self.layer
        return layer

    # --- nodes --------------------------------------------------------------------------------

    def op(self, op_type: str, *inputs: str, **attributes: Any) -> str:
        """Put a node down that makes one value; returns its name. "" is an input left out."""
        return self.ops(op_type, inputs, 1, **attributes)[0]

    def ops(
        self, op_type: str, inputs: Sequence[str], outputs: int, **attributes: Any
    ) -> list[str]:
        """Put a node down that makes several values; returns their names."""
        name = self.graph.unique(f"{self._label}/{op_type}")
        made = [self.graph.unique(f"{name}:{index}") for index in range(outputs)]
        self.graph.add_node(op_type, inputs, made, name, attributes)
        return made

    # --- constants ----------------------------------------------------------------------------

    def weight(self, index: int, shape: Shape | None = None) -> str:
        """The layer's `blobs_[index]` as a constant, in another shape if one is given.

        Layers that share a weight in one shape share the constant.
        """
        blob = self.base.blobs_[index]
        values = blob.data if shape is None else blob.data.reshape(shape)
        for name, known in self.graph.constants.items():
            if known.shape == values.shape and np.may_share_memory(known, values):
                return name
        return self.graph.add_constant(f"{self._label}.{index}", values)

    def array(self, values: ArrayLike, name: str = "constant") -> str:
        """Numbers as a float32 constant."""
        return self.graph.add_constant(f"{self._label}/{name}", np.asarray(values, np.float32))

    def ints(self, *values: int, name: str = "numbers") -> str:
        """Whole numbers as an int64 constant with one axis."""
        return self.graph.add_constant(f"{self._label}/{name}", np.array(values, np.int64))

    def computed(self) -> list[str]:
        """What the layer computes now, as constants: for layers that look at shapes alone."""
        self._wired.forward()
        return [
            self.graph.add_constant(f"{self._label}/{name}", blob.data.copy())
            for name, blob in zip(self._wired.top_names, self._wired.top, strict=True)
        ]

    def scalar(self, number: int) -> str:
        """A whole number as an int64 constant without axes."""
        return self.graph.add_constant(f"{self._label}/number", np.array(number, np.int64))

    # --- what several writers need ------------------------------------------------------------

    def cast(self, x: str, kind: str) -> str:
        """x as another type: FLOAT, INT64, BOOL."""
        return self.op("Cast", x, to=getattr(onnx().TensorProto, kind))

    def axis(self, stated: int, bottom: int = 0) -> int:
        """An axis of a bottom, counted from the front."""
        axes = len(self.bottom_shapes[bottom])
        return stated + axes if stated < 0 else stated

    def reshape(self, x: str, old: Shape, new: Shape) -> str:
        """x, which has the shape `old`, in another shape.

        Axes at the front that stay are copied, and one more may follow from the rest: then it
        serves other batches, too.
        """
        if old == new:
            return x
        dims = list(new)
        for index, (before, behind) in enumerate(zip(old, new, strict=False)):
            if before != behind or 0 in old:
                break
            dims[index] = 0
        changed = [index for index, dim in enumerate(dims) if dim]
        if len(changed) == 1 and 0 not in old:
            dims[changed[0]] = -1
        return self.op("Reshape", x, self.ints(*dims, name="shape"))

    def lengths(self, x: str, start: int, end: int | None = None) -> str:
        """The lengths of some of the axes of x, as the model finds them when it runs."""
        return self.op("Shape", x, start=start, end=end)

    def sizes(self, x: str, behind: str) -> str:
        """The first two lengths of x, and `behind` those that another value holds."""
        return self.op("Concat", self.lengths(x, 0, 2), behind, axis=0)

    def expanded(self, x: str, axes_behind: int) -> str:
        """x with so many axes of length 1 behind its own."""
        if not axes_behind:
            return x
        return self.op("Unsqueeze", x, self.ints(*range(-axes_behind, 0), name="axes"))

    def times(self, x: str, factor: float) -> str:
        """x * factor, without a node for a factor of 1."""
        return x if factor == 1 else self.op("Mul", x, self.array(factor, "factor"))

    def plus(self, x: str, number: float) -> str:
        """x + number, without a node for 0."""
        return x if number == 0 else self.op("Add", x, self.array(number, "shift"))

    def slice(self, x: str, axis: int, start: int, end: int, step: int = 1) -> str:
        """x[start:end:step] along an axis."""
        starts, ends, axes = (self.ints(number) for number in (start, end, axis))
        return self.op("Slice", x, starts, ends, axes, self.ints(step))

    def rectified(self, x: str, slope: float) -> str:
        """max(x, 0) + slope * min(x, 0)."""
        return self.op("LeakyRelu", x, alpha=float(slope)) if slope else self.op("Relu", x)


def as_images(nodes: LayerNodes, axis: int) -> str:
    """The first bottom as (N, C, ...), where the layer has its channels on another axis."""
    shape = nodes.bottom_shapes[0]
    if axis == 1:
        return nodes.bottoms[0]
    count = int(np.prod(shape[:axis], dtype=np.int64))
    return nodes.reshape(nodes.bottoms[0], shape, (count, *shape[axis:]))


def float_array(values: Array) -> Array:
    """As a constant of a model."""
    return np.asarray(values, np.float32, order="C")
