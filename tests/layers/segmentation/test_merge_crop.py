import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

MERGED = 'type: "MergeCrop" mergecrop_param {{ {} }}'


@pytest.mark.parametrize(
    ("size", "larger"), [((4, 5), (7, 9)), ((4, 5), (4, 5)), ((3,), (6,)), ((2, 3, 2), (5, 4, 2))]
)
@pytest.mark.parametrize("operation", ["STACK", "ADD"])
def test_the_middle_of_the_larger_is_merged(operation, size, larger, rng):
    a = rng.normal(size=(2, 3, *size))
    b = rng.normal(size=(2, 3 if operation == "ADD" else 2, *larger))
    y = run_layer(MERGED.format(f"operation: {operation}"), a, b).top[0].data
    for at in np.ndindex(y.shape):
        n, c, *place = at
        behind = tuple(p + (m - s) // 2 for p, m, s in zip(place, larger, size, strict=True))
        if operation == "ADD":
            assert y[at] == a[at] + b[(n, c, *behind)]
        else:
            assert y[at] == (a[at] if c < 3 else b[(n, c - 3, *behind)])
    assert y.shape[1] == (3 if operation == "ADD" else 5)


def backward(options, a, b, dy):
    run = run_layer(MERGED.format(options), a, b)
    run.top[0].diff[...] = dy
    for blob in run.bottom:
        blob.diff[...] = 9
    run.layer.backward(run.top, [True, True], run.bottom)
    return [blob.diff for blob in run.bottom]


@pytest.mark.parametrize("operation", ["STACK", "ADD"])
def test_unless_stated_the_larger_gets_no_gradient(operation, rng):
    dy = rng.normal(size=(1, 2 if operation == "STACK" else 1, 2))
    da, db = backward(f"operation: {operation}", np.ones((1, 1, 2)), np.ones((1, 1, 5)), dy)
    np.testing.assert_array_equal(da, dy[:, :1])
    np.testing.assert_array_equal(db, np.zeros((1, 1, 5)))


def test_each_may_be_left_out_forward_and_backward(rng):
    a, b = rng.normal(size=(1, 1, 2)), rng.normal(size=(1, 1, 4))
    left_out = MERGED.format("forward: false")
    np.testing.assert_array_equal(run_layer(left_out, a, b).top[0].data[0], [[0, 0], b[0, 0, 1:3]])
    added = MERGED.format("operation: ADD forward: true forward: false")
    np.testing.assert_array_equal(run_layer(added, a, b).top[0].data, a)
    dy = rng.normal(size=(1, 2, 2))
    da, db = backward("backward: false backward: true", a, b, dy)
    np.testing.assert_array_equal(da, np.zeros((1, 1, 2)))
    np.testing.assert_array_equal(db[0, 0], [0, *dy[0, 1], 0])


@pytest.mark.parametrize(
    ("options", "shapes"),
    [
        ("", [(1, 1, 4), (1, 1, 3)]),
        ("", [(1, 1, 4), (2, 1, 4)]),
        ("", [(1, 1, 4), (1, 1, 4, 4)]),
        ("operation: ADD", [(1, 1, 4), (1, 2, 4)]),
        ("", [(3,), (3,)]),
    ],
)
def test_blobs_that_do_not_fit(options, shapes):
    with pytest.raises(LayerError, match="as large as bottom"):
        run_layer(MERGED.format(options), *map(np.ones, shapes))


def test_there_are_two_bottoms_to_speak_of():
    with pytest.raises(LayerError, match="`forward` is stated too often"):
        run_layer(MERGED.format("forward: [true, true, true]"), np.ones((1, 1)), np.ones((1, 1)))
