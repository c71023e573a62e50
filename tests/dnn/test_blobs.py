"""Blobs of images, as OpenCV 4.14 makes them: recorded, and beside it where it is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from blobnet import dnn
from blobnet.types import Array
from tests.dnn.blob_cases import CASES, PARAMS

RECORDED = Path(__file__).parents[1] / "reference" / "opencv" / "dnn_blobs.npz"


@pytest.fixture(scope="module")
def recorded():
    with np.load(RECORDED) as file:
        return dict(file)


def of_kind(image: Array, kind: str) -> Array:
    return image[..., 0] if kind == "gray" else image.astype(kind)


def check(made: Array, wanted: Array, *, exact: bool) -> None:
    assert made.shape == wanted.shape
    assert made.dtype == wanted.dtype
    assert made.flags.c_contiguous
    if exact:
        np.testing.assert_array_equal(made, wanted)
    else:  # sums of floats are rounded by the order in which a processor adds
        np.testing.assert_allclose(made, wanted, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_a_blob_of_an_image_is_opencvs(name, recorded):
    kind, arguments = CASES[name]
    made = dnn.blobFromImage(of_kind(recorded["image"], kind), **arguments)
    check(made, recorded[f"blob_{name}"], exact=kind in ("u1", "gray"))


@pytest.mark.parametrize("name", PARAMS)
def test_a_blob_with_params_is_opencvs(name, recorded):
    made = dnn.blobFromImageWithParams(recorded["image"], dnn.Image2BlobParams(**PARAMS[name]))
    check(made, recorded[f"params_{name}"], exact=True)


def test_a_batch_has_the_size_of_its_first_image(recorded):
    images = [recorded["image"], recorded["image"][:7]]
    check(dnn.blobFromImages(images, 0.5), recorded["batch"], exact=True)
    stacked = np.stack([recorded["image"]] * 2)
    np.testing.assert_array_equal(dnn.blobFromImages(stacked)[1], dnn.blobFromImages(stacked)[0])


def test_every_pixel_is_less_the_mean_times_the_factor():
    image = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)[..., :3]
    blob = dnn.blobFromImage(image, 0.5, mean=(10, 20), swapRB=True)
    for channel, mean in enumerate((10, 20, 0)):
        for y in range(2):
            for x in range(3):
                assert blob[0, channel, y, x] == (int(image[y, x, 2 - channel]) - mean) * 0.5


def test_a_mean_may_be_one_number():
    image = np.full((2, 2, 3), 9, np.uint8)
    blob = dnn.blobFromImage(image, mean=4)
    assert blob[0, :, 0, 0].tolist() == [5, 9, 9]  # it counts for the first channel


def test_images_do_not_change():
    image = np.full((2, 2, 3), 9, np.float32)
    dnn.blobFromImage(image, 2.0, mean=(4, 4, 4))
    assert (image == 9).all()


def test_images_come_back_from_a_blob():
    image = np.random.default_rng(0).integers(0, 256, (5, 4, 3), np.uint8)
    first, second = dnn.imagesFromBlob(dnn.blobFromImages([image, image[::-1]]))
    np.testing.assert_array_equal(first, image)
    np.testing.assert_array_equal(second, image[::-1])
    (gray,) = dnn.imagesFromBlob(dnn.blobFromImage(image[..., 1]))
    np.testing.assert_array_equal(gray, image[..., 1])


IMAGE = np.zeros((4, 5, 3), np.uint8)


@pytest.mark.parametrize(
    ("image", "arguments", "said"),
    [
        (None, {}, "was the file found"),
        (IMAGE[:0], {}, "was the file found"),
        (IMAGE[..., :2], {}, r"shape \(4, 5, 2\)"),
        (IMAGE[0, 0], {}, "shape"),
        (IMAGE.astype(bool), {}, "type bool"),
        (IMAGE.astype(np.int32), {"size": (2, 2)}, "astype"),
        (IMAGE, {"size": 3}, "Can't parse 'size'"),
        (IMAGE, {"size": (3, 0)}, "Can't parse 'size'"),
        (IMAGE, {"size": (3.5, 4)}, "Can't parse 'size'"),
        (IMAGE, {"mean": (1, 2, 3, 4, 5)}, "'mean' is longer than 4"),
        (IMAGE, {"ddepth": 6}, "unknown ddepth"),
        (IMAGE, {"ddepth": 0, "scalefactor": 2.0}, "bytes are taken as they are"),
        (IMAGE, {"ddepth": 0, "mean": (1,)}, "bytes are taken as they are"),
    ],
)
def test_what_is_no_image_is_refused(image, arguments, said):
    with pytest.raises(dnn.error, match=said):
        dnn.blobFromImage(image, **arguments)


def test_images_must_fit_together():
    with pytest.raises(dnn.error, match="no images"):
        dnn.blobFromImages([])
    with pytest.raises(dnn.error, match="numbers of channels"):
        dnn.blobFromImages([IMAGE, IMAGE[..., 0]])
    with pytest.raises(dnn.error, match="unknown paddingmode"):
        dnn.blobFromImageWithParams(IMAGE, dnn.Image2BlobParams(paddingmode=3))
    letterbox = dnn.Image2BlobParams(size=(2, 2), paddingmode=dnn.DNN_PMODE_LETTERBOX)
    with pytest.raises(dnn.error, match="too long"):
        dnn.blobFromImageWithParams(np.zeros((1, 9), np.uint8), letterbox)


@pytest.mark.parametrize("blob", [np.zeros((3, 4, 5), "f4"), np.zeros((1, 3, 4, 5), "f8")])
def test_what_is_no_blob_of_images_is_refused(blob):
    with pytest.raises(dnn.error, match="no blob of images"):
        dnn.imagesFromBlob(blob)


@pytest.mark.parametrize("seed", range(40))
def test_any_image_becomes_the_blob_that_opencv_makes(seed):
    cv2 = pytest.importorskip("cv2")
    rng = np.random.default_rng(seed)
    height, width, *size = rng.integers(1, 70, 4).tolist()
    image = rng.integers(0, 256, (height, width, rng.choice([3, 4])), np.uint8)
    arguments = {
        "scalefactor": float(rng.choice([1, 1 / 255, 0.007843])),
        "size": size if seed % 4 else (2 * width, 2 * height),
        "mean": tuple((rng.random(4) * 100).tolist()),
        "swapRB": bool(rng.integers(2)),
        "crop": bool(rng.integers(2)),
    }
    made = dnn.blobFromImage(image, **arguments)
    np.testing.assert_array_equal(made, cv2.dnn.blobFromImage(image, **arguments))
    floats = image.astype(np.float32)
    made = dnn.blobFromImage(floats, **arguments)
    wanted = cv2.dnn.blobFromImage(floats, **arguments)
    np.testing.assert_allclose(made, wanted, rtol=0, atol=1e-4)
