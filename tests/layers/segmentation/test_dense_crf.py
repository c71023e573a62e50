import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.ops.plain_lattice import places, plain


def dense_crf(options, *bottoms, **more):
    return run_layer(
        f'name: "crf" type: "DenseCRF" dense_crf_param {{ {options} }}', *bottoms, **more
    )


def oracle(scores, kernels, max_iter):
    """Mean field inference pixel by pixel; kernels are (weight, features)."""
    channels, height, width = scores.shape
    scores = scores.reshape(channels, -1)
    norms = [plain(np.ones(height * width), features) for _, features in kernels]
    q = probabilities(scores)
    for _ in range(max_iter):
        sums = scores.copy()
        for (weight, features), norm in zip(kernels, norms, strict=True):
            for c in range(channels):
                said = np.divide(plain(q[c], features), norm)
                sums[c] += weight * said
        q = probabilities(sums)
    return q.reshape(channels, height, width)


def probabilities(scores):
    q = np.empty_like(scores)
    for i in range(scores.shape[1]):
        below = [value - max(scores[:, i]) for value in scores[:, i]]
        exps = [math.exp(value) if value >= -20 else 0 for value in below]
        q[:, i] = np.divide(exps, sum(exps))
    return q


@pytest.fixture
def scores(rng):
    return rng.normal(size=(2, 3, 4, 5)) * 2


@pytest.fixture
def image(rng):
    return rng.normal(size=(2, 3, 4, 5)) * 3


ALL = np.array([[4, 5], [4, 5]], float)


def test_near_pixels_tell_each_other(scores):
    run = dense_crf("max_iter: 2 pos_w: 3 pos_xy_std: 2 pos_w: 1 pos_xy_std: 0.5", scores, ALL)
    for result, its in zip(run.top[0].data, scores, strict=True):
        expected = oracle(its, [(3, places(4, 5, 2)), (1, places(4, 5, 0.5))], 2)
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-6)


def test_and_those_of_like_colour(scores, image):
    options = "max_iter: 2 pos_w: 1 pos_xy_std: 2 bi_w: 4 bi_xy_std: 3 bi_rgb_std: 2"
    run = dense_crf(options, scores, ALL, image)
    for result, its, colors in zip(run.top[0].data, scores, image, strict=True):
        alike = np.hstack([places(4, 5, 3), (colors.reshape(3, 20).T / 2).astype("f4")])
        expected = oracle(its, [(1, places(4, 5, 2)), (4, alike)], 2)
        np.testing.assert_allclose(result, expected, rtol=1e-3, atol=1e-5)


def test_noise_within_an_area_of_one_colour_goes(rng):
    image = np.zeros((1, 3, 20, 20))
    image[:, :, :, 10:] = 100
    truth = (image[0, 0] > 0).astype(int)
    scores = np.stack([1 - truth, truth]) + rng.normal(size=(2, 20, 20))
    before = (scores.argmax(axis=0) != truth).sum()
    run = dense_crf("bi_w: 5 bi_xy_std: 20 bi_rgb_std: 10", scores[None], [[20, 20]], image)
    assert before > 50
    assert (run.top[0].data[0].argmax(axis=0) != truth).sum() == 0


def test_what_is_beyond_the_size_is_left_aside(scores):
    options = "max_iter: 2 pos_w: 3 pos_xy_std: 2"
    whole = dense_crf(options, scores[:1, :, :3, :2], [[3, 2]]).top[0].data
    run = dense_crf(options, scores, [[3, 2], [9, 9]])
    np.testing.assert_array_equal(run.top[0].data[0, :, :3, :2], whole[0])
    assert not run.top[0].data[0, :, 3:].any()
    assert not run.top[0].data[0, :, :, 2:].any()
    assert run.top[0].data[1].all()


def test_logarithms_have_an_end(scores):
    scores[0, 0, 0, 0] = 50
    options = "max_iter: 0 output_probability: false"
    y = dense_crf(options, scores, ALL).top[0].data
    np.testing.assert_allclose(y[0, :, 0, 0], [0, -87.33654, -87.33654], rtol=1e-6)
    np.testing.assert_allclose(np.exp(y).sum(axis=1), 1)


# --- CCNN's: labels -------------------------------------------------------------------------------

CCNN = (
    "x_gauss: 2 y_gauss: 1 wt_gauss: 1.5 x_bilateral: 4 y_bilateral: 3 r_bilateral: 20 "
    "g_bilateral: 40 b_bilateral: 30 wt_bilateral: 3"
)


def labels_of(options, *bottoms, **more):
    return run_layer(
        f'name: "crf" type: "DenseCRF" densecrf_param {{ {options} }}', *bottoms, **more
    )


