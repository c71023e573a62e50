import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.utility.test_space_to_batch_nd import by_hand


def to_space(x, size, crops):
    return run_layer(
        'name: "b" type: "BatchToSpaceND" '
        f"batch_to_space_nd_param {{ block_shape: {list(size)} crops: {list(crops)} }}",
        x,
    )


@pytest.mark.parametrize(
    ("shape", "size", "crops"),
    [
        ((2, 4, 6, 3), (2, 3), (0, 0, 0, 0)),
        ((1, 3, 5, 2), (2, 2), (1, 0, 0, 3)),
        ((3, 5), (3,), (2, 2)),
        ((1, 2, 2, 2, 1), (2, 1, 2), (0, 2, 1, 0, 0, 0)),
    ],
)
def test_it_undoes_what_cuts_images_into_blocks(shape, size, crops, rng):
    image = rng.normal(size=shape)
    batch = by_hand(image, size, crops)
    np.testing.assert_array_equal(to_space(batch, size, crops).top[0].data, image)


def test_what_was_cut_off_has_no_gradient(rng):
    run = to_space(rng.normal(size=(4, 2, 2)), (2, 2), (1, 0, 0, 2))
    run.top[0].diff[...] = dy = rng.normal(size=(1, 3, 2))
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, by_hand(dy, (2, 2), (1, 0, 0, 2)))


@pytest.mark.parametrize(("shape", "crops"), [((3, 2, 2), [0] * 4), ((4, 1, 2), [2, 1, 0, 0])])
def test_what_does_not_suit(shape, crops):
    with pytest.raises(LayerError, match="do not fit"):
        to_space(np.zeros(shape), (2, 2), crops)
