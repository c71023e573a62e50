"""Values from one array to another: every axis, every number of rows and of arrays."""

import numpy as np
import pytest

from blobnet.ops import copying, dispatch
from blobnet.ops.jit import compiled


@pytest.fixture(params=["numpy", "compiled"])
def version(request, monkeypatch):
    if request.param == "numpy":
        monkeypatch.setattr(dispatch, "compiled", lambda *name: None)
    elif compiled("copy_kernel") is None:
        pytest.skip("numba is not at hand")


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("lengths", [[3], [1, 5], [2, 0, 4], [4096, 4097, 1]])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_arrays_stand_one_behind_the_other(axis, lengths, dtype, version):
    rng, shape = np.random.default_rng(0), [2, 3, 2]
    xs = []
    for length in lengths:
        shape[axis] = length
        xs.append(rng.normal(size=shape).astype(dtype))
    shape[axis] = sum(lengths)
    out = np.full(shape, np.nan, dtype)
    copying.concatenate(xs, axis, out)
    np.testing.assert_array_equal(out, np.concatenate(xs, axis))


def test_arrays_with_gaps_are_copied_too(version):
    x, out = np.arange(24.0).reshape(4, 6)[:, ::2], np.empty((4, 3))
    copying.copy(x, out)
    np.testing.assert_array_equal(out, x)


@pytest.mark.parametrize("shape", [(), (0, 3), (5,), (2, 3, 4)])
def test_a_copy_has_any_shape(shape, version):
    x, out = np.random.default_rng(0).normal(size=shape), np.full(shape, np.nan)
    copying.copy(x, out)
    np.testing.assert_array_equal(out, x)
