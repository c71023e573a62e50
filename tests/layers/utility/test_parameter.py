import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.testing import run_layer

NET = """
    layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 2 dim: 3 } } }
    layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "w" bottom: "x" top: "loss" }
"""


def parameter(options, **more):
    return run_layer(f'name: "w" type: "Parameter" parameter_param {{ {options} }}', **more)


@pytest.mark.parametrize(("dims", "shape"), [("dim: 2 dim: 3", (2, 3)), ("dim: 4", (4,)), ("", ())])
def test_the_top_is_the_weight(dims, shape):
    run = parameter(f"shape {{ {dims} }}")
    (weight,) = run.layer.blobs_
    assert run.top[0].shape == weight.shape == shape
    np.testing.assert_array_equal(weight.data, 0)
    weight.data[...] = 3
    np.testing.assert_array_equal(run.top[0].data, 3)
    run.top[0].diff[...] = 4
    run.backward()
    np.testing.assert_array_equal(weight.diff, 4)


def test_no_shape_is_a_single_number():
    assert parameter("").top[0].shape == ()


def test_values_that_come_with_the_definition_stay():
    run = run_layer(
        'name: "w" type: "Parameter" parameter_param { shape { dim: 2 } }'
        "blobs { shape { dim: 2 } data: 5 data: 6 }"
    )
    np.testing.assert_array_equal(run.top[0].data, [5, 6])


def test_it_learns_what_the_layer_above_asks_for(rng):
    net = Net(parse_net(NET), phase="TRAIN")
    weight = net.params["w"][0]
    weight.data[...] = rng.normal(size=(2, 3))
    net.blobs["x"].data[...] = rng.normal(size=(2, 3))
    for _ in range(2):
        net.clear_param_diffs()
        net.forward_backward()
        expected = (weight.data - net.blobs["x"].data) / 2
        np.testing.assert_allclose(weight.diff, expected, rtol=1e-6)
    loss = net.loss
    net.update()
    assert net.forward()["loss"] < loss


def test_of_several_passes_the_last_gradient_counts(rng):
    net = Net(parse_net(NET), phase="TRAIN")
    net.clear_param_diffs()
    for value in (5, 1):
        net.blobs["x"].data[...] = value
        net.forward_backward()
    np.testing.assert_array_equal(net.params["w"][0].diff, -0.5)


def test_a_weight_of_several_readers_gets_the_sum(rng):
    more = """
        layer { name: "more" type: "EuclideanLoss" bottom: "w" bottom: "x" top: "more"
                loss_weight: 3 }
    """
    net = Net(parse_net(NET + more), phase="TRAIN")
    net.blobs["x"].data[...] = rng.normal(size=(2, 3))
    net.forward_backward()
    np.testing.assert_allclose(net.params["w"][0].diff, -2 * net.blobs["x"].data, rtol=1e-6)


@pytest.mark.parametrize("order", ["first", "last"])
@pytest.mark.parametrize("passes", [1, 2])
def test_a_weight_that_another_layer_uses_too_gets_both_gradients(order, passes):
    """y = (x * w) + w, or (x + w) * w: dw by hand."""
    shared = 'param { name: "one" }'
    w = f"""layer {{ name: "w" type: "Parameter" top: "w" {shared}
        parameter_param {{ shape {{ dim: 3 }} }} }}"""
    times = 'layer { name: "times" type: "Scale" bottom: "%s" bottom: "w" top: "%s" }'
    plus = f'layer {{ name: "plus" type: "Bias" bottom: "%s" top: "%s" {shared} }}'
    text = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'
    if order == "first":
        text += w + times % ("x", "a") + plus % ("a", "y")
    else:
        text += plus % ("x", "a") + w + times % ("a", "y")
    text += 'layer { name: "end" type: "Reduction" bottom: "y" top: "end" loss_weight: 2 }'
    net = Net(parse_net(text), phase="TRAIN")
    weight, x = np.array([2, -3, 5]), np.array([[1, 2, 3], [4, 5, 6]])
    net.learnable_params[0].data[...] = weight
    net.clear_param_diffs()
    for _ in range(passes):
        net.forward(x=x)
        net.backward()
    slope = x + 1 if order == "first" else x + 2 * weight
    np.testing.assert_array_equal(net.learnable_params[0].diff, passes * 2 * slope.sum(axis=0))


@pytest.mark.parametrize("above", [None, "Reshape", "ReLU"])
def test_a_loss_weight_is_not_cleared_with_the_gradients_of_weights(above):
    weighted = "loss_weight: 3"
    text = f"""layer {{ name: "w" type: "Parameter" top: "w" {"" if above else weighted}
        parameter_param {{ shape {{ dim: 2 }} }} }}"""
    if above is not None:
        top = "w" if above == "ReLU" else "r"
        text += f"""layer {{ name: "r" type: "{above}" bottom: "w" top: "{top}" {weighted}
            reshape_param {{ shape {{ dim: 2 dim: 1 }} }} }}"""
    net = Net(parse_net(text), phase="TRAIN")
    net.params["w"][0].data[...] = [2, 5]
    for _ in range(3):
        net.clear_param_diffs()
        assert net.forward_backward() == 21
        np.testing.assert_array_equal(net.params["w"][0].diff, 3)


def test_the_weights_of_two_nets_and_two_layers_can_be_one():
    two = NET.replace('type: "Parameter"', 'type: "Parameter" param { name: "one" }').replace(
        'layer { name: "in"',
        'layer { name: "v" type: "Parameter" top: "v" param { name: "one" }'
        ' parameter_param { shape { dim: 2 dim: 3 } } } layer { name: "in"',
    )
    net, other = (Net(parse_net(two), phase="TRAIN") for _ in range(2))
    other.share_with(net)
    net.params["w"][0].data[...] = 7
    for reader in (net, other):
        reader.forward()
        for name in ("w", "v"):
            np.testing.assert_array_equal(reader.blobs[name].data, 7)


def test_a_shape_that_no_blob_can_have_is_refused():
    with pytest.raises(LayerError, match=r'Parameter layer "w": a blob cannot have this shape'):
        parameter("shape { dim: 2 dim: -1 }")


def test_a_weight_without_values_is_refused():
    with pytest.raises(LayerError, match=r'Parameter layer "w".*shape \(0, 3\)'):
        parameter("shape { dim: 0 dim: 3 }")


def test_there_is_no_bottom():
    with pytest.raises(LayerError, match=r"Parameter Layer takes 0 bottom blob"):
        run_layer('type: "Parameter"', np.ones(3))


def test_a_filler_of_caffe_windows_makes_its_first_values():
    run = parameter("shape { dim: 2 dim: 3 } blob_filler { value: 1.5 }")
    np.testing.assert_array_equal(run.top[0].data, np.full((2, 3), 1.5))
