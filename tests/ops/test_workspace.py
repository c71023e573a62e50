import threading

import numpy as np
import pytest

from blobnet.ops import workspace

FLOAT = np.dtype(np.float32)


@pytest.fixture(autouse=True)
def nothing_kept():
    workspace.release()
    yield
    workspace.release()


def test_memory_is_used_again_for_the_same_purpose():
    first = workspace.scratch("columns", (2, 3), FLOAT)
    assert first.shape == (2, 3)
    assert np.shares_memory(first, workspace.scratch("columns", (5,), np.dtype(np.uint8)))


def test_purposes_have_memory_of_their_own():
    a, b = (workspace.scratch(purpose, (4,), FLOAT) for purpose in ("a", "b"))
    assert not np.shares_memory(a, b)


def test_a_larger_request_makes_the_memory_grow():
    workspace.scratch("columns", (2,), FLOAT)
    large = workspace.scratch("columns", (1000,), FLOAT)
    assert large.shape == (1000,)
    assert np.shares_memory(large, workspace.scratch("columns", (2,), FLOAT))


def test_a_request_above_the_limit_is_not_kept(monkeypatch):
    monkeypatch.setattr(workspace, "MAX_KEPT_BYTES", 100)
    large = workspace.scratch("columns", (26,), FLOAT)
    assert not np.shares_memory(large, workspace.scratch("columns", (26,), FLOAT))


def test_each_thread_has_its_own_memory():
    mine = workspace.scratch("columns", (4,), FLOAT)
    theirs = []
    thread = threading.Thread(
        target=lambda: theirs.append(workspace.scratch("columns", (4,), FLOAT))
    )
    thread.start()
    thread.join()
    assert not np.shares_memory(mine, theirs[0])


@pytest.mark.parametrize("count", [3, 1000, 2**20])
def test_memory_begins_as_zeros_at_a_cache_line(count):
    """Old numbers near 0 in it would be computed with, which takes a hundred times as long."""
    for purpose in ("a", "b", "c"):
        left_behind = np.full(count, 1e-40, np.float32)
        del left_behind  # what is taken next may be this
        taken = workspace.scratch(purpose, (count,), FLOAT)
        assert not taken.any()
        assert taken.ctypes.data % workspace.CACHE_LINE == 0


def test_nothing_is_a_request_too():
    assert workspace.scratch("columns", (0, 3), FLOAT).shape == (0, 3)


@pytest.mark.parametrize("count", [2**44, 2**62])
def test_more_than_the_machine_has_is_an_error(count):
    with pytest.raises(MemoryError, match=r"GiB for what is computed on the way \(columns\)"):
        workspace.scratch("columns", (count,), FLOAT)
