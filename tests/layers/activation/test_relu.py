import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan


def relu(x, slope=0.0, **more):
    text = f'name: "act" type: "ReLU" relu_param {{ negative_slope: {slope} }}'
    return run_layer(text, x, **more)


@pytest.mark.parametrize("slope", [0, 0.1, 1, 2, -0.5])
@pytest.mark.parametrize("in_place", [False, True])
def test_negative_values_are_multiplied_by_the_slope(slope, in_place, rng):
    x = rng.normal(size=(2, 3, 4))
    expected = [value if value > 0 else slope * value for value in x.flat]
    top = relu(x, slope, in_place=in_place).top[0]
    np.testing.assert_allclose(top.data.ravel(), expected, rtol=1e-6)


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("copies", [1, 1000])  # small and large arrays take different ways
@pytest.mark.parametrize(
    ("slope", "expected"),
    [
        (0, [0, 0, 0, 2, INF, NAN]),
        (0.5, [-INF, -0.5, 0, 2, INF, NAN]),
        (3, [-INF, -3, 0, 2, INF, NAN]),
        (-3, [INF, 3, 0, 2, INF, NAN]),
    ],
)
def test_infinity_and_nan(slope, expected, copies, in_place):
    x = np.tile([-INF, -1, 0, 2, INF, NAN], copies)
    run = relu(x, slope, in_place=in_place)
    np.testing.assert_array_equal(run.top[0].data, np.tile(expected, copies))


@pytest.mark.parametrize(("slope", "expected"), [(0, [0, 0, 4]), (0.5, [1, 1.5, 4])])
def test_the_kink_counts_as_negative(slope, expected):
    run = relu([-1, 0, 1], slope)
    run.top[0].diff[...] = [2, 3, 4]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


def test_nothing_flows_back_through_nan():
    for slope in (0, 0.5):
        run = relu([NAN, 1], slope)
        run.top[0].diff[...] = 1
        run.backward()
        np.testing.assert_array_equal(run.bottom[0].diff, [0, 1])


@pytest.mark.parametrize("slope", [0, 0.1])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape, slope):
    run = relu(np.full(shape, -2.0), slope)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.top[0].data, np.full(shape, -2 * slope), rtol=1e-6)
    np.testing.assert_allclose(run.bottom[0].diff, np.full(shape, slope), rtol=1e-6)


@pytest.mark.parametrize("engine", ["DEFAULT", "CAFFE", "CUDNN"])
def test_a_prototxt_written_for_another_engine_runs(engine):
    run = run_layer(f'type: "ReLU" relu_param {{ engine: {engine} }}', [-1.0, 1.0])
    np.testing.assert_array_equal(run.top[0].data, [0, 1])


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"ReLU Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "ReLU"', [1.0], [2.0])


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(
    ("options", "limit"), [("relu6: true", 6), ("maximum: 2.5", 2.5), ("relu6: true maximum: 9", 6)]
)
def test_limits_of_synopsys(options, limit, in_place):
    x = np.array([-3.0, -0.5, 0.5, 2, 3, 5, 7, 20])
    text = f'name: "r" type: "ReLU" relu_param {{ {options} negative_slope: 0.5 }}'
    run = run_layer(text, x, in_place=in_place)
    np.testing.assert_array_equal(run.top[0].data, np.minimum(np.where(x > 0, x, x / 2), limit))
    run.top[0].diff[...] = 1
    run.backward()
    slope = np.where(x > 0, 1, 0.5) * (x < limit)
    np.testing.assert_array_equal(run.bottom[0].diff, slope)
