"""An ONNX graph while it is put together: nodes in order, and constants by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from blobnet.exchange.onnx.packages import onnx
from blobnet.types import Array, Shape


@dataclass
class Graph:
    """Nodes, and the arrays that they read; every value has one name and one maker."""

    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    _last: dict[str, int] = field(default_factory=dict)  # the number that a name got last

    def unique(self, name: str) -> str:
        """`name`, or one like it that is not taken; it is taken from now on."""
        chosen, number = name, self._last.get(name, 1)
        while chosen in self.names:
            number += 1
            chosen = f"{name}_{number}"
        self.names.add(chosen)
        self._last[name] = number
        return chosen

    def add_node(
        self,
        op_type: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        name: str,
        attributes: dict[str, Any],
    ) -> None:
        """Put a node behind the others, under a name of its own; None states no attribute."""
        stated = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(onnx().helper.make_node(op_type, inputs, outputs, name=name, **stated))

    def add_constant(self, name: str, values: Array) -> str:
        """An array under a name like this; returns the name."""
        name = self.unique(name)
        self.constants[name] = values
        return name

    def rename(self, old: str, new: str, since: int) -> None:
        """Call a value otherwise, in the nodes from number `since` on."""
        for node in self.nodes[since:]:
            for names in (node.input, node.output):
                for index, name in enumerate(names):
                    if name == old:
                        names[index] = new

    def is_like(self, other: Graph) -> bool:
        """Whether the other one has the same nodes and constants, so serves the same shapes."""
        return (
            self.nodes == other.nodes
            and self.constants.keys() == other.constants.keys()
            and all(
                _are_same(values, other.constants[name]) for name, values in self.constants.items()
            )
        )


def _are_same(a: Array, b: Array) -> bool:
    """Weights are views of one memory then, and need not be read."""
    memory = [(one.__array_interface__["data"], one.strides) for one in (a, b)]
    is_one = memory[0] == memory[1] and a.shape == b.shape and a.dtype == b.dtype
    return is_one or np.array_equal(a, b)


Dims = tuple[int | str | None, ...]
"""The axes of a value: a length, the name of one that is free, or None for one that follows."""


def value_info(name: str, dims: Dims | Shape | None, elem_type: int | None = None) -> Any:
    """What a model says of an input or an output: float32 unless told otherwise."""
    package = onnx()
    kind = package.TensorProto.FLOAT if elem_type is None else elem_type
    return package.helper.make_tensor_value_info(name, kind, None if dims is None else list(dims))
