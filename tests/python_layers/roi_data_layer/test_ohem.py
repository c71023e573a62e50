import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.rpn.test_proposal_layer import overlap
from tests.python_layers.running import run_python


def ohem(*bottom, tops=5, param="'batch_size': 6"):
    return run_python(
        "roi_data_layer.layer", "OHEMDataLayer", *bottom, tops=tops,
        param_str=f"'num_classes': 3\n{param}",
    )  # fmt: skip


@pytest.fixture
def blobs(rng):
    """Forty regions in two images, some of them near others."""
    count = 40
    likely = rng.dirichlet(np.ones(3), size=count)
    labels = rng.integers(3, size=(count, 1))
    begin = rng.integers(0, 4, size=(count, 2)) * 12 + rng.integers(0, 3, size=(count, 2))
    boxes = np.concatenate([rng.integers(2, size=(count, 1)), begin, begin + 30], axis=1)
    inside = np.zeros((count, 12))
    for row, label in enumerate(labels[:, 0]):
        if label:
            inside[row, 4 * label : 4 * label + 4] = 1
    changes, targets = rng.normal(size=(2, count, 12))
    return likely, changes, boxes.astype(float), labels, targets, inside, inside * 0.5


def losses_by_loops(blobs):
    likely, changes, _, labels, targets, inside, outside = blobs
    found = []
    for row, label in enumerate(labels[:, 0]):
        loss = -np.log(likely[row, label])
        for column in range(12):
            if label and inside[row, column]:
                apart = abs(changes[row, column] - targets[row, column])
                value = apart**2 / 2 if apart < 1 else apart - 0.5
                loss += outside[row, column] * value
        found.append(loss)
    return np.array(found)


@pytest.mark.parametrize("param", ["'ohem_use_nms': False\n", ""])
def test_the_worst_regions_are_chosen(blobs, param):
    run = ohem(*blobs, param=f"{param}'batch_size': 6\n'ohem_nms_thresh': 0.4")
    losses, regions, labels = losses_by_loops(blobs), blobs[2], blobs[3][:, 0]
    kept = []
    for row in np.argsort(-losses):
        near = [
            other
            for other in kept
            if regions[other, 0] == regions[row, 0]
            and labels[other] == labels[row]
            and overlap(regions[row, 1:], regions[other, 1:]) > 0.4
        ]
        if param or not near:
            kept.append(row)
    assert len(kept) == 40 if param else 6 < len(kept) < 40
    for blob, values in zip(run.top, (*blobs[2:],), strict=True):
        np.testing.assert_array_equal(blob.data[:, :, 0, 0], values[kept[:6]])


def test_boxes_need_not_count(blobs):
    run = ohem(*blobs[:4], tops=2, param="'batch_size': 3\n'ohem_use_nms': False")
    losses = [-np.log(blobs[0][row, label]) for row, label in enumerate(blobs[3][:, 0])]
    np.testing.assert_array_equal(
        run.top[0].data[:, :, 0, 0], blobs[2][np.argsort(losses)[::-1][:3]]
    )


def test_what_does_not_suit(blobs):
    with pytest.raises(LayerError, match="wrong number of tops"):
        ohem(*blobs, tops=2)
    with pytest.raises(LayerError, match="no list of boxes"):
        ohem(blobs[0][:, :2], *blobs[1:])
    with pytest.raises(LayerError, match="one length"):
        ohem(blobs[0][1:], *blobs[1:])
    with pytest.raises(LayerError, match="no class"):
        ohem(*blobs[:3], blobs[3] + 3, *blobs[4:])
    with pytest.raises(LayerError, match="BATCH_SIZE"):
        ohem(*blobs, param="'batch_size': -1")
