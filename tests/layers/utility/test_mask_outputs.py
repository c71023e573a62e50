import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

TEXT = 'type: "MaskOutputs" mask_outputs_param { kernel_size: 2 }'


@pytest.mark.parametrize("shape", [(3, 7), (3, 6, 2), (3, 6, 2, 3)])
def test_the_channels_of_the_class_are_taken(shape, rng):
    x, classes = rng.normal(size=shape), [2, 0, 1]
    run = run_layer(TEXT, x, classes)
    assert run.top[0].shape == (3, 2, *shape[2:], *(1,) * (4 - len(shape)))
    run.top[0].diff[...] = dy = rng.normal(size=run.top[0].shape)
    run.layer.backward(run.top, [True, False], run.bottom)
    expected = np.zeros(shape)
    for n, k in np.ndindex(3, 2):
        channel = 2 * classes[n] + k
        np.testing.assert_array_equal(run.top[0].data[n, k].ravel(), x[n, channel].ravel())
        expected[n, channel] = dy[n, k].reshape(shape[2:])
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


@pytest.mark.parametrize(
    ("text", "x", "classes", "words"),
    [
        (TEXT, np.ones((2, 6)), [0, 3], r"(?s)no such class.*0 to 2: 6 channels.*3"),
        (TEXT, np.ones((2, 6)), [-1, 0], "no such class"),
        (TEXT, np.ones((2, 6)), [0, np.nan], "no such class"),
        (TEXT, np.ones((2, 6)), [0], "each item has a class"),
        (TEXT, np.ones((2, 1)), [0, 0], "too few channels"),
        (TEXT, np.ones(2), [0, 0], "too few channels"),
        ('type: "MaskOutputs"', np.ones((2, 6)), [0, 0], "kernel_size must be at least 1"),
    ],
)
def test_what_makes_no_sense(text, x, classes, words):
    with pytest.raises(LayerError, match=words):
        run_layer(text, x, classes)
