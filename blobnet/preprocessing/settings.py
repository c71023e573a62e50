"""What is known of how images were prepared for a net, before the net's input is known."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from blobnet.errors import DataError, NetError, explain
from blobnet.preprocessing.preprocessing import ChannelOrder, Preprocessing, Size
from blobnet.types import Array, Shape


@dataclass(frozen=True)
class Settings:
    """Each of them None where nothing is said.

    mean      (C, 1, 1), (1, 1, 1) or an image (C, rows, columns)
    scale     what the rest is multiplied by
    channels  BGR or RGB
    size      rows and columns an image is resized to, of which the net's input is the middle
    shorter   what the shorter side becomes, the longer at most 5/3 of it; images keep their shape,
              and the net's input takes their size
    own_size  images keep the size they have, and the net's input takes it
    crop      the size of the input, where it is not the one that the net states
    mean_file what the file of the mean is called
    origin    where that is from, in words
    """

    mean: Array | None = None
    scale: float | None = None
    channels: ChannelOrder | None = None
    size: Size | None = None
    shorter: int | None = None
    own_size: bool | None = None
    crop: Size | None = None
    mean_file: str | None = None
    origin: str = ""

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return any(getattr(self, each.name) is not None for each in fields(self)[:-1])

    def or_else(self, other: Settings) -> Settings:
        """These, and of the other what these do not say."""
        said: dict[str, Any] = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if getattr(self, each.name) is not None
        }
        if self.mean is not None:
            said["mean_file"] = self.mean_file
        origins = [one.origin for one in (self, other) if one and one.origin]
        return replace(other, **{**said, "origin": " and ".join(origins)})

    def texts(self, channels: int) -> dict[str, str]:
        """What is said, for an input of so many channels, as a model's metadata has it.

        channel_order, scale, and mean_value or mean_file: for pixels from 0 to 255. resize and
        crop_size: the rows and columns, or one number for a square.
        """
        found = {
            "channel_order": "gray" if channels == 1 else self.channels or "BGR",
            "scale": f"{1 if self.scale is None else self.scale:.9g}",
        }
        if self.mean_file:
            found["mean_file"] = self.mean_file
        elif self.mean is not None:
            found["mean_value"] = ",".join(f"{value:.9g}" for value in self.mean.reshape(-1))
        for key, size in (("resize", self.size), ("crop_size", self.crop)):
            if size:
                found[key] = "x".join(map(str, size if size[0] != size[1] else size[:1]))
        return found

    def preprocessing(self, shape: Shape) -> Preprocessing:
        """What is done for an input of this shape, (N, C, rows, columns).

        Raises NetError where that is no image, DataError where the mean does not fit it.
        """
        channels, *sides = shape[1:] if len(shape) == 4 else (0,)
        if channels not in (1, 3) or 0 in sides:
            expected = "an input of shape (N, 1 or 3, height, width)"
            fix = "take the deploy.prototxt, or say the shape: --shape data=1,3,224,224"
            raise NetError(
                explain("this net takes no image", expected=expected, got=shape, fix=fix)
            )
        crop: Size | None = self.crop or (sides[0], sides[1])
        mean = np.zeros((1, 1, 1), np.float32) if self.mean is None else self.mean
        is_image = mean[0].size > 1
        size: Size | None = self.size or ((mean.shape[1], mean.shape[2]) if is_image else crop)
        if self.own_size or self.shorter:
            size, crop = None, self.crop
        _check_mean(mean, channels, size)
        if is_image and not self.size and crop and size:
            _check_mean_covers(size, crop)
        order = "GRAY" if channels == 1 else self.channels or "BGR"
        scale = 1.0 if self.scale is None else self.scale
        return Preprocessing(size, crop, mean, scale, order, self.shorter)


def _check_mean_covers(mean: Size, crop: Size) -> None:
    """Images take the mean image's size: it must be as large as what is cut out of them."""
    if mean[0] < crop[0] or mean[1] < crop[1]:
        raise DataError(
            explain(
                "the mean image is smaller than the net's input",
                expected=f"{crop[0]} x {crop[1]} or more",
                got=f"{mean[0]} x {mean[1]}",
                fix="it is another net's: take this net's, or values: --mean 104,117,123",
            )
        )


def _check_mean(mean: Array, channels: int, size: Size | None) -> None:
    """One value, one for each channel, or an image of the size that images have then."""
    if mean.shape in ((1, 1, 1), (channels, 1, 1), (channels, *(size or ()))):
        return
    values = f"{channels} values" if channels > 1 else "one value"
    image = f", or an image {(channels, *size)}" if size else ""
    one = "one value, " if channels > 1 else ""
    raise DataError(
        explain(
            "the mean does not fit the net's input",
            expected=f"{one}{values}{image}",
            got=f"{len(mean)} values" if mean[0].size == 1 else f"an image {mean.shape}",
            fix=f"resize images to the mean's size: {mean.shape[1]} x {mean.shape[2]}"
            if mean[0].size > 1 and len(mean) == channels
            else None,
        )
    )
