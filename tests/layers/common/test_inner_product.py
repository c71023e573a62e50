import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import LayerRun, run_layer

SHAPE_AND_AXIS = [((2, 4), 1), ((2, 3, 4), 1), ((2, 3, 4), -1)]


def inner_product(shape: tuple[int, ...], options: str, rng: np.random.Generator) -> LayerRun:
    gaussian = 'filler { type: "gaussian" std: 1 }'
    prototxt = f"""
        name: "ip1" type: "InnerProduct"
        inner_product_param {{ num_output: 5 weight_{gaussian} bias_{gaussian} {options} }}
    """
    return run_layer(prototxt, rng.normal(size=shape))


@pytest.mark.parametrize(("shape", "axis"), SHAPE_AND_AXIS)
def test_each_output_is_a_weighted_sum_of_one_item(shape, axis, rng):
    run = inner_product(shape, f"axis: {axis}", rng)
    weight, bias = (blob.data for blob in run.layer.blobs_)
    items = run.bottom[0].data.reshape(-1, weight.shape[1])
    expected = [[sum(w * x) + b for w, b in zip(weight, bias, strict=True)] for x in items]
    np.testing.assert_allclose(run.top[0].data, np.reshape(expected, (*shape[:axis], 5)))


def test_transpose_stores_the_weights_the_other_way_round(rng):
    run = inner_product((2, 4), "transpose: true bias_term: false", rng)
    weight = run.layer.blobs_[0].data
    assert weight.shape == (4, 5)
    np.testing.assert_allclose(run.top[0].data, run.bottom[0].data @ weight)


@pytest.mark.parametrize("batch", [0, 1, 3])
@pytest.mark.parametrize("options", ["", "transpose: true"])
def test_a_gradient_is_written_where_it_is_not_to_be_added_to_the_old_one(batch, options, rng):
    run = inner_product((batch, 4), options, rng)
    weight = run.layer.blobs_[0]
    run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward()
    expected = weight.diff.copy()
    weight.diff[...] = np.nan
    run.layer.accumulate = False
    run.backward()
    np.testing.assert_array_equal(weight.diff, expected)
    run.backward()
    np.testing.assert_allclose(weight.diff, 2 * expected)


def test_a_frozen_weight_gets_no_gradient(rng):
    run = inner_product((2, 4), "", rng)
    run.layer.param_propagate_down_ = [False, True]
    run.top[0].diff[...] = 1
    run.backward()
    assert not run.layer.blobs_[0].diff.any()
    np.testing.assert_array_equal(run.layer.blobs_[1].diff, 2)


def test_a_new_batch_size_is_fine(rng):
    run = inner_product((2, 4), "", rng)
    run.bottom[0].reshape(7, 4)
    run.forward()
    assert run.top[0].shape == (7, 5)


def test_a_new_input_size_is_refused_with_a_way_out(rng):
    run = inner_product((2, 4), "", rng)
    run.bottom[0].reshape(2, 7)
    with pytest.raises(LayerError, match=r'"ip1".*\n.*4 values.*\n.*7 .*\n.*rename the layer'):
        run.forward()


def test_num_output_must_be_given(rng):
    with pytest.raises(LayerError, match="num_output"):
        run_layer('type: "InnerProduct"', rng.normal(size=(2, 4)))
