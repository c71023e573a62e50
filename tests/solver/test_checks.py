"""What is found when a solver is made or begins to train, and not after hours."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet import Net, SolverError, WeightsError, parse_net, parse_solver
from blobnet.cli.progress import training_progress
from blobnet.solver import checks
from blobnet.viz.gradients import GradientRecorder
from blobnet.viz.trace import trace_steps
from tests.solver.training import (
    RANDOM_DATA,
    RANDOM_REGRESSION,
    assert_same_bits,
    make_solver,
    weights_of,
)

TESTED = "test_iter: 1 test_interval: 10 "
NEW_LAYER = """
    layer { name: "new" type: "InnerProduct" bottom: "x" top: "new" include { phase: TEST } %s
            inner_product_param { %s weight_filler { type: "xavier" } } }
"""
NAMED = RANDOM_REGRESSION.replace("param { lr_mult: 1", 'param { name: "W" lr_mult: 1')
USES_NAMED = NAMED + NEW_LAYER % ('param { name: "W" }', "num_output: 5 bias_term: false")
NO_LOSS = RANDOM_REGRESSION.replace("EuclideanLoss", "Concat")


def of_settings(warnings, settings, **options):
    return warnings(make_solver, settings=settings, **options)


# --- rates and weights of layers ------------------------------------------------------------------


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
    ("settings", "iteration"),
    [
        ('lr_policy: "inv" gamma: -0.1 power: 0.5', 10),  # (1 - 1.00000001) ^ -0.5
        ('base_lr: 0 lr_policy: "exp" gamma: 1e30', 11),
    ],
)
def test_a_schedule_that_ends_in_no_number_is_refused_before_the_first_update(settings, iteration):
    solver = make_solver(settings=settings)
    before = weights_of(solver)
    with pytest.raises(SolverError, match=rf"iteration {iteration}: the learning rate is not a"):
        solver.step(20)
    assert solver.iter == 0
    assert_same_bits(weights_of(solver), before)
    solver.step(iteration)  # so far it is sound
    assert solver.iter == iteration


def test_a_rate_that_becomes_negative_is_warned_about(warnings):
    solver = make_solver(settings='lr_policy: "step" gamma: -0.5 stepsize: 4')
    assert warnings(solver.step, 3) == []
    assert warnings(solver.step, 5) == ["iteration 4: the learning rate has become negative"]


# --- nothing to learn -----------------------------------------------------------------------------


def no_base_lr(net=RANDOM_REGRESSION):
    param = parse_solver('lr_policy: "fixed" max_iter: 20 random_seed: 7')
    param.net_param.CopyFrom(parse_net(net))
    return blobnet.get_solver(param)


def test_a_net_without_a_loss_is_not_trained(tmp_path):
    solver = make_solver(NO_LOSS, f'snapshot_prefix: "{tmp_path}/x"')
    solver.step(0)
    with pytest.raises(SolverError, match=r"no layer has a loss weight\n(.*\n)+.*SoftmaxWithLoss"):
        solver.solve()
    assert solver.iter == 0
    assert not list(tmp_path.iterdir())


def test_who_only_watches_is_no_reason_to_train_nothing():
    solver = make_solver(NO_LOSS)
    solver.add_callback(blobnet.SolverCallback())
    solver.add_callback(GradientRecorder())
    with training_progress(solver), pytest.raises(SolverError, match="no layer has a loss weight"):
        solver.step(1)


def test_a_base_lr_has_to_be_given():
    solver = no_base_lr()
    with pytest.raises(SolverError, match=r"base_lr is not given.*rate is 0\n"):
        solver.step(1)
    solver.param.base_lr = 0.05  # as scripts do
    expected = make_solver()
    for one in (solver, expected):
        one.step(2)
    assert_same_bits(weights_of(solver), weights_of(expected))


def test_a_rate_of_0_that_is_given_is_what_is_wanted(warnings):
    assert warnings(make_solver(settings="base_lr: 0").step, 2) == []


BATCH_NORM = 'layer { name: "bn" type: "BatchNorm" bottom: "x" top: "bn" }'


@pytest.mark.parametrize("make", [no_base_lr, lambda net: make_solver(net=net)])
def test_gathering_statistics_is_an_effect_and_a_warning(warnings, make):
    solver = make((RANDOM_REGRESSION if make is no_base_lr else RANDOM_DATA) + BATCH_NORM)
    messages = warnings(solver.step, 2)
    assert len(messages) == 1
    assert messages[0].startswith("nothing can be learned: ")
    assert solver.net.params["bn"][2].data[0] > 1, "two batches have been counted"
    assert warnings(solver.step, 2) == [], "it is said once"


def test_gradients_from_outside_are_an_effect(warnings):
    """As in pycaffe: a script computes the gradient, the solver makes the update."""
    solver = make_solver(NO_LOSS)
    weights = solver.net.params["ip2"][1]
    before = weights.data.copy()

    def give():
        weights.diff[...] = 2

    solver.add_callback(lambda: None, give)
    assert len(warnings(solver.step, 1)) == 1
    np.testing.assert_allclose(weights.data, before - 0.05 * 2, rtol=1e-6)


def test_a_step_of_a_net_without_a_loss_can_be_told(warnings):
    steps = []
    assert len(warnings(lambda: steps.extend(trace_steps(make_solver(NO_LOSS))))) == 1
    assert [layer.name for layer in steps[0].passes[0].layers][:2] == ["data", "ip1"]


@pytest.mark.parametrize(
    "net",
    [
        RANDOM_REGRESSION.replace("param { lr_mult: 1 } param { lr_mult: 2 decay_mult: 0 }", "")
        .replace('top: "ip1"\n', 'top: "ip1" param { lr_mult: 0 } param { lr_mult: 0 }\n')
        .replace('top: "ip2"\n', 'top: "ip2" param { lr_mult: 0 } param { lr_mult: 0 }\n'),
        RANDOM_REGRESSION.replace('bottom: "ip2" bottom: "y"', 'bottom: "z" bottom: "y"').replace(
            'top: "y"', 'top: "y" top: "z"'
        ).replace("dim: 6 dim: 3 }", "dim: 6 dim: 3 } shape { dim: 6 dim: 3 }")
        .replace("data_filler", "data_filler { value: 1 } data_filler", 1),
    ],
    ids=["rates of 0", "a loss beside"],
)  # fmt: skip
def test_a_loss_that_reaches_no_weight_is_warned_about(warnings, net):
    solver = make_solver(net)
    assert len(solver.net.learnable_params) == 4
    before = weights_of(solver)
    messages = warnings(solver.step, 2)
    assert [message.split(":")[0] for message in messages] == ["nothing is learned"]
    assert_same_bits(weights_of(solver), before)


# --- test nets and names --------------------------------------------------------------------------


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


def test_the_checks_look_at_no_more_rates_than_they_must(monkeypatch):
    asked = []
    monkeypatch.setattr(checks, "learning_rate", lambda param, i: asked.append(i) or 0.1)
    checks.check_rates(parse_solver(""), 10, 5)
    assert asked == [10, 11, 12, 13, 14]
    asked.clear()
    checks.check_rates(parse_solver(""), 0, 10**9)
    assert len(asked) == 1000
    assert (asked[0], asked[-1]) == (0, 10**9 - 1)
