"""Predictions drawn into their images: frames, colours, points, words. Needs the extra `image`."""

from __future__ import annotations

import colorsys
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.extras import import_extra
from blobnet.predicting.prediction import Box, Person, Prediction
from blobnet.serialization.files import atomic_write
from blobnet.types import Array, IntArray
from blobnet.viz.curves import SIGNATURE
from blobnet.viz.names import visible

PURPOSE = "drawing what a net has found"
_GOLDEN = 0.618034  # of the circle of hues from a colour to the next: neighbours differ
_OF_MASK = 0.55  # the rest is the image
_WORDS = 40  # characters of a name
_MOST_WORDS = 8  # lines of a legend


def save_drawing(image: Array, prediction: Prediction, path: Path) -> None:
    """Write the image, (C, height, width), with what was found in it, as a PNG that
    `viz.curves.is_ours` knows again.

    Boxes are framed and named; a mask is laid over the image, with a legend; points of a person are
    joined; a map takes the image's place. Raises MissingExtraError without Pillow.
    """
    Image = import_extra("PIL.Image", "image", PURPOSE)
    pixels = np.ascontiguousarray(image[::-1].transpose(1, 2, 0))  # red first
    if prediction.mask is not None:
        pixels = _with_mask(pixels, prediction.mask)
    elif prediction.map is not None:
        pixels = _gray(prediction.map)
    picture = Image.fromarray(pixels if pixels.shape[2] == 3 else pixels.repeat(3, axis=2))
    pen = _Pen(picture)
    for box in prediction.boxes:
        pen.frame(box)
    for number, person in enumerate(prediction.people):
        pen.person(person, prediction.limbs, _color(number))
    pen.legend(
        [(each.name, _color(each.label) if each.label else None) for each in prediction.parts]
        + [(f"{each.name} {each.score:.3f}", None) for each in prediction.classes]
    )
    signed = import_extra("PIL.PngImagePlugin", "image", PURPOSE).PngInfo()
    signed.add_text("Software", SIGNATURE)
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        picture.save(file, "PNG", pnginfo=signed)


class _Pen:
    """Draws into a picture, in a size that can be seen."""

    def __init__(self, picture: Any) -> None:
        ImageDraw = import_extra("PIL.ImageDraw", "image", PURPOSE)
        ImageFont = import_extra("PIL.ImageFont", "image", PURPOSE)
        side = min(picture.size)
        self._pen = ImageDraw.Draw(picture)
        self._width = max(side // 200, 2)
        self._size = picture.size
        try:
            self._font = ImageFont.load_default(max(side // 30, 11))
        except TypeError:  # Pillow before 10.1 has one size
            self._font = ImageFont.load_default()

    def frame(self, box: Box) -> None:
        color = _color(box.label)
        corners = (box.x1, box.y1, max(box.x2, box.x1), max(box.y2, box.y1))
        self._pen.rectangle(corners, outline=color, width=self._width)
        self._words(f"{visible(box.name, _WORDS)} {box.score:.2f}", (box.x1, box.y1), color)

    def person(
        self, person: Person, limbs: list[tuple[str, str]], color: tuple[int, int, int]
    ) -> None:
        for first, second in limbs:
            if first in person and second in person:
                ends = [person[part][:2] for part in (first, second)]
                self._pen.line([*ends[0], *ends[1]], fill=color, width=2 * self._width)
        for x, y, _ in person.values():
            r = 2 * self._width
            self._pen.ellipse((x - r, y - r, x + r, y + r), fill=color, outline=(255, 255, 255))

    def legend(self, lines: list[tuple[str, tuple[int, int, int] | None]]) -> None:
        y = 0.0
        for text, color in lines[:_MOST_WORDS]:
            y = self._words(visible(text, _WORDS), (0, y), color or (40, 40, 40), below=True)

    def _words(
        self, text: str, at: tuple[float, float], color: tuple[int, int, int], below: bool = False
    ) -> float:
        """Write on the colour, above a place or below it, inside of the picture; where it ends."""
        try:
            left, _, right, _ = self._pen.textbbox((0, 0), text, font=self._font)
        except UnicodeEncodeError:  # an old Pillow's own font has the letters of Latin-1
            text = text.encode("latin-1", "replace").decode("latin-1")
            left, _, right, _ = self._pen.textbbox((0, 0), text, font=self._font)
        _, top, _, bottom = self._pen.textbbox((0, 0), "Ag", font=self._font)  # lines are as high
        width, height = right - left + 6, bottom - top + 6
        x = min(max(at[0], 0), max(self._size[0] - width, 0))
        y = at[1] if below or at[1] < height else at[1] - height
        self._pen.rectangle((x, y, x + width, y + height), fill=color)
        shade = (0, 0, 0) if sum(color) > 380 else (255, 255, 255)
        self._pen.text((x + 3 - left, y + 3 - top), text, fill=shade, font=self._font)
        return float(y + height)


def _with_mask(pixels: Array, mask: IntArray) -> Array:
    """The image under the colours of its classes; class 0, which is the background, shows it."""
    colors = np.array([_color(label) for label in range(int(mask.max(initial=0)) + 1)])
    mixed = (1 - _OF_MASK) * pixels + _OF_MASK * colors[mask.clip(0)]
    return np.where((mask > 0)[:, :, None], mixed, pixels).astype(np.uint8)


def _gray(values: Array) -> Array:
    """A map as shades of grey, from its smallest value to its largest, or from 0 to 1."""
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    shades = (values - low) * (255 / ((high - low) or 1))
    return np.rint(shades).astype(np.uint8)[:, :, None].repeat(3, axis=2)


def _color(label: int) -> tuple[int, int, int]:
    """The same for a label each time; neighbours differ."""
    shade = 1.0 if label % 2 else 0.85
    red, green, blue = colorsys.hsv_to_rgb(label * _GOLDEN % 1, 0.75, shade)
    return round(255 * red), round(255 * green), round(255 * blue)
