import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import LayerRun, run_layer
from tests.ops import plain_loops

# alpha is large everywhere, so that a neighbour too many or too few changes every digit
ACROSS = [(5, 2.0, 0.75, 1.0), (3, 1.5, 0.5, 2.0), (1, 3.0, 0.75, 0.5), (7, 4.0, 1.2, 1.0)]
WITHIN = [(3, 2.0, 0.75, 1.0), (5, 6.0, 0.6, 1.0), (1, 1.0, 0.5, 1.0)]
IMAGE = (2, 6, 4, 3)


def lrn(options: str, x: np.ndarray) -> LayerRun:
    return run_layer(f'name: "norm1" type: "LRN" lrn_param {{ {options} }}', x)


def stated(size, alpha, beta, k):
    return f"local_size: {size} alpha: {alpha} beta: {beta} k: {k}"


@pytest.mark.parametrize("numbers", ACROSS)
def test_across_channels(numbers, rng):
    size, alpha, beta, k = numbers
    x = rng.normal(size=IMAGE)
    expected = x * plain_loops.lrn_scale(x, size, alpha, k, within_channel=False) ** -np.float32(
        beta
    )
    np.testing.assert_allclose(lrn(stated(*numbers), x).top[0].data, expected, rtol=1e-7)


@pytest.mark.parametrize("numbers", WITHIN)
def test_within_a_channel(numbers, rng):
    size, alpha, beta, _ = numbers
    x = rng.normal(size=IMAGE)
    run = lrn(f"{stated(*numbers)} norm_region: WITHIN_CHANNEL", x)
    expected = x * plain_loops.lrn_scale(x, size, alpha, 1, within_channel=True) ** -beta
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-7)


def test_within_a_channel_k_is_one_whatever_is_stated(rng):
    x = rng.normal(size=IMAGE)
    one, nine = (lrn(f"alpha: 2 k: {k} norm_region: WITHIN_CHANNEL", x) for k in (1, 9))
    np.testing.assert_array_equal(one.top[0].data, nine.top[0].data)


def test_the_defaults(rng):
    x = rng.normal(size=IMAGE)
    stated_all = lrn("local_size: 5 alpha: 1 beta: 0.75 k: 1 norm_region: ACROSS_CHANNELS", x)
    np.testing.assert_array_equal(lrn("", x).top[0].data, stated_all.top[0].data)


@pytest.mark.parametrize("region", ["ACROSS_CHANNELS", "WITHIN_CHANNEL"])
def test_it_works_in_place(region, rng):
    x = rng.normal(size=IMAGE)
    text = f'type: "LRN" lrn_param {{ alpha: 2 norm_region: {region} }}'
    run = run_layer(text, x, in_place=True)
    np.testing.assert_array_equal(run.top[0].data, run_layer(text, x).top[0].data)


@pytest.mark.parametrize("region", ["ACROSS_CHANNELS", "WITHIN_CHANNEL"])
def test_the_gradient_does_not_need_the_top(region, rng):
    run = lrn(f"norm_region: {region}", rng.normal(size=IMAGE))
    run.top[0].diff[...] = rng.normal(size=IMAGE)
    run.backward()
    expected = run.bottom[0].diff.copy()
    run.top[0].data[...] = 0  # by a layer that works in place
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


@pytest.mark.parametrize("region", ["ACROSS_CHANNELS", "WITHIN_CHANNEL"])
@pytest.mark.parametrize("shape", [(1, 6, 4, 3), (0, 6, 4, 3), (3, 2, 5, 1)])
def test_a_new_shape_is_fine(region, shape, rng):
    run = lrn(f"norm_region: {region}", rng.normal(size=IMAGE))
    run.bottom[0].reshape(shape)
    run.bottom[0].data[...] = 2
    run.forward()
    run.top[0].diff[...] = 1
    run.backward()
    assert run.top[0].shape == shape
    assert (run.top[0].data > 0).all()


@pytest.mark.parametrize("size", [0, 2, 4])
@pytest.mark.parametrize("region", ["ACROSS_CHANNELS", "WITHIN_CHANNEL"])
def test_an_even_size_is_refused(size, region, rng):
    message = f'"norm1".*LRN only supports odd values for local_size\n.*{size}'
    with pytest.raises(LayerError, match=message):
        lrn(f"local_size: {size} norm_region: {region}", rng.normal(size=IMAGE))


@pytest.mark.parametrize("shape", [(2, 6), (2, 6, 4, 3, 1)])
def test_only_images_are_taken(shape, rng):
    with pytest.raises(LayerError, match="Input must have 4 axes"):
        lrn("", rng.normal(size=shape))
