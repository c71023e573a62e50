"""The compiled activations against their numpy versions: the same bits, whatever comes in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops import dispatch, dropout, eltwise, parallel, relu, sigmoid
from blobnet.ops.jit import compiled
from blobnet.ops.overflow import overflow_allowed

pytestmark = pytest.mark.skipif(
    compiled("activation_kernel") is None, reason="numba is not at hand"
)

ODD = st.sampled_from([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, 3e38])
NUMBERS = st.lists(st.one_of(st.floats(width=32), ODD), max_size=40)
DTYPES = st.sampled_from(["f4", "f8"])

OPERATIONS = {
    "relu": lambda a, b, out: relu.relu(a, 0, out),
    "leaky relu": lambda a, b, out: relu.relu(a, 0.1, out),
    "relu of a large slope": lambda a, b, out: relu.relu(a, 3, out),
    "relu of a negative slope": lambda a, b, out: relu.relu(a, -2, out),
    "sum": lambda a, b, out: eltwise.weighted_sum([a, b], [1, 1], out),
    "differences": lambda a, b, out: eltwise.weighted_sum([a, b, b], [3, -1, -2], out),
    "relu_backward": lambda a, b, out: relu.relu_backward(a, b, 0, out),
    "leaky": lambda a, b, out: relu.relu_backward(a, b, 0.1, out),
    "negative slope": lambda a, b, out: relu.relu_backward(a, b, -2, out),
    "sigmoid_backward": sigmoid.sigmoid_backward,
    "drop": lambda a, b, out: dropout.drop(a, b, 0.3, 1 / 0.7, out),
}


@pytest.fixture(params=OPERATIONS)
def operation(request):
    return OPERATIONS[request.param]


@pytest.fixture(autouse=True)
def all_threads_again():
    yield
    parallel.set_num_threads(None)


@overflow_allowed()
def with_and_without_kernel(operation, *arrays):
    """[what came out, and what became of the inputs] of the kernel, and of numpy."""
    results = []
    for get in (compiled, lambda *name: None):
        inputs = [array.copy() for array in arrays]
        out = np.full_like(arrays[0], 7)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dispatch, "compiled", get)
            operation(*inputs, out)
        results.append([out, *inputs])
    return results


def assert_same(results):
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


@settings(deadline=None, max_examples=200)
@given(numbers=NUMBERS, others=NUMBERS, dtype=DTYPES, name=st.sampled_from(list(OPERATIONS)))
def test_odd_numbers_and_no_numbers(numbers, others, dtype, name):
    size = min(len(numbers), len(others))
    arrays = (np.array(list_[:size], dtype) for list_ in (numbers, others))
    assert_same(with_and_without_kernel(OPERATIONS[name], *arrays))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_many_numbers(operation, dtype, rng):
    a, b = rng.normal(size=(2, 3, 7, 20_011)).astype(dtype)
    assert_same(with_and_without_kernel(operation, a, b))


def test_what_is_written_may_be_what_was_read(operation, rng):
    a, b = rng.normal(size=(2, 500))
    out = np.empty(500)
    operation(a, b.copy(), out)
    operation(a, b, a)
    np.testing.assert_array_equal(a, out)


def test_arrays_with_gaps_are_left_to_numpy(operation, rng):
    whole = rng.normal(size=(3, 10, 14))
    a, b, out = whole[:, ::2, ::2]
    expected = np.empty(a.shape)
    operation(a.copy(), b.copy(), expected)
    operation(a, b, out)
    np.testing.assert_array_equal(out, expected)


def test_threads_do_not_matter(operation, rng, shared_work):
    a, b = rng.normal(size=(2, 1001)).astype("f4")
    outs = []
    for threads in (1, 2, 3):
        parallel.set_num_threads(threads)
        outs.append(np.empty_like(a))
        operation(a, b.copy(), outs[-1])
    assert set(shared_work) == {2, 3}
    for out in outs[1:]:
        np.testing.assert_array_equal(out, outs[0])
