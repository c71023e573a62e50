"""A net that looks at windows of images. Caffe: python/caffe/detector.py."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from blobnet.errors import explain
from blobnet.extras import import_package
from blobnet.input_files import AnyPath
from blobnet.proto import TEST
from blobnet.pycaffe.image_files import load_image
from blobnet.pycaffe.input_errors import InputError
from blobnet.pycaffe.net import Net
from blobnet.pycaffe.net_images import chunks, image_transformer
from blobnet.pycaffe.resize import resize_image
from blobnet.types import Array

Detections = list[dict[str, Any]]


class Detector(Net):
    """A net in the TEST phase, and how windows of images come into it.

        detector = caffe.Detector("deploy.prototxt", "rcnn.caffemodel", mean=mean, raw_scale=255,
                                  channel_swap=(2, 1, 0), context_pad=16)
        detections = detector.detect_windows([("cat.jpg", [[ymin, xmin, ymax, xmax], ...])])

    mean, input_scale, raw_scale, channel_swap  as `caffe.io.Transformer` has them
    context_pad  pixels at each side of the net's input that show what is around the window, as in
                 R-CNN; where the image ends, the mean

    Raises NetError for a net without an input for images.
    """

    def __init__(
        self,
        model_file: AnyPath,
        pretrained_file: AnyPath | None,
        mean: Array | None = None,
        input_scale: float | None = None,
        raw_scale: float | None = None,
        channel_swap: Sequence[int] | None = None,
        context_pad: int | None = None,
    ) -> None:
        super().__init__(model_file, TEST, weights=pretrained_file)
        self.transformer = image_transformer(self, mean, input_scale, raw_scale, channel_swap)
        self.configure_crop(context_pad)

    def detect_windows(self, images_windows: Iterable[tuple[str, Iterable[Any]]]) -> Detections:
        """The scores of windows, in their order.

        images_windows  an image's path, and windows in it, [ymin, xmin, ymax, xmax]; for each image

        Returns a dict for each window: "filename", "window", and "prediction", the net's first
        output. One image and one batch of windows are held at a time. Raises OSError for an image
        that cannot be read, ValueError for a window that has no pixels.
        """
        name = self.inputs[0]
        size = int(self.blobs[name].shape[0])
        detections: Detections = []
        for batch in chunks(self._windows(images_windows), size):
            data = np.stack([window_data for _, _, window_data in batch])
            scores = self.forward_all(None, **{name: data})[self.outputs[0]]
            for (filename, window, _), prediction in zip(batch, scores, strict=True):
                found = {"window": window, "prediction": prediction, "filename": filename}
                detections.append(found)
        return detections

    def detect_selective_search(self, image_fnames: Iterable[str]) -> Detections:
        """The same for the windows that Selective Search proposes, which needs MATLAB.

        Raises MissingExtraError without the package selective_search_ijcv_with_python.
        """
        search: Any = import_package(
            "selective_search_ijcv_with_python",
            "it from github.com/sergeyk/selective_search_ijcv_with_python, beside MATLAB; or give "
            "windows of your own to detect_windows (crop_mode list)",
            "proposing windows by Selective Search",
        )
        paths = [os.path.abspath(path) for path in image_fnames]
        windows = search.get_windows(paths, cmd="selective_search_rcnn")
        return self.detect_windows(zip(paths, windows, strict=True))

    def crop(self, im: Array, window: ArrayLike) -> Array:
        """The pixels of a window, [ymin, xmin, ymax, xmax], with context where that is configured.

        Without context (height, width, K), a view into `im`; with it, in the size of the net's
        input. Raises ValueError where the window has no pixels.
        """
        ymin, xmin, ymax, xmax = np.asarray(window).tolist()
        if self.context_pad:
            cropped = self._crop_with_context(im, (ymin, xmin), (ymax, xmax))
        else:
            cropped = im[int(ymin) : int(ymax), int(xmin) : int(xmax)]
        if 0 in cropped.shape:
            raise _explain_empty(im, window)
        return cropped

    def configure_crop(self, context_pad: int | None) -> None:
        """Set how much context is shown, and what is shown where an image ends.

        That is the mean as it is in images before they are preprocessed: 0 without one.
        Raises ValueError where the context leaves no room for the window.
        """
        name = self.inputs[0]
        axes = np.argsort(self.transformer.transpose[name])
        self.crop_dims = np.array(self.blobs[name].shape[1:])[axes]
        self.context_pad = context_pad
        if not context_pad:
            return
        if 2 * context_pad >= min(self.crop_dims[:2]) or context_pad < 0:
            what = "the context leaves no room for the window"
            expected = f"less than half of the net's input, {tuple(self.crop_dims[:2].tolist())}"
            raise InputError(explain(what, expected=expected, got=f"context_pad {context_pad}"))
        self.crop_mean = self._mean_of_images(name)

    def _mean_of_images(self, name: str) -> Array:
        mean = self.transformer.mean.get(name)
        if mean is None:
            return np.zeros(self.crop_dims, np.float32)
        planes = mean if mean.ndim == 3 else mean[np.newaxis]
        image: Array = planes.transpose(np.argsort(self.transformer.transpose[name])).copy()
        order = self.transformer.channel_swap.get(name)
        if order is not None and image.shape[2] == len(order):
            image = image[:, :, np.argsort(order)]
        scale = self.transformer.raw_scale.get(name)
        return image if scale is None else image / scale

    def _windows(
        self, images_windows: Iterable[tuple[str, Iterable[Any]]]
    ) -> Iterator[tuple[str, Any, Array]]:
        """Path, window, and what the net gets of it."""
        for filename, windows in images_windows:
            image = load_image(filename)
            for window in windows:
                data = self.transformer.preprocess(self.inputs[0], self.crop(image, window))
                yield filename, window, data

    def _crop_with_context(
        self, im: Array, low: tuple[float, float], high: tuple[float, float]
    ) -> Array:
        sizes = [int(size) for size in self.crop_dims[:2]]
        pad = int(self.context_pad or 0)
        rows, columns = (
            _context(low[axis], high[axis], im.shape[axis], sizes[axis], pad) for axis in (0, 1)
        )
        pixels = im[rows[0], columns[0]]
        if 0 in pixels.shape:
            return pixels
        dims = [place.stop - place.start for place in (rows[1], columns[1])]
        crop: Array = np.ones(self.crop_dims, np.float32) * self.crop_mean
        crop[rows[1], columns[1]] = resize_image(pixels, dims)
        return crop


def _context(low: float, high: float, length: int, size: int, pad: int) -> tuple[slice, slice]:
    """Along one axis: which pixels of the image are shown, and where in the crop.

    length  of the image
    size    of the crop, of which `pad` at each side is context

    Pixels are counted with both ends, as R-CNN does, and cut out without the last one. Halves are
    rounded to even numbers, as Python 3 does.
    """
    half = (high - low + 1) / 2
    reach = size / (1.0 * size - 2 * pad) * half
    begin, end = round(low + half - reach), round(low + half + reach)
    scale = size / (end - begin + 1)
    before = round(max(0, -begin) * scale)
    begin, end = (min(max(edge, 0), length) for edge in (begin, end))
    shown = min(round((end - begin + 1) * scale), size - before)
    return slice(begin, end), slice(before, before + shown)


def _explain_empty(im: Array, window: ArrayLike) -> InputError:
    height, width = im.shape[:2]
    return InputError(
        explain(
            f"the window {np.asarray(window).tolist()} has no pixels in an image of "
            f"{height} x {width}",
            expected="ymin, xmin, ymax, xmax, in pixels; ymin below ymax, xmin below xmax",
        )
    )
