import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

TYPE = 'type: "InnerProductBlob"'


@pytest.mark.parametrize("param", ["", "transpose: true", "transpose: false"])
@pytest.mark.parametrize("shape", [(1, 3), (2, 3), (2, 3, 1, 1)])
def test_it_is_the_product_whatever_transpose_says(param, shape, rng):
    x, w = rng.integers(-3, 4, shape), rng.integers(-3, 4, (4, 3))
    run = run_layer(f"{TYPE} inner_product_blob_param {{ {param} }}", x, w)
    expected = [
        [sum(a * b for a, b in zip(r, c, strict=True)) for c in w] for r in x.reshape(-1, 3)
    ]
    assert run.top[0].data[..., 0, 0].tolist() == expected
    assert run.top[0].shape == (len(x), 4, 1, 1)


@pytest.mark.parametrize(("x", "w"), [((2, 3), (4, 2)), ((2, 3, 2), (4, 3)), ((3,), (4, 3))])
def test_rows_of_other_lengths_are_refused(x, w):
    with pytest.raises(blobnet.LayerError, match="rows of one length"):
        run_layer(TYPE, np.zeros(x), np.zeros(w))
