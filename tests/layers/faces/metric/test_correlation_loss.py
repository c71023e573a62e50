import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_the_mean_of_products_and_its_gradients():
    run = run_layer('type: "CorrelationLoss" loss_weight: 2', [[1], [2], [-3]], [[4], [5], [6]])
    np.testing.assert_allclose(run.top[0].data, (4 + 10 - 18) / 3)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, np.array([[4], [5], [6]]) * 2 / 3)


@pytest.mark.parametrize("shape", [(3, 2), (4, 1)])
def test_what_is_no_column_is_refused(shape):
    with pytest.raises(LayerError):
        run_layer('type: "CorrelationLoss"', np.ones((3, 1)), np.ones(shape))
