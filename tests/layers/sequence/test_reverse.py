import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_an_axis_is_turned_round(axis, rng):
    x = rng.normal(size=(2, 3, 4))
    run = run_layer(f'type: "Reverse" reverse_param {{ axis: {axis} }}', x)
    run.top[0].diff[...] = rng.normal(size=(2, 3, 4))
    run.backward()
    for index in np.ndindex(2, 3, 4):
        other = list(index)
        other[axis] = x.shape[axis] - 1 - index[axis]
        assert run.top[0].data[index] == x[tuple(other)]
        assert run.bottom[0].diff[tuple(other)] == run.top[0].diff[index]


@pytest.mark.parametrize("axis", [-1, 2])
def test_an_axis_that_is_not_there_is_refused(axis):
    with pytest.raises(LayerError, match=r"Axis must be less(.*\n)*.*from 0 to 1"):
        run_layer(f'type: "Reverse" reverse_param {{ axis: {axis} }}', np.zeros((2, 3)))
