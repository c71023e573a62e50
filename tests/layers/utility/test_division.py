import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

PLACES = "xcoord: [0, 1, 3] ycoord: [0, 1, 0]"


def divided(x, options, num_top=3):
    text = f'name: "d" type: "Division" division_param {{ {options} }}'
    return run_layer(text, x, num_top=num_top)


def test_parts_and_their_gradient(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = divided(x, f"width: 2 height: 3 {PLACES}")
    dx = np.zeros_like(x)
    for blob, left, top in zip(run.top, (0, 1, 3), (0, 1, 0), strict=True):
        blob.diff[...] = rng.normal(size=blob.shape)
        for i in range(3):
            for j in range(2):
                np.testing.assert_array_equal(blob.data[:, :, i, j], x[:, :, top + i, left + j])
                dx[:, :, top + i, left + j] += blob.diff[:, :, i, j]
    run.backward([True])
    np.testing.assert_allclose(run.bottom[0].diff, dx)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("width: 2 height: 3 xcoord: 0 ycoord: [0, 1, 0]", "xcoord must be stated once for each"),
        ("width: 2 height: 3 xcoord: [0, 1, 0]", "ycoord must be stated once for each"),
        (f"width: 2 {PLACES}", "must have a width and a height"),
        (f"width: 3 height: 3 {PLACES}", "reaches out of the image"),
        (f"width: 1 height: 4 {PLACES}", "reaches out of the image"),
    ],
)
def test_what_does_not_fit(options, message):
    with pytest.raises(LayerError, match=message):
        divided(np.ones((1, 1, 4, 5)), options)


def test_images_have_four_axes():
    with pytest.raises(LayerError, match="not a batch of images"):
        divided(np.ones((1, 4, 5)), f"width: 2 height: 3 {PLACES}")
