"""Who may import whom: a module uses the floors below its own, or its own room, nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import blobnet
from blobnet import layer_register

ROOT = Path(blobnet.__file__).parent

# The ground first. A room is a module or a folder; rooms of one floor do not know each other.
FLOORS = """
    errors types version processor
    characters extras importing limits loggers random_streams
    input_files
    text_files glog
    proto
    ops shapes legacy_axes
    storage tables
    blob
    by_name
    filler_patterns
    fillers loss_weights netdef
    serialization
    displays sources inherited_declarations
    layer_declarations layer_views
    layer
    layer_register wired_layer net_callbacks arguments
    weights definitions need_backward shared_memory
    aliasing diagnostics net_copies wiring_errors inference
    net
    layers
    gradient_faults
    testing python_layers
    lr_policies reports
    solver_policies
    checks snapshots solverdef
    solver
    solvers
    distributed
    api
    preprocessing
    datasets viz
    comparing
    predicting doctor exchange merging watch
    pycaffe dnn
    cli
    __main__
"""
FLOOR = {room: number for number, line in enumerate(FLOORS.splitlines()) for room in line.split()}

FORBIDDEN = {
    "ops": ["blobnet.proto"],  # kernels know arrays, never a message
    "netdef": ["numpy"],  # definitions in, definitions out
}
# who may call a layer type by its name, and why: all else asks the layer, so that yours is told too
NAMING = {
    ("netdef.splits", "Split"): "it puts them in",
    ("viz.nets.load", "Input"): "it makes one in the place of a layer that reads data",
    ("arguments", "Input"): "a word of a sentence",
    ("proto.message_source", "Parameter"): "how the name of a message ends",
    ("pycaffe.spec_fields", "Parameter"): "the same",
    ("doctor.definitions", "SoftmaxWithLoss"): "it does itself what stands before it by mistake",
    ("doctor.definitions", "Softmax"): "which is this",
    ("reports.scores", "BatchNorm"): "what is said there is about its statistics alone",
    ("merging.front", "Scale"): "it writes one in the place of several layers",
    ("pycaffe.io", "Transformer"): "the class of pycaffe's that prepares images",
}
UPGRADES = ("netdef.upgrade",)  # old definitions have the names of Caffe's types only
# what Caffe's own scripts say of its types by their names; of others they say nothing
OF_CAFFE = ("pycaffe.coord_map", "pycaffe.draw", "cli.tools.summarize")
# where words are ONNX's: its operators have names of their own, and some are those of Caffe's types
OF_ONNX = ("exchange.onnx.",)
# what OpenCV says of types by their names
OF_OPENCV = ("dnn.costs", "dnn.custom_layers", "dnn.graph", "dnn.layer_info", "dnn.shrinking")
OVERFLOW = "blobnet.ops.overflow"  # which alone says how numpy treats overflow
# only through extras.import_extra
OPTIONAL = {
    *("cramjam", "grpc_tools", "h5py", "PIL", "matplotlib", "onnx", "onnxruntime", "pooch"),
    *("mpi4py", "pydot", "starlette", "tensorboardX", "uvicorn"),
}


def imported(node: ast.AST) -> Iterator[str]:
    """The full names of what an import statement asks for."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        yield from (f"{module}.{alias.name}" for alias in node.names)


def complaint(module: str, target: str) -> str | None:
    """Why `module` may not import `target`; None where it may."""
    room = module.split(".")[1]
    top, *inner = target.split(".")
    if top == "":
        return "imports are written in full"
    if top in OPTIONAL:
        return f"{top} is optional: use extras.import_extra"
    if any(f"{target}.".startswith(f"{name}.") for name in FORBIDDEN.get(room, [])):
        return f"{room} must not know {target}"
    if top != "blobnet":
        return None
    if "blobnet_pb2" in inner and module != "blobnet.proto":
        return "only blobnet.proto imports blobnet_pb2"
    if not inner or inner[0] not in FLOOR:
        return "import it from where it is made, not from blobnet"
    if inner[0] != room and FLOOR[inner[0]] >= FLOOR[room]:
        return f"{inner[0]} does not stand below {room}"
    return None


def complaints(module: str, source: str) -> Iterator[str]:
    """What is wrong with the source of a module, line by line."""
    room = module.split(".")[1]
    if room not in FLOOR:
        yield f"{module} stands on no floor"
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert):
            yield f"{module}:{node.lineno}: `assert` vanishes under -O: raise an error"
        if isinstance(node, ast.Attribute) and node.attr == "errstate" and module != OVERFLOW:
            yield f"{module}:{node.lineno}: use ops.overflow.overflow_allowed"
        for target in imported(node):
            if reason := complaint(module, target):
                yield f"{module}:{node.lineno}: {target}: {reason}"


def layer_types() -> set[str]:
    """The names of blobnet's own types."""
    names = layer_register.layer_type_list()
    ours = "blobnet.layers."
    return {name for name in names if layer_register.layer_class(name).__module__.startswith(ours)}


