"""Train an SSD on boxes of your own, and draw what it finds.

    python examples/train_ssd.py [FOLDER] [--iterations N]

The data are shapes that `draw_shapes` draws; write them in VOC's form (a picture, and an XML file
with its boxes) and yours are trained the same way. FOLDER gets the pictures, the databases, the
nets, the weights, and `found.png`: detections in pictures that the net has not seen.
"""

import argparse
import logging
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from small_ssd import SIDE, detect, ssd, with_boxes

import blobnet
from blobnet.datasets.annotated_set import Detection, convert_annotated_set, read_pairs
from blobnet.datasets.annotation_files import read_label_map
from blobnet.datasets.image_set import ImageSettings

NAMES = ["circle", "square", "triangle"]


def draw_shapes(rng):
    """A noisy picture with a shape in one to three of its quarters; (name, corners) of each."""
    picture = Image.fromarray(rng.integers(30, 100, size=(SIDE, SIDE, 3), dtype=np.uint8))
    pen, boxes = ImageDraw.Draw(picture), []
    for quarter in rng.permutation(4)[: rng.integers(1, 4)]:
        name, size = str(rng.choice(NAMES)), int(rng.integers(20, 46))
        x, y = (int(i) * SIDE // 2 + int(rng.integers(48 - size)) for i in divmod(quarter, 2))
        colour = tuple(rng.integers(120, 256, size=3).tolist())
        if name == "circle":
            pen.ellipse((x, y, x + size, y + size), fill=colour)
        elif name == "square":
            pen.rectangle((x, y, x + size, y + size), fill=colour)
        else:
            pen.polygon([(x, y + size), (x + size, y + size), (x + size // 2, y)], fill=colour)
        boxes.append((name, (x, y, x + size, y + size)))
    return picture, boxes


def write_database(folder, subset, draw, names, count, rng):
    """`count` pictures and their XML files, in an LMDB: `subset`_lmdb."""
    (folder / subset).mkdir(parents=True, exist_ok=True)
    for i in range(count):
        picture, boxes = draw(rng)
        picture.save(folder / subset / f"{i}.png")
        xml = f"<size><width>{picture.width}</width><height>{picture.height}</height></size>"
        for name, corners in boxes:
            sides = zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=True)
            bndbox = "".join(f"<{side}>{value}</{side}>" for side, value in sides)
            xml += f"<object><name>{name}</name><bndbox>{bndbox}</bndbox></object>"
        (folder / subset / f"{i}.xml").write_text(f"<annotation>{xml}</annotation>")
    pairs, labels = folder / f"{subset}.txt", folder / "labelmap.prototxt"
    pairs.write_text("".join(f"{subset}/{i}.png {subset}/{i}.xml\n" for i in range(count)))
    items = enumerate(["background", *names])
    labels.write_text("".join(f'item {{ name: "{name}" label: {i} }}\n' for i, name in items))
    # what `blobnet convert_annoset -anno_type detection -encoded` does
    images, files = read_pairs(pairs)
    convert_annotated_set(
        f"{folder}/",
        images,
        folder / f"{subset}_lmdb",
        settings=ImageSettings(encoded=True),
        detection=Detection(files, "xml", read_label_map(labels)),
        overwrite=True,
    )


def train(folder, draw, names, iterations, pictures):
    """Make data and nets in the folder, and train; returns the net that finds boxes."""
    rng, steps = np.random.default_rng(1), min(5, iterations)
    for subset, count in (("train", pictures), ("test", 64)):
        write_database(folder, subset, draw, names, count, rng)
        net = ssd(len(names) + 1, subset, (folder / f"{subset}_lmdb").as_posix())
        (folder / f"{subset}.prototxt").write_text(str(net))
    solver = blobnet.get_solver(
        blobnet.parse_solver(f"""
            train_net: "{(folder / "train.prototxt").as_posix()}"
            test_net: "{(folder / "test.prototxt").as_posix()}"
            eval_type: "detection" test_iter: 4
            test_interval: {iterations} test_initialization: false
            type: "Adam" base_lr: 0.004 lr_policy: "poly" power: 1 max_iter: {iterations}
            snapshot_after_train: false random_seed: 1""")
    )
    for _ in range(steps):
        solver.step(iterations // steps)
        score = solver.test(0)["judged"]
        print(f"iteration {solver.iter}: loss {solver.loss:.3f}, mAP {score:.3f}", flush=True)
    (folder / "deploy.prototxt").write_text(str(ssd(len(names) + 1, "deploy")))
    solver.net.save(folder / "ssd.caffemodel")
    deploy = folder / "deploy.prototxt"
    return blobnet.Net(deploy, weights=folder / "ssd.caffemodel", phase="TEST", inference=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("shapes"))
    parser.add_argument("--iterations", type=int, default=300)
    parser.add_argument("--pictures", type=int, default=500, help="to learn from")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)  # without it Caffe's log is on stderr
    net = train(asked.folder, draw_shapes, NAMES, asked.iterations, asked.pictures)
    rng, step = np.random.default_rng(2), 3 * SIDE + 4
    sheet = Image.new("RGB", (4 * step, 2 * step), "white")
    for i in range(8):
        picture, _ = draw_shapes(rng)
        drawn = with_boxes(picture, detect(net, picture, 0.4), NAMES, scale=3)
        sheet.paste(drawn, (i % 4 * step, i // 4 * step))
    sheet.save(asked.folder / "found.png")
    print(f"{asked.folder / 'found.png'} shows what it finds")


if __name__ == "__main__":
    main()
