import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.detection.yolo.oracle import sigmoid

TEXT = 'type: "YoloSeg" yolo_seg_param { object_scale: 3 }'


@pytest.mark.parametrize("weighted", [False, True])
def test_deltas_and_loss(rng, weighted):
    shape = 2, 3, 4, 5
    x, masks = rng.normal(size=shape), rng.random(shape)
    counts = rng.integers(1, 20, (2, 3)).astype(float)
    delta = np.zeros(shape)
    for n, c, j, i in np.ndindex(shape):
        scale = 3
        if weighted and masks[n, c, j, i] > 0.5:
            scale *= 2 - counts[:, c].sum() / sum(20 - count for count in counts[:, c])
        delta[n, c, j, i] = scale * (sigmoid(x[n, c, j, i]) - masks[n, c, j, i])
    run = run_layer(TEXT, x, masks, *([counts] if weighted else []))
    np.testing.assert_allclose(run.top[0].data, (delta**2).sum() / 2)
    run.top[0].diff[...] = 4
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, delta * 4 / 2)


@pytest.mark.parametrize(
    "shapes",
    [((1, 2, 3, 4), (1, 2, 4, 3)), ((1, 24), (1, 24)), ((1, 2, 3, 4), (1, 2, 3, 4), (1, 3))],
)
def test_shapes_that_do_not_fit_are_refused(shapes):
    with pytest.raises(LayerError, match=r"same count|pixels"):
        run_layer(TEXT, *map(np.zeros, shapes))
