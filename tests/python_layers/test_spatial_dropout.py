import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python

MODULE = "spatial_dropout", "SpatialDropoutLayer"


def dropped(x, p="0.25", phase="TRAIN", **more):
    param = f"{{'phase': '{phase}', 'p': '{p}'}}"
    return run_python(*MODULE, x, param_str=param, **more)


def test_channels_are_left_out_as_a_whole():
    run = dropped(np.ones((20, 50, 2, 3)))
    y = run.top[0].data
    assert set(np.unique(y)) == {0, 4 / 3}
    np.testing.assert_array_equal(y, y[:, :, :1, :1].repeat(2, 2).repeat(3, 3))
    share = (y[:, :, 0, 0] == 0).mean()
    assert share == pytest.approx(0.25, abs=0.05)
    assert len({tuple(row) for row in y[:, :, 0, 0]}) == 20  # every image has its own


def test_the_gradient_goes_back_where_the_values_came_from(rng):
    x = rng.normal(size=(3, 8, 2, 2))
    run = dropped(x)
    run.top[0].diff[...] = dy = rng.normal(size=x.shape)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dy * run.top[0].data / x)


def test_a_test_multiplies_too_as_in_enet():
    run = dropped(np.ones((2, 3, 1, 1)), phase="TEST")
    np.testing.assert_allclose(run.top[0].data, 4 / 3)
    run.top[0].diff[...] = 3
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, 4)


def test_the_phase_of_the_net_counts_where_none_is_stated():
    found = [run_python(*MODULE, np.ones((9, 9)), param_str="{'p': 0.5}", phase=phase).top[0].data
             for phase in ("TRAIN", "TEST")]  # fmt: skip
    assert set(np.unique(found[0])) == {0, 2}
    assert set(np.unique(found[1])) == {2}


def test_it_may_work_in_place():
    run = dropped(np.ones((4, 30, 2)), in_place=True)
    assert set(np.unique(run.top[0].data)) == {0, 4 / 3}


@pytest.mark.parametrize("p", ["0", "1", "x", "nan", "-1"])
def test_probabilities_that_are_none(p):
    with pytest.raises(LayerError, match="between 0 and 1"):
        dropped(np.ones((1, 1)), p)


def test_there_must_be_channels():
    with pytest.raises(LayerError, match="there are no channels"):
        dropped(np.ones(3))
