import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def padded(options, x):
    return run_layer(f'name: "p" type: "Padding" padding_param {{ {options} }}', x)


@pytest.mark.parametrize(
    ("options", "before", "behind"),
    [("", 0, 0), ("pad_beg: 2", 2, 0), ("pad_end: 1", 0, 1), ("pad_beg: 2 pad_end: 1", 2, 1)],
)
def test_zeros_around(options, before, behind, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    expected = np.pad(x, [(0, 0), (0, 0), (before, behind), (before, behind)])
    np.testing.assert_array_equal(padded(options, x).top[0].data, expected)


def test_negative_numbers_cut_off(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    np.testing.assert_array_equal(
        padded("pad_beg: -1 pad_end: -2", x).top[0].data, x[:, :, 1:2, 1:3]
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("pad_beg: 1 pad_end: -1", "both positive or negative"),
        ("pad_beg: -2 pad_end: -2", "leaves nothing"),
    ],
)
def test_bad_settings_are_refused(options, words):
    with pytest.raises(LayerError, match=words):
        padded(options, np.ones((1, 1, 4, 9)))
