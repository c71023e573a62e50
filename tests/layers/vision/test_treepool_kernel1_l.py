import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def treepool(x, options):
    filler = 'weight_filler { type: "gaussian" std: 0.5 }'
    return run_layer(
        f'name: "p" type: "TreepoolKernel1L" convolution_param {{ {options} {filler} }}', x
    )


def places(size, kernel, stride):
    return math.ceil((size - kernel) / stride) + 1


@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (2, 1), (2, 2), (1, 2)])
def test_filters_that_a_gate_mixes(kernel, stride, rng):
    x = rng.normal(size=(2, 3, 5, 7))
    run = treepool(x, f"kernel_size: {kernel} stride: {stride}")
    v, u, w = (blob.data[0, 0] for blob in run.layer.blobs_)
    assert v.shape == u.shape == w.shape == (kernel, kernel)
    assert run.top[0].shape == (2, 3, places(5, kernel, stride), places(7, kernel, stride))
    for n, c, i, j in np.ndindex(*run.top[0].shape):
        sums = [0.0, 0.0, 0.0]
        for row, column in np.ndindex(kernel, kernel):
            y, z = i * stride + row, j * stride + column
            if y < 5 and z < 7:
                for index, weights in enumerate((v, u, w)):
                    sums[index] += weights[row, column] * x[n, c, y, z]
        gate = 1 / (1 + math.exp(-sums[2]))
        expected = gate * sums[0] + (1 - gate) * sums[1]
        np.testing.assert_allclose(run.top[0].data[n, c, i, j], expected)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "one kernel_size"),
        ("kernel_size: 2 kernel_size: 3", "one kernel_size"),
        ("kernel_size: 2 stride: 0", "one kernel_size and one stride"),
        ("kernel_size: 2 pad: 1", "does not have.*\n.*\n.*pad.*\n.*take it out"),
        ("kernel_size: 8", "no window lies on the image"),
        ("kernel_size: 1 stride: 4", "the last one lies beside it"),
    ],
)
def test_windows_that_make_no_sense(options, words):
    with pytest.raises(LayerError, match=words):
        treepool(np.ones((1, 1, 3, 6)), options)


def test_only_images_are_pooled():
    with pytest.raises(LayerError, match="must be images"):
        treepool(np.ones((1, 2, 3)), "kernel_size: 2")
