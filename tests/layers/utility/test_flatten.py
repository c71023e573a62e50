import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SHAPES = [
    ("", (2, 60)),
    ("axis: 0", (120,)),
    ("axis: 0 end_axis: -2", (24, 5)),
    ("axis: 1 end_axis: 2", (2, 12, 5)),
    ("axis: -3 end_axis: -2", (2, 12, 5)),
    ("axis: 2", (2, 3, 20)),
    ("axis: 3", (2, 3, 4, 5)),
    ("axis: 2 end_axis: 1", (2, 3, 1, 4, 5)),  # no axis at all: one of length 1 in between
]


def flatten(options, x, **more):
    return run_layer(f'name: "flat" type: "Flatten" flatten_param {{ {options} }}', x, **more)


@pytest.mark.parametrize(("options", "shape"), SHAPES)
def test_axes_become_one_in_the_same_memory(options, shape, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = flatten(options, x)
    assert run.top[0].shape == shape
    np.testing.assert_array_equal(run.top[0].data.ravel(), x.ravel())
    assert np.shares_memory(run.top[0].data, run.bottom[0].data)
    assert np.shares_memory(run.top[0].diff, run.bottom[0].diff)


def test_it_follows_the_bottom_into_new_memory(rng):
    run = flatten("", rng.normal(size=(2, 3, 4)))
    for shape in ((20, 3, 4), (1, 3, 4), (20, 3, 4)):
        run.bottom[0].reshape(shape)
        run.bottom[0].data[...] = rng.normal(size=shape)
        run.forward()
        assert run.top[0].shape == (shape[0], 12)
        np.testing.assert_array_equal(run.top[0].data.ravel(), run.bottom[0].data.ravel())


@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 3)])
def test_empty_blobs(shape):
    assert flatten("", np.ones(shape)).top[0].shape == (shape[0], int(np.prod(shape[1:])))


def test_it_cannot_work_in_place(rng):
    with pytest.raises(LayerError, match=r'"flat".*Flatten Layer does not allow in-place'):
        flatten("", rng.normal(size=(2, 3)), in_place=True)


def test_an_end_before_the_start_is_refused(rng):
    with pytest.raises(LayerError, match=r'"flat": end_axis lies before axis(.*\n)*.*end_axis: 1'):
        flatten("axis: 3 end_axis: 1", rng.normal(size=(2, 3, 4, 5)))


@pytest.mark.parametrize("options", ["axis: 4", "end_axis: 4", "axis: -5"])
def test_an_axis_out_of_range_is_refused(options, rng):
    with pytest.raises(LayerError, match=r'"flat".*axis.*out of range'):
        flatten(options, rng.normal(size=(2, 3, 4, 5)))
