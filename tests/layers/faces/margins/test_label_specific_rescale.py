import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

X = np.array([[0.9, 0.1, 0.2], [0.3, -0.25, -0.5], [0.1, 0.2, 0.36]])
LABELS = [0, 1, 2]


def rescale(options, x=X, **more):
    text = f'name: "it" type: "LabelSpecificRescale" label_specific_rescale_param {{ {options} }}'
    return run_layer(text, x, LABELS, **more)


def oracle(true, other):
    """y and dy/dx, score by score; `true` and `other` are functions of a score to both."""
    y, slope = np.empty_like(X), np.empty_like(X)
    for m, n in np.ndindex(*X.shape):
        y[m, n], slope[m, n] = (true if n == LABELS[m] else other)(X[m, n])
    return y, slope


@pytest.mark.parametrize(
    ("options", "true"),
    [
        ("positive_weight: 0.5", lambda x: (0.5 * x, 0.5)),
        ("positive_weight: 0.5 bias_fix: true", lambda x: (0.5 * x + 0.5, 0.5)),
        ("positive_weight: 0.5 for_ip: true", lambda x: (0.5 * x, 0.5) if x > 0 else (x, 1)),
        (
            "positive_weight: 0.5 power_on_positive: true",
            lambda x: (np.sign(x) * abs(x) ** 0.5, 0.5 * abs(x) ** -0.5),
        ),
        ("power_on_positive: true", lambda x: (x, 1)),
        ("positive_lower_bound: 7 negative_upper_bound: 7", lambda x: (x, 1)),
    ],
)
@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_scores_are_scaled_by_what_they_are(options, true, phase, rng):
    run = rescale(f"{options} negative_weight: 3 rescale_test: true", phase=phase)
    y, slope = oracle(true, lambda x: (3 * x, 3))
    np.testing.assert_allclose(run.top[0].data, y)
    run.top[0].diff[...] = dy = rng.normal(size=X.shape)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, slope * dy)


def test_nothing_is_scaled_in_test_unless_asked_for():
    run = rescale("positive_weight: 0.5 negative_weight: 3", phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, X)
    run.top[0].diff[...] = X + 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, X + 1)


def test_the_factor_changes_from_forward_to_forward_and_snapshots_keep_it():
    options = (
        "positive_weight_base: 0.5 gamma: 0.5 power: -2 positive_weight_min: 1.5 "
        "positive_weight_max: 4 iteration: 0"
    )
    run, other = rescale(options, num_top=2), rescale(options, num_top=2)
    for expected in (1.5, 2, 3.125, 4):  # 0.5 (1 + i / 2)^2 from i = 1: 1.125, 2, 3.125, 4.5
        np.testing.assert_allclose(run.top[1].data, [expected])
        run.forward()
    other.layer.set_state({**run.layer.get_state(), "iteration": 2})
    other.forward()
    np.testing.assert_allclose(other.top[1].data, [3.125])
    held = rescale(options, phase="TEST", num_top=2)
    assert held.top[1].data == 1


def test_it_works_in_place_but_for_powers():
    run = rescale("positive_weight: 0.5 for_ip: true")
    run.layer.forward(run.bottom, run.bottom[:1])
    np.testing.assert_array_equal(run.bottom[0].data, run.top[0].data)
    with pytest.raises(LayerError, match="Inplace is disabled when using power"):
        rescale("power_on_positive: true").layer.setup(run.bottom, run.bottom[:1])


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(LayerError, match=r"no class\n.*from 0 to 2"):
        run_layer('type: "LabelSpecificRescale"', X, [0, 1, 3])
