import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.python_layers.pylayer.maskdb import make_maskdb
from blobnet.python_layers.roi_data_layer.roidb import make_roidb
from tests.python_layers.roi_data_layer.test_layer import MEANS
from tests.python_layers.running import run_python

BOXES = [(2, 3, 11, 8), (5, 0, 7, 19)]
SMALL = "{'num_classes': 21, 'scales': 40, 'max_size': 100}"


def data_layer(tops=5, param=SMALL, phase="TEST"):
    return run_python(
        "pylayer.mnc_data_layer", "MNCDataLayer", tops=tops, param_str=param, phase=phase
    )


@pytest.fixture
def masks(rng):
    return rng.random((2, 20, 30)) < 0.5


@pytest.fixture
def roidb():
    image = np.tile(np.uint8([10, 20, 30]), (20, 30, 1))
    return make_roidb([image], [BOXES], [[4, 7]], flipped=True)


def test_an_image_with_the_boxes_and_masks_of_its_objects(roidb, masks):
    run = data_layer()
    run.layer.set_roidb(roidb)
    run.layer.set_maskdb(make_maskdb(roidb, [masks]))
    seen = set()
    for _ in range(12):
        run.forward()
        data, info, boxes, its, sizes = (blob.data for blob in run.top)
        np.testing.assert_allclose(data[0].mean(axis=(1, 2)), [10, 20, 30] - MEANS, rtol=1e-5)
        np.testing.assert_array_equal(info, [[40, 60, 2]])
        turned = boxes[0, 0] != 4
        seen.add(bool(turned))
        image = masks[:, :, ::-1] if turned else masks
        expected = [(29 - x2, y1, 29 - x1, y2) if turned else (x1, y1, x2, y2)
                    for x1, y1, x2, y2 in BOXES]  # fmt: skip
        assert its.shape == (2, 20, 10)
        np.testing.assert_array_equal(sizes, [[6, 10], [20, 3]])
        for index, (x1, y1, x2, y2) in enumerate(expected):
            np.testing.assert_array_equal(
                boxes[index], [2 * x1, 2 * y1, 2 * x2, 2 * y2, 4 + 3 * index]
            )
            rows, columns = y2 - y1 + 1, x2 - x1 + 1
            shown = image[index, y1 : y2 + 1, x1 : x2 + 1]
            np.testing.assert_array_equal(its[index, :rows, :columns], shown)
            assert its[index].sum() == shown.sum()
    assert seen == {False, True}


def test_without_masks_there_are_three_tops(roidb):
    run = data_layer(tops=3)
    run.layer.set_roidb(roidb)
    run.forward()
    assert [blob.shape for blob in run.top] == [(1, 3, 40, 60), (1, 3), (2, 5)]


def test_the_noise_of_a_net_that_is_looked_at_has_masks():
    run = data_layer(param="{'num_classes': 21, 'scales': 30, 'max_size': 50}")
    boxes, masks, sizes = (blob.data for blob in run.top[2:])
    assert masks.shape == (1, *sizes[0])
    np.testing.assert_array_equal(sizes[0], boxes[0, [3, 2]] - boxes[0, [1, 0]] + 1)
    assert masks.all()


def test_what_is_missing_is_told(roidb, masks):
    run = data_layer()
    with pytest.raises(LayerError, match="masks without images"):
        run.layer.set_maskdb([])
    run.layer.set_roidb(roidb)
    with pytest.raises(LayerError, match=r"there are no masks(.*\n)*.*set_maskdb"):
        run.forward()
    with pytest.raises(LayerError, match="1 items for 2 images"):
        run.layer.set_maskdb([{"gt_masks": list(masks)}])
    with pytest.raises(LayerError, match=r'maskdb\[0\]\["gt_masks"\]'):
        run.layer.set_maskdb([{"gt_masks": masks[:1]}, {"gt_masks": masks}])
    with pytest.raises(LayerError, match="there are no images"):
        data_layer(phase="TRAIN")


@pytest.mark.parametrize("made", [[], [np.zeros((1, 20, 30))], [np.zeros((2, 30, 20))], [0] * 3])
def test_masks_that_are_not_those_of_the_images(made, roidb):
    with pytest.raises(DataError):
        make_maskdb(roidb, made)
