import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SHAPE_AND_AXIS = [
    ((3, 5), 1),
    ((2, 4, 3), -1),
    ((2, 4, 3), 1),
    ((2, 4, 3, 2), 0),
    ((2, 3, 2, 2), -3),
]


def softmax(shape, axis, rng, **options):
    prototxt = f'name: "prob" type: "Softmax" softmax_param {{ axis: {axis} }}'
    return run_layer(prototxt, rng.normal(size=shape), **options)


@pytest.mark.parametrize(("shape", "axis"), SHAPE_AND_AXIS)
def test_each_value_is_its_exp_divided_by_the_sum_of_all(shape, axis, rng):
    run = softmax(shape, axis, rng)
    x, y = (np.moveaxis(blob.data, axis, -1) for blob in (run.bottom[0], run.top[0]))
    for index in np.ndindex(x.shape[:-1]):
        exps = [math.exp(value) for value in x[index]]
        np.testing.assert_allclose(y[index], [value / sum(exps) for value in exps])


def test_the_classes_are_axis_1_unless_stated(rng):
    run = run_layer('type: "Softmax"', rng.normal(size=(2, 3, 4)))
    np.testing.assert_allclose(run.top[0].data.sum(axis=1), 1)


def test_an_engine_changes_nothing(rng):
    x = rng.normal(size=(2, 3))
    plain, cudnn = (
        run_layer(f'type: "Softmax" softmax_param {{ {engine} }}', x)
        for engine in ("", "engine: CUDNN")
    )
    np.testing.assert_array_equal(plain.top[0].data, cudnn.top[0].data)


def test_a_new_shape_is_fine(rng):
    run = softmax((2, 3), 1, rng)
    for shape in ((7, 4), (0, 4), (1, 2, 3)):
        run.bottom[0].reshape(shape)
        run.forward()
        assert run.top[0].shape == shape


def test_an_axis_that_the_bottom_does_not_have(rng):
    with pytest.raises(LayerError, match=r'Softmax layer "prob": axis 2 is out of range'):
        softmax((2, 3), 2, rng)
