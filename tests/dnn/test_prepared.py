"""Calls of blobFromImage that have been made before: the same blobs, and the same errors."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from blobnet import dnn
from blobnet.dnn import prepared
from blobnet.ops import jit, parallel
from blobnet.ops.images import resize_to_floats
from blobnet.ops.images.resize import resize_interleaved
from blobnet.ops.jit import KernelError

ARGUMENTS = {"scalefactor": 0.5, "size": (9, 7), "mean": (1, 2, 3), "swapRB": True}


@pytest.fixture(autouse=True)
def ways(monkeypatch):
    """What this thread has kept: nothing yet. Kernels serve."""
    if not jit.available():
        pytest.skip("nothing can be compiled here")
    monkeypatch.setattr(jit, "kernels_are_running", lambda: True)
    monkeypatch.setattr(prepared._here, "ways", {})
    return prepared._here.ways


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(12, 10, 3), dtype=np.uint8)


def by_numpy(image, **arguments):
    """Of two images, the first: what no call of blobFromImage has kept."""
    return dnn.blobFromImages([image, image[:5]], **arguments)[:1]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        ARGUMENTS,
        {**ARGUMENTS, "crop": True},
        {**ARGUMENTS, "swapRB": False},
        {**ARGUMENTS, "size": [9, 7], "mean": [1, 2]},
        {**ARGUMENTS, "size": (3, 40)},
        {"ddepth": 0},
    ],
)
def test_a_call_again_makes_the_blob_of_its_own_image(image, arguments, ways):
    dnn.blobFromImage(np.zeros_like(image), **arguments)
    assert len(ways) == (arguments.get("ddepth") is None)
    made = dnn.blobFromImage(image, **arguments)
    size = arguments.get("size", (10, 12))
    np.testing.assert_array_equal(made, by_numpy(image, **{**arguments, "size": size}))


def test_other_arguments_are_another_call(image, ways):
    dnn.blobFromImage(image, **ARGUMENTS)
    for name, value in (
        *(("scalefactor", 0.25), ("size", (7, 9)), ("mean", (1, 2, 4)), ("swapRB", False)),
        ("crop", True),
    ):
        arguments = {**ARGUMENTS, name: value}
        made = dnn.blobFromImage(image, **arguments)
        np.testing.assert_array_equal(made, by_numpy(image, **arguments), err_msg=name)
    assert len(ways) == 6


def test_images_of_another_size_or_type_are_another_call(image):
    dnn.blobFromImage(image, **ARGUMENTS)
    for other in (image[:-1], image[:, :-1], image[..., 0], np.dstack([image, image[..., :1]])):
        made = dnn.blobFromImage(other, **ARGUMENTS)
        assert made.shape == (1, 1 if other.ndim == 2 else other.shape[2], 7, 9)
        np.testing.assert_array_equal(made, by_numpy(other, **ARGUMENTS))
    floats = dnn.blobFromImage(image.astype("f4"), **ARGUMENTS)
    assert not np.array_equal(floats, dnn.blobFromImage(image, **ARGUMENTS))


def test_an_image_may_be_a_view_of_another_and_may_not_be_writable(image):
    dnn.blobFromImage(image, **ARGUMENTS)
    turned = np.ascontiguousarray(image[::-1, ::-1])
    expected = dnn.blobFromImage(turned, **ARGUMENTS)
    turned.flags.writeable = False
    np.testing.assert_array_equal(dnn.blobFromImage(image[::-1, ::-1], **ARGUMENTS), expected)
    np.testing.assert_array_equal(dnn.blobFromImage(turned, **ARGUMENTS), expected)


def test_blobs_that_were_made_stay_as_they_are(image):
    first = dnn.blobFromImage(image, **ARGUMENTS)
    before = first.copy()
    dnn.blobFromImage(255 - image, **ARGUMENTS)
    np.testing.assert_array_equal(first, before)


def test_what_is_wrong_is_wrong_after_a_right_call_too(image):
    dnn.blobFromImage(image, **ARGUMENTS)
    with pytest.raises(dnn.error, match="Can't parse 'size'"):
        dnn.blobFromImage(image, **{**ARGUMENTS, "size": (9.0, 7)})
    with pytest.raises(dnn.error, match="was the file found"):
        dnn.blobFromImage(None, **ARGUMENTS)
    with pytest.raises(dnn.error, match="unknown ddepth"):
        dnn.blobFromImage(image, **ARGUMENTS, ddepth=6)


def test_every_thread_has_ways_of_its_own(image, ways):
    expected = dnn.blobFromImage(image, **ARGUMENTS)
    found = []

    def work():
        found.extend(dnn.blobFromImage(image, **ARGUMENTS) for _ in range(2))
        found.append(len(prepared._here.ways))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    *blobs, kept = found
    assert kept == 1
    for blob in blobs:
        np.testing.assert_array_equal(blob, expected)


def test_the_oldest_call_is_forgotten(image, ways):
    for width in range(prepared._MOST + 3):
        dnn.blobFromImage(image, size=(width + 1, 2))
    assert len(ways) == prepared._MOST
    assert {key[3][0] for key in ways} == {width + 1 for width in range(3, prepared._MOST + 3)}


def test_numpy_serves_where_the_kernel_cannot_be_compiled(image, ways, monkeypatch):
    expected = dnn.blobFromImage(image, **ARGUMENTS)
    ways.clear()

    def fail(*_):
        raise KernelError("no")

    monkeypatch.setattr(resize_to_floats, "Launch", fail)
    np.testing.assert_array_equal(dnn.blobFromImage(image, **ARGUMENTS), expected)
    assert not ways


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 3), (5, 1, 1), (2, 2, 1), (3, 2, 3)])
def test_rows_may_be_shorter_than_what_is_read_of_a_pixel(shape, rng):
    image = rng.integers(256, size=shape, dtype=np.uint8)
    for size in ((1, 1), (4, 3), (9, 17)):
        made = dnn.blobFromImage(image[..., 0] if shape[2] == 1 else image, size=size)
        expected = resize_interleaved(image, *size[::-1]).transpose(2, 0, 1)
        np.testing.assert_array_equal(made[0], expected)


def test_threads_change_nothing(rng):
    image = rng.integers(256, size=(700, 900, 3), dtype=np.uint8)
    found = []
    for number in (1, 2, 3):
        with parallel.threads_set_to(number):
            found += [dnn.blobFromImage(image, size=(800, 1000)) for _ in range(2)]
    expected = resize_interleaved(image, 1000, 800).transpose(2, 0, 1)
    np.testing.assert_array_equal(found[0][0], expected)
    for blob in found[1:]:
        np.testing.assert_array_equal(blob, found[0])
