"""How kernels are compiled, and where the code is kept."""

import gc
import logging

import numpy as np
import pytest

from blobnet.ops.jit import compiled

pytestmark = pytest.mark.skipif(compiled("waiting") is None, reason="numba is not at hand")


def double(x):
    for i in range(len(x)):
        x[i] *= 2


def fail(x):
    return x.there_is_no_such_thing


@pytest.fixture
def module():
    from blobnet.ops.compiled import kernel

    kernel._announce.cache_clear()
    yield kernel
    kernel._announce.cache_clear()
    kernel._sources.cache_clear()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where compiled code is kept meanwhile."""
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))
    return tmp_path


def make(module):
    """A kernel that knows nothing yet, as in a new process."""
    return module.kernel(double)


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
    for part in ("compiled", "plans"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "a.py").write_text("1")
    (tmp_path / "tiles.py").write_text("1")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "compiled" / "kernel.py"))
    seen = set()
    for name in ("tiles.py", "compiled/a.py", "plans/a.py"):
        module._sources.cache_clear()
        seen.add(module._sources())
        (tmp_path / name).write_text("2")
    module._sources.cache_clear()
    assert len(seen | {module._sources()}) == 4


def test_compiling_is_announced_once(module, folder, caplog):
    caplog.set_level(logging.INFO, logger="blobnet")
    kernel = make(module)
    for dtype in ("f4", "f8"):
        kernel(np.zeros(3, dtype))
    (record,) = caplog.records
    assert "Compiling kernels" in record.message
    assert str(folder) in record.message


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\x80\x04."])
def test_damaged_files_are_compiled_anew(module, folder, damage):
    assert_doubles(make(module))
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} == {".nbi", ".nbc"}
    for file in files:
        file.write_bytes(damage)
    assert_doubles(make(module))
    kernel = make(module)
    assert_doubles(kernel)
    assert sum(kernel.stats.cache_hits.values()) == 1


def test_where_no_file_can_be_written_nothing_is_kept(module, folder, monkeypatch):
    def refuse(*args):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("numba.core.caching.FunctionCache.save_overload", refuse)
    assert_doubles(make(module))


def test_where_there_is_no_folder_nothing_is_kept(module, monkeypatch):
    def refuse(function):
        raise RuntimeError("no locator available")

    monkeypatch.setattr(module, "_KernelCache", refuse)
    assert_doubles(make(module))


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


def test_it_is_when_it_cannot_be_compiled(module, folder, is_collecting):
    with pytest.raises(Exception, match="there_is_no_such_thing"):
        module.kernel(fail)(np.zeros(3))
    assert gc.isenabled() is is_collecting
