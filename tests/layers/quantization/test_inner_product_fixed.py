"""Its numbers are tested beside those of ConvolutionFixed: test_convolution_fixed.py."""

import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_weights_that_are_normalized_are_refused():
    text = 'type: "InnerProductFixed" inner_product_param { num_output: 2 normalize: true }'
    with pytest.raises(LayerError, match="`normalize` changes weights"):
        run_layer(text, [[1.0, 2.0]])
