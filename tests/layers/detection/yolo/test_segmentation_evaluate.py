import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

TEXT = 'type: "SegmentationEvaluate" segmentation_evaluate_param { num_classes: 1 threshold: 0.25 }'


def test_the_iou_of_each_class_of_the_first_image(rng):
    masks, true = rng.random((2, 2, 3, 5, 4))
    masks[0, 2] = 0
    expected = []
    for found, right in zip(masks[0], true[0], strict=True):
        pairs = [(a > 0.25, b > 0.25) for a, b in zip(found.flat, right.flat, strict=True)]
        expected.append(sum(a and b for a, b in pairs) / sum(a or b for a, b in pairs))
    run = run_layer(TEXT, masks, true)
    np.testing.assert_allclose(run.top[0].data, np.reshape(expected, (1, 1, 1, 3)))
    assert expected[2] == 0


def test_masks_of_another_size_are_resized_as_bytes():
    masks = np.zeros((1, 3, 1, 2))
    masks[0, :2] = [[[0, 1]], [[0, 0.2]]]
    true = np.zeros((1, 3, 1, 4))
    true[0, 0, 0] = [1, 1, 0, 1]
    # bytes 0, 64, 191, 255 of the first class, all below 63 of the second
    run = run_layer(TEXT, masks, true)
    np.testing.assert_allclose(run.top[0].data[0, 0, 0], [2 / 4, -1, -1])
    true[0, 1] = 1
    assert run_layer(TEXT, masks, true).top[0].data[0, 0, 0, 1] == 0


@pytest.mark.parametrize("shapes", [((1, 2, 3, 4), (1, 3, 3, 4)), ((1, 2, 3, 4), (1, 2, 0, 4))])
def test_shapes_that_do_not_fit_are_refused(shapes):
    with pytest.raises(LayerError, match=r"masks|pixels"):
        run_layer(TEXT, *map(np.zeros, shapes))


def test_the_number_of_classes_must_be_written():
    with pytest.raises(LayerError, match="num_classes"):
        run_layer('type: "SegmentationEvaluate"', *np.zeros((2, 1, 1, 1, 1)))
