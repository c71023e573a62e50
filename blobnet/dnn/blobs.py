"""Images into blobs and back: cv2.dnn's blobFromImage, blobFromImages, imagesFromBlob.

An image is (height, width) or (height, width, channels), 1, 3 or 4 of them, as `cv2.imread` and
`numpy.asarray` of a picture have it; a blob is (images, channels, height, width). The numbers are
OpenCV's: resized first, in whole numbers where the image is of bytes, then (x - mean) *
scalefactor in float32. OpenCV: dnn_utils.cpp.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.dnn import prepared
from blobnet.dnn.constants import (
    CV_8U,
    CV_32F,
    DNN_LAYOUT_NCHW,
    DNN_LAYOUT_NHWC,
    DNN_PMODE_CROP_CENTER,
    DNN_PMODE_LETTERBOX,
    DNN_PMODE_NULL,
)
from blobnet.dnn.errors import error
from blobnet.dnn.image_params import Image2BlobParams, Scalar, four_numbers, width_and_height
from blobnet.dnn.overloads import each_into, into, number
from blobnet.dnn.resizing import fitted, resizing
from blobnet.errors import explain
from blobnet.ops.images.resize_to_floats import Resizing
from blobnet.types import Array

_KINDS = {np.dtype(kind) for kind in ("u1", "i1", "u2", "i2", "i4", "i8", "f4", "f8")}


def blobFromImage(
    image: Array,
    scalefactor: float = 1.0,
    size: Sequence[int] | None = (0, 0),
    mean: Scalar = (),
    swapRB: bool = False,
    crop: bool = False,
    ddepth: int = CV_32F,
) -> Array:
    """(1, channels, height, width) from an image.

    scalefactor  what values are multiplied by, less the mean
    size         (width, height) of the blob; (0, 0) for the image's own
    mean         one number for each channel of the blob; what is left out is 0
    swapRB       whether the first and the third channel change places
    crop         whether the shorter side is made to fit and the middle cut out, instead of
                 stretching the image
    ddepth       5 (CV_32F) for float32, 0 (CV_8U) for bytes as they are

    Raises error for what is no image, and for settings that do not go together.
    """
    key = prepared.key_of(image, scalefactor, size, mean, swapRB, crop, ddepth)
    made = prepared.blob_of(image, key)
    if made is None:
        params = _params(scalefactor, size, mean, swapRB, crop, ddepth)
        made, way = _blob_of([image], params)
        prepared.keep(key, way)
    return made


def blobFromImages(
    images: Sequence[Array] | Array,
    scalefactor: float = 1.0,
    size: Sequence[int] | None = (0, 0),
    mean: Scalar = (),
    swapRB: bool = False,
    crop: bool = False,
    ddepth: int = CV_32F,
) -> Array:
    """(images, channels, height, width) from several images, as blobFromImage makes one.

    Where no size is given, all are brought to that of the first.
    """
    return _blob_of(images, _params(scalefactor, size, mean, swapRB, crop, ddepth))[0]


def _params(
    scalefactor: float, size: Sequence[int] | None, mean: Scalar, swapRB: bool, crop: bool,
    ddepth: int,
) -> Image2BlobParams:  # fmt: skip
    return Image2BlobParams(
        scalefactor=(number(scalefactor, "scalefactor", 1.0),) * 4,
        size=width_and_height(size),
        mean=mean,
        swapRB=bool(swapRB),
        ddepth=CV_32F if ddepth is None else ddepth,
        paddingmode=DNN_PMODE_CROP_CENTER if crop else DNN_PMODE_NULL,
    )


def blobFromImageWithParams(
    image: Array,
    blob: Array | Image2BlobParams | None = None,
    param: Image2BlobParams | None = None,
) -> Array:
    """The same, with all that Image2BlobParams can say: behind the image, or behind a blob.

    blob  an array to write into, where it has the shape of what comes
    """
    return blobFromImagesWithParams([image], blob, param)


def blobFromImagesWithParams(
    images: Sequence[Array] | Array,
    blob: Array | Image2BlobParams | None = None,
    param: Image2BlobParams | None = None,
) -> Array:
    """The same for several images."""
    if isinstance(blob, Image2BlobParams):
        blob, param = param, blob
    return into(_blob_of(images, Image2BlobParams() if param is None else param)[0], blob)


def _blob_of(
    images: Sequence[Array] | Array, param: Image2BlobParams
) -> tuple[Array, Resizing | None]:
    """A blob, and how its last image was put there, where one kernel has done all of it."""
    found = [_image(image) for image in images]
    _check(found, param)
    factors, means = (four_numbers(v, n) for v, n in _numbers_of(param))
    channels = found[0].shape[2]
    width, height = width_and_height(param.size)
    if not width:
        height, width = found[0].shape[:2]
    border = four_numbers(param.borderValue, "borderValue")[:channels]
    first, last = (2, 0) if param.swapRB and channels > 1 else (0, 2)
    order = [first, 1, last, 3][:channels]
    kind = np.uint8 if param.ddepth == CV_8U else np.float32
    blob = np.empty((len(found), channels, height, width), kind)
    mean, factor = (np.array(four[:channels], np.float32) for four in (means, factors))
    mode, way, known = param.paddingmode, None, None
    for planes, image in zip(blob, found, strict=True):
        if kind == np.float32 and known != (image.shape, image.dtype):
            known = image.shape, image.dtype
            way = resizing(image, mode, order, mean, factor, height, width)
        way = prepared.gone(way, image, planes)
        if way is not None:
            continue
        ready = fitted(image, height, width, mode, border)
        for to, plane in enumerate(planes):
            plane[...] = ready[order[to]]
            if kind == np.float32:
                _subtract_and_scale(plane, means[to], factors[to])
    if param.datalayout == DNN_LAYOUT_NHWC:
        return np.ascontiguousarray(blob.transpose(0, 2, 3, 1)), None
    return blob, way


def imagesFromBlob(blob_: Array, images_: Sequence[Array] | None = None) -> tuple[Array, ...]:
    """The images of a float32 blob (images, channels, height, width).

    Each is (height, width, channels), or (height, width) where there is one channel; copied.

    images_  arrays to write into, where they have the shapes of what comes
    """
    blob = np.asarray(blob_)
    if blob.dtype != np.float32 or blob.ndim != 4:
        got = f"{blob.dtype}, shape {blob.shape}"
        expected = "float32, (images, channels, height, width)"
        raise error(explain("imagesFromBlob: no blob of images", expected=expected, got=got))
    if blob.shape[1] == 1:
        return each_into([image[0].copy() for image in blob], images_)
    return each_into([np.ascontiguousarray(one.transpose(1, 2, 0)) for one in blob], images_)


def _subtract_and_scale(plane: Array, mean: float, factor: float) -> None:
    if mean:
        plane -= np.float32(mean)
    if factor != 1:
        plane *= np.float32(factor)


def _image(image: Array) -> Array:
    """(height, width, channels). Raises error for what is no image."""
    array = np.asarray(image)
    what = None
    if image is None or not array.size:
        what = "there is no image: was the file found?"
    elif array.dtype not in _KINDS:
        what = f"values of type {array.dtype}"
    elif array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        what = f"shape {array.shape}"
    if what:
        expected = "an array (height, width), or (height, width, 3 or 4)"
        raise error(explain("blobFromImage: no image", expected=expected, got=what))
    return array[:, :, None] if array.ndim == 2 else array


def _numbers_of(param: Image2BlobParams) -> list[tuple[Scalar, str]]:
    return [(param.scalefactor, "scalefactor"), (param.mean, "mean")]


def _check(images: Sequence[Array], param: Image2BlobParams) -> None:
    """Raise error for settings that do not go together."""
    who = "blobFromImage"
    if not images:
        raise error(explain(f"{who}: no images"))
    if len({image.shape[2] for image in images}) > 1:
        got = ", ".join(str(image.shape[2]) for image in images)
        raise error(explain(f"{who}: images differ in their numbers of channels", got=got))
    for name, known in (
        ("ddepth", {CV_32F: "CV_32F", CV_8U: "CV_8U"}),
        ("datalayout", {DNN_LAYOUT_NCHW: "DNN_LAYOUT_NCHW", DNN_LAYOUT_NHWC: "DNN_LAYOUT_NHWC"}),
        (
            "paddingmode",
            {
                DNN_PMODE_NULL: "DNN_PMODE_NULL",
                DNN_PMODE_CROP_CENTER: "DNN_PMODE_CROP_CENTER",
                DNN_PMODE_LETTERBOX: "DNN_PMODE_LETTERBOX",
            },
        ),
    ):
        value = getattr(param, name)
        if value not in known:
            expected = ", ".join(f"{number} ({text})" for number, text in known.items())
            raise error(explain(f"{who}: unknown {name}", expected=expected, got=value))
    if param.ddepth == CV_8U:
        _check_bytes(images, param)


def _check_bytes(images: Sequence[Array], param: Image2BlobParams) -> None:
    """Bytes are taken as they are."""
    factors, means = (four_numbers(v, n) for v, n in _numbers_of(param))
    if set(factors) != {1.0} or any(means) or any(image.dtype != np.uint8 for image in images):
        raise error(
            explain(
                "blobFromImage: bytes are taken as they are",
                expected="images of bytes, scalefactor 1 and no mean, with ddepth CV_8U",
                got=f"scalefactor {factors[0]:g}, mean {means}, {images[0].dtype}",
                fix="leave ddepth out, and give scalefactor and mean to net.setInput",
            )
        )
