from __future__ import annotations

import math

from blobnet.viz.gradients import gradient_table
from blobnet.viz.gradients.recorder import NOTHING
from tests.viz.gradients.records import add_layer, recorded, size


def test_a_line_for_each_layer_with_medians_over_the_later_half():
    made = recorded(4, loss_delta=2.0)
    add_layer(made, "data", "Data", data=size(0.5, zeros=0.25), delta=NOTHING)
    add_layer(
        made,
        "ip1",
        data=[size(9.0), size(9.0), size(1.0), size(3.0)],
        delta=size(0.001, zeros=1 / 3, norm=4.0),
        change=size(2e-4),
        relative_change=0.01,
    )
    assert gradient_table(made) == [
        "layer  type             data  zeros    delta  zeros  delta/loss   change  change/weights",
        "data   Data          5.0e-01   25 %        -      -           -        -               -",
        "ip1    InnerProduct  2.0e+00    0 %  1.0e-03   33 %     2.0e+00  2.0e-04         1.0e-02",
    ]


def test_what_is_not_finite_is_shown_as_it_is():
    made = recorded(1)
    add_layer(made, data=size(math.inf))
    assert " inf " in gradient_table(made)[1]


def test_without_layers_there_is_the_heading():
    assert len(gradient_table(recorded(0))) == 1
