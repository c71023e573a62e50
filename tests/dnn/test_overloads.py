"""Arguments by name, by place and left out, as scripts write them for cv2.dnn."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from blobnet import dnn
from tests.dnn.model_cases import MAPS, image, model
from tests.dnn.net_cases import IN_PLACE, weights

SHAPE = [1, 3, 8, 8]
FILES = IN_PLACE.encode(), weights(IN_PLACE)
BLOB = np.random.default_rng(3).normal(size=SHAPE).astype(np.float32)


def ready(module):
    """The net, with its input set."""
    arrays = [np.frombuffer(file, np.uint8) for file in FILES]
    net = module.readNetFromCaffe(*arrays)
    net.setInput(BLOB)
    return net


def params(module):
    return module.Image2BlobParams((0.5, 0.5, 0.5, 0.5), (9, 7), (1, 2, 3))


def keyword_model(module):
    made = module.Model(network=module.readNetFromCaffe(*map(np.frombuffer, FILES, [np.uint8] * 2)))
    made.setInputSize(width=8, height=8)
    return made


# of each the call, and the plain one that says the same
CALLS = {
    "None for what is left out": (
        lambda m: m.blobFromImage(image(), None, (9, 7), None, None, None, None),
        lambda m: m.blobFromImage(image(), size=(9, 7)),
    ),
    "a blob in front of the parameters": (
        lambda m: m.blobFromImageWithParams(image(), None, params(m)),
        lambda m: m.blobFromImageWithParams(image(), params(m)),
    ),
    "parameters by name": (
        lambda m: m.blobFromImagesWithParams(images=[image()], param=params(m)),
        lambda m: m.blobFromImageWithParams(image=image(), param=params(m)),
    ),
    "images to fill": (
        lambda m: m.imagesFromBlob(blob_=BLOB, images_=None),
        lambda m: m.imagesFromBlob(BLOB),
    ),
    "forward of outputs and a name": (
        lambda m: ready(m).forward(None, "ip2"),
        lambda m: ready(m).forward(["ip2"]),
    ),
    "forward of outputs and a name, by name": (
        lambda m: ready(m).forward(outputBlobs=None, outputName="ip2"),
        lambda m: ready(m).forward(["ip2"]),
    ),
    "forward of names and outputs": (
        lambda m: ready(m).forward(["ip2", "prob"], None),
        lambda m: ready(m).forward(outBlobNames=["ip2", "prob"], outputBlobs=None),
    ),
    "forward of a name by name": (
        lambda m: ready(m).forward(outputName="ip2"),
        lambda m: ready(m).forward("ip2"),
    ),
    "a layer by its name": (
        lambda m: ready(m).getLayer(layerName="ip2").blobs,
        lambda m: ready(m).getLayer("ip2").blobs,
    ),
    "a weight by its layer's name": (
        lambda m: ready(m).getParam(layerName="ip2", numParam=1),
        lambda m: ready(m).getParam("ip2", 1),
    ),
    "operations by name": (
        lambda m: ready(m).getFLOPS(netInputShape=SHAPE),
        lambda m: ready(m).getFLOPS(netInputShapes=[SHAPE]),
    ),
    "operations of a layer by name": (
        lambda m: ready(m).getFLOPS(layerId=2, netInputShape=SHAPE),
        lambda m: ready(m).getFLOPS(2, SHAPE),
    ),
    "memory by name": (
        lambda m: ready(m).getMemoryConsumption(netInputShape=SHAPE),
        lambda m: ready(m).getMemoryConsumption(SHAPE),
    ),
    "memory of a layer by name": (
        lambda m: ready(m).getMemoryConsumption(layerId=2, netInputShape=SHAPE),
        lambda m: ready(m).getMemoryConsumption(2, SHAPE),
    ),
    "shapes by name": (
        lambda m: ready(m).getLayersShapes(netInputShapes=[SHAPE])[0],
        lambda m: ready(m).getLayersShapes(SHAPE)[0],
    ),
    "a model's size by name, outputs": (
        lambda m: keyword_model(m).predict(image(), None),
        lambda m: keyword_model(m).setInputSize((8, 8)).predict(frame=image(), outs=None),
    ),
    "targets": (
        lambda m: m.getAvailableTargets(m.DNN_BACKEND_OPENCV),
        lambda m: m.getAvailableTargets(be=m.DNN_BACKEND_DEFAULT),
    ),
    "a layer's other methods": (
        lambda m: ready(m).getLayer("ip2").outputNameToIndex("ip2"),
        lambda m: int(ready(m).getLayer("ip2").empty()),
    ),
    "scalars of parameters are four numbers": (
        lambda m: _mean_of(params(m), (1, 2, 3)),
        lambda m: _mean_of(params(m), (1.0, 2.0, 3.0, 0.0)),
    ),
}


def _mean_of(settings, mean):
    settings.mean = mean
    return settings.mean


def same(made, wanted):
    assert type(made) is type(wanted)
    if isinstance(made, tuple):
        assert len(made) == len(wanted)
        for pair in zip(made, wanted, strict=True):
            same(*pair)
        return
    assert np.shape(made) == np.shape(wanted)
    assert getattr(made, "dtype", None) == getattr(wanted, "dtype", None)
    np.testing.assert_allclose(made, wanted, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("name", CALLS)
def test_two_ways_to_say_it_are_the_same(name):
    call, plain = CALLS[name]
    same(call(dnn), plain(dnn))


@pytest.mark.parametrize("name", CALLS)
def test_both_are_what_opencv_says(name):
    cv2 = pytest.importorskip("cv2")
    for call in CALLS[name]:
        same(call(dnn), call(cv2.dnn))


def test_files_as_bytes_by_name():
    kinds = dict(framework="caffe", bufferModel=FILES[1], bufferConfig=FILES[0])
    assert dnn.readNet(**kinds).getLayerNames() == ready(dnn).getLayerNames()
    with pytest.raises(dnn.error, match="only models of Caffe"):
        dnn.readNet(**{**kinds, "framework": "onnx"})
    with pytest.raises(TypeError, match="missing required argument 'model'"):
        dnn.readNet()


def test_a_weight_is_set_by_its_layers_name():
    net = ready(dnn)
    old = net.getParam("ip2", 1)
    net.setParam(layerName="ip2", numParam=1, blob=old + 1)
    np.testing.assert_array_equal(net.getParam("ip2", 1), old + 1)


def test_arrays_of_the_script_are_written_into_where_they_fit():
    net = ready(dnn)
    plain = net.forward(["ip2", "prob"])
    places = [np.zeros_like(plain[0]), np.zeros((1, 1), np.float32)]
    made = net.forward(["ip2", "prob"], places)
    assert made[0] is places[0]
    assert not places[1].any()
    for pair in zip(made, plain, strict=True):
        np.testing.assert_array_equal(*pair)
    place = np.zeros((8, 8, 3), np.float32)
    (out,) = dnn.imagesFromBlob(BLOB, [place])
    assert out is place
    blob = np.zeros((1, 3, 7, 9), np.float32)
    assert dnn.blobFromImageWithParams(image(), blob, params(dnn)) is blob
    mask = np.zeros((8, 8), np.uint8)
    assert model(dnn, "SegmentationModel", MAPS).segment(image(), mask) is mask


@pytest.mark.parametrize(
    "call",
    [
        lambda net: net.forward(3),
        lambda net: net.forward(["ip2"], None, "more"),
        lambda net: net.forward(["ip2"], outputName="ip2"),
        lambda net: net.forward([1, 2]),
        lambda net: dnn.blobFromImage(image(), "x"),
        lambda net: dnn.blobFromImage(image(), (1, 2, 3)),
        lambda net: dnn.blobFromImage(image(), 1.0, (9, 7), "x"),
        lambda net: net.setInput(BLOB, "", 1.0, object()),
    ],
)
def test_other_arguments_are_refused(call):
    with pytest.raises(dnn.error):
        call(ready(dnn))


@pytest.mark.parametrize(
    "call",
    [
        lambda net: net.getLayer(),
        lambda net: net.getLayer(1, layerName="ip2"),
        lambda net: net.getFLOPS(),
        lambda net: net.getLayersShapes(),
        lambda net: net.setPreferableBackend("opencv"),
        lambda net: net.setPreferableTarget(None),
    ],
)
def test_arguments_that_are_missing_are_type_errors(call):
    with pytest.raises(TypeError):
        call(ready(dnn))


def test_a_target_that_is_not_there_is_noted(caplog):
    with caplog.at_level(logging.INFO, "blobnet.dnn"):
        ready(dnn).setPreferableTarget(dnn.DNN_TARGET_CUDA)
    assert "DNN_TARGET_CUDA is asked for: the CPU computes" in caplog.text
    assert dnn.getAvailableTargets(dnn.DNN_BACKEND_CUDA) == ()


def test_a_factor_counts_once_however_often_a_net_runs():
    """OpenCV 4.14 applies it again before each forward of other outputs."""
    net = ready(dnn)
    net.setInput(BLOB, "", 0.5, (1, 2, 3))
    first = net.forward("ip2")
    net.forward("prob")
    np.testing.assert_array_equal(net.forward("ip2"), first)
