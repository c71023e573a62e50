import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SHAPE = (2, 4, 2, 3)


def bias_channel(options, x, labels):
    text = f'name: "b" type: "BiasChannel" bias_channel_param {{ {options} }}'
    return run_layer(text, x, labels)


def images(labels):
    return np.array(labels, float)[:, :, None, None]


def test_labels_of_an_image_raise_their_channels(rng):
    x = rng.normal(size=SHAPE)
    labels = images([[0, 2, 2], [3, -1, 1]])
    run = bias_channel("bg_bias: 3 fg_bias: 0.5 ignore_label: 1", x, labels)
    expected = x.copy()
    expected[0, 0] += 3
    expected[0, 2] += 1  # it is there twice
    expected[1, 3] += 0.5
    np.testing.assert_allclose(run.top[0].data, expected)


def test_the_defaults(rng):
    x = rng.normal(size=SHAPE)
    y = bias_channel("", x, images([[0], [1]])).top[0].data
    np.testing.assert_allclose((y - x)[:, :, 0, 0], [[1, 0, 0, 0], [0, 2, 0, 0]], atol=1e-12)


@pytest.mark.parametrize(
    ("options", "background", "bg_bias"),
    [
        ("", None, 0),
        ("bg_bias: 3", 0, 3),
        ("background_label: 2", 2, 1),
        ("background_label: 2 bg_bias: 3", 2, 3),
    ],
)
def test_labels_of_places_raise_scores(options, background, bg_bias, rng):
    x = rng.normal(size=SHAPE)
    labels = rng.integers(-1, 4, size=(2, 1, 2, 3)).astype(float)
    y = bias_channel(f"label_type: PIXEL ignore_label: 1 fg_bias: 0.5 {options}", x, labels)
    expected = x.copy()
    for n, _, i, j in np.ndindex(labels.shape):
        label = int(labels[n, 0, i, j])
        if label in (-1, 1):
            continue
        if background is not None:
            expected[n, background, i, j] += bg_bias
        if label != background:
            expected[n, label, i, j] += 0.5
    np.testing.assert_allclose(y.top[0].data, expected)


def test_the_gradient_passes(rng):
    run = bias_channel("", rng.normal(size=SHAPE), images([[0], [1]]))
    run.top[0].diff[...] = rng.normal(size=SHAPE)
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, run.top[0].diff)


@pytest.mark.parametrize("options", ["", "label_type: PIXEL"])
def test_a_label_that_is_no_class_is_refused(options):
    labels = np.full((2, 1, 2, 3), 4.0) if options else images([[4], [4]])
    with pytest.raises(LayerError, match=r'BiasChannel layer "b": a label .*\n.*0 to 3'):
        bias_channel(options, np.ones(SHAPE), labels)


@pytest.mark.parametrize(
    ("options", "shape"),
    [("", (2, 1, 2, 3)), ("", (1, 2, 1, 1)), ("label_type: PIXEL", (2, 1, 1, 1))],
)
def test_labels_of_another_shape_are_refused(options, shape):
    with pytest.raises(LayerError, match="labels do not fit the scores"):
        bias_channel(options, np.ones(SHAPE), np.zeros(shape))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("bg_bias: -1", "bg_bias needs to be positive"),
        ("fg_bias: nan", "fg_bias needs to be positive"),
        ("label_type: PIXEL background_label: 4", "background_label is no class"),
    ],
)
def test_bad_settings_are_refused(options, words):
    labels = np.zeros((2, 1, 2, 3)) if "PIXEL" in options else images([[0], [0]])
    with pytest.raises(LayerError, match=words):
        bias_channel(options, np.ones(SHAPE), labels)
