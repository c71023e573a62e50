"""The lists of D-X-Y/caffe-faster-rcnn, and their images."""

import numpy as np

from tests.sources.image_files import write_png

ROIS = [(3, 4, 5, 20, 30, 0), (1, 0, 0, 39, 10, 0), (2, 1, 1, 9, 9, 1)]
"""Class, corners, difficult."""


def write_rois(folder, sizes, rois=ROIS, seed=0):
    """The path of a list with an image of each size, (height, width), all with these objects."""
    rng, text = np.random.default_rng(seed), ""
    for number, (height, width) in enumerate(sizes):
        image = rng.integers(256, size=(3, height, width), dtype=np.uint8)
        write_png(folder / f"{number}.png", image)
        text += f"# {number}\n{number}.png\n{len(rois)}\n"
        text += "".join(" ".join(map(str, row)) + "\n" for row in rois)
    path = folder / "rois.txt"
    path.write_text(text)
    return path


def write_films(folder, films, rois=ROIS, seed=0):
    """The path of a list of films: height, width and number of frames of each."""
    rng, text = np.random.default_rng(seed), ""
    for number, (height, width, frames) in enumerate(films):
        home = folder / f"film{number}"
        home.mkdir(exist_ok=True)
        text += f"# {home.as_posix()}\n{frames} {height} {width}\n"
        for frame in range(frames):
            image = rng.integers(256, size=(3, height, width), dtype=np.uint8)
            write_png(home / f"{frame}.png", image)
            text += f"{frame}.png\n{len(rois)}\n"
            text += "".join(f"{i} {' '.join(map(str, row[:5]))}\n" for i, row in enumerate(rois))
    path = folder / "films.txt"
    path.write_text(text)
    return path
