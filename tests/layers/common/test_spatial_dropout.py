import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def spatial_dropout(x, options="", **more):
    return run_layer(f'name: "drop" type: "SpatialDropout" {options}', x, **more)


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("message", ["spatial_dropout_param", "dropout_param"])
def test_a_channel_is_left_out_or_scaled_as_a_whole(message, in_place, rng):
    x = rng.uniform(1, 2, size=(40, 50, 2, 3))
    run = spatial_dropout(x, f"{message} {{ dropout_ratio: 0.2 }}", in_place=in_place)
    factors = run.top[0].data / x
    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :, :1, :1], x.shape))
    kept = factors[:, :, 0, 0] != 0
    np.testing.assert_allclose(factors[kept], 1.25)
    assert abs(kept.mean() - 0.8) < 5 * np.sqrt(0.16 / 2000)
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, 2 * factors)


def test_the_ratio_is_one_half_unless_stated_and_masks_are_drawn_anew():
    run = spatial_dropout(np.ones((30, 30)))
    first = run.top[0].data.copy()
    assert set(first.ravel()) == {0, 2}
    run.forward()
    assert 0.3 < np.mean(first != run.top[0].data) < 0.7


@pytest.mark.parametrize("in_place", [False, True])
def test_in_a_test_nothing_happens(in_place, rng):
    x = rng.normal(size=(2, 3, 4))
    run = spatial_dropout(x, in_place=in_place, phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, x)
    run.top[0].diff[...] = x
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, x)


def test_bad_settings():
    with pytest.raises(LayerError, match="no channels"):
        spatial_dropout(np.ones(3))
    with pytest.raises(LayerError, match="between 0 and 1"):
        spatial_dropout(np.ones((2, 3)), "spatial_dropout_param { dropout_ratio: 1 }")
