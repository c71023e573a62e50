"""How kernels are compiled, and where the code is kept."""

import gc
import logging
import os

import numpy as np
import pytest

from blobnet.ops import jit
from blobnet.ops.jit import compiled

pytestmark = pytest.mark.skipif(compiled("simd.kernel") is None, reason="numba is not at hand")


def double(x):
    for i in range(len(x)):
        x[i] *= 2


def triple(x):
    for i in range(len(x)):
        x[i] *= 3


def fail(x):
    return x.there_is_no_such_thing


@pytest.fixture
def module():
    from blobnet.ops.simd import kernel

    told = (kernel._announce, kernel._tell_of_no_folder, kernel._warn_of_loss)
    for once in told:
        once.cache_clear()
    yield kernel
    for once in told:
        once.cache_clear()
    kernel._sources.cache_clear()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where compiled code is kept meanwhile."""
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))
    return tmp_path


def make(module):
    """A kernel that knows nothing yet, as in a new process."""
    return module.exact_kernel(double)


def assert_doubles(kernel):
    x = np.arange(5.0)
    kernel(x)
    np.testing.assert_array_equal(x, 2 * np.arange(5.0))


# --- where code is kept ---------------------------------------------------------------------------


def test_code_is_kept_for_the_next_process(module, folder):
    assert_doubles(make(module))
    kernel = make(module)
    assert_doubles(kernel)
    assert sum(kernel.stats.cache_hits.values()) == 1


def test_code_of_other_sources_is_not_taken(module, folder, monkeypatch):
    assert_doubles(make(module))
    monkeypatch.setattr(module, "_sources", lambda: "others")
    kernel = make(module)
    assert_doubles(kernel)
    assert not sum(kernel.stats.cache_hits.values())


def test_the_sources_of_all_kernels_count(module, tmp_path, monkeypatch):
    parts = ("update_rules.py", "a_kernel.py", "simd/isa.py", "conv/a_kernel.py")
    for part in parts:
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).write_text("1")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "simd" / "kernel.py"))
    seen = set()
    for part in parts:
        module._sources.cache_clear()
        seen.add(module._sources())
        (tmp_path / part).write_text("2")
    module._sources.cache_clear()
    assert len(seen | {module._sources()}) == 5


@pytest.fixture
def kernel_of(tmp_path, module, folder):
    """Makes a kernel of a user's file, as in a new process: x is multiplied by a number."""

    def make_kernel(number):
        file = tmp_path / "scale_kernel.py"
        file.write_text(f"def scale(x):\n    x[0] *= {number}\n")
        os.utime(file, ns=(number * 10**9, number * 10**9))
        names = {}
        exec(compile(file.read_text(), str(file), "exec"), names)
        return module.exact_kernel(names["scale"])

    return make_kernel


def test_code_of_a_users_file_is_kept_until_that_changes(kernel_of, folder):
    for number, hits in ((2, 0), (2, 1), (3, 0), (3, 1)):  # the bytecode is that of 2
        kernel, x = kernel_of(number), np.ones(1)
        kernel(x)
        assert x[0] == number
        assert sum(kernel.stats.cache_hits.values()) == hits
    assert len([*folder.rglob("*.nbc")]) == 1


def test_compiling_is_announced_once(module, folder, caplog):
    caplog.set_level(logging.INFO, logger="blobnet")
    kernel = make(module)
    for dtype in ("f4", "f8"):
        kernel(np.zeros(3, dtype))
    (record,) = caplog.records
    assert "Compiling kernels" in record.message
    assert str(folder) in record.message


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


