"""What a reader works with: one ONNX node, its inputs, and functions that add layers for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from blobnet.errors import NetError, explain
from blobnet.exchange.onnx.net_maker import NetMaker
from blobnet.exchange.onnx.tensors import tensor_array
from blobnet.types import Array, Shape

_FIELDS = {1: "f", 2: "i", 3: "s", 4: "t", 6: "floats", 7: "ints", 8: "strings"}
"""Where an AttributeProto has its value, by its type."""


class Mask(NamedTuple):
    """A comparison of a blob with a number: 1 where it holds, 0 elsewhere.

    is_above   whether it holds above the limit, else below; never at it
    is_turned  whether it holds just where this does not
    """

    blob: str
    limit: float
    is_above: bool = True
    is_turned: bool = False


class Values:
    """What the values of a model are so far: blobs of the net, or constants.

    blob_of    value to the blob that holds it
    constants  value to an array
    uses       value to how many nodes and outputs read it
    whole      values that are whole numbers in the model: of a blob, the fractions do not count
    masks      value to the comparison that it is
    """

    def __init__(self, constants: dict[str, Array], uses: dict[str, int]) -> None:
        self.blob_of: dict[str, str] = {}
        self.constants = constants
        self.uses = uses
        self.whole: set[str] = set()
        self.masks: dict[str, Mask] = {}


class NodeReader:
    """A node while it is read.

    opset  what attributes and inputs mean depends on it
    """

    def __init__(
        self, node: Any, values: Values, maker: NetMaker, opset: int, folder: Path
    ) -> None:
        self.op_type: str = node.op_type
        self.inputs: list[str] = list(node.input)
        self.outputs: list[str] = list(node.output)
        self.name: str = node.name or (node.output[0] if node.output else node.op_type)
        self.opset, self.maker, self.values = opset, maker, values
        self.attributes: dict[str, Any] = {
            one.name: _attribute(one, folder) for one in node.attribute
        }

    # --- inputs -------------------------------------------------------------------------------

    def has(self, index: int) -> bool:
        """Whether there is such an input: those at the end, and empty ones, are left out."""
        return index < len(self.inputs) and bool(self.inputs[index])

    def constant(self, index: int) -> Array | None:
        """The values of an input, where they are known."""
        return self.values.constants.get(self.inputs[index]) if self.has(index) else None

    def known(self, index: int, what: str) -> Array:
        """The same. Raises NetError where they are not."""
        found = self.constant(index)
        if found is None:
            raise self.error(
                f"its {what} must be a constant", fix="export the model with constants folded"
            )
        return found

    def numbers(self, index: int, attribute: str) -> list[int] | None:
        """Whole numbers that were an attribute once, and are an input now."""
        if attribute in self.attributes:
            return [int(number) for number in self.attributes[attribute]]
        if not self.has(index):
            return None
        return [int(number) for number in self.known(index, attribute).reshape(-1)]

    def blob(self, index: int = 0) -> str:
        """The blob of an input. Raises NetError where it is a constant, or not there."""
        found = self.any_blob(index)
        if self.inputs[index] in self.values.whole:
            raise self.error(f"input {index} is made of whole numbers, blobs are floats")
        return found

    def any_blob(self, index: int = 0) -> str:
        """The same, whether of floats or whole numbers."""
        name = self.inputs[index] if self.has(index) else ""
        if name not in self.values.blob_of:
            raise self.error(f"input {index} must be computed from the model's inputs")
        return self.values.blob_of[name]

    def mask(self, index: int = 0) -> Mask:
        """The comparison that an input is. Raises NetError where it is something else."""
        name = self.inputs[index] if self.has(index) else ""
        if name not in self.values.masks:
            raise self.error(f"input {index} must be a comparison of the model's values")
        return self.values.masks[name]

    def is_blob(self, index: int) -> bool:
        return self.has(index) and self.inputs[index] in self.values.blob_of

    def shape(self, index: int = 0) -> Shape:
        """The shape of an input, constant or not."""
        values = self.constant(index)
        return self.shape_of(self.blob(index)) if values is None else values.shape

    def shape_of(self, blob: str) -> Shape:
        return self.maker.blobs[blob].shape

    def axis(self, stated: int, index: int = 0) -> int:
        """An axis of an input, counted from the front. Raises NetError for one that is none."""
        axes = len(self.shape(index))
        if not -axes <= stated < max(axes, 1):
            raise self.error("there is no such axis", got=f"axis {stated} of {self.shape(index)}")
        return stated % axes if axes else 0

    # --- outputs ------------------------------------------------------------------------------

    def layer(
        self,
        type_name: str,
        bottoms: Sequence[str],
        weights: Sequence[Array] = (),
        tops: int = 1,
        last: bool = False,
        **params: Any,
    ) -> list[str]:
        """Add a layer; returns its tops.

        last  whether its tops are the node's outputs, and so have their names
        """
        if last:
            names = [self.maker.unique_blob(name) for name in self.outputs[:tops]]
            names += [f"{self.name}/unused_{k}" for k in range(len(names), tops)]
        else:
            name = self.maker.unique_blob(f"{self.name}/{type_name}")
            names = [name] + [self.maker.unique_blob(f"{name}_part{k}") for k in range(1, tops)]
            names = names[:tops]
        self.maker.add(type_name, self.name, bottoms, names, params, weights)
        if last:
            self.values.blob_of.update(zip(self.outputs, names, strict=False))
        return names

    def give(self, blob: str, output: int = 0) -> None:
        """An output is a blob that is there already."""
        self.values.blob_of[self.outputs[output]] = blob

    def give_constant(self, values: Array, output: int = 0) -> None:
        self.values.constants[self.outputs[output]] = values

    def reshaped(self, blob: str, shape: Sequence[int], *, last: bool = False) -> str:
        """The blob in another shape; the batch is copied where it stays."""
        dims = [int(dim) for dim in shape]
        now = self.shape_of(blob)
        if dims and now and dims[0] == now[0]:
            dims[0] = 0
        return self.layer("Reshape", [blob], reshape_param={"shape": {"dim": dims}}, last=last)[0]

    def error(self, what: str, *, got: object = None, fix: str | None = None) -> NetError:
        """An error that names the node."""
        who = f"the node '{self.name}' ({self.op_type})"
        way = fix or "replace it in the model by what the table of docs/onnx.md has, or report it"
        return NetError(explain(f"{who}: {what}", got=got, fix=way))


def _attribute(one: Any, folder: Path) -> Any:
    field = _FIELDS.get(one.type)
    if field is None:  # graphs: of If and Loop, which no reader takes
        return None
    value = getattr(one, field)
    if field == "t":
        return tensor_array(value, folder)
    if field == "s":
        return value.decode("utf-8", "replace")
    if field in ("floats", "ints"):
        return list(value)
    return value


def as_floats(values: Array) -> Array:
    return np.asarray(values, np.float32)
