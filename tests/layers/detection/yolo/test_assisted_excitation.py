import math

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.testing import run_layer
from tests.conformance.cases.detection_yolo import yolo_labels

TEXT = 'type: "AssistedExcitation"'


@pytest.mark.parametrize("done", [0, 30, 60, 75, 100, 160])
def test_what_is_added_fades_away(rng, done):
    x, labels, added = (
        rng.normal(size=(2, 3, 6, 8)),
        yolo_labels(300)(2, rng),
        rng.normal(size=(2, 1, 6, 8)),
    )
    labels.reshape(2, 300, 5)[0, 0, 1:] = [0.97, 0.5, 0.2, 0.01]
    labels.reshape(2, 300, 5)[0, 1, 1:] = [0.2, 0.3, 0.3, 0.4]
    run = run_layer(TEXT, x, labels, added)
    np.testing.assert_array_equal(run.top[0].data, x)
    run.layer.progress = (done, 100)
    run.forward()
    share = max(math.cos(done / 75 * math.pi / 2), 0)
    expected = x.copy()
    for row, column in np.ndindex(6, 8):
        inside = (row == 2 and column in (6, 7)) or (row in (0, 1, 2) and column in (0, 1, 2))
        if inside:
            expected[0, :, row, column] += share * added[0, 0, row, column]
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-12)


def test_a_training_says_how_far_it_is(tmp_path):
    (tmp_path / "net.prototxt").write_text("""
        layer { name: "x" type: "Input" top: "x" top: "l" top: "m" input_param {
          shape { dim: 1 dim: 1 dim: 2 dim: 2 } shape { dim: 1 dim: 1500 }
          shape { dim: 1 dim: 1 dim: 2 dim: 2 } } }
        layer { name: "e" type: "AssistedExcitation" bottom: "x" bottom: "l" bottom: "m" top: "y" }
        layer { name: "i" type: "InnerProduct" bottom: "y" top: "z"
          inner_product_param { num_output: 1 weight_filler { type: "constant" value: 1 } } }
        layer { name: "s" type: "Reduction" bottom: "z" top: "s" loss_weight: 1 }""")
    (tmp_path / "solver.prototxt").write_text(
        f'net: "{tmp_path.as_posix()}/net.prototxt" base_lr: 0 max_iter: 4 lr_policy: "fixed"'
    )
    solver = blobnet.get_solver(str(tmp_path / "solver.prototxt"))
    blobs = solver.net.blobs
    blobs["l"].data.reshape(300, 5)[0] = [0, 0.5, 0.5, 1, 1]
    blobs["m"].data[...] = 1
    solver.step(4)
    np.testing.assert_allclose(blobs["y"].data, 0, atol=1e-6)
    solver.step(4)
    assert solver.net.layers[1].progress == (7, 8)


@pytest.mark.parametrize(
    "shapes",
    [((1, 2, 3, 4), (1, 1500), (1, 2, 3, 4)), ((1, 2, 3, 4), (1, 150), (1, 1, 3, 4))],
)
def test_shapes_that_do_not_fit_are_refused(shapes):
    with pytest.raises(LayerError, match=r"added|labels"):
        run_layer(TEXT, *map(np.zeros, shapes))
