"""Filter with a weight that marks channels, as in channel pruning."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def filtered(options, *bottom):
    text = f'name: "f" type: "Filter" filter_param {{ {options} }}'
    return run_layer(text, *bottom, num_top=len(bottom))


def test_the_first_channels_pass_until_there_is_a_weight(rng):
    x = rng.normal(size=(2, 4, 3))
    run = filtered("num_output: 3", x)
    np.testing.assert_array_equal(run.layer.blobs_[0].data, [1, 1, 1, 0])
    np.testing.assert_array_equal(run.top[0].data, x[:, :3])


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_marked_channels_pass_and_have_the_gradient(axis, rng):
    x, z = rng.normal(size=(2, 3, 3, 3))
    run = filtered(f"axis: {axis} num_output: 2", x, z)
    run.layer.blobs_[0].data[...] = [0.5, 0, -2]
    run.forward()
    for bottom, top in zip((x, z), run.top, strict=True):
        np.testing.assert_array_equal(top.data, bottom.take([0, 2], axis))
        top.diff[...] = rng.normal(size=top.shape)
    run.bottom[0].diff[...] = run.bottom[1].diff[...] = np.nan
    run.backward([True, False])
    dx = run.bottom[0].diff
    np.testing.assert_array_equal(dx.take([0, 2], axis), run.top[0].diff)
    assert not dx.take(1, axis).any()
    assert np.isnan(run.bottom[1].diff).all()


def test_what_does_not_suit():
    x = np.zeros((2, 3))
    with pytest.raises(LayerError, match="how many channels pass"):
        filtered("num_output: 4", x)
    with pytest.raises(LayerError, match="how many channels pass"):
        filtered("axis: 1", x)
    with pytest.raises(LayerError, match="does not have the channels"):
        filtered("num_output: 2", x, np.zeros((2, 4)))
    with pytest.raises(LayerError, match="every bottom makes one top"):
        run_layer('name: "f" type: "Filter" filter_param { num_output: 1 }', x, x, num_top=1)
    run = filtered("num_output: 2", x)
    run.layer.blobs_[0].data[...] = 1
    with pytest.raises(LayerError, match="marks another number"):
        run.forward()
