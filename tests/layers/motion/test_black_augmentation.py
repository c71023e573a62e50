import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

ALWAYS = 'rand_type: "bernoulli" prob: 1'


def black(options, *bottoms):
    return run_layer(
        f'name: "b" type: "BlackAugmentation" black_augmentation_param {{ {options} }}',
        *bottoms,
        num_top=len(bottoms),
    )


@pytest.fixture
def pair(rng):
    return rng.random((40, 3, 4, 8)), rng.random((40, 3, 4, 8)), rng.random((40, 2, 4, 8))


def test_nothing_happens_unless_stated(pair):
    for x, top in zip(pair, black("", *pair).top, strict=True):
        np.testing.assert_array_equal(top.data, x)


def test_without_motion_all_images_are_the_last(pair):
    first, second, flow = black(f"black {{ {ALWAYS} }}", *pair).top
    np.testing.assert_array_equal(first.data, pair[1])
    np.testing.assert_array_equal(second.data, pair[1])
    assert not flow.data.any()


def test_borders_are_black_across_down_or_both(pair):
    run = black("border { mean: 0.25 }", *pair)
    seen = set()
    for n in range(40):
        across, down = (not run.top[0].data[n, 0, 1:-1, 0].any()), None
        down = not run.top[0].data[n, 0, 0, 2:-2].any()
        seen.add((across, down))
        rows, columns = slice(down, 4 - down), slice(2 * across, 8 - 2 * across)
        for x, top in zip(pair, run.top, strict=True):
            np.testing.assert_array_equal(top.data[n, :, rows, columns], x[n, :, rows, columns])
            assert np.count_nonzero(top.data[n]) == x[n, :, rows, columns].size
    assert seen == {(True, False), (False, True), (True, True)}


def test_what_is_refused(pair):
    with pytest.raises(LayerError, match="2 or 3 channels"):
        black("", np.zeros((1, 4, 2, 2)))
    with pytest.raises(LayerError, match="same num, height and width"):
        black("", pair[0], pair[1][:, :, 1:])
