import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def normalize(options, x, **more):
    return run_layer(f'name: "n" type: "Normalize" {options}', x, **more)


def test_ssd_divides_each_place_by_its_length(rng):
    x = rng.normal(size=(2, 3, 2, 2))
    run = normalize("norm_param { across_spatial: false channel_shared: false }", x)
    scale = run.layer.blobs_[0].data
    assert scale.shape == (3,)
    scale[...] = [1, 2, 3]
    run.forward()
    for n, c, i, j in np.ndindex(*x.shape):
        length = math.sqrt(sum(x[n, k, i, j] ** 2 for k in range(3)) + 1e-10)
        assert run.top[0].data[n, c, i, j] == pytest.approx(x[n, c, i, j] / length * (c + 1))


def test_ssd_divides_whole_images_unless_told_otherwise(rng):
    x = rng.normal(size=(2, 3, 2, 2))
    run = normalize("norm_param { eps: 0.5 scale_filler { value: 20 } }", x)
    assert run.layer.blobs_[0].shape == ()
    for n in range(2):
        length = math.sqrt((x[n] ** 2).sum() + 0.5)
        np.testing.assert_allclose(run.top[0].data[n], x[n] / length * 20)


def test_parsenets_scale_stays_where_it_says_so(rng):
    x = rng.normal(size=(2, 3))
    for option, is_fixed in (("", False), ("fix_scale: false", False), ("fix_scale: true", True)):
        run = normalize(f"norm_param {{ {option} }}", x)
        run.top[0].diff[...] = x
        run.backward()
        assert (run.layer.blobs_[0].diff == 0) == is_fixed


@pytest.mark.parametrize(
    "options",
    ["", *(f"{name} {{ normalize_type: 'L1' }}" for name in ("normalize_param", "softmax_param"))],
)
def test_caffe_windows_divides_each_place_and_learns_nothing(options, rng):
    x = rng.normal(size=(2, 3, 2, 2))
    run = normalize(options, x, num_top=2)
    assert run.layer.blobs_ == []
    assert run.top[1].shape == (2, 1, 2, 2)
    for n, i, j in np.ndindex(2, 2, 2):
        values = x[n, :, i, j]
        length = sum(abs(values)) + 1e-6 if options else math.sqrt(sum(values**2) + 1e-6)
        assert run.top[1].data[n, 0, i, j] == pytest.approx(length)
        np.testing.assert_allclose(run.top[0].data[n, :, i, j], values / length)


def test_a_fixed_gradient_is_not_divided(rng):
    x, dy = rng.normal(size=(2, 3, 4))
    runs = [normalize(f"normalize_param {{ fix_gradient: {fix} }}", x) for fix in ("true", "false")]
    for run in runs:
        run.top[0].diff[...] = dy.reshape(run.top[0].shape)
        run.backward()
    length = np.sqrt((x**2).sum(axis=1, keepdims=True) + 1e-6)
    np.testing.assert_allclose(runs[0].bottom[0].diff, runs[1].bottom[0].diff * length)


def test_the_gradient_of_lengths_is_added_if_wanted(rng):
    x = rng.normal(size=(1, 4))
    run = normalize("normalize_param { bp_norm: true }", x, num_top=2)
    run.top[1].diff[...] = 3
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, 3 * x / run.top[1].data.reshape(1, 1))


@pytest.mark.parametrize(
    ("options", "more", "message"),
    [
        ("norm_param { } normalize_param { }", {}, "norm_param is of SSD's Normalize"),
        ("norm_param { }", {"num_top": 2}, "norm_param is of SSD's Normalize"),
        ("normalize_param { normalize_type: 'L3' }", {}, "normalize_type is unknown"),
        ("softmax_param { normalize_type: 'Softmax' }", {}, "normalize_type is unknown"),
    ],
)
def test_mixed_meanings_are_refused(options, more, message):
    with pytest.raises(LayerError, match=f'Normalize layer "n": {message}'):
        normalize(options, np.ones((2, 3)), **more)


def test_other_channels_later_are_refused():
    run = normalize("norm_param { channel_shared: false }", np.ones((2, 3)))
    run.bottom[0].reshape(2, 4)
    with pytest.raises(LayerError, match="Scale size is inconsistent"):
        run.forward()


def test_vectors_of_one_axis_are_refused():
    with pytest.raises(LayerError, match="must be >=2"):
        normalize("norm_param { }", np.ones(3))
