"""Its numbers are tested beside those of ConvolutionFixed: test_convolution_fixed.py."""

import numpy as np

from blobnet.testing import run_layer


def test_by_hand():
    """Weights of 2 bits are -2 to 1 steps: .9 makes the step a half, so .4 is a half, too."""
    text = (
        'type: "DeconvolutionFixed" fixed_param { bit_width: 2 } '
        "convolution_param { num_output: 1 kernel_size: 1 bias_term: false }"
    )
    run = run_layer(text, np.array([2.0, 3.0]).reshape(1, 2, 1, 1))
    run.layer.blobs_[0].data[...] = np.array([-0.9, 0.4]).reshape(2, 1, 1, 1)
    run.forward()
    assert float(run.top[0].data.ravel()[0]) == 2 * -1 + 3 * 0.5
