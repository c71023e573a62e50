"""Image files for tests, and lists of them."""

from __future__ import annotations

from PIL import Image


def write_png(path, image):
    """A (3, height, width) array, blue first, as a file; returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image[::-1].transpose(1, 2, 0)).save(path, "PNG")
    return path


def write_list(path, lines):
    path.write_text("".join(f"{line}\n" for line in lines))
    return path
