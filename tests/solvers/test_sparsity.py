"""Group lasso, thresholds and cut connections in training, against plain Python."""

import copy
import pickle

import numpy as np
import pytest

import blobnet
from blobnet import NetError, SolverError
from tests.ops.test_sparsity import plain_pull
from tests.solver.training import make_solver

NET = """
    layer {{ name: "data" type: "Input" top: "x" top: "y"
      input_param {{ shape {{ dim: 1 dim: 4 dim: 3 dim: 3 }} shape {{ dim: 1 dim: 6 }} }} }}
    layer {{ name: "conv" type: "Convolution" bottom: "x" top: "conv" {layer}
      param {{ {weight} }} param {{ {bias} }}
      convolution_param {{ num_output: 6 kernel_size: 3 group: 2
        weight_filler {{ type: "gaussian" std: 1 }} bias_filler {{ value: 0.3 }} }} }}
    layer {{ name: "flat" type: "Flatten" bottom: "conv" top: "flat" }}
    layer {{ name: "loss" type: "EuclideanLoss" bottom: "flat" bottom: "y" top: "loss" }}
"""
BASE = "base_lr: 0.125 momentum: 0.75 weight_decay: 0.0625 "


def solver_of(weight="", bias="", layer="", settings=""):
    net = NET.format(weight=weight, bias=bias, layer=layer)
    return make_solver(net, BASE + settings, dtype=np.float64)


def plain_decay(w, kind="L2", decay=0.0625):
    return decay * (w if kind == "L2" else np.sign(w))


def check(solver, pulls, rng, mask=None, prune=lambda w, change: w, steps=4):
    """Give a solver gradients, and do the same to plain arrays.

    pulls  one function per weight blob: what is added to its gradient
    """
    params = solver.net.learnable_params
    weights = [blob.data.copy() for blob in params]
    history = [np.zeros_like(w) for w in weights]
    for _ in range(steps):
        for i, blob in enumerate(params):
            blob.diff[...] = gradient = rng.normal(size=blob.shape) * 0.1
            history[i] = 0.75 * history[i] + 0.125 * (gradient + pulls[i](weights[i]))
            change = history[i] * (1 if mask is None or i else mask)
            weights[i] = prune(weights[i] - change, change)
        solver.apply_update()
    for blob, expected in zip(params, weights, strict=True):
        np.testing.assert_allclose(blob.data, expected, rtol=1e-9, atol=1e-12)


def test_group_lasso_of_rows_columns_and_blocks(rng):
    blocks = "block_group_lasso { xdimen: 9 ydimen: 2 block_decay_mult: 3 }"
    solver = solver_of(
        f"breadth_decay_mult: 2 kernel_shape_decay_mult: 0.5 {blocks} block_group_lasso {{ }}",
        "breadth_decay_mult: 1",
        settings="breadth_decay: 0.125 kernel_shape_decay: 0.5 block_group_decay: 0.25",
    )

    def of_weights(w):
        return (
            plain_decay(w)
            + 0.25 * plain_pull(w, 3, 1)  # of three outputs: a group's
            + 0.25 * plain_pull(w, 1, 18)
            + 0.75 * plain_pull(w, 2, 9)
            + 0.25 * plain_pull(w, 1, 1)
        )

    check(solver, [of_weights, lambda w: plain_decay(w) + 0.125 * np.sign(w)], rng)


def test_weights_that_state_no_multiplier_are_not_in_a_group_lasso(rng):
    solver = solver_of(settings="breadth_decay: 1 kernel_shape_decay: 1 block_group_decay: 1")
    check(solver, [plain_decay, plain_decay], rng)


@pytest.mark.parametrize("debug_info", [False, True])
def test_each_weight_may_have_a_regularization_of_its_own(debug_info, rng):
    solver = solver_of('regularization_type: "L1"', 'regularization_type: ""')
    solver.net.debug_info = debug_info  # then step by step
    check(solver, [lambda w: plain_decay(w, "L1"), plain_decay], rng)
    solver = solver_of(bias='regularization_type: "L2"', settings='regularization_type: "L1"')
    solver.net.debug_info = debug_info
    check(solver, [lambda w: plain_decay(w, "L1"), plain_decay], rng)


def test_small_weights_are_pruned_where_they_have_l1(rng):
    solver = solver_of('regularization_type: "L1"', settings="prune_threshold: 0.25")
    solver.net.learnable_params[1].data[...] = 0.1  # below the threshold, with L2

    def prune(w, change):
        return np.where(np.abs(w) <= 0.25, 0, w) if w.ndim == 4 else w

    check(solver, [lambda w: plain_decay(w, "L1"), plain_decay], rng, prune=prune)
    assert (solver.net.learnable_params[0].data == 0).any()


def test_weights_that_rest_are_pruned_sooner(rng):
    settings = 'regularization_type: "L1" prune_threshold: 0.0625 max_threshold_factor: 8'
    solver = solver_of(settings=settings)

    def prune(w, change):
        return np.where(np.abs(w) <= 1 / (np.abs(change) / 0.0625 + 1 / 0.5), 0, w)

    check(solver, [lambda w: plain_decay(w, "L1")] * 2, rng, prune=prune)
    assert (solver.net.learnable_params[0].data == 0).any()


def test_a_solver_that_says_nothing_of_thresholds_prunes_nothing(rng):
    solver = solver_of('regularization_type: "L1"')
    solver.net.learnable_params[0].data.flat[:9] = 1e-5
    solver.net.clear_param_diffs()
    solver.apply_update()
    assert (solver.net.learnable_params[0].data != 0).all()


