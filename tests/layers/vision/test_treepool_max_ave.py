import math

import numpy as np
import pytest

from blobnet.testing import run_layer


def treepool(x, options):
    filler = 'weight_filler { type: "gaussian" std: 0.5 }'
    return run_layer(f'type: "TreepoolMaxAve" convolution_param {{ {options} {filler} }}', x)


@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (2, 1), (2, 2), (1, 2)])
def test_maximum_and_average_that_a_gate_mixes(kernel, stride, rng):
    x = rng.normal(size=(2, 3, 5, 7)) - 3  # the zeros beyond the image would be maxima
    run = treepool(x, f"kernel_size: {kernel} stride: {stride}")
    (w,) = (blob.data[0, 0] for blob in run.layer.blobs_)
    rows, columns = (math.ceil((size - kernel) / stride) + 1 for size in (5, 7))
    assert run.top[0].shape == (2, 3, rows, columns)
    for n, c, i, j in np.ndindex(*run.top[0].shape):
        seen, gate = [], 0.0
        for row, column in np.ndindex(kernel, kernel):
            y, z = i * stride + row, j * stride + column
            if y < 5 and z < 7:
                seen.append(x[n, c, y, z])
                gate += w[row, column] * x[n, c, y, z]
        gate = 1 / (1 + math.exp(-gate))
        expected = gate * max(seen) + (1 - gate) * sum(seen) / len(seen)
        np.testing.assert_allclose(run.top[0].data[n, c, i, j], expected)


def test_every_maximum_of_a_window_gets_the_gradient():
    run = treepool(np.ones((1, 1, 2, 2)), "kernel_size: 2")
    run.layer.blobs_[0].data[...] = 0
    run.forward()
    run.top[0].diff[...] = 1
    run.backward([True])
    np.testing.assert_allclose(run.bottom[0].diff, np.full((1, 1, 2, 2), 0.5 + 0.5 / 4))
