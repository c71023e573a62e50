"""Window files of MS-CNN and Cascade R-CNN, and their images."""

import numpy as np

from tests.sources.image_files import write_png

OBJECTS = [(1, 0, 0, 8, 8, 47, 55), (2, 0, 1, 40, 20, 90, 70), (2, 1, 0, 0, 0, 20, 30)]
"""Class, ignored, difficult, corners."""


def write_objects(folder, sizes, objects=OBJECTS, regions=(), *, cascade, seed=0):
    """The path of a file with an image of each size, (height, width), all with these objects."""
    rng, text = np.random.default_rng(seed), ""
    for number, (height, width) in enumerate(sizes):
        image = rng.integers(256, size=(3, height, width), dtype=np.uint8)
        write_png(folder / f"{number}.png", image)
        rows = [(row if cascade else row[:2] + row[3:]) for row in objects]
        text += f"# {number}\n{number}.png\n3\n{height}\n{width}\n{len(rows)}\n"
        text += "".join(" ".join(map(str, row)) + "\n" for row in rows)
        text += f"{len(regions)}\n" + "".join(" ".join(map(str, row)) + "\n" for row in regions)
    path = folder / ("cascade.txt" if cascade else "mscnn.txt")
    path.write_text(text)
    return path


def settings(path, more=""):
    """What every layer is told of such a file."""
    return f'source: "{path.as_posix()}" root_folder: "{path.parent.as_posix()}/" {more}'
