"""models/resnet: the builder, the identity term, and that the shortcuts make the difference."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.cli import main
from blobnet.serialization.prototxt import parse_net
from blobnet.solver.history import TrainingHistory

MODEL = Path(__file__).parents[2] / "models" / "resnet"
QUICK = {"batch": 16, "every_pixel": 2, "widths": (8, 8, 8)}


@pytest.fixture
def resnet(monkeypatch):
    monkeypatch.syspath_prepend(str(MODEL))
    return importlib.import_module("resnet")


@pytest.fixture
def residual_net(resnet):
    return resnet.residual_net


def small_net(residual_net, **options):
    """A net of 14 layers in float64, with random images in it."""
    definition = residual_net(14, (4, 4, 4), side=8, batch=6, **options)
    net = blobnet.Net(definition, phase="TRAIN", dtype="float64", seed=1)
    rng = np.random.default_rng(2)
    net.layers[0].reset(rng.uniform(size=(6, 1, 8, 8)), np.arange(6.0))
    return net


# --- the builder ----------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [8, 56])
@pytest.mark.parametrize("shortcuts", [True, False])
def test_the_depth_counts_the_layers_with_weights(residual_net, depth, shortcuts):
    layers = residual_net(depth, shortcuts=shortcuts).layer
    counted = [
        layer
        for layer in layers
        if layer.type in ("Convolution", "InnerProduct") and not layer.name.endswith("_shortcut")
    ]
    assert len(counted) == depth
    blocks = (depth - 2) // 2
    assert sum(layer.type == "Eltwise" for layer in layers) == (blocks if shortcuts else 0)
    assert sum(layer.name.endswith("_shortcut") for layer in layers) == (2 if shortcuts else 0)


def test_the_plain_net_is_the_residual_net_without_shortcuts(residual_net):
    plain = [layer.name for layer in residual_net(20, shortcuts=False).layer]
    residual = [
        layer.name
        for layer in residual_net(20).layer
        if layer.type != "Eltwise" and not layer.name.endswith("_shortcut")
    ]
    assert plain == residual


def test_every_stage_has_its_width_and_half_the_side(residual_net):
    net = blobnet.Net(residual_net(14, (4, 6, 10), side=28, batch=2), phase="TEST", seed=1)
    assert [net.blobs[f"stage{s}_block2"].shape for s in (1, 2, 3)] == [
        (2, 4, 14, 14), (2, 6, 7, 7), (2, 10, 4, 4),
    ]  # fmt: skip
    assert net.blobs["scores"].shape == (2, 10)


@pytest.mark.parametrize("depth", [2, 9, 57])
def test_other_depths_are_refused(residual_net, depth):
    with pytest.raises(ValueError, match=rf"6 n \+ 2, got {depth}"):
        residual_net(depth)


def test_the_definition_is_a_prototxt_that_can_be_read(residual_net):
    from google.protobuf import text_format

    definition = residual_net(8)
    assert parse_net(text_format.MessageToString(definition)) == definition


# --- the identity term ----------------------------------------------------------------------------


@pytest.mark.parametrize("block", ["stage1_block1", "stage2_block2", "stage3_block2"])
def test_the_gradient_at_the_input_is_that_at_the_output_plus_the_branchs(
    resnet, residual_net, block
):
    net = small_net(residual_net)
    net.forward_backward()
    dy, branch, dx = resnet.gradients_around(net, block)
    assert np.abs(dy).min() > 0
    assert np.abs(branch).min() > 0
    np.testing.assert_array_equal(dx, dy + branch)


def test_the_branchs_part_is_the_one_that_the_branch_alone_has(resnet, residual_net):
    net = small_net(residual_net)
    net.forward_backward()
    dy, branch, _ = (diff.copy() for diff in resnet.gradients_around(net, "stage2_block2"))
    x, b = net.blobs["stage2_block1"], "stage2_block2"
    objective = dy.copy()
    rng = np.random.default_rng(3)
    direction, step = rng.normal(size=x.shape), 1e-6

    def branch_ends_at(move):
        net.forward()
        start = x.data.copy()
        x.data[...] = start + move
        net.forward(start=f"{b}_a_bn", end=f"{b}_conv2")
        return np.vdot(net.blobs[f"{b}_conv2"].data, objective)

    slope = (branch_ends_at(step * direction) - branch_ends_at(-step * direction)) / (2 * step)
    np.testing.assert_allclose(slope, np.vdot(branch, direction), rtol=1e-5)


def test_a_block_whose_branch_is_zero_hands_on_values_and_gradients_as_they_are(
    resnet, residual_net
):
    net = small_net(residual_net)
    net.params["stage1_block2_conv2"][0].data[...] = 0
    net.forward_backward()
    np.testing.assert_array_equal(net.blobs["stage1_block2"].data, net.blobs["stage1_block1"].data)
    dy, branch, dx = resnet.gradients_around(net, "stage1_block2")
    assert not branch.any()
    np.testing.assert_array_equal(dx, dy)


# --- the gradient of the weights ------------------------------------------------------------------


@pytest.fixture
def weight_gradients(monkeypatch):
    monkeypatch.syspath_prepend(str(MODEL))
    return importlib.import_module("weight_gradients")


def test_the_formulas_give_the_gradients_of_the_run(weight_gradients):
    found = list(weight_gradients.gradients(weight_gradients.make_net(20)))
    assert [gradient.weight for gradient in found] == [
        "scores W", "scores b", *(f"stage3_block{k}_conv{i} W" for k in (3, 2) for i in (2, 1)),
    ]  # fmt: skip
    for gradient in found:
        assert np.abs(gradient.of_the_run).min() > 0
        assert gradient.by_formula.shape == gradient.of_the_run.shape
        assert gradient.error < 1e-12, gradient.weight


def test_the_identitys_part_is_all_there_is_where_later_branches_are_silent(weight_gradients):
    """As in the last block, behind which there are none."""
    net = weight_gradients.make_net(20)
    *_, last, _, inner, _ = weight_gradients.gradients(net)
    np.testing.assert_array_equal(last.by_identity, last.by_formula)
    assert (
        np.abs(inner.by_identity - inner.by_formula).max() > 0.01 * np.abs(inner.by_formula).max()
    )
    net.params["stage3_block3_conv2"][0].data[...] = 0
    net.clear_param_diffs()
    net.forward_backward()
    *_, inner, _ = weight_gradients.gradients(net)
    np.testing.assert_allclose(
        inner.by_identity, inner.of_the_run, atol=1e-12 * np.abs(inner.of_the_run).max()
    )


def test_the_page_has_the_sizes_that_come_out(weight_gradients, capsys):
    assert weight_gradients.main() == 0
    head, *rows = capsys.readouterr().out.splitlines()
    readme = (MODEL / "README.md").read_text(encoding="utf-8")
    assert head in readme
    assert len(rows) == 10
    for row in rows:
        told, _, difference = row.rpartition(" ")
        assert f"\n{told} " in readme
        assert float(difference) < 1e-12


# --- the difference -------------------------------------------------------------------------------


def test_a_deep_net_learns_with_shortcuts_and_stalls_without(resnet):
    last = {}
    for shortcuts in (True, False):
        solver, history = resnet.make_solver(shortcuts, 44, 60, **QUICK), TrainingHistory()
        solver.add_callback(history)
        solver.step(60)
        last[shortcuts] = np.mean(history.losses[-10:])
    assert last[True] < 1.8  # seeds 1 to 5 give 1.19 to 1.66
    assert last[False] > 2.0  # 2.09 to 2.24; a guess among ten has 2.30


def test_the_script_compares_and_draws(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "resnet.png"
    assert main(["demo", "resnet", "--depth", "8", "--iterations", "3", "--out", str(picture)]) == 0
    out = capsys.readouterr().out
    assert "residual: resnet8" in out
    assert "plain: plain8" in out
    assert "dx - (dy + branch) is  0 everywhere" in out
    assert out.splitlines()[-1].startswith("next: ")
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("words", [["--depth", "10"], ["--depth", "2"], ["--iterations", "0"]])
def test_wrong_numbers_are_refused(words, capsys):
    assert main(["demo", "resnet", *words]) == 2
    assert words[0] in capsys.readouterr().err
