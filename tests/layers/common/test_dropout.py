import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def dropout(x, ratio=0.5, **more):
    text = f'name: "drop" type: "Dropout" dropout_param {{ dropout_ratio: {ratio} }}'
    return run_layer(text, x, **more)


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("in_place", [False, True])
def test_in_training_a_value_is_left_out_or_scaled(ratio, in_place):
    x = np.arange(1.0, 10001)
    y = dropout(x, ratio, in_place=in_place).top[0].data
    kept = y != 0
    np.testing.assert_allclose(y[kept], x[kept] / (1 - ratio), rtol=1e-6)
    share, deviation = 1 - ratio, np.sqrt(ratio * (1 - ratio) / x.size)
    assert abs(kept.mean() - share) < 5 * deviation


@pytest.mark.parametrize("in_place", [False, True])
def test_in_a_test_nothing_happens(in_place, rng):
    x = rng.normal(size=(2, 3, 4))
    run = dropout(x, in_place=in_place, phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, x)
    run.top[0].diff[...] = x
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, x)


def test_the_ratio_is_one_half_unless_stated():
    y = run_layer('type: "Dropout"', np.ones(1000)).top[0].data
    assert set(y) == {0, 2}


def test_every_forward_draws_a_new_mask():
    run = dropout(np.ones(1000))
    first = run.top[0].data.copy()
    run.forward()
    assert 300 < np.count_nonzero(first != run.top[0].data) < 700


def test_the_same_seed_draws_the_same_masks():
    first, second, other = (dropout(np.ones(100), seed=seed).top[0].data for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_it_goes_on_from_a_state():
    run = dropout(np.ones(100))
    state = run.layer.get_state()
    run.forward()
    expected = run.top[0].data.copy()
    run.forward()
    run.layer.set_state(state)
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, expected)


def test_a_test_draws_nothing():
    run = dropout(np.ones(100), phase="TEST")
    before = run.layer.get_state()
    run.forward()
    assert run.layer.get_state() == before


@pytest.mark.parametrize("in_place", [False, True])
def test_bayesian_segnet_drops_in_a_test_as_well(in_place):
    text = 'type: "Dropout" dropout_param { sample_weights_test: true dropout_ratio: 0.75 }'
    run = run_layer(text, np.ones(1000), phase="TEST", in_place=in_place)
    y = run.top[0].data.copy()
    assert set(y) == {0, 4}
    assert run.layer.channel_affine() is None
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, y)


def test_a_new_batch_size_is_fine():
    run = dropout(np.ones((2, 3)))
    run.bottom[0].reshape(50, 3)
    run.bottom[0].data[...] = 1
    run.forward()
    assert set(run.top[0].data.ravel()) == {0, 2}


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape):
    run = dropout(np.ones(shape))
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, run.top[0].data)


def test_infinity_makes_no_warning():
    y = dropout(np.full(100, np.inf)).top[0].data
    assert (np.isnan(y) | np.isinf(y)).all()


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_a_ratio_of_0_leaves_all_as_it_is(phase):
    run = dropout([1.0, -2.0, 3.0], 0, phase=phase)
    np.testing.assert_array_equal(run.top[0].data, [1, -2, 3])
    run.top[0].diff[...] = [1, 2, 3]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [1, 2, 3])


@pytest.mark.parametrize("ratio", [1, 1.5, -0.5, "nan"])
def test_a_ratio_that_is_no_probability_is_refused(ratio):
    with pytest.raises(LayerError, match=r'"drop".*dropout_ratio(.*\n)*.*remove the layer'):
        dropout([1.0], ratio)


def test_caffe_windows_scales_by_the_root():
    text = 'type: "Dropout" dropout_param { dropout_ratio: 0.75 sqrt_scale: true }'
    assert set(run_layer(text, np.ones(1000)).top[0].data) == {0, 2}


@pytest.mark.parametrize("in_place", [False, True])
def test_without_scale_train_it_is_the_test_that_scales(in_place):
    text = 'type: "Dropout" dropout_param { dropout_ratio: 0.2 scale_train: false }'
    x = np.arange(1.0, 1001)
    kept = run_layer(text, x, in_place=in_place).top[0].data
    assert set(kept / x) == {0, 1}
    run = run_layer(text, x, in_place=in_place, phase="TEST")
    np.testing.assert_allclose(run.top[0].data, 0.8 * x)
    run.top[0].diff[...] = x
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, 0.8 * x)
