import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def matching(options, x, labels, **more):
    text = f'type: "LabeledMatching" labeled_matching_param {{ {options} }}'
    return run_layer(text + more.pop("params", ""), x, labels, **more)


def test_products_labels_and_the_rule(rng):
    x, labels = rng.normal(size=(5, 2, 2)), [1, 5, 1, -1, 2]
    run = matching("num_classes: 3 momentum: 0.25", x, labels)
    w, ages = (blob.data for blob in run.layer.blobs_)
    assert not w.any()
    assert not ages.any()
    before = w[...] = rng.normal(size=(3, 4))
    before = before.copy()
    run.forward()
    np.testing.assert_allclose(run.top[0].data, x.reshape(5, 4) @ before.T)
    np.testing.assert_array_equal(run.top[1].data, [1, -1, 1, -1, 2])
    run.top[0].diff[...] = dy = rng.normal(size=(5, 3))
    run.backward([True, False])
    np.testing.assert_allclose(run.bottom[0].diff.reshape(5, 4), dy @ before)
    expected = before.copy()
    for item, label in zip(x.reshape(5, 4), labels, strict=True):
        if 0 <= label < 3:
            expected[label] = 0.25 * expected[label] + 0.75 * item
    np.testing.assert_allclose(w, expected)
    np.testing.assert_array_equal(ages, [1, 0, 0])
    assert not run.layer.blobs_[0].diff.any()


def test_fixed_features_stay(rng):
    params = " param { lr_mult: 0 } param { lr_mult: 0 }"
    run = matching("num_classes: 2", rng.normal(size=(2, 3)), [0, 1], params=params)
    run.layer.param_propagate_down_ = [False, False]
    run.backward([True, False])
    assert not run.layer.blobs_[0].data.any()
    run.layer.param_propagate_down_ = [True, False]
    with pytest.raises(LayerError, match="both updated or not"):
        run.backward([True, False])


def test_bad_settings_and_shapes(rng):
    with pytest.raises(LayerError, match="num_classes must be"):
        matching("", np.ones((2, 3)), [0, 1])
    with pytest.raises(LayerError, match="Number of labels"):
        matching("num_classes: 2", np.ones((2, 3)), [0])
    run = matching("num_classes: 2", np.ones((2, 3)), [0, 1])
    run.bottom[0].reshape((2, 4))
    with pytest.raises(LayerError, match="Input size incompatible"):
        run.forward()
