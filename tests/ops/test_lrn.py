import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops import dispatch, lrn
from blobnet.ops.jit import compiled
from blobnet.ops.lrn import Lrn
from blobnet.ops.overflow import overflow_allowed
from tests.ops import plain_loops
from tests.ops.windows import seeds


@pytest.fixture(autouse=True, scope="module", params=["numpy", "compiled"])
def kernels(request):
    """All tests twice: for the numpy version, and for the compiled kernels."""
    if request.param == "compiled" and compiled("lrn_kernel") is None:
        pytest.skip("numba is not at hand")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "numpy":
            patch.setattr(dispatch, "compiled", lambda *name: None)
        yield


@st.composite
def normalizations(draw):
    """Every square weighs so much that one too many or too few shows."""
    size = draw(st.sampled_from([1, 3, 5, 7]))
    within = draw(st.booleans())
    alpha, beta = draw(st.sampled_from([0.8, 2.5])), draw(st.sampled_from([0.5, 0.75, 1.3]))
    return Lrn(size, alpha, beta, draw(st.sampled_from([1.0, 2.0])), within)


def run(x, numbers):
    """(y, scale)"""
    y, scale = np.full_like(x, np.nan), np.full_like(x, np.nan)
    lrn.forward(x, numbers, scale, y)
    return y, scale


@settings(deadline=None, max_examples=80)
@given(normalizations(), st.tuples(*(st.integers(0, 3), *(st.integers(1, 5),) * 3)), seeds)
def test_values_are_those_of_plain_loops(numbers, shape, seed):
    x = np.random.default_rng(seed).normal(size=shape)
    y, scale = run(x, numbers)
    expected = plain_loops.lrn_scale(
        x, numbers.size, numbers.alpha, numbers.k, numbers.within_channel
    )
    np.testing.assert_allclose(scale, expected, rtol=1e-12)
    np.testing.assert_allclose(y, x * expected**-numbers.beta, rtol=1e-12)


@settings(deadline=None, max_examples=40)
@given(normalizations(), st.tuples(*(st.integers(1, 3),) * 4), seeds)
def test_gradients_are_differences(numbers, shape, seed):
    rng = np.random.default_rng(seed)
    x, dy, step = rng.normal(size=shape), rng.normal(size=shape), 1e-6
    dx = np.full_like(x, np.nan)
    lrn.backward(x, dy, numbers, run(x, numbers)[1], dx)
    for at in plain_loops.places_of(shape):
        moved = np.zeros_like(x)
        moved[at] = step
        difference = run(x + moved, numbers)[0] - run(x - moved, numbers)[0]
        assert dx[at] == pytest.approx(np.vdot(dy, difference) / (2 * step), rel=1e-6, abs=1e-7)


def test_images_do_not_matter_to_each_other(rng):
    x, numbers = rng.normal(size=(5, 4, 2, 2)), Lrn(3, 1.5, 0.75, 1.0, False)
    whole, _ = run(x, numbers)
    np.testing.assert_array_equal(
        whole, np.concatenate([run(x[n : n + 1], numbers)[0] for n in range(5)])
    )


def test_a_wider_window_than_there_are_channels(rng):
    x = rng.normal(size=(1, 2, 1, 1))
    wide, wider = (run(x, Lrn(size, 0.5 * size, 1.0, 1.0, False))[0] for size in (3, 9))
    np.testing.assert_allclose(wide, wider)


@pytest.mark.parametrize("within", [False, True])
def test_what_has_no_root_becomes_nan(within):
    x = np.array([0, 3e38, np.inf, np.nan], np.float32).reshape(1, 4, 1, 1)
    for beta in (0.75, 0.5, 0.6):
        for k in (0.0, -1.0):
            numbers = Lrn(1, 1.0, beta, k, within)
            dx = np.empty_like(x)
            with overflow_allowed():
                y, scale = run(x, numbers)
                lrn.backward(x, x, numbers, scale, dx)
            assert np.isnan(y[0, 0]).all()
            assert np.isnan(dx[0, 3]).all()
