import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_sequences_begin_at_the_first_step():
    run = run_layer(
        'type: "ContinuationIndicator" continuation_indicator_param { time_step: 3 batch_size: 2 }'
    )
    np.testing.assert_array_equal(run.top[0].data, [[0, 0], [1, 1], [1, 1]])


@pytest.mark.parametrize(("stated", "missing"), [("time_step", "batch"), ("batch_size", "time")])
def test_both_sizes_are_needed(stated, missing):
    with pytest.raises(LayerError, match=f"The {missing} .* should be greater than 0"):
        run_layer(f'type: "ContinuationIndicator" continuation_indicator_param {{ {stated}: 3 }}')


@pytest.mark.parametrize(("axis", "num"), [("", 3), ("axis: 1", 2), ("axis: -1", 4)])
def test_a_bottom_tells_how_many_sequences_there_are(axis, num):
    text = 'type: "ContinuationIndicator" continuation_indicator_param { time_step: 2 %s }'
    run = run_layer(text % axis, np.ones((3, 2, 4)))
    np.testing.assert_array_equal(run.top[0].data, [[0] * num, [1] * num])


@pytest.mark.parametrize(
    ("settings", "bottoms", "message"),
    [
        ("time_step: 2 batch_size: 3", [np.ones((3, 2))], "batch_size is that of the bottom"),
        ("time_step: 2 batch_size: 3 axis: 1", [], "no bottom to have an axis"),
    ],
)
def test_settings_that_contradict_the_bottoms(settings, bottoms, message):
    with pytest.raises(LayerError, match=message):
        run_layer(
            f'type: "ContinuationIndicator" continuation_indicator_param {{ {settings} }}', *bottoms
        )
