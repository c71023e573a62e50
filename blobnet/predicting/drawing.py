"""Predictions drawn into their images: frames, colours, points, words. Needs the extra `image`."""

from __future__ import annotations

import colorsys
import io
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.extras import import_extra
from blobnet.predicting.prediction import Box, Person, Prediction
from blobnet.serialization.files import atomic_write
from blobnet.types import Array, IntArray
from blobnet.viz.curves import SIGNATURE
from blobnet.viz.fonts import font_file
from blobnet.viz.names import visible

PURPOSE = "drawing what a net has found"
_GOLDEN = 0.618034  # of the circle of hues from a colour to the next: neighbours differ
_OF_MASK = 0.55  # the rest is the image
_SMALL = 120  # pixels of the shorter side: below, words would cover what they tell of
_WORDS = 40  # characters of a name
_MARGIN = 3  # around words
_MOST_WORDS = 8  # lines of a legend

_Place = tuple[float, float, float, float]
"""x1, y1, x2, y2 in the picture."""


def picture_of(image: Array, prediction: Prediction) -> bytes:
    """The image, (C, height, width), with what was found in it, as a PNG that
    `viz.curves.is_ours` knows again.

    A small image is drawn several times as large, so that words do not cover it. Boxes are framed
    and named; a mask is laid over the image, with a legend; points of a person are joined; a map
    takes the image's place. Raises MissingExtraError without Pillow.
    """
    Image = import_extra("PIL.Image", "image", PURPOSE)
    pixels = np.ascontiguousarray(image[::-1].transpose(1, 2, 0))  # red first
    if prediction.mask is not None:
        pixels = _with_mask(pixels, prediction.mask)
    elif prediction.map is not None:
        pixels = _gray(prediction.map)
    times = _enlargement(pixels.shape[:2])
    pixels = pixels.repeat(times, axis=0).repeat(times, axis=1)
    picture = Image.fromarray(pixels if pixels.shape[2] == 3 else pixels.repeat(3, axis=2))
    pen = _Pen(picture, times)
    for box in reversed(prediction.boxes):  # the best lie on top
        pen.frame(box)
    for box in prediction.boxes:
        pen.name(box)
    for number, person in enumerate(prediction.people):
        pen.person(person, prediction.limbs, _color(number))
    pen.legend(
        [(each.name, _color(each.label) if each.label else None) for each in prediction.parts]
        + [(f"{each.name} {each.score:.3f}", None) for each in prediction.classes]
    )
    signed = import_extra("PIL.PngImagePlugin", "image", PURPOSE).PngInfo()
    signed.add_text("Software", SIGNATURE)
    file = io.BytesIO()
    picture.save(file, "PNG", pnginfo=signed)
    return file.getvalue()


def write_drawing(png: bytes, path: Path) -> None:
    """Write what `picture_of` has made."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(png)


def _enlargement(sides: tuple[int, ...]) -> int:
    """How many times as large an image is drawn."""
    return 1 if min(sides) >= _SMALL else -(-2 * _SMALL // min(sides))


class _Pen:
    """Draws into a picture, in a size that can be seen; `times`: its pixels to one of the image."""

    def __init__(self, picture: Any, times: int = 1) -> None:
        ImageDraw = import_extra("PIL.ImageDraw", "image", PURPOSE)
        ImageFont = import_extra("PIL.ImageFont", "image", PURPOSE)
        side = min(picture.size)
        self.pen = ImageDraw.Draw(picture)
        self._width = max(side // 200, 2)
        self._height, self._fonts = max(side // 30, 11), ImageFont
        self.size, self._times = picture.size, times
        self._taken: list[_Place] = []
        try:
            self._font = ImageFont.load_default(self._height)
        except TypeError:  # Pillow before 10.1 has one size
            self._font = ImageFont.load_default()

    def font_for(self, text: str) -> Any:
        file = font_file(text)
        return self._font if file is None else self._fonts.truetype(file, self._height)

    def frame(self, box: Box) -> None:
        x1, y1, x2, y2 = self._corners(box)
        self.pen.rectangle((x1, y1, x2, y2), outline=_color(box.label), width=self._width)

    def name(self, box: Box) -> None:
        """Write its name and score above it; elsewhere, where other words are already."""
        x1, y1, _, y2 = self._corners(box)
        words = _Words(f"{visible(box.name, _WORDS)} {box.score:.2f}", self)
        places = [words.put(x1, y) for y in (y1 - words.height, y1, y2, y2 - words.height)]
        seen = [place for place in places if place[1] >= 0 and place[3] <= self.size[1]]
        free = [place for place in seen if not any(_meet(place, other) for other in self._taken)]
        self._write(words, (free or seen or places)[0], _color(box.label))

    def _corners(self, box: Box) -> tuple[float, float, float, float]:
        x1, y1, x2, y2 = (self._times * each for each in (box.x1, box.y1, box.x2, box.y2))
        return x1, y1, max(x1, x2), max(y1, y2)

    def person(
        self, person: Person, limbs: list[tuple[str, str]], color: tuple[int, int, int]
    ) -> None:
        places = {part: (self._times * x, self._times * y) for part, (x, y, _) in person.items()}
        for first, second in limbs:
            if first in places and second in places:
                ends = (*places[first], *places[second])
                self.pen.line(ends, fill=color, width=2 * self._width)
        for x, y in places.values():
            r = 2 * self._width
            self.pen.ellipse((x - r, y - r, x + r, y + r), fill=color, outline=(255, 255, 255))

    def legend(self, lines: list[tuple[str, tuple[int, int, int] | None]]) -> None:
        y = 0.0
        for text, color in lines[:_MOST_WORDS]:
            words = _Words(visible(text, _WORDS), self)
            self._write(words, words.put(0, y), color or (40, 40, 40))
            y += words.height

    def _write(self, words: _Words, place: _Place, color: tuple[int, int, int]) -> None:
        self._taken.append(place)
        self.pen.rectangle(place, fill=color)
        shade = (0, 0, 0) if sum(color) > 380 else (255, 255, 255)
        at = (place[0] + _MARGIN - words.left, place[1] + _MARGIN - words.top)
        self.pen.text(at, words.text, fill=shade, font=words.font)


class _Words:
    """A line of text, and how much room it takes."""

    def __init__(self, text: str, by: _Pen) -> None:
        self.text, self.font, self._columns = text, by.font_for(text), by.size[0]
        try:
            self.left, _, right, _ = by.pen.textbbox((0, 0), text, font=self.font)
        except UnicodeEncodeError:  # an old Pillow's own font has the letters of Latin-1
            self.text = text.encode("latin-1", "replace").decode("latin-1")
            self.left, _, right, _ = by.pen.textbbox((0, 0), self.text, font=self.font)
        _, self.top, _, bottom = by.pen.textbbox((0, 0), "Ag", font=self.font)  # lines are as high
        self.width = right - self.left + 2 * _MARGIN
        self.height = bottom - self.top + 2 * _MARGIN

    def put(self, x: float, y: float) -> _Place:
        """Where they stand at (x, y), or farther left so that they end in the picture."""
        x = min(max(x, 0), max(self._columns - self.width, 0))
        return x, y, x + self.width, y + self.height


def _meet(one: _Place, other: _Place) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


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
