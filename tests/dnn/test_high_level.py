"""dnn.Model and its kinds beside those of OpenCV 4.14: recorded, and itself where it is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from blobnet import dnn
from tests.dnn.model_cases import MAPS, POINTS, computed, image, model
from tests.dnn.net_cases import IMAGE, IN_PLACE, SSD, weights

RECORDED = Path(__file__).parents[1] / "reference" / "opencv" / "dnn_models.npz"


@pytest.fixture(scope="module")
def ours():
    return computed(dnn)


def close(made, wanted):
    assert np.shape(made) == np.shape(wanted)
    np.testing.assert_allclose(made, wanted, rtol=1e-5, atol=2e-6)


def test_all_is_what_opencv_says(ours):
    with np.load(RECORDED) as recorded:
        assert set(ours) == set(recorded)
        for name, made in ours.items():
            close(made, recorded[name])


def test_itself_where_it_is_installed(ours):
    cv2 = pytest.importorskip("cv2")
    for name, wanted in computed(cv2.dnn).items():
        close(ours[name], wanted)
        assert type(ours[name]) is type(wanted)
        assert getattr(ours[name], "dtype", None) == getattr(wanted, "dtype", None)


def test_a_model_is_made_of_files(tmp_path):
    (tmp_path / "net.prototxt").write_text(MAPS)
    (tmp_path / "net.caffemodel").write_bytes(weights(MAPS))
    paths = [str(tmp_path / name) for name in ("net.caffemodel", "net.prototxt")]
    (of_files,) = dnn.Model(*paths).predict(image())
    net = dnn.readNet(model=paths[0], config=paths[1])
    (of_net,) = dnn.Model(network=net).predict(image())
    np.testing.assert_array_equal(of_files, of_net)


def test_an_image_takes_the_size_that_the_prototxt_states():
    (maps,) = model(dnn, "Model", MAPS).predict(image())
    assert maps.shape == (1, 5, 8, 8)


def test_setters_can_be_chained():
    chained = model(dnn, "Model", MAPS)
    chained.setInputSize((9, 7)).setInputScale(0.5).setInputMean((1, 2, 3)).setInputSwapRB(True)
    chained.setInputCrop(True).setOutputNames(["maps"]).enableWinograd(False)
    chained.setPreferableBackend(dnn.DNN_BACKEND_OPENCV).setPreferableTarget(dnn.DNN_TARGET_CPU)
    at_once = model(dnn, "Model", MAPS)
    at_once.setInputParams(0.5, (9, 7), (1, 2, 3), True, True)
    np.testing.assert_array_equal(chained.predict(image())[0], at_once.predict(image())[0])


def test_softmax_makes_probabilities_of_scores():
    scores = model(dnn, "ClassificationModel", IN_PLACE).setOutputNames(["ip2"])
    (plain,) = scores.predict(image())
    number, share = scores.setEnableSoftmaxPostProcessing(True).classify(image())
    assert scores.getEnableSoftmaxPostProcessing()
    assert number == plain.argmax()
    assert share == pytest.approx(1 / np.exp(plain[0] - plain.max()).sum())


def test_a_point_that_is_nowhere_is_at_minus_1():
    points = model(dnn, "KeypointsModel", MAPS).estimate(image(), 1e9)
    assert points.tolist() == [[-1, -1]] * 4


def test_suppression_across_classes_is_kept():
    boxes = model(dnn, "DetectionModel", SSD)
    assert not boxes.getNmsAcrossClasses()
    assert boxes.setNmsAcrossClasses(True).getNmsAcrossClasses()


@pytest.mark.parametrize(
    ("kind", "text", "call", "said"),
    [
        ("ClassificationModel", IN_PLACE, lambda m: m.classify(image()), "a net of one output"),
        ("SegmentationModel", POINTS, lambda m: m.segment(image()), "expected: 4 axes"),
        ("KeypointsModel", IN_PLACE, lambda m: m.estimate(image()), "ip2, prob"),
        ("DetectionModel", MAPS, lambda m: m.detect(image()), 'layer type: "Convolution"'),
        ("Model", MAPS, lambda m: m.predict(None), "was the file found"),
        ("Model", MAPS, lambda m: m.predict(image()[:, :, 0]), "layer 'maps'"),
        ("Model", MAPS, lambda m: m.setInputSize(-1, 5), "Can't parse 'size'"),
        ("Model", MAPS, lambda m: m.setOutputNames(["nope"]).predict(image()), '"nope" not found'),
    ],
)
def test_what_does_not_fit_is_explained(kind, text, call, said):
    with pytest.raises(dnn.error, match=said):
        call(model(dnn, kind, text))


def test_an_unknown_size_is_asked_for():
    text = IMAGE.replace("input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } }", "")
    text += 'layer { name: "a" type: "AbsVal" bottom: "data" top: "a" }'
    sizeless = dnn.Model(dnn.readNetFromCaffe(text.encode()))
    with pytest.raises(dnn.error, match="Input size not specified"):
        sizeless.predict(image())
    assert sizeless.setInputSize(4, 3).predict(image())[0].shape == (1, 3, 3, 4)


def test_a_model_of_nothing_is_refused():
    with pytest.raises(TypeError, match="missing required argument 'model'"):
        dnn.Model()
