import logging

import numpy as np
import pytest

from tests.layers.recurrent.streams import carried, recurrent

pytestmark = pytest.mark.parametrize("kind", ["LSTM", "RNN"])


def test_debug_info_logs_the_values_inside(kind, rng, caplog):
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        run = recurrent(kind, rng, [[1], [1]], options="debug_info: true")
        caplog.clear()
        run.forward()
        forward = caplog.messages
        caplog.clear()
        run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
        run.backward()
        backward = caplog.messages
    states = [("unit", "h"), ("unit", "c")] if kind == "LSTM" else [("h_neuron", "h")]
    sums = ("gate_input",) * 2 if kind == "LSTM" else ("h_input_sum", "h_neuron_input")
    names = [f"Layer memory_{a}_{t}, top blob {b}_{t} " for t in (1, 2) for a, b in [sums, *states]]
    assert [line.split("data")[0] for line in forward] == [f"    [Forward] {n}" for n in names]
    final_h = forward[-len(states)].split(": ")[1]
    assert final_h == f"{np.abs(carried(run)[0]).mean():g}"

    adder = "gate_input" if kind == "LSTM" else "h_neuron_input"
    unit = states[0][0]
    names = [
        name
        for t in (2, 1)
        for name in (
            f"Layer memory_{unit}_{t}, bottom blob {adder}_{t} ",
            f"Layer memory_h_conted_{t - 1}, bottom blob h_{t - 1} ",
            f"Layer memory_{unit}_{t}, bottom blob c_{t - 1} ",
        )
        if "blob c_" not in name or kind == "LSTM"
    ]
    assert [line.split("diff")[0] for line in backward] == [f"    [Backward] {n}" for n in names]
    assert all(float(line.split(": ")[1]) > 0 for line in backward)


def test_without_debug_info_nothing_is_logged(kind, rng, caplog):
    with caplog.at_level(logging.DEBUG):
        recurrent(kind, rng).backward()
    assert not caplog.messages
