"""What `import blobnet` offers: adding a name is a line here, for a reviewer to see."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import blobnet

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


def imports_of_the_lobby() -> list[ast.alias]:
    tree = ast.parse(Path(blobnet.__file__).read_text(encoding="utf-8"))
    statements = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return [alias for statement in statements for alias in statement.names]


def test_the_public_names_are_these():
    assert sorted(alias.asname or alias.name for alias in imports_of_the_lobby()) == PUBLIC


def test_every_public_name_is_there():
    assert [name for name in PUBLIC if not hasattr(blobnet, name)] == []


def test_every_name_is_handed_on_explicitly():
    """`from x import Y as Y`: what a type checker takes for public."""
    assert [alias.name for alias in imports_of_the_lobby() if alias.asname != alias.name] == []


def test_every_error_of_ours_is_public():
    kinds = [kind for kind in vars(blobnet.errors).values() if isinstance(kind, type)]
    ours = {kind.__name__ for kind in kinds if issubclass(kind, blobnet.BlobnetError)}
    assert len(ours) > 5
    assert ours <= {*PUBLIC}


def test_the_version_is_a_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", blobnet.__version__)
