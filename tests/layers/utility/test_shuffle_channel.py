import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def shuffle(x, group):
    text = f'name: "mix" type: "ShuffleChannel" shuffle_channel_param {{ group: {group} }}'
    return run_layer(text, x)


def test_six_channels_in_two_groups():
    x = np.arange(6.0).reshape(1, 6, 1, 1)
    run = shuffle(x, 2)
    np.testing.assert_array_equal(run.top[0].data.ravel(), [0, 3, 1, 4, 2, 5])
    run.top[0].diff[...] = run.top[0].data
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, x)


@pytest.mark.parametrize("shape", [(2, 12, 3, 2), (3, 12), (0, 12, 2)])
@pytest.mark.parametrize("group", [1, 3, 4, 12])
def test_channels_of_groups_take_turns(shape, group, rng):
    x = rng.normal(size=shape)
    y = shuffle(x, group).top[0].data
    per_group = 12 // group
    for i in range(group):
        for j in range(per_group):
            np.testing.assert_array_equal(y[:, j * group + i], x[:, i * per_group + j])


@pytest.mark.parametrize(
    ("shape", "group", "words"),
    [((1, 6), 0, "greater than 0"), ((1, 6), 4, "Wrong group size"), ((6,), 2, "Wrong group size")],
)
def test_groups_that_do_not_fit(shape, group, words):
    with pytest.raises(LayerError, match=words):
        shuffle(np.zeros(shape), group)
