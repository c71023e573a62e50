"""What ResizeBilinear and ResizeNearestNeighbor share: axes in TensorFlow's order, and sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.motion.taps import Taps, resize
from blobnet.proto import ResizeBilinearParameter, ResizeNearestNeighborParameter
from blobnet.types import Array

_Param = ResizeBilinearParameter | ResizeNearestNeighborParameter
_TO_CHANNELS_FIRST = (0, 3, 1, 2)


class TensorFlowResizing(Layer):
    """Images in another size, each axis by itself, as `taps` says."""

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    formats: tuple[str, ...] = ("NHWC", "NCHW")
    rules: tuple[str, ...] = ()
    """Fields of which at most one may be true: how places of both images belong together."""

    def param(self) -> _Param:
        """The message of the type."""
        raise NotImplementedError

    def taps(self, old: int, new: int) -> Taps:
        """For each new pixel of an axis, which old ones it is made of."""
        raise NotImplementedError

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.param()
        if param.data_format not in self.formats:
            raise self.error(
                "unknown data_format", expected=" or ".join(self.formats), got=param.data_format
            )
        chosen = [name for name in self.rules if getattr(param, name)]
        if len(chosen) > 1:
            raise self.error(f"at most one of {', '.join(self.rules)} may be true", got=chosen)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        kind, shape = self.param().data_format, bottom[0].shape
        if len(shape) != len(kind):
            expected = f"shape ({', '.join(kind)})"
            raise self.error("not a batch of images", expected=expected, got=f"shape {shape}")
        first = 1 if kind == "NHWC" else 2
        names = ("height", "width", "depth")[: len(kind) - 2]
        old = shape[first : first + len(names)]
        new = tuple(self._new_length(*pair) for pair in zip(names, old, strict=True))
        if min(*old, *new) < 1:
            raise self.error("there must be a pixel before and after", got=f"{old} to {new}")
        top[0].reshape((*shape[:first], *new, *shape[first + len(names) :]))
        self._taps = [self.taps(*lengths) for lengths in zip(old, new, strict=True)]
        self._old = old

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._resize(bottom[0].data, self._taps, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            pairs = zip(self._taps, self._old, strict=True)
            back = [taps.transposed(length) for taps, length in pairs]
            self._resize(top[0].diff, back, bottom[0].diff)

    def _new_length(self, name: str, old: int) -> int:
        param = self.param()
        if param.HasField(f"output_{name}"):
            return int(getattr(param, f"output_{name}"))
        return int(np.floor(np.float32(old) * np.float32(getattr(param, f"scale_{name}"))))

    def _resize(self, x: Array, taps: Sequence[Taps], out: Array) -> None:
        if self.param().data_format == "NHWC":
            x, out = x.transpose(_TO_CHANNELS_FIRST), out.transpose(_TO_CHANNELS_FIRST)
        if len(taps) == 2:
            resize(x, taps, out)
            return
        num, channels, height, *_ = x.shape
        rows, size = out.shape[2], out.shape[3:]
        wide: Array = np.empty((num, channels * height, *size), x.dtype)
        resize(x.reshape(num, channels * height, *x.shape[3:]), taps[1:], wide)
        flat = size[0] * size[1]
        planes = (taps[0], _as_it_is(flat))
        target = out.reshape(num, channels, rows, flat)
        resize(wide.reshape(num, channels, height, flat), planes, target)


def positions(old: int, new: int, *, corners: bool = False, shift: float = 0) -> Array:
    """Where among the old pixels each new one is, in float32 as TensorFlow computes it.

    corners  the outermost pixels lie on each other
    shift    of each new pixel, before positions are scaled: 0.5 for its centre
    """
    steps = np.arange(new, dtype=np.float32) + np.float32(shift)
    if corners and new > 1:
        scale = np.float32(old - 1) / np.float32(new - 1)
    else:
        scale = np.float32(old) / np.float32(new)
    places: Array = steps * scale
    return places


def _as_it_is(length: int) -> Taps:
    return Taps(np.arange(length)[:, None], np.ones((length, 1)))
