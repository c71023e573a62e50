import numpy as np
import pytest

from blobnet.ops import parallel
from blobnet.ops.product import matmul

SHAPES = [
    (2, 3, 4),
    (1, 1, 1),
    (3, 0, 2),
    (0, 3, 2),
    (300, 200, 100),
    (1, 3000, 2000),
    (2000, 3000, 1),
]


@pytest.mark.parametrize(("rows", "inner", "columns"), SHAPES)
def test_it_is_the_product(rows, inner, columns, rng):
    a = rng.integers(-3, 4, (rows, inner)).astype(float)  # whole numbers: no rounding
    b = rng.integers(-3, 4, (inner, columns)).astype(float)
    out = np.full((rows, columns), np.nan)
    matmul(a, b, out=out)
    np.testing.assert_array_equal(out, np.einsum("ij,jk->ik", a, b))


@pytest.mark.parametrize("transposed", [False, True])
def test_the_bits_do_not_depend_on_the_number_of_threads(transposed, rng):
    a = rng.normal(size=(300, 400)).astype(np.float32)
    b = rng.normal(size=(500, 400)).astype(np.float32)
    outs = []
    for threads in (1, 2, 3, 7):
        parallel.set_num_threads(threads)
        out = np.empty((500, 300) if transposed else (300, 500), np.float32)
        matmul(*((b, a.T) if transposed else (a, b.T)), out=out)
        outs.append(out)
    parallel.set_num_threads(None)
    for out in outs[1:]:
        np.testing.assert_array_equal(out, outs[0])
