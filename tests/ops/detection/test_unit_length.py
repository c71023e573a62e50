"""The kernel has the bits of numpy."""

import numpy as np
import pytest

from blobnet.ops.detection.unit_length import to_unit_length


@pytest.mark.parametrize("shape", [(2, 5, 16), (1, 64, 100), (3, 1, 31), (2, 3, 7), (1, 0, 40)])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("in_place", [False, True])
def test_the_bits_are_those_of_numpy(shape, dtype, is_shared, in_place):
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape).astype(dtype)
    scale = rng.normal(size=1 if is_shared else shape[1]).astype(dtype)
    results = []
    for function in (to_unit_length, to_unit_length.__wrapped__):
        length, its = np.empty((shape[0], 1, shape[2]), dtype), x.copy()
        y = its if in_place else np.empty_like(x)
        function(its, 0.25, scale, length, out=y)
        results.append((y, length))
    for found, expected in zip(*results, strict=True):
        np.testing.assert_array_equal(found, expected)
    plain = x / np.sqrt((x.astype("f8") ** 2).sum(1, keepdims=True) + 0.25) * scale[:, None]
    np.testing.assert_allclose(results[0][0], plain, rtol=1e-5)
