from __future__ import annotations

import math

import numpy as np
import pytest

import blobnet
from blobnet.viz.gradients import GradientRecorder, measure

NET = """
    layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
      shape { dim: 6 dim: 4 } shape { dim: 6 dim: 3 }
      data_filler { type: "gaussian" std: 1 } data_filler { type: "constant" value: 1000 } } }
    layer { name: "ip1" type: "InnerProduct" bottom: "x" top: "ip1"
      inner_product_param { num_output: 5 weight_filler { type: "gaussian" std: 1 } } }
    layer { name: "relu" type: "ReLU" bottom: "ip1" top: "ip1" }
    layer { name: "look" type: "Silence" bottom: "y" }
    layer { name: "fixed" type: "InnerProduct" bottom: "ip1" top: "fixed"
      param { lr_mult: 0 } param { lr_mult: 0 }
      inner_product_param { num_output: 3 weight_filler { type: "gaussian" std: 1 } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "fixed" bottom: "y" top: "loss" }
"""
SETTINGS = 'base_lr: 0.0001 lr_policy: "fixed" momentum: 0.9 random_seed: 7 max_iter: 100 '


def make_solver(net=NET, settings=""):
    return blobnet.get_solver(
        blobnet.parse_solver(f"net_param {{ {net} }} {SETTINGS} {settings}"), dtype="float64"
    )


def record(steps, every=1, **options):
    solver, recorder = make_solver(**options), GradientRecorder(every)
    solver.add_callback(recorder)
    solver.step(steps)
    return solver, recorder


def layer_of(recorder, name):
    return next(record for record in recorder.layers if record.name == name)


# --- one size -------------------------------------------------------------------------------------


def test_a_size_leaves_signs_out_and_takes_arrays_together():
    size = measure(np.array([[-3.0, 0.0], [4.0, 0.0]]), np.array([0.0]))
    assert size == (7 / 5, 4, 3 / 5, 5)


def test_an_empty_array_has_no_size():
    assert all(math.isnan(number) for number in measure(np.zeros((0, 3))))
    assert measure(np.zeros((0, 3)), np.ones(2)).mean == 1


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_what_is_no_number_is_infinitely_large(bad):
    assert measure(np.array([1.0, bad, 0.0, 0.0])) == (math.inf, math.inf, 0.5, math.inf)


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_squares_beyond_float32_are_no_trouble(scale):
    size = measure(np.full(4, scale, np.float32))
    np.testing.assert_allclose(size.norm, 2 * scale, rtol=1e-6)


# --- which layers ---------------------------------------------------------------------------------


def test_losses_splits_and_layers_without_gradients_are_left_out():
    twice = NET + 'layer { name: "l1" type: "EuclideanLoss" bottom: "ip1" bottom: "x" top: "l1" }'
    twice = twice.replace("num_output: 5", "num_output: 4")
    _, recorder = record(1, net=twice)
    assert [(layer.name, layer.type) for layer in recorder.layers] == [
        ("data", "DummyData"), ("ip1", "InnerProduct"), ("relu", "ReLU"), ("fixed", "InnerProduct"),
    ]  # fmt: skip


# --- what is recorded -----------------------------------------------------------------------------


def test_data_and_delta_are_those_of_each_layer_even_in_place():
    solver, recorder = record(1)
    fixed = solver.net.params["fixed"][0].data  # has not changed
    data, ip1, relu, last = recorder.layers
    x, cut = solver.net.blobs["x"].data, solver.net.blobs["ip1"].data
    assert data.data == [measure(x)]  # without the targets of 1000
    assert ip1.data[0].zeros == 0
    assert relu.data == [measure(cut)]
    assert relu.data[0].zeros > 0.2
    delta = solver.net.blobs["fixed"].diff
    np.testing.assert_allclose(last.delta[0], measure(delta))
    np.testing.assert_allclose(relu.delta[0], measure(delta @ fixed))
    np.testing.assert_allclose(ip1.delta[0], measure((delta @ fixed) * (cut > 0)))
    assert math.isnan(data.delta[0].mean)
    np.testing.assert_allclose(recorder.loss_delta, [measure(delta).norm])


