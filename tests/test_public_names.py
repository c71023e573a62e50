"""What `import blobnet` offers: adding a name is a line here, for a reviewer to see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet

MODULES = ("__init__.py", "api.py")

PUBLIC = [
    "AdaDeltaSolver",
    "AdaGradSolver",
    "AdamSolver",
    "Blob",
    "BlobError",
    "BlobnetError",
    "DataError",
    "Layer",
    "LayerError",
    "MissingExtraError",
    "NesterovSolver",
    "Net",
    "NetError",
    "ProtoError",
    "PythonLayer",
    "RMSPropSolver",
    "SGDSolver",
    "SnapshotError",
    "Solver",
    "SolverAction",
    "SolverCallback",
    "SolverError",
    "TEST",
    "TRAIN",
    "WeightsError",
    "__version__",
    "get_solver",
    "layer_type_list",
    "layers",
    "num_threads",
    "parse_net",
    "parse_solver",
    "processor",
    "register_layer",
    "set_num_threads",
    "testing",
]


def public_imports() -> list[ast.alias]:
    folder = Path(blobnet.__file__).parent
    trees = [ast.parse((folder / name).read_text(encoding="utf-8")) for name in MODULES]
    nodes = [node for tree in trees for node in tree.body]
    statements = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    own = [node for node in statements if str(node.module).partition(".")[0] == "blobnet"]
    return [alias for statement in own for alias in statement.names]


def test_the_public_names_are_these():
    assert sorted(alias.asname or alias.name for alias in public_imports()) == PUBLIC


def test_every_public_name_is_there():
    assert [name for name in PUBLIC if not hasattr(blobnet, name)] == []


def test_every_name_is_handed_on_explicitly():
    """`from x import Y as Y`: what a type checker takes for public."""
    assert [alias.name for alias in public_imports() if alias.asname != alias.name] == []


def test_every_error_of_ours_is_public():
    kinds = [kind for kind in vars(blobnet.errors).values() if isinstance(kind, type)]
    ours = {kind.__name__ for kind in kinds if issubclass(kind, blobnet.BlobnetError)}
    assert len(ours) > 5
    assert ours <= {*PUBLIC}


def test_the_version_is_a_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", blobnet.__version__)


# --- loaded when asked for ------------------------------------------------------------------------


def fresh(code: str) -> str:
    """What `code` prints in a new interpreter."""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_the_import_alone_loads_nothing_heavy():
    heavy = "numpy", "google.protobuf", "numba", "blobnet.layers"
    assert fresh(f"import sys, blobnet; print([m for m in {heavy} if m in sys.modules])") == "[]"


def test_every_module_of_the_package_can_be_had_as_an_attribute():
    assert fresh("import blobnet; print(blobnet.errors.BlobError.__name__)") == "BlobError"
    assert fresh("from blobnet import Net, proto; print(Net.__name__)") == "Net"


def test_the_names_are_listed():
    listed = fresh("import blobnet; print(*dir(blobnet))").split()
    assert set(listed) >= {*PUBLIC}


def test_all_names_can_be_taken_at_once():
    assert fresh("from blobnet import *; print(Net.__name__, TEST, testing.__name__)") == (
        "Net 1 blobnet.testing"
    )


def test_a_name_that_does_not_exist_is_told():
    with pytest.raises(AttributeError, match="module 'blobnet' has no attribute 'Nett'"):
        _ = blobnet.Nett
    with pytest.raises(ImportError, match="cannot import name 'Nett'"):
        from blobnet import Nett  # noqa: F401


@pytest.mark.parametrize(
    "code",
    [
        "from blobnet.layer_register import layer_class as f; print(f('ReLU').__name__)",
        "from blobnet.layer_register import layer_type_list as f; print(f()[f().index('ReLU')])",
        "from blobnet.net import Net; from blobnet.serialization.prototxt import parse_net as p;"
        'print(Net(p(\'layer { type: "Input" top: "x" input_param { shape { dim: 1 } } }\''
        '\'layer { type: "ReLU" bottom: "x" top: "y" }\')).layers[1].type)',
    ],
)
def test_layer_types_are_there_whichever_module_is_imported_first(code):
    assert fresh(code) == "ReLU"


def test_a_name_of_the_catalogue_is_taken_from_the_start():
    code = """
from blobnet.layer_register import register_layer
from blobnet.layer import Layer
try:
    @register_layer("ReLU")
    class Own(Layer): pass
except ValueError as error:
    print("refused")
except Exception as error:
    print(type(error).__name__)
"""
    assert fresh(code) == "LayerError"
