"""The name `caffe`: one copy of every class, and another `caffe` comes first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet

ROOT = Path(blobnet.__file__).parents[1]
FOLDER = ROOT / "blobnet" / "pycaffe" / "import_path"

NAMES = [
    "AdaDeltaSolver",
    "AdaGradSolver",
    "AdamSolver",
    "Classifier",
    "Detector",
    "Layer",
    "NCCL",
    "NesterovSolver",
    "Net",
    "NetSpec",
    "RMSPropSolver",
    "SGDSolver",
    "TEST",
    "TRAIN",
    "Timer",
    "__version__",
    "get_solver",
    "has_nccl",
    "init_log",
    "io",
    "layer_type_list",
    "layers",
    "log",
    "params",
    "proto",
    "pycaffe",
    "set_device",
    "set_mode_cpu",
    "set_mode_gpu",
    "set_multiprocess",
    "set_random_seed",
    "set_solver_count",
    "set_solver_rank",
    "solver_count",
    "solver_rank",
    "to_proto",
]


def run(code, *first, last=(), cwd=None):
    """What `code` prints, with folders before and behind ours on the path."""
    path = os.pathsep.join(map(str, [*first, ROOT, FOLDER, *last]))
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        cwd=cwd,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


def test_every_name_is_there_and_every_module_is_one():
    code = f"""
import caffe, caffe.io, caffe._caffe, caffe.draw, caffe.coord_map, caffe.pycaffe
import caffe.net_spec, caffe.classifier, caffe.detector
from caffe.proto import caffe_pb2
import blobnet.pycaffe, blobnet.pycaffe.draw
print([name for name in {NAMES} if not hasattr(caffe, name)], caffe.__version__)
print(caffe is blobnet.pycaffe, caffe.draw is blobnet.pycaffe.draw, caffe.draw.__spec__.name)
print(caffe._caffe.Net is caffe.Net is caffe.pycaffe.Net, caffe_pb2 is caffe.proto.caffe_pb2)
try:
    import caffe.nothing
except ModuleNotFoundError as error:
    print(error.name)
"""
    assert run(code) == (
        ["[]", "1.0.0", "True", "True", "blobnet.pycaffe.draw", "True", "True", "caffe.nothing"]
    )


@pytest.fixture
def real(tmp_path):
    package = tmp_path / "real" / "caffe"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("here = 'real'")
    (package / "io.py").write_text("here = 'io'")
    return tmp_path / "real"


def test_another_caffe_wins_wherever_it_stands(real):
    code = "import caffe, caffe.io, sys; print(caffe.here, caffe.io.here, 'blobnet' in sys.modules)"
    assert run(code, real) == ["real", "io", "False"]
    assert run(code, last=[real]) == ["real", "io", "False"]


def test_a_mere_folder_of_that_name_is_none(tmp_path):
    (tmp_path / "caffe").mkdir()
    code = "import caffe; print(caffe.__name__)"
    assert run(code, cwd=tmp_path) == ["blobnet.pycaffe"]


def test_another_that_does_not_start_says_so_itself(real):
    (real / "caffe" / "__init__.py").write_text("import caffe._caffe")
    code = "try:\n    import caffe\nexcept ImportError as error: print(error.name)"
    assert run(code, last=[real]) == ["caffe._caffe"]


def test_a_second_installation_is_no_other_caffe(tmp_path):
    second = tmp_path / "blobnet" / "pycaffe" / "import_path"
    shutil.copytree(FOLDER, second, ignore=shutil.ignore_patterns("__pycache__"))
    code = "import caffe; print(caffe.Net.__module__)"
    assert run(code, second) == run(code, last=[second]) == run(code)


def test_blobnet_needs_no_caffe():
    code = "import blobnet.api, sys; print([m for m in sys.modules if 'caffe' in m])"
    assert run(code) == ["[]"]


def test_the_line_of_the_pth_file_is_the_folder():
    line = (FOLDER.parent / "blobnet_caffe.pth").read_text().strip()
    assert ROOT / line == FOLDER
    assert [path.name for path in FOLDER.iterdir() if path.name != "__pycache__"] == ["caffe"]


def test_a_second_copy_of_blobnet_is_no_other_caffe(tmp_path):
    """A clone on PYTHONPATH, beside one that is installed: the first one is taken."""
    copy = tmp_path / "blobnet" / "pycaffe" / "import_path"
    (copy / "caffe").mkdir(parents=True)
    for file in (FOLDER / "caffe").glob("*.py"):
        (copy / "caffe" / file.name).write_bytes(file.read_bytes())
    code = "import caffe; print(caffe.__name__, caffe.Net.__module__.split('.')[0])"
    assert run(code, last=[copy]) == run(code, copy) == run(code)
