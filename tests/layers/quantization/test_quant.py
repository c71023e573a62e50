import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

X = np.array([-np.inf, -3, -1, -0.25, 0, 0.2, 0.807, 0.9, 1.4, 1.614, 1.7, 9], np.float32)


def quant(options, x=X, **more):
    return run_layer(f'name: "q" type: "Quant" quant_param {{ {options} }}', x, **more)


def test_it_is_the_nearest_of_the_values_above_0():
    run = quant("centers: 0.538 centers: 1.076 centers: 1.614", dtype=np.float32)
    centers = np.array([0.538, 1.076, 1.614], np.float32)
    expected = [0 if x <= 0 else min(centers, key=lambda c, x=x: abs(c - x)) for x in X]
    np.testing.assert_array_equal(run.top[0].data, np.array(expected, np.float32))


def test_half_way_it_is_the_smaller_one_and_infinity_is_none():
    run = quant("centers: 1 centers: 3 negative_slope: 0.5", [2.0, np.inf, np.nan, -1, 0])
    np.testing.assert_array_equal(run.top[0].data, [1, 0, 0, -0.5, -0.5])


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ('forward_func: "sign"', lambda x: 1 if x >= 0 else -1),
        ('forward_func: "hard_tanh"', lambda x: min(max(x, -1), 1)),
        ('forward_func: "relu" negative_slope: 0.5', lambda x: x if x > 0 else 0.5 * x),
    ],
)
def test_other_functions(options, value):
    x = X[1:]
    np.testing.assert_allclose(quant(options, x).top[0].data, [value(v) for v in x], rtol=1e-7)


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(
    ("options", "slope"),
    [
        ("clip_thr: 1", lambda x: float(0 < x <= 1)),
        ("clip_thr: -1 negative_slope: 0.5", lambda x: 1 if x > 0 else 0.5),
        ('clip_thr: 1 backward_func: "hard_tanh"', lambda x: float(-1 <= x <= 1)),
        ('backward_func: "hard_tanh"', lambda x: 1.0),
    ],
)
def test_the_gradient_is_that_of_another_function(options, slope, in_place):
    x = X[1:]
    run = quant(f"centers: 1 {options}", x, in_place=in_place)
    run.top[0].diff[...] = 3
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [3 * slope(v) for v in x])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "(?s)no values.*from small to large.*none"),
        ("centers: 1 centers: 0.5", r"(?s)no values.*\[1.0, 0.5\]"),
        ("centers: 0 centers: 0.5", "no values"),
        ('forward_func: "tanh"', "(?s)Unknown forward_func.*hwgq or sign or hard_tanh or relu"),
        ('centers: 1 backward_func: "sign"', "(?s)Unknown backward_func.*relu or hard_tanh.*sign"),
    ],
)
def test_settings_that_make_no_sense(options, words):
    with pytest.raises(LayerError, match=words):
        quant(options)
