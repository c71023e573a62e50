"""BatchNorm's blobs are statistics, not weights: in a net, shared, and through a training."""

import numpy as np
import pytest

import blobnet
from blobnet import LayerError, NetError, parse_net
from blobnet.testing import run_layer
from tests.layers.normalization.test_batch_norm import SHAPE, STATED, oracle
from tests.ops.plain_loops import moments as plain_moments
from tests.solver.training import assert_same_bits, make_solver


@pytest.mark.parametrize("spec", ["param { }", "param { lr_mult: 0 } param { lr_mult: 0.5 }"])
def test_a_learning_rate_is_refused(spec, rng):
    words = "Cannot configure batch normalization statistics as layer parameters"
    with pytest.raises(LayerError, match=rf'"bn": {words}(.*\n)*.*lr_mult: 0 '):
        run_layer(f'name: "bn" type: "BatchNorm" {spec}', rng.normal(size=SHAPE))


NET = """
    layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 4 dim: 3 } } }
    layer { name: "bn" type: "BatchNorm" bottom: "x" top: "y" SPECS }
"""
SPEC = "param { lr_mult: 0 }"


def rates(specs: str) -> list[float]:
    return blobnet.Net(parse_net(NET.replace("SPECS", specs)), phase="TRAIN").params_lr


@pytest.mark.parametrize("specs", ["", SPEC, SPEC * 2, SPEC * 3, "param { } param { } param { }"])
def test_the_solver_leaves_them_alone(specs):
    """Three specs without a rate are how files of 2015 look; they are upgraded."""
    assert rates(specs) == [0, 0, 0]


def test_a_fourth_spec_is_one_too_many():
    with pytest.raises(NetError, match="Too many params specified for layer bn"):
        rates(SPEC * 4)


def test_statistics_that_come_with_the_definition_are_taken(rng):
    x = rng.normal(size=(5, 2))
    blobs = "".join(
        f"blobs {{ shape {{ dim: {len(values)} }} {' '.join(f'data: {v}' for v in values)} }}"
        for values in ((2, 4), (6, 8), (2,))
    )
    run = run_layer(f'type: "BatchNorm" batch_norm_param {{ {STATED} }} {blobs}', x, phase="TEST")
    np.testing.assert_allclose(run.top[0].data, oracle(x, [1, 2], [3, 4]), rtol=1e-12)


def test_layers_can_share_their_statistics(rng):
    """Each takes its batch into the same sums, one after the other."""
    specs = " ".join(f'param {{ name: "{name}" lr_mult: 0 }}' for name in ("m", "v", "w"))
    text = """
        layer { name: "in" type: "Input" top: "x0" top: "x1"
                input_param { shape { dim: 4 dim: 3 } } }
    """ + "".join(
        f"""layer {{ name: "bn{i}" type: "BatchNorm" bottom: "x{i}" top: "y{i}" {specs}
            batch_norm_param {{ {STATED} }} }}"""
        for i in range(2)
    )
    net = blobnet.Net(parse_net(text), phase="TRAIN", dtype="f8")
    x0, x1 = rng.normal(size=(2, 4, 3))
    net.forward(x0=x0, x1=x1)
    assert len(net.learnable_params) == 3
    assert np.shares_memory(net.params["bn0"][1].data, net.params["bn1"][1].data)
    mean_sum, _, weight = (blob.data for blob in net.params["bn1"])
    np.testing.assert_allclose(mean_sum, 0.75 * x0.mean(axis=0) + x1.mean(axis=0))
    np.testing.assert_allclose(weight, [1.75])
    np.testing.assert_allclose(net.blobs["y1"].data, oracle(x1, *plain_moments(x1)), atol=1e-12)


# --- in a training --------------------------------------------------------------------------------

TRAINED = """
    layer { name: "data" type: "DummyData" top: "x" top: "y"
      dummy_data_param { shape { dim: 6 dim: 4 } shape { dim: 6 dim: 3 }
        data_filler { type: "gaussian" std: 2 mean: 1 } data_filler { type: "uniform" } } }
    layer { name: "bn" type: "BatchNorm" bottom: "x" top: "x" }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
      inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
    layer { name: "bn2" type: "BatchNorm" bottom: "ip" top: "ip" }
    layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "y" top: "loss" }
"""
SETTINGS = "momentum: 0.9 weight_decay: 0.1 iter_size: 2 test_iter: 3 test_interval: 2"


def test_every_pass_of_an_iteration_is_taken_in_and_no_update_touches_the_sums():
    solver = make_solver(TRAINED, SETTINGS)
    solver.step(5)
    weight = sum(0.999**k for k in range(10))
    for name in ("bn", "bn2"):
        mean_sum, variance_sum, stored_weight = (b.data for b in solver.net.params[name])
        np.testing.assert_allclose(stored_weight, [weight], rtol=1e-6)
        assert mean_sum.any()
        assert (variance_sum > 0).all()
    mean_sum, variance_sum, _ = (blob.data for blob in solver.net.params["bn"])
    np.testing.assert_allclose(mean_sum / weight, 1, atol=1)
    np.testing.assert_allclose(variance_sum / weight, 4, atol=2)


def test_tests_use_the_sums_of_the_train_net_and_leave_them():
    solver = make_solver(TRAINED, SETTINGS)
    solver.step(1)
    (test_net,) = solver.test_nets
    before = [blob.data.copy() for blob in solver.net.params["bn"]]
    solver.test_all()
    assert_same_bits([blob.data for blob in solver.net.params["bn"]], before)
    assert np.shares_memory(test_net.params["bn"][0].data, solver.net.params["bn"][0].data)
    mean, variance = (blob / before[2] for blob in before[:2])
    test_net.forward()
    assert test_net.layers[1].type == "BatchNorm"
    x = np.random.default_rng(0).normal(size=(6, 4)).astype("f4")
    wired = test_net.wired[1]
    wired.bottom[0].data[...] = x
    wired.layer.forward(wired.bottom, wired.top)
    np.testing.assert_allclose(wired.top[0].data, oracle(x, mean, variance, 1e-5), rtol=1e-4)


@pytest.mark.parametrize("form", ["BINARYPROTO", "HDF5"])
def test_a_resumed_training_goes_on_with_the_same_sums(form, tmp_path):
    if form == "HDF5":
        pytest.importorskip("h5py")
    settings = f'{SETTINGS} snapshot_prefix: "{tmp_path}/s" snapshot_format: {form}'
    unbroken = make_solver(TRAINED, settings)
    unbroken.step(3)
    state = unbroken.snapshot()
    unbroken.step(3)
    resumed = make_solver(TRAINED, settings)
    resumed.restore(state)
    resumed.step(3)
    assert_same_bits(
        [blob.data for blob in resumed.net.learnable_params],
        [blob.data for blob in unbroken.net.learnable_params],
    )
