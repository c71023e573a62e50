import json

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.ops.fixed_point import (
    cut_to_fixed,
    nearest_position,
    overflow_position,
    round_to_fixed,
)
from blobnet.testing import run_layer

WIDE = np.array([3.0, -0.3, 0.2])  # position 0 for 3 bits and 4
FINE = np.array([0.4, -0.3, 0.2])


def neuron(x, options="bit_width: 4", **named):
    return run_layer(f'type: "FixedNeuron" fixed_param {{ {options} }}', x, **named)


def position(run):
    return float(run.layer.blobs_[0].data[0])


def feed(run, x):
    run.bottom[0].data[...] = x
    run.forward()
    return run.top[0].data.copy()


def test_values_are_rounded_halves_up():
    run = neuron([7.5, -8.0, 2.5, -2.5, 0.4])  # 7.5 is 7 steps of 1 and half a step
    assert position(run) == 0
    np.testing.assert_array_equal(run.top[0].data, [7, -8, 3, -2, 0])


def test_behind_data_halves_go_away_from_zero():
    run = neuron([6.0, -2.5, 2.5], "bit_width: 4 follow_data_layer: true")
    np.testing.assert_array_equal(run.top[0].data, [6, -3, 3])


def test_each_batch_is_rounded_on_its_own_and_most_decide_what_is_kept():
    run = neuron(WIDE)
    assert position(run) == 1 == overflow_position(WIDE, 4)
    for _ in range(2):
        expected = round_to_fixed(FINE, 4, 4, FINE.copy(), is_half_up=True)
        np.testing.assert_array_equal(feed(run, FINE), expected)
    assert position(run) == 4
    feed(run, WIDE)
    assert position(run) == 1, "of two that are as frequent the smaller"


@pytest.mark.parametrize("method", ["DIFF_S", "DIFF_A"])
def test_with_differences_what_most_batches_had_rounds(method, rng):
    batches = [rng.normal(scale=scale, size=3) for scale in (1, 1, 9, 9, 9)]
    options = f"bit_width: 4 fixed_method: {method}"
    run = neuron(batches[0], options)
    seen = []
    for index, x in enumerate(batches):
        seen.append(nearest_position(x, 4))
        kept = max(sorted(set(seen)), key=seen.count)
        actual = run.top[0].data if not index else feed(run, x)
        expected = round_to_fixed(x, 4, kept, np.empty(3), is_half_up=True)
        np.testing.assert_array_equal(actual, expected)
        assert position(run) == kept


def test_in_test_the_position_that_is_kept_rounds():
    run = neuron(WIDE, phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, [3, 0, 0])
    run.layer.blobs_[0].data[...] = 3.9
    np.testing.assert_array_equal(feed(run, WIDE), [0.875, -0.25, 0.25])
    run.layer.blobs_[0].data[...] = np.nan
    with pytest.raises(LayerError, match=r"blobs_\[0\] is no position"):
        run.forward()


def test_in_test_data_is_cut():
    run = neuron(WIDE, "bit_width: 2 follow_data_layer: true", phase="TEST")
    run.layer.blobs_[0].data[...] = 2
    np.testing.assert_array_equal(feed(run, WIDE), cut_to_fixed(WIDE, 2, WIDE.copy()))


def test_disabled_it_copies():
    run = neuron(WIDE, "enable: false")
    np.testing.assert_array_equal(run.top[0].data, WIDE)
    assert position(run) == 0


def test_the_gradient_passes():
    run = neuron(WIDE)
    run.top[0].diff[...] = [1, 2, 3]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [1, 2, 3])


def test_a_resumed_layer_knows_what_most_batches_had():
    run = neuron(FINE)
    feed(run, FINE)
    state = json.loads(json.dumps(run.layer.get_state()))
    other = neuron(WIDE)
    other.layer.set_state(state)
    feed(other, WIDE)
    assert position(other) == 4
    with pytest.raises(LayerError, match="of another kind"):
        other.layer.set_state({**state, "batches": [1]})


@pytest.mark.parametrize("bits", [0, -1, 33])
def test_a_width_that_makes_no_sense(bits):
    with pytest.raises(LayerError, match="Bit width must be larger than 0"):
        neuron(WIDE, f"bit_width: {bits}")
