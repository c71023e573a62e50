import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

TEXT = 'name: "i" type: "IgnoreOverlay" ignore_overlay_param { ignore_label: 255 }'


def test_what_is_ignored_in_the_first_is_ignored():
    overlay, labels = np.array([[[[255, 0, 7]]]]), np.array([[[[1, 2, 255]]]])
    y = run_layer(TEXT, overlay, labels).top[0].data
    np.testing.assert_array_equal(y, [[[[255, 2, 255]]]])


@pytest.mark.parametrize("shape", [(1, 1, 2, 3), (1, 1, 4)])
def test_maps_of_different_shape_are_refused(shape):
    with pytest.raises(LayerError, match='IgnoreOverlay layer "i": a bottom does not fit'):
        run_layer(TEXT, np.ones((1, 1, 2, 2)), np.ones(shape))
