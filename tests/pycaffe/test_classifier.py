from __future__ import annotations

import numpy as np
import pytest

from blobnet.errors import NetError
from blobnet.pycaffe.classifier import Classifier
from blobnet.pycaffe.io import resize_image
from blobnet.pycaffe.net import Net
from tests.pycaffe.images_net import CLASSES, SIDE, scores, write_net

MEAN = np.array([10.0, 20.0, 30.0])


@pytest.fixture
def files(tmp_path):
    return write_net(tmp_path)


@pytest.fixture
def classifier(files):
    return Classifier(*files, image_dims=(11, 12), mean=MEAN, raw_scale=255, channel_swap=(2, 1, 0))


@pytest.fixture
def images(rng):
    sizes = [(9, 14), (11, 12), (20, 15), (8, 8), (30, 9), (12, 12), (10, 10)]
    return [rng.random((*size, 3)).astype(np.float32) for size in sizes]


def prepared(image, top, left):
    crop = image[top : top + SIDE, left : left + SIDE]
    return (crop[:, :, ::-1] * 255 - MEAN).transpose(2, 0, 1)


def test_the_centre_is_cut_out_of_the_resized_image(files, classifier, images):
    predictions = classifier.predict(images, oversample=False)
    assert predictions.shape == (7, CLASSES)
    for image, prediction in zip(images, predictions, strict=True):
        expected = scores(*files, prepared(resize_image(image, (11, 12)), 1, 2))
        np.testing.assert_allclose(prediction, expected, rtol=1e-5)


def test_ten_crops_are_averaged(files, classifier, images):
    predictions = classifier.predict(images)
    places = [(0, 0), (0, 4), (3, 0), (3, 4), (1, 2)]
    for image, prediction in zip(images, predictions, strict=True):
        resized = resize_image(image, (11, 12))
        views = [prepared(resized, *place) for place in places]
        views += [view[:, :, ::-1] for view in views]
        expected = np.mean([scores(*files, view) for view in views], axis=0)
        np.testing.assert_allclose(prediction, expected, rtol=1e-5)


@pytest.mark.parametrize("oversample", [True, False])
def test_however_many_are_looked_at_at_once(oversample, classifier, images, monkeypatch):
    """In the batches, of 4, that they were in if all came at once."""
    batches = []
    forward = Net.forward

    def counted(self, *args, **inputs):
        batches.append(inputs["data"].copy())
        return forward(self, *args, **inputs)

    monkeypatch.setattr(Net, "forward", counted)
    whole = classifier.predict(images, oversample)
    expected = batches.copy()
    batches.clear()
    monkeypatch.setattr("blobnet.pycaffe.classifier._IMAGES", 1)
    np.testing.assert_array_equal(classifier.predict(iter(images), oversample), whole)
    np.testing.assert_array_equal(batches, expected)


def test_without_dims_an_image_is_resized_to_the_input(files, images):
    classifier = Classifier(*files)
    assert isinstance(classifier, Net)
    assert list(classifier.image_dims) == [SIDE, SIDE]
    expected = scores(*files, resize_image(images[0], (SIDE, SIDE)).transpose(2, 0, 1))
    np.testing.assert_allclose(classifier.predict(images[:1], False)[0], expected, rtol=1e-5)


def test_images_may_be_one_array(classifier, rng):
    images = rng.random((3, 9, 9, 3))
    expected = classifier.predict(list(images))
    np.testing.assert_array_equal(classifier.predict(images), expected)


def test_what_is_no_image_is_refused(files, classifier, images):
    with pytest.raises(ValueError, match=r"make a list: \[image\]"):
        classifier.predict(images[0])
    with pytest.raises(ValueError, match="no images to classify"):
        classifier.predict([])
    small = Classifier(*files, image_dims=(5, 12))
    for oversample in (True, False):
        with pytest.raises(ValueError, match="not fit"):
            small.predict(images, oversample)


def test_a_net_without_an_input_for_images_is_refused(tmp_path):
    model = tmp_path / "flat.prototxt"
    model.write_text('input: "x" input_shape { dim: 2 dim: 3 }')
    with pytest.raises(NetError, match="images cannot be given to it"):
        Classifier(str(model), None)
    model.write_text(
        'layer { name: "x" type: "DummyData" top: "x" dummy_data_param { shape { dim: 2 } } }'
    )
    with pytest.raises(NetError, match=r"deploy\.prototxt"):
        Classifier(str(model), None)
