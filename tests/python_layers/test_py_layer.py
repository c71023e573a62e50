import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python


def dice(probabilities, truth):
    return run_python("pyLayer", "DiceLoss", probabilities, truth)


def pairs(*of_object):
    likely = np.array(of_object, float)
    return np.stack([1 - likely, likely], axis=1)


def test_dice_by_hand():
    # found: 1 1 0 0 and 1 0 0 0; there: 1 0 1 0 and 1 0 0 0
    run = dice(pairs([0.9, 0.8, 0.1, 0.2], [0.6, 0.5, 0, 0]), [[[1, 0, 0.9, 0]], [[1, 0.5, 0, 0]]])
    assert run.top[0].data[0] == pytest.approx(2 / 4 + 2 / 2, abs=1e-4)


def test_the_gradient_by_hand():
    run = dice(pairs([0.9, 0.8, 0.1, 0.2]), [[[1, 0, 1, 0]]])
    run.backward([True, True])
    slope = [
        2 * (t / 4 - 2 * p * 1 / 16)
        for t, p in zip((1, 0, 1, 0), (0.9, 0.8, 0.1, 0.2), strict=True)
    ]
    np.testing.assert_allclose(run.bottom[0].diff[0, 0], slope)
    np.testing.assert_allclose(run.bottom[0].diff[0, 1], np.negative(slope))
    assert not run.bottom[1].diff.any()


def test_an_image_with_nothing_at_all():
    run = dice(pairs([0.1, 0.1]), [[[0, 0]]])
    run.backward([True, False])
    assert run.top[0].data[0] == 0
    assert not run.bottom[0].diff.any()


@pytest.mark.parametrize(
    ("shape", "truth"), [((1, 3, 4), (1, 1, 4)), ((1, 2, 4), (1, 1, 3)), ((2,), (1,))]
)
def test_shapes_that_do_not_fit(shape, truth):
    with pytest.raises(LayerError, match="do not fit together"):
        dice(np.ones(shape), np.ones(truth))
