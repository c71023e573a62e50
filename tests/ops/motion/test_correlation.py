import numpy as np
import pytest

from blobnet.ops import dispatch, parallel
from blobnet.ops.jit import compiled
from blobnet.ops.motion import correlation
from blobnet.ops.motion.correlation import Moves

MOVES = {
    "square": Moves(1, 1, (0, 0), (9, 11), (-2, 0, 2), (-3, -1, 1, 3)),
    "windows out of the maps": Moves(3, 2, (-2, -1), (5, 6), (-1, 0, 1), (-1, 0, 1)),
    "windows within": Moves(1, 1, (2, 3), (4, 5), (0,), (-4, -3, -2, -1, 0)),
}


def results(moves, is_product, rng):
    a, b = rng.normal(size=(2, 2, 6, 9, 11)).astype(np.float32)
    y = np.empty((2, len(moves.down) * len(moves.across), *moves.places), np.float32)
    correlation.forward(a, b, moves, y, is_product=is_product)
    dy = rng.normal(size=y.shape).astype(np.float32)
    da, db = np.empty_like(a), np.empty_like(b)
    correlation.gradients(a, b, dy, moves, da, db, is_product=is_product)
    return y, da, db


@pytest.mark.skipif(compiled("motion.correlation_kernel") is None, reason="numba is not at hand")
@pytest.mark.parametrize("is_product", [True, False])
@pytest.mark.parametrize("name", MOVES)
def test_kernels_compute_what_numpy_does(name, is_product, monkeypatch):
    by_kernels = results(MOVES[name], is_product, np.random.default_rng(3))
    monkeypatch.setattr(dispatch, "compiled", lambda *name: None)
    by_numpy = results(MOVES[name], is_product, np.random.default_rng(3))
    for actual, expected in zip(by_kernels, by_numpy, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-5)


def test_the_number_of_threads_changes_no_bit(rng):
    moves, seen = MOVES["square"], []
    try:
        for number in (1, 2, 3):
            parallel.set_num_threads(number)
            seen.append(results(moves, True, np.random.default_rng(3)))
    finally:
        parallel.set_num_threads(None)
    for arrays in zip(*seen, strict=True):
        assert len({array.tobytes() for array in arrays}) == 1