def test_the_weight_change_is_what_an_update_takes_off():
    solver, recorder = make_solver(), GradientRecorder()
    solver.add_callback(recorder)
    solver.step(1)
    before = [blob.data.copy() for blob in solver.net.params["ip1"]]
    solver.step(1)
    changes = [old - blob.data for old, blob in zip(before, solver.net.params["ip1"], strict=True)]
    ip1, fixed = layer_of(recorder, "ip1"), layer_of(recorder, "fixed")
    np.testing.assert_allclose(ip1.change[1], measure(*changes), rtol=1e-6)
    np.testing.assert_allclose(
        ip1.relative_change[1], measure(*changes).norm / measure(*before).norm, rtol=1e-6
    )
    assert math.isnan(fixed.change[1].mean)  # lr_mult: 0
    assert math.isnan(fixed.relative_change[1])


def test_weights_that_start_at_zero_have_no_relative_change():
    flat = NET.replace('num_output: 5 weight_filler { type: "gaussian" std: 1 }', "num_output: 5")
    _, recorder = record(2, net=flat.replace('"ReLU"', '"Power"'))
    ip1 = layer_of(recorder, "ip1")
    assert math.isnan(ip1.relative_change[0])
    assert ip1.relative_change[1] > 0


def test_recording_changes_nothing_in_the_training():
    watched, _ = record(5)
    alone = make_solver()
    alone.step(5)
    for one, other in zip(watched.net.learnable_params, alone.net.learnable_params, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


def test_only_every_nth_iteration_is_recorded():
    solver, recorder = record(7, every=3)
    _, all_of_them = record(7)
    assert recorder.iterations == [0, 3, 6]
    assert recorder.losses == all_of_them.losses[::3]
    assert len(recorder.loss_delta) == 3
    for layer, full in zip(recorder.layers, all_of_them.layers, strict=True):
        assert str(layer.data) == str(full.data[::3])
        assert str(layer.delta) == str(full.delta[::3])
        assert str(layer.change) == str(full.change[::3])
    solver.net.forward()  # nobody is recording now
    assert str(recorder.layers[1].data) == str(all_of_them.layers[1].data[::3])


def test_with_iter_size_the_last_pass_counts_and_the_loss_is_not_added_up():
    solver, recorder = record(1, settings="iter_size: 3")
    delta = measure(solver.net.blobs["fixed"].diff)
    np.testing.assert_allclose(recorder.loss_delta, [delta.norm])
    np.testing.assert_allclose(layer_of(recorder, "fixed").delta[0], delta)


def test_the_iteration_that_diverges_is_kept():
    solver, recorder = make_solver(), GradientRecorder()
    solver.add_callback(recorder)
    solver.step(1)
    solver.net.params["ip1"][0].data[...] = np.inf
    with pytest.raises(blobnet.SolverError):
        solver.step(1)
    assert recorder.iterations == [0, 1]
    assert math.isnan(recorder.losses[1])
    assert layer_of(recorder, "ip1").data[1].mean == math.inf
    assert math.isnan(layer_of(recorder, "ip1").change[1].mean)


# --- activations ----------------------------------------------------------------------------------

ACTIVATION = """
    layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
    layer { name: "scale" type: "Scale" bottom: "x" top: "s" }
    layer { name: "act" type: "%s" bottom: "s" top: "s" %s }
    layer { name: "loss" type: "Reduction" bottom: "s" top: "loss" loss_weight: 1 }
"""


def activation(kind, values, options=""):
    solver, recorder = make_solver(ACTIVATION % (kind, options)), GradientRecorder()
    solver.net.blobs["x"].data[...] = values
    solver.add_callback(recorder)
    solver.step(1)
    return layer_of(recorder, "act")


@pytest.mark.parametrize(
    ("kind", "values", "share"),
    [
        ("Sigmoid", [[0, 3.8, 4], [-3.8, -4, 50]], 3 / 6),  # sigmoid(3.9) is about 0.98
        ("TanH", [[0, 1.9, 2], [-1.9, -2, 50]], 3 / 6),  # tanh(1.95) is about 0.96
    ],
)
def test_outputs_near_the_limits_are_counted(kind, values, share):
    assert activation(kind, values).near_limits == [pytest.approx(share)]


def test_channels_of_a_relu_are_alive_where_any_value_is():
    layer = activation("ReLU", [[-1, 0, -1], [2, -1, -1]])
    assert layer.alive[0].tolist() == [True, False, False]
    assert math.isnan(layer.near_limits[0])


def test_a_relu_with_a_slope_cannot_die():
    layer = activation("ReLU", -1, "relu_param { negative_slope: 0.1 }")
    assert layer.alive[0].size == 0
