"""Its numbers are tested beside those of BinaryConvolution: test_binary_convolution.py."""

import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("option", ["normalize", "transpose"])
def test_what_the_fork_does_not_have_is_refused(option):
    text = f'type: "BinaryInnerProduct" inner_product_param {{ num_output: 2 {option}: true }}'
    with pytest.raises(LayerError, match=rf"neither normalized nor transposed\n.*{option}"):
        run_layer(text, [[1.0, 2.0]])