def test_labels_of_a_field_over_an_image(scores, rng):
    scores *= 0.3
    image = rng.uniform(0, 255, size=(2, 3, 4, 5))
    run = labels_of(CCNN, scores, image)
    assert run.top[0].shape == (2, 1, 4, 5)
    assert run.layer.chooses_classes
    changed = 0
    for found, its, colors in zip(run.top[0].data, scores, image, strict=True):
        red_first = np.floor(colors[::-1]).reshape(3, 20).T / [20, 40, 30]
        near = places(4, 5, 1) / np.array([2, 1], "f4")
        alike = np.hstack([places(4, 5, 1) / np.array([4, 3], "f4"), red_first.astype("f4")])
        expected = oracle(its, [(1.5, near), (3, alike)], 10).argmax(axis=0)
        np.testing.assert_array_equal(found[0], expected)
        changed += (expected != its.argmax(axis=0)).sum()
    assert changed > 4


@pytest.mark.parametrize("options", ["", None])
def test_an_image_in_place_of_sizes_says_so_as_well(options, scores, rng):
    image = rng.uniform(0, 255, size=(2, 3, 4, 5))
    stated = (
        "x_gauss: 3 y_gauss: 3 wt_gauss: 3 x_bilateral: 60 y_bilateral: 60 r_bilateral: 20 "
        "g_bilateral: 20 b_bilateral: 20 wt_bilateral: 10"
    )
    text = 'type: "DenseCRF"' + ("" if options is None else " densecrf_param { }")
    found = run_layer(text, scores, image).top[0].data
    np.testing.assert_array_equal(found, labels_of(stated, scores, image).top[0].data)


def test_values_are_bytes(scores, rng):
    image = rng.integers(0, 256, size=(2, 3, 4, 5)).astype(float)
    wrapped = image + 256 * rng.integers(-3, 4, size=image.shape)
    wrapped += 0.9 * np.sign(wrapped)
    image[0, 0, 0, 0], wrapped[0, 0, 0, 0] = 0, np.nan
    image[0, 0, 0, 1], wrapped[0, 0, 0, 1] = 0, 1e12
    expected = labels_of(CCNN, scores, image).top[0].data
    np.testing.assert_array_equal(labels_of(CCNN, scores, wrapped).top[0].data, expected)


@pytest.mark.parametrize(
    ("options", "shape", "words"),
    [
        ("g_bilateral: 0", (2, 3, 4, 5), "g_bilateral must be a positive number"),
        ("y_gauss: -1", (2, 3, 4, 5), "y_gauss must be a positive number"),
        ("", (2, 1, 4, 5), "Pass 'score blob' as first"),
        ("", (2, 3, 5, 5), "Pass 'score blob' as first"),
        ("} dense_crf_param { max_iter: 1", (2, 3, 4, 5), "densecrf_param is for scores and an im"),
    ],
)
def test_what_labels_cannot_be_made_of(options, shape, words, scores):
    with pytest.raises(LayerError, match=words):
        labels_of(options, scores, np.ones(shape))


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("pos_w: 1", "pos_w and pos_xy_std should have the same size"),
        ("bi_w: 1 bi_xy_std: 1", "bi_w and bi_xy_std and bi_rgb_std"),
        ("pos_w: 1 pos_xy_std: 0", "pos_xy_std must be a positive number"),
        ("bi_w: 1 bi_xy_std: 1 bi_rgb_std: nan", "bi_rgb_std must be a positive number"),
    ],
)
def test_bad_settings_are_refused(options, words, scores):
    with pytest.raises(LayerError, match=f'DenseCRF layer "crf": .*{words}'):
        dense_crf(options, scores, ALL)


def test_an_image_without_settings_for_it_is_refused(scores, image):
    with pytest.raises(LayerError, match="no bilateral parameters"):
        dense_crf("", scores, ALL, image)


@pytest.mark.parametrize("sizes", [[[4, 5]], [4, 5], [[4, 5, 1], [4, 5, 1]]])
def test_bad_sizes_are_refused(sizes, scores):
    with pytest.raises(LayerError, match="two sizes, height and width, for each of 2 images"):
        dense_crf("", scores, sizes)


def test_sizes_that_are_none_are_refused(scores):
    with pytest.raises(LayerError, match="a size in bottom"):
        dense_crf("", scores, [[4, np.nan], [4, 5]])


def test_colours_that_are_no_numbers_are_refused(scores, image):
    image[1, 2, 3, 4] = np.nan
    with pytest.raises(LayerError, match="the pixels of an image cannot be compared"):
        dense_crf("bi_w: 1 bi_xy_std: 1 bi_rgb_std: 1", scores, ALL, image)
