import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers.layers.text_proposal_layer import text_anchors
from tests.python_layers.running import run_python


def proposals(scores, changes, info=((60, 50, 1),), param="'feat_stride': 16"):
    return run_python(
        "layers.text_proposal_layer", "ProposalLayer", scores, changes, info, tops=2,
        param_str=param,
    )  # fmt: skip


def test_the_anchors_of_ctpn():
    first = text_anchors(2, 3, 16)[:10]
    # 7.5 less and more half the height, without its fraction, cut to whole pixels
    np.testing.assert_array_equal(first[:3], [[0, 2, 15, 12], [0, 0, 15, 15], [0, -3, 15, 18]])
    np.testing.assert_array_equal(first[9], [0, -133, 15, 148])
    np.testing.assert_array_equal(text_anchors(2, 3, 16)[40:50], first + np.full(4, 16))


def test_boxes_move_and_stretch_up_and_down(rng):
    scores, changes = rng.random((1, 20, 3, 4)), rng.normal(size=(1, 20, 3, 4)) * 0.3
    run = proposals(scores, changes)
    anchors = text_anchors(3, 4, 16).reshape(3, 4, 10, 4)
    row = 0
    for y, x, a in np.ndindex(3, 4, 10):
        x1, y1, x2, y2 = anchors[y, x, a]
        shift, stretch = changes[0, 2 * a : 2 * a + 2, y, x]
        tall = y2 - y1 + 1
        center, new = (y1 + y2) / 2 + shift * tall, tall * np.exp(stretch)
        box = [x1, center - new / 2, x2, center + new / 2]
        box = [min(max(v, 0), (49, 59)[i % 2]) for i, v in enumerate(box)]
        np.testing.assert_allclose(run.top[0].data[row], box)
        assert run.top[1].data[row, 0] == scores[0, 10 + a, y, x]
        row += 1
    assert run.top[0].shape == (row, 4)
    run.bottom[0].diff[...] = np.nan
    run.backward([True, False, False])
    assert not run.bottom[0].diff.any()


def test_what_does_not_suit():
    with pytest.raises(LayerError, match=r"\(1, 20, H, W\)"):
        proposals(np.ones((1, 18, 1, 1)), np.ones((1, 20, 1, 1)))
    with pytest.raises(LayerError, match="another size"):
        proposals(np.ones((1, 20, 1, 1)), np.ones((1, 20, 1, 2)))
    with pytest.raises(LayerError, match="unknown setting"):
        proposals(np.ones((1, 20, 1, 1)), np.ones((1, 20, 1, 1)), param="'stride': 3")