DAMAGES = {
    "empty": lambda content: b"",
    "garbage": lambda content: b"garbage",
    "a sound pickle": lambda content: b"\x80\x04.",
    "zeros": lambda content: bytes(len(content)),
    "cut": lambda content: content[:-1],
    "longer": lambda content: content + b"\0",
    "without checksum": lambda content: content[32:],
    "a bit of the checksum": lambda content: flipped(content, 5),
    "the first bit of the code": lambda content: flipped(content, 32),
    "a bit in the middle": lambda content: flipped(content, len(content) // 2),
    "the last bit": lambda content: flipped(content, len(content) - 1),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_files_are_compiled_and_written_anew(module, folder, damage):
    assert_doubles(make(module))
    (file,) = (file for file in folder.rglob("*") if file.is_file())
    sound = file.read_bytes()
    file.write_bytes(damage(sound))
    kernel = make(module)
    assert_doubles(kernel)
    assert not kernel.stats.cache_hits
    kernel = make(module)
    assert_doubles(kernel)
    assert sum(kernel.stats.cache_hits.values()) == 1


def test_the_code_of_another_kernel_or_signature_is_not_taken(module, folder):
    x32, x64 = np.arange(5, dtype=np.float32), np.arange(5.0)
    for function, x in ((double, x32), (double, x64), (triple, x64)):
        module.exact_kernel(function)(x.copy())
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    contents = [file.read_bytes() for file in files]
    assert len(files) == 3
    for turn in (1, 2):
        for file, content in zip(files, contents[turn:] + contents[:turn], strict=True):
            file.write_bytes(content)
        for function, factor in ((double, 2), (triple, 3)):
            for x in (x32, x64):
                y = x.copy()
                kernel = module.exact_kernel(function)
                kernel(y)
                np.testing.assert_array_equal(y, factor * x)


def test_code_of_another_numba_is_not_taken(module, folder, monkeypatch):
    assert_doubles(make(module))
    monkeypatch.setattr("numba.__version__", "0.1")
    kernel = make(module)
    assert_doubles(kernel)
    assert not kernel.stats.cache_hits


def test_code_of_other_sources_does_not_pile_up(module, folder, monkeypatch):
    for sources in ("ones", "others"):
        monkeypatch.setattr(module, "_sources", lambda sources=sources: sources)
        for dtype in ("f4", "f8"):
            make(module)(np.zeros(3, dtype))
    names = [file.name for file in folder.rglob("*") if file.is_file()]
    assert len(names) == 2
    assert all(".others-" in name for name in names)


def test_where_no_file_can_be_written_nothing_is_kept(module, folder, monkeypatch, caplog):
    def refuse(*args):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    for _ in range(2):
        assert_doubles(make(module))
    assert not any(file.is_file() for file in folder.rglob("*"))
    (warning,) = (record for record in caplog.records if record.levelname == "WARNING")
    assert str(folder) in warning.message
    assert "cannot be kept" in warning.message
    assert "Read-only file system" in warning.message


def test_where_there_is_no_folder_nothing_is_kept(module, monkeypatch, caplog):
    def refuse(function):
        raise RuntimeError("no locator available")

    monkeypatch.setattr(module, "_KernelCache", refuse)
    caplog.set_level(logging.INFO, logger="blobnet")
    for _ in range(2):
        assert_doubles(make(module))
    (record,) = caplog.records
    assert record.message.startswith("Compiling kernels")
    assert "NUMBA_CACHE_DIR" in record.message


# --- who may call -------------------------------------------------------------------------------


def test_what_is_launched_cannot_be_called(module, folder):
    from numba import typeof

    kernel, x = module.kernel(double), np.ones(3)
    for _ in range(2):
        with pytest.raises(TypeError, match="double is launched, not called"):
            kernel(x)
        kernel.compile((typeof(x),))


# --- garbage --------------------------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["collecting", "not collecting"])
def is_collecting(request):
    was = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if was else gc.disable)()


def test_garbage_is_collected_again_when_a_kernel_is_compiled(module, folder, is_collecting):
    kernel = make(module)
    states = []
    compile_, kernel._compiler.compile = (
        kernel._compiler.compile,
        lambda *args: states.append(gc.isenabled()) or compile_(*args),
    )
    assert_doubles(kernel)
    assert states == [False]
    assert gc.isenabled() is is_collecting


def test_it_is_when_it_cannot_be_compiled(module, folder, is_collecting, monkeypatch):
    monkeypatch.setattr(jit, "_failures", [])
    with pytest.raises(jit.KernelError, match="numba cannot compile"):
        module.exact_kernel(fail)(np.zeros(3))
    assert gc.isenabled() is is_collecting
