import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_blobs_are_added_up_whatever_axes_of_1_they_have(rng):
    x = [rng.normal(size=shape) for shape in ((2, 3), (2, 3, 1, 1), (2, 3, 1))]
    run = run_layer('type: "Sum"', *x)
    expected = [[sum(each[n, c].item() for each in x) for c in range(3)] for n in range(2)]
    np.testing.assert_allclose(run.top[0].data, expected)


@pytest.mark.parametrize("shape", [(3, 2), (2, 3, 2), (6,)])
def test_other_sizes_are_refused(shape):
    with pytest.raises(LayerError, match=r"(?s)Blobs must be same size.*\(2, 3\)"):
        run_layer('type: "Sum"', np.ones((2, 3)), np.ones(shape))
