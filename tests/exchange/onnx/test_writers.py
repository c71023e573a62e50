"""Every case that the conformance suite has of a type that is written, in ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.errors import NetError
from blobnet.exchange.onnx.export import export_onnx
from blobnet.exchange.onnx.register import is_left_out, writer_of
from blobnet.layer_register import layer_class
from blobnet.proto import LayerParameter
from tests.conformance.catalogue import STATED, TYPES, every_gradient_case
from tests.exchange.onnx.cases import in_runtime, net_of

CANNOT = {
    ("BN", "statistics for each place"),
    ("BN", "statistics as tops"),
    ("CTCGreedyDecoder", "the accuracy is a score"),
    ("Convolution", "a dilation of 0"),
    ("Deconvolution", "a dilation of 0"),
    ("DetectionOutput", "`eta`"),
    ("DetectionOutput", "`soft_nms`"),
    ("DetectionOutput", "polygons"),
    ("DetectionOutput", "regions in pixels"),
    ("DetectionOutput", "separate maps"),
    ("Dropout", "draws at random"),
    ("Eltwise", "`coeff_blob`"),
    ("LabelSpecificRescale", "`rescale_test`"),
    ("LargeMarginInnerProduct", "its margin needs labels"),
    ("MarginInnerProduct", "its margin needs labels"),
    ("Pad", "add on one side and cut on another"),
    ("Pooling", "averages over more than two axes"),
    ("Pooling", "does not pool over more than three axes"),
    ("Pooling3D", "P3D's"),
    ("RNN", "other nonlinearities"),
    ("ROIPooling", "not of volumes"),
}
"""The types of which ONNX cannot say all, and what is said of that."""

ONE_IMAGE = {"YoloDetectionOutput", "Yolov3DetectionOutput"}
"""Types that are written for a batch of 1 alone."""


def is_written(type_name, case) -> bool:
    return writer_of(layer_class(type_name)(LayerParameter(type=type_name))) is not None


@every_gradient_case(only=is_written)
def test_onnx_runtime_computes_the_same(type_name, case, tmp_path):
    net, inputs = net_of(type_name, case, 1 if type_name in ONE_IMAGE else 3)
    path = tmp_path / "model.onnx"
    try:
        export_onnx(net, path, check=False)
    except NetError as error:
        refused = {(name, text) for name, text in CANNOT if text in str(error)}
        assert type_name in {name for name, _ in refused}
        return
    expected = net.forward(**inputs)
    made = in_runtime(path, inputs)
    assert made.keys() == expected.keys()
    for name, values in expected.items():
        assert made[name].shape == values.shape
        size = np.abs(values, where=np.isfinite(values), out=np.zeros_like(values)).max(initial=0)
        np.testing.assert_allclose(made[name], values, rtol=0, atol=1e-4 * size)


def test_all_that_is_refused_is_refused_with_a_way_out(tmp_path):
    said = set()
    for type_name in {name for name, _ in CANNOT}:
        for a_case in [*STATED[type_name].cases, *STATED[type_name].more_gradients]:
            try:
                net, _ = net_of(type_name, a_case, 1 if type_name in ONE_IMAGE else 3)
                export_onnx(net, tmp_path / "model.onnx", check=False)
            except NetError as error:
                said |= {one for one in CANNOT if one[0] == type_name and one[1] in str(error)}
    assert said == CANNOT


@pytest.mark.parametrize("name", sorted(ONE_IMAGE))
def test_yolo_takes_one_image(name, tmp_path):
    net, _ = net_of(name, STATED[name].cases[0], 2)
    with pytest.raises(NetError, match="a batch of 1"):
        export_onnx(net, tmp_path / "model.onnx")


def test_losses_and_scores_are_left_out():
    left_out = [name for name in TYPES if is_left_out(layer_class(name)(LayerParameter(type=name)))]
    assert {"SoftmaxWithLoss", "MultiBoxLoss", "Accuracy", "Silence"} <= set(left_out)
    assert not {"Softmax", "Convolution", "Split"} & set(left_out)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("DenseCRF", "all pairs of pixels"), ("MovingNormalize", "change with each forward")],
)
def test_what_has_no_words_in_onnx_says_why(name, reason, tmp_path):
    net, _ = net_of(name, STATED[name].cases[0], 1)
    with pytest.raises(NetError, match=f'{name} layer "it": .*{reason}'):
        export_onnx(net, tmp_path / "model.onnx")
