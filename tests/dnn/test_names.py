"""What blobnet.dnn offers: the names of cv2.dnn that have to do with Caffe's models."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from blobnet import dnn
from blobnet.dnn.not_here import REASONS, REASONS_OF_LAYER, REASONS_OF_NET

CALLS = {
    "ClassificationModel",
    "DetectionModel",
    "Image2BlobParams",
    "KeypointsModel",
    "Layer",
    "Model",
    "NMSBoxes",
    "NMSBoxesBatched",
    "NMSBoxesRotated",
    "Net",
    "SegmentationModel",
    "blobFromImage",
    "blobFromImageWithParams",
    "blobFromImages",
    "blobFromImagesWithParams",
    "getAvailableTargets",
    "imagesFromBlob",
    "readNet",
    "readNetFromCaffe",
    "shrinkCaffeModel",
    "softNMSBoxes",
}
OF_CV2 = {"CV_32F", "CV_8U", "dnn_registerLayer", "dnn_unregisterLayer", "error"}
"""What cv2 has, and not cv2.dnn."""

METHODS = {
    *("dump", "dumpToFile", "empty", "enableFusion", "enableWinograd", "forward"),
    *("forwardAndRetrieve", "getFLOPS", "getLayer", "getLayerId", "getLayerNames"),
    *("getLayerTypes", "getLayersCount", "getLayersShapes", "getMemoryConsumption", "getParam"),
    *("getPerfProfile", "getUnconnectedOutLayers", "getUnconnectedOutLayersNames", "setInput"),
    *("setInputShape", "setInputsNames", "setParam", "setPreferableBackend"),
    "setPreferableTarget",
}


def public(of: object) -> set[str]:
    found = {name for name in dir(of) if not name.startswith("_")}
    return {name for name in found if not isinstance(getattr(of, name), ModuleType)}


def constants(of: object) -> dict[str, int]:
    beginnings = ("DNN_BACKEND", "DNN_TARGET", "DNN_LAYOUT", "DNN_PMODE", "SOFT_NMS", "SoftNMS")
    return {name: getattr(of, name) for name in dir(of) if name.startswith(beginnings)}


def test_the_names_are_these():
    assert public(dnn) - set(constants(dnn)) == CALLS | OF_CV2
    assert public(dnn.Net) == METHODS


def test_opencv_has_all_of_them():
    cv2 = pytest.importorskip("cv2")
    assert constants(dnn) == constants(cv2.dnn)
    assert public(cv2.dnn) >= CALLS
    assert public(cv2) >= OF_CV2
    assert public(cv2.dnn.Net) >= METHODS


def test_a_layer_has_opencvs_names_or_says_what_serves():
    cv2 = pytest.importorskip("cv2")
    assert public(cv2.dnn.Layer) == public(dnn.Layer) | set(REASONS_OF_LAYER)


@pytest.mark.parametrize("name", REASONS_OF_LAYER)
def test_what_a_layer_has_not_is_told_by_its_name(name):
    layer = dnn.Layer("ip", "InnerProduct", tuple, print)
    with pytest.raises(AttributeError, match=f"dnn.Layer has no '{name}': .+"):
        getattr(layer, name)


KINDS = ("Model", "ClassificationModel", "DetectionModel", "KeypointsModel", "SegmentationModel")


@pytest.mark.parametrize("kind", [*KINDS, "Image2BlobParams"])
def test_models_have_opencvs_methods(kind):
    cv2 = pytest.importorskip("cv2")
    assert public(getattr(dnn, kind)) == public(getattr(cv2.dnn, kind))


def test_all_other_names_of_opencv_say_what_serves_in_their_place():
    cv2 = pytest.importorskip("cv2")
    assert public(cv2.dnn) - set(constants(cv2.dnn)) == CALLS | set(REASONS)
    assert public(cv2.dnn.Net) == METHODS | set(REASONS_OF_NET)


@pytest.mark.parametrize("name", REASONS)
def test_what_is_not_here_says_so_by_its_name(name):
    with pytest.raises(AttributeError, match=f"blobnet.dnn has no '{name}': .+"):
        getattr(dnn, name)
    assert not hasattr(dnn, name)


@pytest.mark.parametrize("name", REASONS_OF_NET)
def test_methods_that_are_not_here_say_so_by_their_name(name):
    with pytest.raises(AttributeError, match=f"dnn.Net has no '{name}': .+"):
        getattr(dnn.Net(), name)


def test_what_opencv_has_not_either_is_unknown():
    with pytest.raises(AttributeError, match=r"blobnet\.dnn has no 'readNetFromCafe'$"):
        dnn.readNetFromCafe  # noqa: B018 - it is refused
    with pytest.raises(AttributeError, match=r"dnn\.Net has no 'setinput'$"):
        dnn.Net().setinput()


@pytest.mark.parametrize("line", ["from blobnet import dnn", "import blobnet.dnn as dnn"])
def test_one_line_is_enough(line):
    code = f"{line}; assert dnn.readNet and dnn.DNN_TARGET_CPU == 0"
    subprocess.run([sys.executable, "-c", code], check=True)
