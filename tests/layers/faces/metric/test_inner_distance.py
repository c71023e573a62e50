import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer


def inner_distance(options, *bottoms):
    text = (
        'name: "it" type: "InnerDistance" inner_distance_param { '
        f'weight_filler {{ type: "gaussian" }} {options} }}'
    )
    return run_layer(text, *bottoms)


@pytest.mark.parametrize("kind", ["L1", "L2"])
def test_distances_to_all_centres(kind, rng):
    x = rng.normal(size=(3, 2, 2))
    run = inner_distance(f'num_output: 5 distance_type: "{kind}"', x)
    for m, n in np.ndindex(3, 5):
        differences = x[m].ravel() - run.layer.blobs_[0].data[n]
        expected = sum(abs(d) if kind == "L1" else d * d for d in differences)
        np.testing.assert_allclose(run.top[0].data[m, n], expected)
    check_gradients(run)


def test_transposed_weights_keep_their_order(rng):
    x = rng.normal(size=(3, 4))
    plain = inner_distance("num_output: 2", x)
    other = inner_distance("num_output: 2 transpose: true", x)
    assert other.layer.blobs_[0].shape == (4, 2)
    other.layer.blobs_[0].data[...] = plain.layer.blobs_[0].data.reshape(4, 2)
    other.forward()
    np.testing.assert_array_equal(other.top[0].data, plain.top[0].data)


def test_centres_are_made_1_long_in_place(rng):
    run = inner_distance("num_output: 3 normalize: true", rng.normal(size=(2, 4)))
    run.layer.blobs_[0].data[...] = weight = rng.normal(size=(3, 4))
    run.forward()
    expected = [row / np.sqrt(sum(row**2) + 1e-6) for row in weight]
    np.testing.assert_allclose(run.layer.blobs_[0].data, expected)


def test_a_centre_learns_from_its_own_class(rng):
    x, centres, labels = rng.normal(size=(4, 3)), rng.normal(size=(2, 3)), [1, 0, 1, 1]
    run = inner_distance("update_center_only: true", x, centres, labels)
    every = inner_distance("", x, centres)
    np.testing.assert_array_equal(run.top[0].data, every.top[0].data)
    for each in (run, every):
        each.top[0].diff[...] = np.arange(8).reshape(4, 2)
        each.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, every.bottom[0].diff)
    expected = np.zeros((2, 3))
    for m, n in enumerate(labels):
        expected[n] += 2 * (2 * m + n) * (centres[n] - x[m])
    np.testing.assert_allclose(run.bottom[1].diff, expected)


@pytest.mark.parametrize(
    ("options", "more", "message"),
    [
        ("", [], "num_output must be at least 1"),
        ('num_output: 2 distance_type: "L3"', [], "must be L1 or L2"),
        ("update_center_only: true", [np.zeros((2, 3))], "needs labels"),
        ("", [np.zeros((2, 2))], "no centres for these items"),
        ("", [np.zeros((2, 3)), np.zeros(3)], "Number of labels must match"),
    ],
)
def test_what_does_not_fit_is_refused(options, more, message):
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        inner_distance(options, np.zeros((4, 3)), *more)
