from __future__ import annotations

import io
import math

from blobnet.viz.gradients import print_gradients
from blobnet.viz.gradients.recorder import NOTHING
from tests.viz.gradients.records import add_layer, recorded, size


def printed(recorder, monkeypatch=None, columns=None):
    """The words of each line; as in a terminal of so many columns if any are given."""
    file = io.StringIO()
    if columns:
        file.isatty = lambda: True
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "dumb")  # no colours
    print_gradients(recorder, file)
    return [line for line in file.getvalue().splitlines() if line.strip()]


def test_a_line_for_each_layer_with_medians_over_the_later_half():
    made = recorded(4, loss_delta=2.0)
    add_layer(made, "data", "Data", data=size(0.5, zeros=0.25), delta=NOTHING)
    add_layer(
        made,
        "ip[1]",
        data=[size(9.0), size(9.0), size(1.0), size(3.0)],
        delta=size(0.001, zeros=1 / 3, norm=4.0),
        change=size(2e-4),
        relative_change=0.01,
    )
    first, second, _, *rows = printed(made)
    assert first.split() == ["delta", "change"]
    heads = ["layer", "type", "data", "zeros", "delta", "zeros", "/loss", "change", "/weights"]
    assert second.split() == heads
    assert [" ".join(row.split()) for row in rows] == [
        "data Data 5.0e-01 25 % - - - - -",
        "ip[1] InnerProduct 2.0e+00 0 % 1.0e-03 33 % 2.0e+00 2.0e-04 1.0e-02",
    ]


def test_long_names_are_folded_in_a_narrow_terminal(monkeypatch):
    made = recorded(1)
    name = "inception_4a/5x5_reduce_of_a_net"
    add_layer(made, name, "SoftmaxWithLoss", data=size(0.5), delta=size(1), change=size(1))
    lines = printed(made, monkeypatch, 80)
    assert max(map(len, lines)) <= 80
    (row,) = [number for number, line in enumerate(lines) if "SoftmaxWithLoss" in line]
    folded = [lines[row].split()[0], *(line.strip() for line in lines[row + 1 :])]
    assert "".join(folded) == name
    assert len(folded) > 1


def test_what_is_not_finite_is_shown_as_it_is():
    made = recorded(1)
    add_layer(made, data=size(math.inf))
    assert " inf " in printed(made)[-1]


def test_without_layers_there_is_the_heading():
    assert len(printed(recorded(0))) == 3
