import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def unstacked(x, options, num_top):
    return run_layer(f'name: "u" type: "Unstack" unstack_param {{ {options} }}', x, num_top=num_top)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_each_position_is_a_blob(axis, rng):
    x = rng.normal(size=(3, 3, 3))
    run = unstacked(x, f"axis: {axis} num: 3", 3)
    for index, top in enumerate(run.top):
        np.testing.assert_array_equal(top.data, x.take(index, axis=axis))


def test_positions_without_a_top_have_no_gradient(rng):
    run = unstacked(rng.normal(size=(2, 4)), "axis: 1", 2)
    for index, top in enumerate(run.top):
        top.diff[...] = index + 1
    run.bottom[0].diff[...] = np.nan
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [[1, 2, 0, 0]] * 2)


@pytest.mark.parametrize(("options", "num_top"), [("num: 3", 2), ("", 3), ("axis: 2", 1)])
def test_numbers_that_do_not_fit(options, num_top):
    with pytest.raises(LayerError, match=r"do not fit|axis"):
        unstacked(np.zeros((2, 4)), options, num_top)


def test_no_axis():
    with pytest.raises(LayerError, match="no axis"):
        unstacked(np.zeros(()), "", 1)
