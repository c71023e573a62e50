"""Images with label maps as files, and the batches that a net makes of them."""

from __future__ import annotations

from PIL import Image

from tests.sources.image_files import write_list, write_png


def write_pairs(folder, images, maps):
    """A list of (3, H, W) images, blue first, and of (1, H, W) label maps; returns its path."""
    lines = []
    for i, (image, labels) in enumerate(zip(images, maps, strict=True)):
        file = write_png(folder / f"{i}.png", image)
        Image.fromarray(labels[0]).save(folder / f"{i}_labels.png")
        lines.append(f"{file.as_posix()} {folder.as_posix()}/{i}_labels.png")
    return write_list(folder / "pairs.txt", lines)


def batches(net, count):
    """Copies of the tops of some passes."""
    return [[values.copy() for values in net.forward().values()] for _ in range(count)]
