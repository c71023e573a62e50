import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def dominant(options, x):
    text = f'name: "d" type: "DominantChannel" dominant_channel_param {{ {options} }}'
    return run_layer(text, x).top[0].data[:, :, 0, 0]


def oracle(x, top_k):
    counts = [[0] * top_k for _ in x]
    for i, j in np.ndindex(x.shape[1:]):
        ranked = sorted(range(len(x)), key=lambda c: -x[c, i, j])
        for rank in range(top_k):
            counts[ranked[rank]][rank] += 1
    return sorted(range(len(x)), key=lambda c: [-count for count in counts[c]])[:top_k]


@pytest.mark.parametrize("top_k", [1, 2, 4])
def test_channels_by_how_often_they_are_largest(top_k, rng):
    x = rng.normal(size=(6, 5, 3, 4))
    found = dominant(f"top_k: {top_k}", x)
    np.testing.assert_array_equal(found, [oracle(image, top_k) for image in x])


def test_second_places_decide_between_equals():
    x = np.array([[2, 1, 0], [0, 2, 1], [1, 2, 0], [2, 1, 0]]).T[None, :, None, :].astype(float)
    np.testing.assert_array_equal(dominant("top_k: 2", x), [[1, 0]])


def test_the_default_is_one_channel(rng):
    assert dominant("", rng.normal(size=(2, 3, 2, 2))).shape == (2, 1)


@pytest.mark.parametrize(
    ("options", "words"), [("top_k: 0", "must not be less than 1"), ("top_k: 3", "more channels")]
)
def test_bad_settings_are_refused(options, words):
    with pytest.raises(LayerError, match=words):
        dominant(options, np.ones((1, 3, 2, 2)))
