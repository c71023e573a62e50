import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

PLACES = "xcoord: [0, 2, 1] ycoord: [0, 0, 3]"


def combined(options, *images):
    return run_layer(f'name: "c" type: "Combination" combination_param {{ {options} }}', *images)


def test_images_side_by_side_and_their_gradients(rng):
    images = [rng.normal(size=(2, 3, *size)) for size in ((3, 2), (2, 2), (1, 3))]
    run = combined(PLACES, *images)
    y = np.zeros((2, 3, 4, 4))
    for image, left, top in zip(images, (0, 2, 1), (0, 0, 3), strict=True):
        for i, j in np.ndindex(*image.shape[2:]):
            y[:, :, top + i, left + j] = image[:, :, i, j]
    np.testing.assert_array_equal(run.top[0].data, y)
    dy = run.top[0].diff[...] = rng.normal(size=y.shape)
    run.backward([True] * 3)
    for blob, left, top in zip(run.bottom, (0, 2, 1), (0, 0, 3), strict=True):
        for i, j in np.ndindex(*blob.shape[2:]):
            np.testing.assert_array_equal(blob.diff[:, :, i, j], dy[:, :, top + i, left + j])


def test_of_what_overlaps_the_later_is_seen():
    first, second = np.full((1, 1, 2, 2), 1.0), np.full((1, 1, 2, 2), 2.0)
    run = combined("xcoord: [0, 1] ycoord: [0, 0]", first, second)
    assert run.top[0].data[0, 0].tolist() == [[1, 2, 2]] * 2
    run.top[0].diff[...] = [[3, 4, 5]] * 2
    run.backward([True, True])
    assert run.bottom[0].diff[0, 0].tolist() == [[3, 4]] * 2


@pytest.mark.parametrize(
    ("options", "shapes", "message"),
    [
        ("xcoord: 0 ycoord: [0, 0]", [(1, 1, 2, 2)] * 2, "xcoord must be stated once for each"),
        ("xcoord: [0, 0] ycoord: 0", [(1, 1, 2, 2)] * 2, "ycoord must be stated once for each"),
        ("xcoord: [0, 0] ycoord: [0, 0]", [(1, 1, 3, 2), (1, 1, 2, 2)], "reaches out of the whole"),
        ("xcoord: [0, 0] ycoord: [0, 0]", [(1, 1, 2, 2), (1, 2, 2, 2)], "as many images and"),
        ("xcoord: 0 ycoord: 0", [(1, 2, 2)], "as many images and"),
    ],
)
def test_what_does_not_fit(options, shapes, message):
    with pytest.raises(LayerError, match=message):
        combined(options, *(np.ones(shape) for shape in shapes))
