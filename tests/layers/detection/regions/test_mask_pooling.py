import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer


def test_all_channels_have_one_mask():
    x = np.arange(12.0).reshape(1, 3, 2, 2)
    run = run_layer('type: "MaskPooling"', x, [[[[0, 1], [0.5, 2]]]])
    assert run.top[0].data[0, 1].tolist() == [[0, 5], [3, 14]]
    run.top[0].diff[...] = 1
    run.backward()
    assert run.bottom[0].diff[0, 2].tolist() == [[0, 1], [0.5, 2]]
    assert run.bottom[1].diff[0, 0].tolist() == [[12, 15], [18, 21]]


@pytest.mark.parametrize("mask", [(1, 2, 2, 2), (2, 1, 2, 2), (1, 1, 2, 3), (1, 2, 2)])
def test_another_mask_is_refused(mask):
    with pytest.raises(blobnet.LayerError, match="same number, height and width"):
        run_layer('type: "MaskPooling"', np.zeros((1, 3, 2, 2)), np.zeros(mask))
