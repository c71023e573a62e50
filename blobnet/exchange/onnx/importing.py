"""An ONNX model as a net: made of layers, checked by running both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from blobnet.comparing.difference import TOLERANCE
from blobnet.errors import BlobError, LayerError, NetError, explain, printable
from blobnet.exchange.onnx.build import Built
from blobnet.exchange.onnx.comparison import OutputDifference, compare
from blobnet.exchange.onnx.deploy import Deployed
from blobnet.exchange.onnx.folding import can_fold, folded
from blobnet.exchange.onnx.free_axes import FreeAxes
from blobnet.exchange.onnx.hints import HINTS
from blobnet.exchange.onnx.joining import joined
from blobnet.exchange.onnx.model_file import ModelFile, read_model
from blobnet.exchange.onnx.net_maker import NetMaker
from blobnet.exchange.onnx.node_reader import NodeReader, Values
from blobnet.exchange.onnx.reader_register import readers
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.proto import NetParameter
from blobnet.types import Shape


@dataclass
class Imported:
    """What was made.

    definition   the net as a prototxt has it, without weights
    outputs      output of the model to the blob that holds it
    differences  of each output, the largest difference from ONNX Runtime; empty without the check
    """

    net: Net
    definition: NetParameter
    outputs: dict[str, str]
    differences: list[OutputDifference] = field(default_factory=list)


def import_onnx(
    path: str | PathLike[str],
    *,
    shapes: Mapping[str, Shape] | None = None,
    check: bool = True,
    tolerance: float = TOLERANCE,
    progress: Callable[[str], None] = lambda what: None,
) -> Imported:
    """The net that an ONNX model describes, in its TEST phase, with its weights.

    shapes     of inputs whose size the model leaves open; an open batch is 1 otherwise
    check      run the model in ONNX Runtime and compare its outputs with the net's
    tolerance  how far outputs may be apart, beside their largest values, where only roundings grow:
               alone each layer agrees to 1e-5 all the same
    progress   called with what is done next

    Raises NetError naming all operators that are not read, or the node that cannot be; or the
    first blob that differs by more than 1e-4 of its largest value. MissingExtraError without the
    packages.
    """
    progress("reading the model")
    model = joined(read_model(path, shapes or {}))
    _check_operators(model)
    maker = NetMaker(Path(path).stem, Path(path).stat().st_size)
    values = Values(dict(model.constants), _uses(model))
    for name, shape in model.inputs.items():
        try:
            maker.add_input(name, shape)
        except LayerError as error:
            raise NetError(f"{model.path.name}: {error}") from error
        values.blob_of[name] = name
    values.whole |= model.whole
    for number, node in enumerate(model.nodes):
        progress(f"node {number + 1} of {len(model.nodes)}")
        _read(NodeReader(node, values, maker, model.opset, model.path.parent))
    outputs = _outputs(model, values, maker)
    progress("making the net")
    net = maker.net()
    differences = _compare(net, model, values, outputs, progress, tolerance) if check else []
    return Imported(net, maker.param, outputs, differences)


def _check_operators(model: ModelFile) -> None:
    """Raises NetError with all operators that no reader takes."""
    known = readers()
    unknown: dict[str, list[str]] = {}
    for node in model.nodes:
        if node.op_type not in known or node.domain not in ("", "ai.onnx"):
            name = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
            unknown.setdefault(name, []).append(node.name or next(iter(node.output), ""))
    dynamic = sorted(name for name in unknown if not can_fold(name))
    if dynamic:
        hints = [HINTS[name] for name in dynamic if name in HINTS]
        otherwise = "export the part of the model in front of them, or write them with others"
        raise NetError(
            explain(
                f"{model.path.name}: not all operators are made of Caffe's layers",
                expected="operators of the table in docs/onnx.md",
                got="\n".join(_named(name, unknown[name]) for name in dynamic),
                fix="\n".join([*dict.fromkeys(hints), otherwise]),
            )
        )


def _named(op_type: str, nodes: list[str]) -> str:
    """An operator, how often it is there, and a node of it."""
    times = f"{len(nodes)} times, first" if len(nodes) > 1 else "once,"
    return f"{op_type} ({times} the node '{printable(nodes[0])}')"


def _uses(model: ModelFile) -> dict[str, int]:
    uses = Counter(name for node in model.nodes for name in node.input)
    uses.update(model.outputs)
    return dict(uses)


def _read(node: NodeReader) -> None:
    """Add a node's layers, or compute it where all its inputs are constants."""
    try:
        constants = [node.constant(index) for index in range(len(node.inputs)) if node.has(index)]
        known = [one for one in constants if one is not None]
        if known and len(known) == len(constants):
            made = folded(node.op_type, known, node.attributes)
            if made is not None:
                node.give_constant(made)
                return
        reader = readers().get(node.op_type)
        if reader is None:
            what = "it is read for constants alone"
            raise node.error(what, fix=HINTS.get(node.op_type))
        reader(node)
    except (LayerError, BlobError) as error:
        raise node.error(str(error)) from error
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise node.error("its inputs or attributes make no sense", got=repr(error)) from error


def _outputs(model: ModelFile, values: Values, maker: NetMaker) -> dict[str, str]:
    """Output to blob; where nodes have passed a value on, a Split gives it the output's name."""
    missing = [name for name in model.outputs if name not in values.blob_of]
    if missing:
        raise NetError(
            explain(
                f"{model.path.name}: an output does not depend on the inputs, or is not made",
                got=", ".join(missing),
            )
        )
    for name in model.outputs:
        blob = values.blob_of[name]
        if blob != name and name not in maker.blobs:
            maker.add("Split", name, [blob], [name], {}, [])
            values.blob_of[name] = name
    return {name: values.blob_of[name] for name in model.outputs}


def _compare(
    net: Net,
    model: ModelFile,
    values: Values,
    outputs: Mapping[str, str],
    progress: Callable[[str], None],
    tolerance: float,
) -> list[OutputDifference]:
    """Each blob beside the value of the model that it holds."""
    value_of: dict[str, str] = {}
    for name, blob in values.blob_of.items():
        value_of.setdefault(blob, name)
    built = Built(values=value_of)
    part = Deployed(inputs=list(model.inputs), outputs=list(dict.fromkeys(outputs.values())))
    for index, wired in enumerate(net.wired):
        if not wired.layer.is_input:
            part.layers.append(index)
            copied = wired.bottom_names if is_inserted_split(wired.layer.layer_param_) else ()
            names = list(copied) * len(wired.top) or wired.top_names
            built.tops[index] = [value_of.get(name, "") for name in names]
    return compare(net, part, built, FreeAxes(), model.message, progress, None, tolerance)
