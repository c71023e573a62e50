"""Blobs of images, as OpenCV 4.14 makes them: recorded, and beside it where it is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from blobnet import dnn
from blobnet.ops import jit
from blobnet.ops.images import resize
from blobnet.types import Array
from tests.dnn.blob_cases import CASES, PARAMS

RECORDED = Path(__file__).parents[1] / "reference" / "opencv" / "dnn_blobs.npz"


@pytest.fixture(scope="module")
def recorded():
    with np.load(RECORDED) as file:
        return dict(file)


@pytest.fixture(params=["numpy", "compiled"], autouse=True)
def way(request, monkeypatch):
    """Who resizes: numpy, as at first, or the kernel, as when a net has run."""
    if request.param == "compiled" and not jit.available():
        pytest.skip("nothing can be compiled here")
    monkeypatch.setattr(jit, "kernels_are_running", lambda: request.param == "compiled")
    monkeypatch.setattr(resize.later, "done", 0)


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


def test_a_rectangle_finds_its_place_in_the_image():
    params = dnn.Image2BlobParams(size=(200, 100), paddingmode=dnn.DNN_PMODE_LETTERBOX)
    # an image of 50 x 50 fills the middle of the blob, twice as large
    assert params.blobRectToImageRect((50, 0, 100, 100), (50, 50)) == (0, 0, 50, 50)
    params.paddingmode = dnn.DNN_PMODE_CROP_CENTER  # its middle, four times as large
    assert params.blobRectToImageRect((0, 0, 200, 100), (50, 50)) == (0, 12, 50, 25)
    params.paddingmode = dnn.DNN_PMODE_NULL
    assert params.blobRectToImageRect((20, 20, 40, 40), (50, 50)) == (5, 10, 10, 20)
    several = params.blobRectsToImageRects([(20, 20, 40, 40), (0, 0, 4, 4)], (50, 50))
    assert several.tolist() == [[5, 10, 10, 20], [0, 0, 1, 2]]
    assert params.blobRectsToImageRects([], (50, 50)) == ()


def test_a_rectangle_of_an_image_of_the_blobs_size_stays():
    params = dnn.Image2BlobParams(size=(200, 100))
    assert params.blobRectToImageRect((1, 2, 3, 4), (200, 100)) == (1, 2, 3, 4)


def test_rectangles_that_cannot_be_placed_are_refused():
    params = dnn.Image2BlobParams(size=(200, 100))
    for wrong in ([[1, 2, 3]], [[1, 2, 3, 4.5]], [[1, 2, 3, 4], [1]], 5):
        with pytest.raises(TypeError, match="rBlob"):
            params.blobRectsToImageRects(wrong, (50, 50))
    with pytest.raises(dnn.error, match="the image's size is not stated"):
        params.blobRectToImageRect((1, 2, 3, 4), (0, 0))
    with pytest.raises(dnn.error, match=r"params\.size is not stated"):
        dnn.Image2BlobParams().blobRectToImageRect((1, 2, 3, 4), (50, 50))


@pytest.mark.parametrize("seed", range(30))
def test_any_rectangles_are_opencvs(seed):
    cv2 = pytest.importorskip("cv2")
    rng = np.random.default_rng(seed)
    theirs, ours = cv2.dnn.Image2BlobParams(), dnn.Image2BlobParams()
    theirs.size = ours.size = tuple(rng.integers(1, 700, 2).tolist())
    theirs.paddingmode = ours.paddingmode = seed % 3
    rectangles = rng.integers(-50, 700, (20, 4)).astype(np.int32)
    image = tuple(rng.integers(1, 2000, 2).tolist())
    made = ours.blobRectsToImageRects(rectangles, image)
    np.testing.assert_array_equal(made, theirs.blobRectsToImageRects(rectangles, image))
