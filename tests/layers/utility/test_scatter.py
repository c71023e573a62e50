import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_the_tops_are_the_bottoms(rng):
    bottoms = rng.normal(size=(2, 3)), rng.normal(size=(4,))
    run = run_layer('name: "all" type: "Scatter"', *bottoms, num_top=2)
    for blob, x, source in zip(run.top, bottoms, run.bottom, strict=True):
        np.testing.assert_array_equal(blob.data, x)
        blob.diff[...] = x
        np.testing.assert_array_equal(source.diff, x)


def test_there_is_a_top_for_each_bottom(rng):
    with pytest.raises(LayerError, match="one top blob as output for each bottom"):
        run_layer('name: "all" type: "Scatter"', np.zeros(2), np.zeros(2), num_top=1)
