from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.predicting import Predictor
from blobnet.predicting.outputs import Output
from blobnet.preprocessing import Settings

SUMS = """
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 2 dim: 3 dim: 4 dim: 5 } MORE } }
    layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
      inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
    layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""
MAPS = """
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 1 dim: 3 dim: 4 dim: 5 } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param { num_output: 2 kernel_size: 1 weight_filler { type: "xavier" } } }
"""


def net_of(text, **options):
    return blobnet.Net(blobnet.parse_net(text), phase="TEST", seed=1, **options)


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(3, 9, 12), dtype=np.uint8)


@pytest.mark.parametrize("inference", [False, True])
def test_the_net_sees_the_prepared_image(inference, image):
    net = net_of(SUMS.replace("MORE", ""), inference=inference)
    predictor = Predictor(net, Settings(scale=0.01))
    prediction = predictor(image)
    alone = net_of(SUMS.replace("MORE", "").replace("dim: 2", "dim: 1"))
    prob = alone.forward(data=predictor.preprocessing(image)[None])["prob"][0]
    best = np.argsort(-prob)
    assert [each.label for each in prediction.classes] == best.tolist()
    assert [each.score for each in prediction.classes] == pytest.approx(prob[best].tolist())


def test_ten_crops_are_averaged(image):
    net = net_of(SUMS.replace("MORE", ""))
    predictor = Predictor(net, Settings(scale=0.01, size=(8, 9)), ten_crop=True)
    scores = {each.label: each.score for each in predictor(image).classes}
    crops = predictor.preprocessing.ten_crops(image)
    alone = net_of(SUMS.replace("MORE", "").replace("dim: 2", "dim: 1"))
    each = [alone.forward(data=crop[None])["prob"][0].copy() for crop in crops]
    for label, mean in enumerate(np.mean(each, 0)):
        assert scores[label] == pytest.approx(mean, rel=1e-5)


def test_a_net_takes_images_of_any_size_where_they_keep_it(image):
    predictor = Predictor(net_of(MAPS), Settings(own_size=True, scale=1.0))
    assert predictor(image).mask.shape == (9, 12)
    assert predictor.net.blobs["conv"].shape == (1, 2, 9, 12)
    assert predictor(image[:, :5, :7]).mask.shape == (5, 7)


def test_what_else_the_net_takes_is_filled_or_told(image, warnings):
    text = SUMS.replace('top: "data"', 'top: "data" top: "im_info" top: "label"', 1)
    net = net_of(text.replace("MORE", "shape { dim: 2 dim: 3 } shape { dim: 2 }"))
    predictor = None

    def make():
        nonlocal predictor
        predictor = Predictor(net, Settings(scale=1.0))

    assert warnings(make) == ["nothing fills label: zeros"]
    predictor(image)
    assert net.blobs["im_info"].data[0].tolist() == pytest.approx([4, 5, 4 / 9])
    assert net.blobs["label"].shape == (1,)


def test_a_crop_that_does_not_fit_names_the_image(image):
    predictor = Predictor(net_of(SUMS.replace("MORE", "")), Settings(size=(4, 4), crop=(4, 5)))
    with pytest.raises(blobnet.DataError, match=r"cat\.png: the crop does not fit"):
        predictor(image, "cat.png")


def test_a_net_without_input_is_refused():
    text = """layer { name: "d" type: "DummyData" top: "d"
      dummy_data_param { shape { dim: 1 dim: 3 dim: 4 dim: 4 } } }"""
    with pytest.raises(blobnet.NetError, match="takes no image"):
        Predictor(net_of(text))


def test_an_output_may_be_named(image):
    predictor = Predictor(net_of(MAPS), output=Output("classes", ("conv",)))
    assert len(predictor(image).classes) == 2


RCNN = """
    layer { name: "in" type: "Input" top: "data" top: "im_info"
      input_param { shape { dim: 1 dim: 3 dim: 32 dim: 32 } shape { dim: 1 dim: 3 } } }
    layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
      pooling_param { pool: AVE global_pooling: true } }
    layer { name: "rois" type: "InnerProduct" bottom: "pool" top: "rois"
      inner_product_param { num_output: 5 } }
    layer { name: "silent" type: "Reduction" bottom: "im_info" top: "sum" }
    layer { name: "quiet" type: "Silence" bottom: "sum" }
    layer { name: "cls" type: "InnerProduct" bottom: "rois" top: "cls"
      inner_product_param { num_output: 3 } }
    layer { name: "cls_prob" type: "Softmax" bottom: "cls" top: "cls_prob" }
    layer { name: "bbox_pred" type: "InnerProduct" bottom: "rois" top: "bbox_pred"
      inner_product_param { num_output: 12 } }
"""


def test_regions_are_judged_as_in_faster_rcnn(image):
    net = net_of(RCNN)
    net.params["rois"][1].data[...] = 0, 8, 4, 27, 19
    net.params["cls"][1].data[...] = 0, 1, 4
    predictor = Predictor(net, Settings(shorter=36, scale=1.0))
    assert predictor.output == Output("regions", ("cls_prob", "bbox_pred", "rois"))
    (box,) = predictor(image).boxes  # of 9 by 12 pixels, seen as 36 by 48
    assert (box.label, round(box.score, 3)) == (2, 0.936)
    assert box[3:] == pytest.approx((2, 1, 7, 5))
    assert net.blobs["im_info"].data.tolist() == [[36, 48, 4]]


def test_ten_crops_of_maps_are_refused():
    with pytest.raises(blobnet.NetError, match="ten crops"):
        Predictor(net_of(MAPS), ten_crop=True)
