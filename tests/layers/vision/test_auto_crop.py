"""What follows from nets is tested in tests/netdef/test_upgrade_auto_crop.py."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_with_an_offset_it_is_a_crop(rng):
    x = rng.normal(size=(2, 3, 5, 6))
    run = run_layer('type: "AutoCrop" crop_param { offset: [1, 2] }', x, np.zeros((1, 1, 3, 4)))
    np.testing.assert_array_equal(run.top[0].data, x[:, :, 1:4, 2:])


def test_without_one_it_is_refused_outside_a_net():
    with pytest.raises(LayerError, match=r"(?s)apparently disconnected.*Deconvolution.*offset"):
        run_layer('type: "AutoCrop"', np.zeros((1, 1, 3, 3)), np.zeros((1, 1, 2, 2)))
