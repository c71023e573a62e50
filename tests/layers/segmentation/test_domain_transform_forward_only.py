import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_it_computes_what_domain_transform_does(rng):
    """Whose tests are those of both."""
    bottoms = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 1, 4, 5)), [[4, 5], [2, 2]]
    runs = [run_layer(f'type: "DomainTransform{end}"', *bottoms) for end in ("", "ForwardOnly")]
    np.testing.assert_array_equal(*(run.top[0].data for run in runs))


def test_it_has_no_gradient():
    x = np.ones((1, 1, 2, 2))
    run = run_layer('type: "DomainTransformForwardOnly"', x, x, [[2, 2]])
    with pytest.raises(LayerError, match="cannot compute gradients"):
        run.backward([True, False, False])
