import math

import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.testing import check_gradients, run_layer


def aggregated(folder, text, x):
    path = folder / "groups"
    path.write_text(text)
    param = f'label_map_file: "{path.as_posix()}"'
    return run_layer(
        f'name: "g" type: "ChannelAggregator" channel_aggregator_param {{ {param} }}', x
    )


def test_groups_add_up_as_probabilities(tmp_path, rng):
    x = rng.normal(size=(2, 4, 3, 2)) * 3
    run = aggregated(tmp_path, "0\n1 3\n2 2 0\n", x)
    for n, i, j in np.ndindex(2, 3, 2):
        for g, group in enumerate(([0], [1, 3], [2, 2, 0])):
            expected = math.log(sum(math.exp(x[n, c, i, j]) for c in group))
            np.testing.assert_allclose(run.top[0].data[n, g, i, j], expected)
    check_gradients(run)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "label_map cannot be empty"),
        ("0\n\n1", "line 2 of .* is no group"),
        ("0 a", "line 1 of .* is no group"),
        ("0\n-1", "line 2 of .* is no group"),
        ("0\n4", "Label map points to out-of-range"),
    ],
)
def test_bad_groups_are_refused(text, words, tmp_path):
    with pytest.raises(LayerError, match=f'ChannelAggregator layer "g": {words}'):
        aggregated(tmp_path, text, np.ones((1, 4, 1, 1)))


def test_no_file():
    with pytest.raises(LayerError, match="label map file"):
        run_layer('type: "ChannelAggregator"', np.ones((1, 4, 1, 1)))
    with pytest.raises(DataError, match="nothing"):
        run_layer(
            'type: "ChannelAggregator" channel_aggregator_param { label_map_file: "nothing" }',
            np.ones((1, 4, 1, 1)),
        )
