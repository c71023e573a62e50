"""What is found when the nets of a solver are made, and not after hours."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet import Net, SolverError, WeightsError, parse_net, parse_solver
from tests.solver.training import RANDOM_REGRESSION, make_solver

TESTED = "test_iter: 1 test_interval: 10 "
NEW_LAYER = """
    layer { name: "new" type: "InnerProduct" bottom: "x" top: "new" include { phase: TEST } %s
            inner_product_param { %s weight_filler { type: "xavier" } } }
"""
NAMED = RANDOM_REGRESSION.replace("param { lr_mult: 1", 'param { name: "W" lr_mult: 1')
USES_NAMED = NAMED + NEW_LAYER % ('param { name: "W" }', "num_output: 5 bias_term: false")


def of_settings(warnings, settings, **options):
    return warnings(make_solver, settings=settings, **options)


@pytest.mark.parametrize("field", ["lr_mult", "decay_mult"])
def test_rates_of_single_weights_must_be_numbers(field):
    net = RANDOM_REGRESSION.replace("param { lr_mult: 1 }", f"param {{ {field}: nan }}")
    with pytest.raises(SolverError, match=rf"layer 'ip1', param #0: {field} is not a finite"):
        make_solver(net)


@pytest.mark.parametrize("weight", ["nan", "-inf"])
def test_loss_weights_must_be_numbers(weight):
    net = RANDOM_REGRESSION.replace('top: "loss"', f'top: "loss" loss_weight: {weight}')
    with pytest.raises(SolverError, match="layer 'loss', top 'loss': loss_weight is not a finite"):
        make_solver(net)


@pytest.mark.parametrize(
    ("layer", "error"),
    [
        ("num_output: 4", r"Cannot share param 0 weights from layer 'ip2'; shape mismatch"),
        ("num_output: 3 bias_term: false", "Incompatible number of blobs for layer ip2"),
    ],
)
def test_a_test_net_that_cannot_use_the_weights_is_found_at_once(layer, error):
    param = parse_solver('base_lr: 0.1 lr_policy: "fixed" test_initialization: false ' + TESTED)
    param.train_net_param.CopyFrom(parse_net(RANDOM_REGRESSION))
    wide = RANDOM_REGRESSION.replace("num_output: 3", layer).replace("dim: 6 dim: 3", "dim: 6")
    wide = wide[: wide.index('layer { name: "loss"')]
    param.test_net_param.add().CopyFrom(parse_net(wide))
    with pytest.raises(SolverError, match=rf"test net #0 \(small\) cannot use .*{error}"):
        blobnet.get_solver(param)


def test_weights_that_only_a_test_net_has_are_told(warnings):
    net = RANDOM_REGRESSION + NEW_LAYER % ("", "num_output: 3")
    assert of_settings(warnings, TESTED, net=net) == [
        "test net #0 (small): the train net has no weights for new, so these are not trained, and "
        "no snapshot holds them"
    ]
    assert of_settings(warnings, TESTED, net=USES_NAMED) == []


def test_weights_that_are_used_by_another_type_are_told(warnings):
    by_phase = """layer { name: "it" type: "%s" bottom: "x" top: "it"
                          include { phase: %s } }"""
    scale, bias = by_phase % ("Scale", "TRAIN"), by_phase % ("Bias", "TEST")
    assert of_settings(warnings, TESTED, net=RANDOM_REGRESSION + scale + bias) == [
        "test net #0 (small): the weights of layer 'it' are trained as those of Scale and used as "
        "those of Bias"
    ]


def test_a_test_uses_trained_weights_in_a_layer_that_only_it_has():
    """The score is that of the trained layer itself, before and after an update."""
    net = (
        RANDOM_REGRESSION.replace("param { lr_mult: 1", 'param { name: "W" lr_mult: 1')
        + NEW_LAYER % ('param { name: "W" }', "num_output: 5 bias_term: false")
        + 'layer { name: "sum" type: "Reduction" bottom: "new" top: "sum" include { phase: TEST } }'
    )
    solver = make_solver(net, TESTED)
    for _ in range(2):
        score = solver.test(0)["sum"]
        x = solver.test_nets[0].blobs["x"].data
        W = solver.net.params["ip1"][0].data
        assert score == pytest.approx(float((x.astype("f8") @ W.T).sum()), rel=1e-4)
        solver.step(1)


def test_finetuning_does_not_let_a_test_net_s_layer_overwrite_what_is_shared(tmp_path):
    apart = RANDOM_REGRESSION + NEW_LAYER.replace("include { phase: TEST }", "") % (
        "",
        "num_output: 5 bias_term: false",
    )
    source = Net(parse_net(apart), seed=3)
    source.save(tmp_path / "w.caffemodel")
    solver = make_solver(USES_NAMED, TESTED)
    solver.test_all()
    solver.load_weights(f"{tmp_path}/w.caffemodel")
    np.testing.assert_array_equal(solver.net.params["ip1"][0].data, source.params["ip1"][0].data)


@pytest.mark.parametrize("name", ["ip1/", "", r"ip\0001"])
def test_names_that_hdf5_cannot_keep_are_found_at_once(name):
    net = RANDOM_REGRESSION.replace('name: "ip1"', f'name: "{name}"')
    with pytest.raises(WeightsError, match="HDF5 cannot keep"):
        make_solver(net, "snapshot_format: HDF5")
    make_solver(net)
