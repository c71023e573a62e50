"""A layer of your own tells pictures, traces, tables and findings what blobnet's own layers do."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet import Layer, layer_register, register_layer
from blobnet.fillers import FillerParameter
from blobnet.viz.gradients import GradientRecorder, find_troubles
from blobnet.viz.gradients.depth import delta_by_depth
from blobnet.viz.images.filters import filter_panels
from blobnet.viz.nets import summarize
from blobnet.viz.nets.times import timed_layer
from blobnet.viz.trace import trace_steps, trace_text

NET = """
    layer { name: "data" type: "DummyData" top: "x" top: "t" dummy_data_param {
      shape { dim: 5 dim: 1 dim: 4 dim: 4 }
      data_filler { type: "uniform" min: 1 max: 2 } data_filler { type: "constant" } } }
    layer { name: "mine" type: "Clamp" bottom: "x" top: "y" }
    layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" }
"""
SETTINGS = 'base_lr: 0.01 lr_policy: "fixed" random_seed: 1 max_iter: 9'


class Clamp(Layer):
    """The input times a weight for each place, within limits."""

    formula = "y = min(max(w * x, -1), 1)"
    gradient_formula = "dw += dy * x and dx = dy * w, inside of the limits."
    limits = (-1.0, 1.0)
    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom, top):
        filler = FillerParameter(type="constant", value=-3)
        self.init_blob(0, (1, *bottom[0].shape[1:]), filler)

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        np.clip(self.blobs_[0].data * bottom[0].data, -1, 1, out=top[0].data)

    def backward_cpu(self, top, propagate_down, bottom):
        inside = np.abs(top[0].data) < 1
        self.blobs_[0].diff[...] += (top[0].diff * bottom[0].data * inside).sum(0)

    def multiply_adds(self, bottom, top):
        return int(top[0].count)


class DyingClamp(Clamp):
    """The same, which says that below all is lost."""

    dead_value = -1.0


class Silent(Clamp):
    """The same, which says nothing."""

    formula = gradient_formula = ""
    limits = None

    def multiply_adds(self, bottom, top):
        return 0


@pytest.fixture(params=[Clamp], autouse=True)
def solver(request, monkeypatch):
    monkeypatch.setattr(layer_register, "_LAYER_TYPES", dict(layer_register._LAYER_TYPES))
    register_layer("Clamp")(request.param)
    return blobnet.get_solver(blobnet.parse_solver(f"net_param {{ {NET} }} {SETTINGS}"))


dying = pytest.mark.parametrize("solver", [DyingClamp], indirect=True)
silent = pytest.mark.parametrize("solver", [Silent], indirect=True)


def recorded(solver):
    recorder = GradientRecorder()
    solver.add_callback(recorder)
    solver.step(2)
    return recorder


def told(solver):
    (step,) = trace_steps(solver)
    return trace_text(step).splitlines()


def test_a_trace_tells_its_formulas(solver):
    lines = told(solver)
    assert lines[lines.index("  mine (Clamp)") + 1] == f"    {Clamp.formula}"
    assert f"    {Clamp.gradient_formula}" in lines


@silent
def test_a_trace_has_no_line_for_a_formula_that_is_not_told(solver):
    lines = told(solver)
    assert lines[lines.index("  mine (Clamp)") + 1].startswith("    in x  ")


def test_tables_count_its_multiply_adds(solver):
    (row,) = (row for row in summarize(solver.net).rows if row.name == "mine")
    assert row.multiply_adds == 5 * 16
    assert row.memory == 4 * 5 * 16
    (wired,) = (wired for wired in solver.net.wired if wired.layer.name == "mine")
    timed = timed_layer(wired, 1.0, 1.0)
    assert (timed.multiply_adds, timed.multiply_adds_backward) == (5 * 16, 5 * 16)


def test_its_gradient_is_drawn_among_those_of_layers_with_weights(solver):
    assert delta_by_depth(recorded(solver)).shape == (1,)


@silent
def test_without_learned_matrices_it_is_not_drawn_there(solver):
    assert delta_by_depth(recorded(solver)).shape == (0,)


def test_near_its_limits_it_is_saturated(solver):
    found = [finding.text for finding in find_troubles(recorded(solver))]
    assert "mine: 100 % of the outputs near the limits" in found
    assert not any("nothing but" in text for text in found)


@dying
def test_where_it_gives_nothing_but_its_dead_value_it_is_dead(solver):
    found = [(finding.kind, finding.text) for finding in find_troubles(recorded(solver))]
    assert ("dead", "mine: nothing but -1") in found


@silent
def test_without_limits_and_dead_value_it_is_neither(solver):
    kinds = [finding.kind for finding in find_troubles(recorded(solver))]
    assert not {"saturated", "dead"}.intersection(kinds)


def test_its_weights_are_drawn_where_they_are_images(solver):
    (panel,) = filter_panels(solver.net)
    assert panel.title.startswith("mine: Clamp")
    np.testing.assert_array_equal(panel.tiles.reshape(4, 4), -3)
