"""What serves where numba is missing, switched off or another one, and where its files are bad.

Each in a process of its own: what is compiled stays for as long as a process lives.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.ops.jit import NEWEST_NUMBA, compiled

ROOT = Path(blobnet.__file__).parents[1]

PASS = """
import logging, sys
logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
exec(sys.argv[1])
import numpy as np
import blobnet
net = blobnet.Net(blobnet.parse_net('input: "x" input_shape { dim: 1 dim: 2 dim: 4 dim: 6 } '
    'force_backward: true layer { ' + sys.argv[2] + ' }'), "TRAIN")
for blobs in net.params.values():
    blobs[0].data[...] = np.arange(blobs[0].count).reshape(blobs[0].shape)
y = net.forward(x=np.arange(-24, 24).reshape(1, 2, 4, 6))["y"].copy()
net.blobs["y"].diff[...] = 1
net.backward()
dx = net.blobs["x"].diff
print(*y.ravel(), *dx.ravel())
"""
X = np.arange(-24, 24, dtype=float).reshape(2, 4, 6)
RELU = 'name: "r" type: "ReLU" bottom: "x" top: "y" relu_param { negative_slope: 0.5 }'
RELU_PASS = [*np.where(X > 0, X, X / 2).ravel(), *np.where(X > 0, 1, 0.5).ravel()]
SUMS = 'name: "c" type: "Convolution" bottom: "x" top: "y" convolution_param { num_output: 1 '
SUMS += "kernel_size: 1 bias_term: false }"  # weights 0 and 1
SUMS_PASS = [*X[1].ravel(), *[0] * 24, *[1] * 24]
PASSES = {"ReLU": (RELU, RELU_PASS), "Convolution": (SUMS, SUMS_PASS)}

BLOCKED = "sys.modules['numba'] = None"
FALLS_BACK = {
    "the cache has moved": "import numba.core.caching as m; del m.FunctionCache",
    "a module has moved": "import numba; sys.modules['numba.core.serialize'] = None",
    "a helper has moved": "import numba.core.cgutils as m; del m.for_range_slice",
    "an instruction has moved": "import llvmlite.ir as m; del m.IRBuilder.phi",
    "an instruction wants other arguments": (
        "import llvmlite.ir as m; m.IRBuilder.gep = lambda self: 0"
    ),
    "a kernel cannot be defined": "import numba; numba.njit = None",
    "types are named otherwise": "import numba.core.types as m; del m.int64",
}


def run(before="", layer=RELU, **environment):
    """(numbers, what is logged) of a pass in a process of its own, which must end well."""
    done = subprocess.run(
        [sys.executable, "-c", PASS, before, layer],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "0", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return [float(number) for number in done.stdout.split()], done.stderr


@pytest.fixture
def numba(monkeypatch):
    return pytest.importorskip("numba", reason="no numba for this Python", exc_type=ImportError)


@pytest.mark.parametrize(("layer", "expected"), PASSES.values(), ids=PASSES)
@pytest.mark.parametrize("how", ["blocked", "switched off"])
def test_without_numba_numpy_serves(layer, expected, how):
    before = BLOCKED if how == "blocked" else ""
    numbers, logged = run(before, layer, NUMBA_DISABLE_JIT="01"[how != "blocked"])
    assert numbers == expected
    assert not logged


def test_a_broken_numba_is_as_good_as_none(tmp_path):
    (tmp_path / "numba.py").write_text("raise SystemError('of another Python')")
    numbers, logged = run(f"sys.path.insert(0, {str(tmp_path)!r})")
    assert numbers == RELU_PASS
    assert "SystemError: of another Python" in logged


@pytest.mark.parametrize("before", FALLS_BACK.values(), ids=FALLS_BACK)
def test_where_a_part_of_numba_has_moved_numpy_serves(numba, tmp_path, before):
    numbers, logged = run(before, SUMS, NUMBA_CACHE_DIR=str(tmp_path))
    assert numbers == SUMS_PASS
    (line,) = logged.splitlines()
    assert line.startswith("WARNING The numpy versions of the kernels serve")
    assert NEWEST_NUMBA in line


def test_the_line_names_what_has_moved(numba):
    _, logged = run("import numba.core.cgutils as m; del m.for_range_slice")
    assert "there is no numba.core.cgutils.for_range_slice" in logged


def test_one_kernel_that_cannot_be_had_takes_those_along_that_need_it(numba):
    numbers, logged = run("sys.modules['blobnet.ops.conv.winograd_kernel'] = None", SUMS)
    assert numbers == SUMS_PASS
    assert len(logged.splitlines()) == 1


@pytest.mark.skipif(compiled("activation_kernel") is None, reason="numba is not at hand")
def test_a_module_of_the_users_is_found_and_what_is_wrong_with_it_is_raised(
    numba, tmp_path, monkeypatch
):
    for name, text in (("right_kernel", "NUMBER = 7"), ("wrong_kernel", "NUMBER = 7 / 0")):
        monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    assert compiled("right_kernel", "").NUMBER == 7
    with pytest.raises(ZeroDivisionError):
        compiled("wrong_kernel", "")
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        compiled("right_kernel", "nowhere")
    assert compiled("activation_kernel") is not None


# --- damaged files of compiled code ---------------------------------------------------------------


@pytest.fixture(scope="module")
def sound_files(tmp_path_factory):
    """What a process has kept: by name, the contents."""
    pytest.importorskip("numba", reason="no numba for this Python", exc_type=ImportError)
    folder = tmp_path_factory.mktemp("kept")
    assert run(NUMBA_CACHE_DIR=str(folder))[0] == RELU_PASS
    files = {file.relative_to(folder): file for file in folder.rglob("*") if file.is_file()}
    contents = {name: file.read_bytes() for name, file in files.items()}
    assert len(contents) >= 2  # forward and backward
    return contents


def flip(content, share):
    at = int(share * (len(content) - 1))
    return content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :]


@pytest.mark.parametrize("share", [0, 0.01, 0.4, 0.8])
def test_a_flipped_bit_in_every_file_changes_nothing(sound_files, tmp_path, share):
    check_damaged(tmp_path, {name: flip(content, share) for name, content in sound_files.items()})


def test_files_in_each_others_place_change_nothing(sound_files, tmp_path):
    names, contents = [*sound_files], [*sound_files.values()]
    check_damaged(tmp_path, dict(zip(names, contents[1:] + contents[:1], strict=True)))


@pytest.mark.parametrize("length", [0, 33])
def test_cut_files_change_nothing(sound_files, tmp_path, length):
    check_damaged(tmp_path, {name: content[:length] for name, content in sound_files.items()})


def check_damaged(folder, contents):
    """A process gets the right numbers, and puts the files right."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(content)
    numbers, logged = run(NUMBA_CACHE_DIR=str(folder))
    assert numbers == RELU_PASS
    assert not logged
    assert all((folder / name).read_bytes() != content for name, content in contents.items())


def test_the_newest_numba_that_is_known_to_work_is_said_where_packages_are_asked_for():
    assert f"Known to work: up to\n    # {NEWEST_NUMBA} " in (ROOT / "pyproject.toml").read_text()
