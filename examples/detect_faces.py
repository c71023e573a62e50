"""Find faces with an SSD, and draw a frame around each.

    python examples/detect_faces.py PICTURE --model deploy.prototxt res10_300x300_ssd.caffemodel
    python examples/detect_faces.py

The first line is for a net of the public kind, above all OpenCV's res10_300x300_ssd_iter_140000:
`deploy.prototxt` is in opencv/opencv, samples/dnn/face_detector, which names the weights' place.
The net takes a picture of the size in its prototxt, blue, green, red, less (104, 117, 123).

Without --model a small net is trained first, on faces that `draw_faces` draws; without PICTURE it
looks at one of those. The result is `faces.png`. Needs the extra `image`.
"""

import argparse
import logging
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from small_ssd import SIDE, detect, with_boxes
from train_ssd import train

import blobnet


def draw_faces(rng):
    """A coloured picture with one to three faces, and things that are none; as `draw_shapes`."""
    shades = rng.integers(40, 160, size=(6, 6, 3), dtype=np.uint8)
    picture = Image.fromarray(shades).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pen, boxes = ImageDraw.Draw(picture), []
    for nth, quarter in enumerate(rng.permutation(4)):
        width = int(rng.integers(20, 37))
        height = width * 5 // 4
        column, row = divmod(int(quarter), 2)
        x = column * SIDE // 2 + int(rng.integers(48 - width))
        y = row * SIDE // 2 + int(rng.integers(48 - height))
        skin = tuple((np.array([240, 195, 165]) * rng.uniform(0.5, 1)).astype(int).tolist())
        dark = tuple(value // 4 for value in skin)
        pen.ellipse((x, y, x + width, y + height), fill=skin)
        if nth >= rng.integers(1, 4):
            continue  # an ellipse without a face
        for eye in (x + width // 4, x + width * 3 // 4):
            pen.ellipse(
                (eye - 2, y + height * 2 // 5 - 2, eye + 2, y + height * 2 // 5 + 2), fill=dark
            )
        mouth = (x + width // 4, y + height // 2, x + width * 3 // 4, y + height * 5 // 6)
        pen.arc(mouth, 20, 160, fill=(150, 30, 40), width=2)
        boxes.append(("face", (x, y, x + width, y + height)))
    return picture, boxes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", nargs="?", type=Path)
    parser.add_argument("--model", nargs=2, type=Path, metavar=("PROTOTXT", "CAFFEMODEL"))
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--iterations", type=int, default=150, help="without --model")
    asked = parser.parse_args()
    for file in filter(None, [asked.picture, *(asked.model or [])]):
        if not file.is_file():
            parser.error(f"there is no file {file}")
    logging.basicConfig(level=logging.WARNING)  # without it Caffe's log is on stderr
    if asked.model:
        prototxt, weights = asked.model
        net = blobnet.Net(prototxt, weights=weights, phase="TEST", inference=True)
    else:
        with tempfile.TemporaryDirectory() as folder:
            net = train(Path(folder), draw_faces, ["face"], asked.iterations, pictures=300)
    if asked.picture:
        picture = Image.open(asked.picture)
    else:
        picture, _ = draw_faces(np.random.default_rng(2))
    found = detect(net, picture, asked.threshold)
    for _, score, corners in found:
        print(f"face {score:.5f} at", *(f"{value:.1f}" for value in corners))
    with_boxes(picture, found, ["face"], scale=max(1, 480 // picture.width)).save("faces.png")
    print(f"{len(found)} {'face' if len(found) == 1 else 'faces'}, drawn in faces.png")


if __name__ == "__main__":
    main()
