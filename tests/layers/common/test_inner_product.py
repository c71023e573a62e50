import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
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


# --- of forks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "slope"),
    [("relu: true", 0), ("relu: true negative_slope: 0.5", 0.5), ("negative_slope: 0.5", 1)],
)
def test_intels_rectifier_behind_it(options, slope, rng):
    run = inner_product((4, 3), options, rng)
    weight, bias = (blob.data for blob in run.layer.blobs_)
    summed = run.bottom[0].data @ weight.T + bias
    factor = np.where(summed > 0, 1, slope)
    assert (summed < 0).any()
    np.testing.assert_allclose(run.top[0].data, summed * factor, atol=1e-12)
    run.top[0].diff[...] = dy = rng.normal(size=summed.shape)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, (dy * factor) @ weight)
    np.testing.assert_allclose(run.layer.blobs_[1].diff, (dy * factor).sum(axis=0))


def test_a_rectifier_behind_has_no_negative_slope(rng):
    with pytest.raises(LayerError, match="cannot have a negative slope"):
        inner_product((4, 3), "relu: true negative_slope: -1", rng)


@pytest.mark.parametrize("transpose", ["true", "false"])
def test_caffe_windows_normalizes_its_weights_as_they_lie(transpose, rng):
    run = inner_product((4, 3), f"normalize: true transpose: {transpose}", rng)
    weight = run.layer.blobs_[0]
    weight.data[...] = stored = rng.normal(size=weight.shape)
    run.forward()
    rows = [row / (sum(v * v for v in row) + 1e-6) ** 0.5 for row in stored.reshape(5, 3)]
    np.testing.assert_allclose(weight.data.reshape(5, 3), rows)
    used = weight.data if transpose == "true" else weight.data.T
    expected = run.bottom[0].data @ used + run.layer.blobs_[1].data
    np.testing.assert_allclose(run.top[0].data, expected)


def test_in_the_inference_mode_a_rectifier_of_its_own_stays(rng):
    text = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [2, 6] } } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y" inner_product_param {
          num_output: 4 relu: true negative_slope: 0.5 weight_filler { type: "xavier" } } }
        layer { name: "relu" type: "ReLU" bottom: "y" top: "z"
          relu_param { negative_slope: 0.5 } }"""
    x = rng.normal(size=(2, 6)).astype("f4")
    usual, fused = (Net(parse_net(text), phase="TEST", seed=1, inference=i) for i in (False, True))
    expected = usual.forward(x=x)["z"]
    assert (expected < 0).any()
    np.testing.assert_allclose(fused.forward(x=x)["z"], expected, atol=1e-6)


# --- weights that are bottoms, as in caffe-windows ------------------------------------------------


@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize(("has_bias", "is_given"), [(False, False), (True, False), (True, True)])
def test_weights_may_be_bottoms(transpose, has_bias, is_given, rng):
    x, weight, bias = rng.normal(size=(4, 3, 2)), rng.normal(size=(5, 6)), rng.normal(size=5)
    options = f"transpose: {str(transpose).lower()} bias_term: {str(has_bias).lower()}"
    stored = weight.T.reshape(5, 6) if transpose else weight  # as it lies in memory
    text = f'type: "InnerProduct" inner_product_param {{ num_output: 77 {options} }}'
    run = run_layer(text, x, stored, *([bias] if is_given else []))
    if has_bias and not is_given:
        run.layer.blobs_[0].data[...] = bias
        run.forward()
    assert len(run.layer.blobs_) == (has_bias and not is_given)
    rows = x.reshape(4, 6)
    np.testing.assert_allclose(run.top[0].data, rows @ weight.T + (bias if has_bias else 0))
    run.top[0].diff[...] = dy = rng.normal(size=(4, 5))
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff.reshape(4, 6), dy @ weight)
    expected = dy.T @ rows
    expected = expected.T.reshape(5, 6) if transpose else expected
    np.testing.assert_allclose(run.bottom[1].diff, expected)
    if is_given:
        np.testing.assert_allclose(run.bottom[2].diff, dy.sum(axis=0))
    elif has_bias:
        np.testing.assert_allclose(run.layer.blobs_[0].diff, dy.sum(axis=0))


@pytest.mark.parametrize("given", [[np.ones((5, 7))], [np.ones((5, 6)), np.ones(4)]])
def test_weights_that_do_not_fit_are_refused(given):
    with pytest.raises(LayerError, match=rf"bottom\[{len(given)}\] does not fit the input"):
        run_layer('type: "InnerProduct"', np.ones((4, 6)), *given)
