"""A net as an ONNX model, checked by running both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np

from blobnet.comparing.difference import TOLERANCE
from blobnet.errors import NetError, explain
from blobnet.exchange.onnx.build import Built, build
from blobnet.exchange.onnx.comparison import OutputDifference, compare
from blobnet.exchange.onnx.deploy import Deployed, deployed
from blobnet.exchange.onnx.free_axes import FreeAxes, find_free_axes
from blobnet.exchange.onnx.graph import value_info
from blobnet.exchange.onnx.packages import IR_VERSION, OPSET, onnx
from blobnet.exchange.onnx.register import is_shaped_by_values
from blobnet.net import Net
from blobnet.proto import TEST
from blobnet.serialization.files import atomic_write
from blobnet.types import Array
from blobnet.version import __version__

_MOST_BYTES = 2**31 - 2**20  # what one protobuf message holds


@dataclass
class Exported:
    """What was written.

    inputs, outputs  name to axes: lengths, names of free axes, None for what follows from those
    left_out         layers that a deployed net does without: losses, scores
    differences      of each output, the largest difference from blobnet; empty without the check
    """

    inputs: dict[str, tuple[int | str | None, ...]]
    outputs: dict[str, tuple[int | str | None, ...]]
    left_out: list[str]
    nodes: int
    bytes: int
    differences: list[OutputDifference] = field(default_factory=list)


def export_onnx(
    net: Net,
    path: str | PathLike[str],
    *,
    check: bool = True,
    tolerance: float = TOLERANCE,
    inputs: Mapping[str, Array] | None = None,
    metadata: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda what: None,
) -> Exported:
    """Write `net`, which is in its TEST phase, as an ONNX model of opset 17.

    check      run the model in ONNX Runtime and compare its outputs with the net's
    tolerance  how far outputs may be apart, beside their largest values, where only roundings grow:
               alone each layer agrees to 1e-5 all the same
    inputs     values to compare on, by the names of inputs, in the net's shapes; drawn where there
               are none
    metadata   texts to put into the model, by key
    progress   called with what is done next

    Losses, scores and writers of files are left out, as in a deploy.prototxt. The batch and the
    size of images are free where the net allows it. The net's shapes are what they were.

    Nothing is written where the check fails. Raises NetError naming all layers that ONNX cannot
    express, or the first blob that differs by more than 1e-4 of its largest value;
    MissingExtraError without the packages.
    """
    if net.phase != TEST:
        raise NetError(explain("only a net in its TEST phase can be exported", got="phase TRAIN"))
    onnx()
    progress("writing nodes")
    part = deployed(net)
    if any(is_shaped_by_values(net.wired[index].layer) for index in part.layers):
        net.forward()
    built = build(net, part)
    progress("trying other batches and sizes")
    free = find_free_axes(net, part, built)
    model = _model(net, part, built, free, dict(metadata or {}))
    progress("checking the model")
    onnx().checker.check_model(model)
    differences = (
        compare(net, part, built, free, model, progress, inputs, tolerance) if check else []
    )
    with atomic_write(path) as temporary:
        temporary.write_bytes(model.SerializeToString())
    return Exported(
        free.inputs,
        free.outputs,
        part.left_out,
        len(built.graph.nodes),
        model.ByteSize(),
        differences,
    )


def _model(net: Net, part: Deployed, built: Built, free: FreeAxes, metadata: dict[str, str]) -> Any:
    """The model's message. Raises NetError where it is too large for one."""
    helper, graph = onnx().helper, built.graph
    size = sum(values.nbytes for values in graph.constants.values())
    if size > _MOST_BYTES:
        raise NetError(
            explain(
                "the weights are too large for one ONNX file",
                expected="less than 2 GiB",
                got=f"{size / 2**30:.1f} GiB",
            )
        )
    made = helper.make_graph(
        graph.nodes,
        net.name or "net",
        [value_info(name, dims) for name, dims in free.inputs.items()],
        [value_info(built.values[name], free.outputs[name]) for name in part.outputs],
        [_tensor(name, values) for name, values in graph.constants.items()],
    )
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="blobnet",
        producer_version=__version__,
        doc_string=f"The Caffe net {net.name!r}, written by blobnet {__version__}.",
    )
    model.ir_version = IR_VERSION
    helper.set_model_props(model, metadata)
    return model


def _tensor(name: str, values: Array) -> Any:
    return onnx().numpy_helper.from_array(np.asarray(values, order="C"), name)