def named_types(module: str, source: str) -> Iterator[tuple[str, str]]:
    """Which layer types a module calls by their names, outside of what may."""
    room = module.removeprefix("blobnet.")
    if room.startswith(("layers.", *UPGRADES, *OF_CAFFE, *OF_ONNX, *OF_OPENCV)):
        return
    types = layer_types()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in types:
            yield room, node.value


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources() -> Iterator[tuple[str, str]]:
    """Every module with its source, but for `api`, which imports what it likes."""
    for path in sorted(ROOT.rglob("*.py")):
        if path != ROOT / "__init__.py" and not path.stem.endswith("_pb2"):
            yield module_name(path), path.read_text(encoding="utf-8")


def test_every_import_leads_down():
    found = [text for module, source in sources() for text in complaints(module, source)]
    assert not found, "\n" + "\n".join(found)


def test_every_room_stands_on_one_floor_and_every_floor_has_its_rooms():
    assert {module.split(".")[1] for module, _ in sources()} == set(FLOOR)
    assert len(FLOORS.split()) == len(FLOOR)


def test_nobody_but_the_layers_calls_a_layer_type_by_its_name():
    found = {named for module, source in sources() for named in named_types(module, source)}
    assert found == set(NAMING)


# --- the test itself ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "source", "reason"),
    [
        ("net", "from blobnet.layers.common.scale import Scale", "layers does not stand below net"),
        ("net", "import blobnet.solver.solver", "solver does not stand below net"),
        ("blob", "def f():\n    from blobnet.net import Net", "net does not stand below blob"),
        (
            "netdef.splits",
            "from blobnet.fillers import fill",
            "fillers does not stand below netdef",
        ),
        ("errors", "from blobnet.types import Array", "types does not stand below errors"),
        ("fillers", "from blobnet import layer", "layer does not stand below fillers"),
        ("solver.solver", "from blobnet import Net", "not from blobnet"),
        ("solver.solver", "import blobnet", "not from blobnet"),
        ("net", "from .blob import Blob", "written in full"),
        ("net", "from . import blob", "written in full"),
        ("blob", "from blobnet.proto.blobnet_pb2 import BlobProto", "only blobnet.proto"),
        ("blob", "from blobnet.proto import blobnet_pb2", "only blobnet.proto"),
        ("proto.other", "import blobnet.proto.blobnet_pb2", "only blobnet.proto"),
        ("ops.conv", "from blobnet.proto import PoolingParameter", "ops must not know"),
        ("ops.conv", "import blobnet.proto", "ops must not know"),
        ("netdef.splits", "import numpy as np", "netdef must not know numpy"),
        ("netdef.splits", "from numpy.typing import NDArray", "netdef must not know numpy"),
        ("serialization.hdf5", "import h5py", "import_extra"),
        ("viz.loss", "def f():\n    from matplotlib import pyplot", "import_extra"),
        ("blob", "def f(x):\n    assert x", "`assert`"),
        ("viz.curves", 'with np.errstate(all="ignore"): pass', "overflow_allowed"),
        ("attic.old", "", "stands on no floor"),
    ],
)
def test_it_bites(module, source, reason):
    found = list(complaints(f"blobnet.{module}", source))
    assert len(found) == 1
    assert reason in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("net.net", "from blobnet.net import wiring"),
        ("net", "from blobnet.blob import Blob\nimport numpy as np\nimport os.path"),
        ("layers.common.scale", "from blobnet.layers.common._broadcast import spread"),
        ("layers.common.scale", "from blobnet.net import Net"),
        ("proto", "from blobnet.proto.blobnet_pb2 import BlobProto as BlobProto"),
        ("ops.conv", "from blobnet.types import Array"),
        ("netdef.splits", "import numpyro"),
        ("serialization.hdf5", 'h5py = import_extra("h5py", "hdf5", "reading")'),
    ],
)
def test_what_is_allowed_passes(module, source):
    assert list(complaints(f"blobnet.{module}", source)) == []


@pytest.mark.parametrize(
    ("module", "source", "named"),
    [
        ("viz.table", 'if layer.type == "ReLU": pass', ["ReLU"]),
        ("net.net", 'KNOWN = {"LSTM": 1, "lstm": 2}', ["LSTM"]),
        ("cli", 'print("a ReLU cuts")', []),
        ("layers.vision.spp", 'type="Pooling"', []),
        ("netdef.upgrade_v1", 'RENAMED = {"relu": "ReLU"}', []),
    ],
)
def test_names_of_layer_types_are_found(module, source, named):
    assert [name for _, name in named_types(f"blobnet.{module}", source)] == named


def test_modules_are_called_by_their_full_names():
    names = [module for module, _ in sources()]
    assert "blobnet.proto" in names
    assert "blobnet.layers.common.inner_product" in names
    assert "blobnet" not in names
