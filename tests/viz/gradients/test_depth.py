from __future__ import annotations

import numpy as np
import pytest

from blobnet.viz.gradients import save_depth_picture
from blobnet.viz.gradients.depth import delta_by_depth
from blobnet.viz.gradients.recorder import NOTHING
from tests.viz.gradients.records import add_layer, recorded, size


def net(factor):
    made = recorded(2, loss_delta=2.0)
    add_layer(made, "data", "Data", delta=NOTHING)
    for number in range(3):
        deltas = [size(factor**number), size(7.0)]
        add_layer(made, f"conv{number}", "Convolution", has_matrices=True, delta=deltas)
        add_layer(made, f"relu{number}", "ReLU", delta=size(99.0))
    return made


def test_deltas_of_layers_with_weights_measured_by_the_loss():
    np.testing.assert_allclose(delta_by_depth(net(10.0)), [0.5, 5, 50])
    np.testing.assert_allclose(delta_by_depth(net(10.0), 1), [3.5] * 3)
    relu = delta_by_depth(net(10.0), wanted=lambda record: record.type == "ReLU")
    np.testing.assert_allclose(relu, [49.5] * 3)


def test_one_panel_for_each_group_and_one_line_for_each_net(tmp_path, figures):
    panels = {"A": {"big": net(10.0), "small": net(0.1)}, "B": {"big": net(2.0)}}
    save_depth_picture(panels, tmp_path / "depth.png", "deep nets")
    figure = figures[-1]
    left, right = figure.axes
    assert (left.get_title(), right.get_title()) == ("A", "B")
    assert left.get_yscale() == "log"
    big, small = left.get_lines()[:2]
    np.testing.assert_allclose(big.get_xydata(), [[1, 0.5], [2, 5], [3, 50]])
    assert big.get_color() != small.get_color()
    assert big.get_marker() != small.get_marker()  # for those who see few colours
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["big", "small"]
    assert [text.get_text() for text in right.texts] == ["exploding", "vanishing"]


@pytest.mark.parametrize("delta", [size(0.0), NOTHING])
def test_deltas_without_a_logarithm_are_gaps(delta, tmp_path, figures):
    made = net(10.0)
    made.layers[1].delta[0] = delta
    save_depth_picture({"": {"net": made}}, tmp_path / "depth.png", "a net")
    drawn = figures[-1].axes[0].get_lines()[0].get_ydata()
    assert np.isnan(drawn).tolist() == [True, False, False]
