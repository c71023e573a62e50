import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.recurrent.streams import NUM_STATES, D, prototxt, recurrent

pytestmark = pytest.mark.parametrize("kind", ["LSTM", "RNN"])


@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        ([(4,), (4,)], "", r"at least 2 axes -- \(#timesteps, #streams, \.\.\.\)"),
        ([(4, 2), (4, 2)], "", r"at least 2 axes.*\n.*axis 2 on\n.*\(4, 2\)"),
        ([(0, 2, 5), (0, 2)], "", r"\n.*at least one timestep"),
        ([(4, 2, 5), (4, 2, 1)], "", r"exactly 2 axes -- \(#timesteps, #streams\)\n.*\(4, 2\)"),
        ([(4, 2, 5), (2, 4)], "", r"bottom\[1\].*\n.*\(4, 2\).*\n.*\(2, 4\)"),
        ([(4, 2, 5), (4, 2), (4, 3)], "", r"static.*one item per stream\n.*\(2, \.\.\.\)"),
        ([(4, 2, 5), (4, 2), (2,)], "", r"static.*one item per stream\n.*\n.*\(2,\)"),
        ([(4, 2, 5), (4, 2)], "expose_hidden: true", r"takes at least [34] bottom blob\(s\)"),
        ([(4, 2, 5), (4, 2), (2, 3), (2, 3)], "", r"takes at most 3 bottom blob\(s\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(kind, shapes, options, message):
    with pytest.raises(LayerError, match=rf'{kind} layer "memory": .*{message}'):
        run_layer(prototxt(kind, options), *map(np.zeros, shapes))


def test_exposed_states_of_another_shape_are_refused(kind):
    states = [np.zeros((1, 2, D))] * (NUM_STATES[kind] - 1) + [np.zeros((1, 2, D + 1))]
    message = r"shape must match hidden state input shape: \(1, 2, 3\)\n.*\n.*\(1, 2, 4\)"
    with pytest.raises(LayerError, match=rf"bottom\[{len(states) + 1}\] {message}"):
        run_layer(
            prototxt(kind, "expose_hidden: true"), np.zeros((4, 2, 5)), np.zeros((4, 2)), *states
        )


def test_exposed_states_need_their_tops(kind, rng):
    with pytest.raises(LayerError, match=rf"{kind} Layer produces [23] top blob\(s\) as output"):
        recurrent(kind, rng, exposed=True, num_top=1)
