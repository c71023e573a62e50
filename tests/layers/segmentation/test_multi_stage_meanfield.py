import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.ops.plain_lattice import places, plain

THETAS = "theta_alpha: 3 theta_beta: 2 theta_gamma: 1.5"


def meanfield(options, *bottoms, **more):
    param = f"multi_stage_meanfield_param {{ {options} }}"
    return run_layer(f'name: "crf" type: "MultiStageMeanfield" {param}', *bottoms, **more)


def oracle(unary, scores, image, weights, iterations):
    channels, height, width = unary.shape
    of_near, of_alike, compatibility = (weight[0, 0] for weight in weights)
    near = places(height, width, 1.5)
    colors = (image.reshape(3, height * width).T / 2).astype("f4")
    alike = np.hstack([places(height, width, 3), colors])
    ones = np.ones(height * width)
    unary, scores = unary.reshape(channels, -1), scores.reshape(channels, -1)
    for _ in range(iterations):
        q = np.exp(scores) / np.exp(scores).sum(axis=0)
        said = [
            np.array([np.divide(plain(row, features), plain(ones, features)) for row in q])
            for features in (near, alike)
        ]
        scores = unary - compatibility @ (of_near @ said[0] + of_alike @ said[1])
    return scores.reshape(channels, height, width)


@pytest.mark.parametrize("iterations", [2, 3])
def test_each_image_goes_through_the_iterations(iterations, rng):
    unary, first, image = (rng.normal(size=(2, 3, 3, 4)) for _ in range(3))
    run = meanfield(f"num_iterations: {iterations} {THETAS}", unary, first, image)
    for blob in run.layer.blobs_:
        blob.data[...] = rng.normal(size=blob.shape)
    run.forward()
    weights = [blob.data for blob in run.layer.blobs_]
    for n in range(2):
        expected = oracle(unary[n], first[n], image[n], weights, iterations)
        np.testing.assert_allclose(run.top[0].data[n], expected, rtol=1e-3, atol=1e-4)


def test_weights_begin_on_the_diagonal(rng):
    bottoms = [rng.normal(size=(1, 3, 2, 2)) for _ in range(3)]
    options = "num_iterations: 2 spatial_filter_weight: 3 bilateral_filter_weight: 5"
    weights = meanfield(options, *bottoms).layer.blobs_
    for blob, value in zip(weights, (3, 5, -1), strict=True):
        np.testing.assert_array_equal(blob.data, value * np.eye(3)[None, None])


def test_another_size_of_image_is_fine(rng):
    run = meanfield(
        f"num_iterations: 2 {THETAS}", *(rng.normal(size=(1, 3, 4, 4)) for _ in range(3))
    )
    bottoms = [rng.normal(size=(2, 3, 3, 5)) for _ in range(3)]
    for blob, values in zip(run.bottom, bottoms, strict=True):
        blob.reshape(values.shape)
        blob.data[...] = values
    run.forward()
    fresh = meanfield(f"num_iterations: 2 {THETAS}", *bottoms)
    np.testing.assert_array_equal(run.top[0].data, fresh.top[0].data)


def test_a_test_keeps_nothing_for_backward(rng):
    run = meanfield("num_iterations: 2", *(rng.normal(size=(1, 3, 2, 2)) for _ in range(3)))
    run.layer.need_backward = False
    run.forward()
    assert run.layer._steps == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("num_iterations: 1", "Number of iterations must be greater than 1"),
        ("", "Number of iterations must be greater than 1"),
        ("num_iterations: 2 theta_beta: 0", "theta_beta must be a positive number"),
    ],
)
def test_bad_settings_are_refused(options, words):
    with pytest.raises(LayerError, match=words):
        meanfield(options, *[np.ones((1, 3, 2, 2))] * 3)


@pytest.mark.parametrize(("index", "shape"), [(1, (1, 2, 2, 2)), (2, (1, 1, 2, 2))])
def test_bottoms_that_do_not_fit_are_refused(index, shape):
    bottoms = [np.ones((1, 3, 2, 2))] * 3
    bottoms[index] = np.ones(shape)
    with pytest.raises(LayerError, match=rf"bottom\[{index}\] does not fit the scores"):
        meanfield("num_iterations: 2", *bottoms)