def test_a_threshold_of_0_prunes_nothing(rng):
    solver = solver_of(settings='regularization_type: "L1" prune_threshold: 0')
    check(solver, [lambda w: plain_decay(w, "L1")] * 2, rng)


def loaded(mode, rng, settings=""):
    """A solver whose weights were loaded, with 0 in a row, a column, and here and there."""
    solver = solver_of(layer=f"connectivity_mode: {mode}", settings=settings)
    weights = rng.uniform(0.5, 1, size=(6, 2, 3, 3))
    weights[2] = weights[:3, 1, 0, 0] = 0
    weights[5, 1, 1, 1] = 0
    weights[4, 0, 0, 0] = 5e-5  # at most prune_threshold, whose default is 1e-4
    solver.net.learnable_params[0].data[...] = weights
    solver.net.copy_from(solver.net.to_proto())
    weights[4, 0, 0, 0] = 0
    return solver, weights


@pytest.mark.parametrize("mode", ["DISCONNECTED_ELTWISE", "DISCONNECTED_GRPWISE"])
def test_weights_loaded_as_0_stay_0(mode, rng):
    solver, weights = loaded(mode, rng)
    mask = (weights != 0).astype(float)
    if mode == "DISCONNECTED_GRPWISE":
        mask[...] = 1
        mask[2] = mask[:3, 1, 0, 0] = 0
    solver.net.learnable_params[0].data[4, 0, 0, 0] = 0  # for the plain arrays
    check(solver, [plain_decay, plain_decay], rng, mask=mask)
    assert (solver.net.learnable_params[0].data[2] == 0).all()


def test_small_weights_become_0_with_the_load(rng):
    solver, _ = loaded("DISCONNECTED_ELTWISE", rng)
    solver.net.clear_param_diffs()
    solver.apply_update()
    assert solver.net.learnable_params[0].data[4, 0, 0, 0] == 0


def test_what_is_pruned_later_may_come_back(rng):
    settings = 'regularization_type: "L1" prune_threshold: 0.55'
    solver, _ = loaded("DISCONNECTED_ELTWISE", rng, settings)
    blob = solver.net.learnable_params[0]
    solver.net.clear_param_diffs()
    blob.diff[0, 0, 0, 0] = blob.data[0, 0, 0, 0] * 10
    solver.apply_update()
    assert blob.data[0, 0, 0, 0] == 0
    solver.net.clear_param_diffs()
    blob.diff[...] = -50
    solver.apply_update()
    assert blob.data[0, 0, 0, 0] > 0
    assert blob.data[2, 0, 0, 0] == 0


def test_without_loaded_weights_nothing_is_cut(rng):
    solver = solver_of(layer="connectivity_mode: DISCONNECTED_ELTWISE")
    solver.net.learnable_params[0].data[...] = 0
    check(solver, [plain_decay, plain_decay], rng)
    assert (solver.net.learnable_params[0].data != 0).all()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_copies_of_a_solver_go_on_alike(copied, rng):
    solver, _ = loaded("DISCONNECTED_ELTWISE", rng, "prune_threshold: 0.2 breadth_decay: 0.1")
    gradients = [rng.normal(size=blob.shape) for blob in solver.net.learnable_params]

    def update(one):
        for blob, gradient in zip(one.net.learnable_params, gradients, strict=True):
            blob.diff[...] = gradient
        one.apply_update()

    update(solver)
    other = copied(solver)
    update(solver)
    update(other)
    for one, two in zip(solver.net.learnable_params, other.net.learnable_params, strict=True):
        np.testing.assert_array_equal(one.data, two.data)
    assert (other.net.learnable_params[0].data[2] == 0).all()


@pytest.mark.parametrize(
    ("weight", "settings", "message"),
    [
        ("block_group_lasso { xdimen: 4 }", "block_group_decay: 1", "divides 18"),
        ("block_group_lasso { ydimen: 0 }", "block_group_decay: 1", "ydimen: 0"),
        ('regularization_type: "L3"', "", "layer 'conv', param #0: Unknown regularization type"),
        ("breadth_decay_mult: nan", "", "breadth_decay_mult is not a finite number"),
        ("block_group_lasso { block_decay_mult: inf }", "", "block_decay_mult is not a finite"),
        ("", "prune_threshold: nan", "prune_threshold must be a finite number"),
    ],
)
def test_settings_that_do_not_fit(weight, settings, message):
    with pytest.raises(SolverError, match=message):
        solver_of(weight, settings=settings)


def two_layers(first, second):
    layer = """
        layer {{ name: "{0}" type: "InnerProduct" bottom: "x" top: "{0}"
          param {{ name: "W" {1} }} inner_product_param {{ num_output: 2 bias_term: false }} }}
    """
    data = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 } } } '
    return blobnet.Net(
        blobnet.parse_net(data + layer.format("a", first) + layer.format("b", second))
    )


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("breadth_decay_mult: 1", "breadth_decay_mult: 2", "mismatched breadth_decay_mult"),
        ('regularization_type: "L1"', 'regularization_type: "L2"', "mismatched regularization"),
        ("block_group_lasso { }", "block_group_lasso { }", "duplicate block_group_lasso"),
    ],
)
def test_layers_that_share_a_weight_have_to_agree(first, second, message):
    with pytest.raises(NetError, match=message):
        two_layers(first, second)


def test_one_of_those_that_share_a_weight_may_say_how_it_is_regularized():
    net = two_layers("", 'regularization_type: "L1" block_group_lasso { ydimen: 2 }')
    spec = net.all_params[0].spec
    assert spec.regularization_type == "L1"
    assert spec.block_group_lasso[0].ydimen == 2
