"""The names that axes had when every blob had four: Caffe until 2014, and pycaffe to this day."""

from __future__ import annotations

from blobnet.errors import BlobError, explain
from blobnet.types import Shape


class LegacyAxes:
    """num, channels, height and width of a blob."""

    __slots__ = ()

    @property
    def shape(self) -> Shape:
        raise NotImplementedError

    @property
    def num(self) -> int:
        return self.legacy_shape(0)

    @property
    def channels(self) -> int:
        return self.legacy_shape(1)

    @property
    def height(self) -> int:
        return self.legacy_shape(2)

    @property
    def width(self) -> int:
        return self.legacy_shape(3)

    def legacy_shape(self, axis: int) -> int:
        """An axis of the blob read as N, C, H, W: missing axes count 1; at most 4 axes."""
        if len(self.shape) > 4 or not -4 <= axis < 4:
            raise BlobError(
                explain(
                    "num, channels, height and width belong to blobs of at most 4 axes",
                    got=f"axis {axis} of shape {self.shape}",
                    fix="use `shape`",
                )
            )
        return self.shape[axis] if -len(self.shape) <= axis < len(self.shape) else 1
