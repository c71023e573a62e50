from pathlib import Path

import numpy as np
import pytest

import tests
from blobnet import LayerError
from blobnet.testing import run_layer

RECORDED = Path(tests.__file__).parent / "reference/opencv/flownet2.npz"


def warp(x, flow, options=""):
    return run_layer(f'name: "warp" type: "FlowWarp" {options}', x, flow)


def test_as_in_opencv():
    with np.load(RECORDED) as recorded:
        run = warp(recorded["a"], recorded["flow"])
        np.testing.assert_allclose(run.top[0].data, recorded["warped"], rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize(
    ("across", "down", "expected"),
    [
        (0, 0, 3.0),  # the pixel at row 1, column 0 of [[0, 1, 2], [3, 4, 5]]
        (1, 0, 4.0),
        (0.5, -0.5, 2.0),  # the mean of 0, 1, 3, 4
        (2.9, 0, 5.0),  # beyond the last centre: its value
        (0, 0.9, 3.0),
        (3, 0, None),  # out of the image
        (0, 1, None),
        (-0.1, 0, None),
        (float("nan"), 0, None),
    ],
)
@pytest.mark.parametrize(("fill", "filled"), [("ZERO", 0.0), ("NOT_A_NUMBER", float("nan"))])
def test_where_an_arrow_points(across, down, expected, fill, filled):
    x = np.arange(6.0).reshape(1, 1, 2, 3)
    flow = np.zeros((1, 2, 2, 3))
    flow[0, :, 1, 0] = across, down
    run = warp(x, flow, f"flow_warp_param {{ fill_value: {fill} }}")
    np.testing.assert_allclose(
        run.top[0].data[0, 0, 1, 0], filled if expected is None else expected
    )
    run.top[0].diff[...] = 1
    run.backward()
    if expected is None:
        np.testing.assert_array_equal(run.bottom[1].diff[0, :, 1, 0], 0)
    assert run.bottom[0].diff.sum() == pytest.approx(5 if expected is None else 6)


@pytest.mark.parametrize(
    ("x", "flow", "words"),
    [
        ((1, 3, 4, 5), (1, 3, 4, 5), "2 channels"),
        ((1, 3, 4, 5), (2, 2, 4, 5), "2 channels"),
        ((1, 3, 4, 5), (1, 2, 4, 4), "2 channels"),
        ((3, 4, 5), (2, 4, 5), "4 axes"),
    ],
)
def test_what_is_refused(x, flow, words):
    with pytest.raises(LayerError, match=words):
        warp(np.zeros(x), np.zeros(flow))
