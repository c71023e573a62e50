import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan


def clip(x, options="min: -0.5 max: 0.75", **more):
    return run_layer(f'name: "act" type: "Clip" clip_param {{ {options} }}', x, **more)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("in_place", [False, True])
def test_values_beyond_the_limits_become_the_limits(dtype, in_place, rng):
    x = rng.normal(size=(2, 3, 4)).astype(dtype)
    run = clip(x, dtype=dtype, in_place=in_place)
    expected = [-0.5 if v < -0.5 else 0.75 if v > 0.75 else v for v in x.flat]
    np.testing.assert_array_equal(run.top[0].data.ravel(), expected)


@pytest.mark.parametrize("in_place", [False, True])
def test_the_gradient_passes_at_the_limits_themselves(in_place):
    run = clip([-0.6, -0.5, 0.0, 0.75, 0.8], in_place=in_place)
    run.top[0].diff[...] = [2, 3, 4, 5, 6]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [0, 3, 4, 5, 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_infinity_and_nan(dtype):
    run = clip([-INF, INF, NAN], dtype=dtype)
    np.testing.assert_array_equal(run.top[0].data, [-0.5, 0.75, -0.5])
    run.top[0].diff[...] = [1, INF, 1]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [0, NAN, 0])


def test_limits_that_contradict_each_other_give_the_lower_one():
    run = clip([-2.0, 0.0, 2.0], "min: 1 max: -1")
    np.testing.assert_array_equal(run.top[0].data, [1, 1, 1])


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape, in_place):
    run = clip(np.full(shape, 0.25), in_place=in_place)
    run.top[0].diff[...] = 3
    run.backward()
    np.testing.assert_array_equal(run.top[0].data, np.full(shape, 0.25))
    np.testing.assert_array_equal(run.bottom[0].diff, np.full(shape, 3))


@pytest.mark.parametrize("in_place", [False, True])
def test_another_batch_size_is_fine(in_place, rng):
    run = clip(rng.normal(size=(2, 3)), in_place=in_place)
    for batch in (5, 1):
        run.bottom[0].reshape(batch, 3)
        run.bottom[0].data[...] = [-9, 0, 9]
        run.forward()
        run.top[0].diff[...] = 4
        run.backward()
        np.testing.assert_array_equal(run.bottom[0].diff, [[0, 4, 0]] * batch)


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ("", r"clip_param\.min, clip_param\.max"),
        ("min: 0", r"clip_param\.max"),
        ("max: 0", r"clip_param\.min"),
    ],
)
def test_both_limits_are_required(options, missing):
    with pytest.raises(LayerError, match=f'"act": missing required fields: {missing}\n.*fix'):
        clip([1.0], options)


def test_limits_are_required_even_where_nothing_is_stated():
    with pytest.raises(LayerError, match="missing required fields"):
        run_layer('type: "Clip"', [1.0])


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"Clip Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "Clip"', [1.0], [2.0])
