"""Learn to tell what each pixel of a picture is, as SegNet does, and draw it.

    python examples/segment_image.py [FOLDER] [--iterations N]

The scenes are drawn here: a sky, a meadow, trees, and a car that is so small that it would be
overlooked without `weight_by_label_freqs`. A label picture has a class in each pixel. FOLDER gets
pictures, labels, lists of both as DenseImageData reads them, the weights, and `result.png`: a
picture, its labels, and what the net makes of the picture. Needs the extra `image`.
"""

import argparse
import logging
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import blobnet
from blobnet.pycaffe import NetSpec
from blobnet.pycaffe import layers as L  # noqa: N812 - as all scripts for Caffe call it

NAMES = ["sky", "meadow", "tree", "car"]
COLOURS = np.array([[150, 190, 240], [110, 170, 80], [30, 90, 50], [210, 50, 60]], np.uint8)
SIDE = 64
MEAN, SCALE = 128, 1 / 64
TRANSFORM = {"mean_value": MEAN, "scale": SCALE}


def draw_scene(rng):
    """A noisy picture, and its labels."""
    labels = Image.new("L", (SIDE, SIDE), 0)
    pen, horizon = ImageDraw.Draw(labels), int(rng.integers(20, 44))
    pen.rectangle((0, horizon, SIDE, SIDE), fill=1)
    for _ in range(rng.integers(1, 4)):
        x, height = int(rng.integers(SIDE)), int(rng.integers(14, 30))
        pen.ellipse((x - height // 3, horizon - height, x + height // 3, horizon + 4), fill=2)
    x, y = int(rng.integers(SIDE - 14)), int(rng.integers(horizon, SIDE - 8))
    pen.rectangle((x, y, x + 12, y + 4), fill=3)
    pen.rectangle((x + 3, y - 3, x + 9, y), fill=3)
    pixels = COLOURS[np.asarray(labels)] * rng.uniform(0.5, 1) + rng.normal(0, 25, (SIDE, SIDE, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), labels


def write_scenes(folder, subset, count, rng):
    """Pictures and label pictures, and the list of them; returns how often each class occurs."""
    (folder / subset).mkdir(parents=True, exist_ok=True)
    lines, counts = [], np.zeros(len(NAMES))
    for i in range(count):
        files = [folder / subset / f"{i}.png", folder / subset / f"{i}_labels.png"]
        for image, file in zip(draw_scene(rng), files, strict=True):
            image.save(file)
        counts += np.bincount(np.asarray(Image.open(files[1])).ravel(), minlength=len(NAMES))
        lines.append(" ".join(file.as_posix() for file in files) + "\n")
    (folder / f"{subset}.txt").write_text("".join(lines))
    return counts


def convolution(net, name, bottom, channels):
    """Convolution, BN of SegNet's, and ReLU."""
    settings = {"kernel_size": 3, "pad": 1, "weight_filler": {"type": "msra"}}
    net[name] = L.Convolution(bottom, num_output=channels, **settings)
    one, zero = {"type": "constant", "value": 1}, {"type": "constant", "value": 0}
    net[f"{name}_bn"] = L.BN(net[name], in_place=True, scale_filler=one, shift_filler=zero)
    net[f"{name}_relu"] = L.ReLU(net[name], in_place=True)
    return net[f"{name}_relu"]


def segnet(source, batch_size, class_weights):
    """Two poolings, and the way back by their masks."""
    net, loss = NetSpec(), {"weight_by_label_freqs": True, "class_weighting": class_weights}
    images = {"source": source, "batch_size": batch_size, "shuffle": True}
    half, double = {"kernel_size": 2, "stride": 2, "ntop": 2}, {"scale": 2}
    net.data, net.labels = L.DenseImageData(**images, ntop=2, transform_param=TRANSFORM)
    net.pool1, net.mask1 = L.Pooling(convolution(net, "conv1", net.data, 16), **half)
    net.pool2, net.mask2 = L.Pooling(convolution(net, "conv2", net.pool1, 32), **half)
    net.up2 = L.Upsample(convolution(net, "conv3", net.pool2, 32), net.mask2, **double)
    net.up1 = L.Upsample(convolution(net, "conv2_D", net.up2, 16), net.mask1, **double)
    top = convolution(net, "conv1_D", net.up1, 16)
    classes = {"num_output": len(NAMES), "kernel_size": 1, "weight_filler": {"type": "xavier"}}
    net.scores = L.Convolution(top, **classes)
    net.loss = L.SoftmaxWithLoss(net.scores, net.labels, loss_param=loss)
    net.accuracy = L.SegAccuracy(net.scores, net.labels)
    return net.to_proto()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("scenes"))
    parser.add_argument("--iterations", type=int, default=150)
    parser.add_argument("--pictures", type=int, default=200, help="to learn from")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)  # without it Caffe's log is on stderr
    rng, folder, steps = np.random.default_rng(1), asked.folder, min(5, asked.iterations)
    counts = write_scenes(folder, "train", asked.pictures, rng)
    write_scenes(folder, "test", 8, rng)
    weights = (np.median(counts) / counts).tolist()  # "median frequency balancing"
    for subset in ("train", "test"):
        source = (folder / f"{subset}.txt").as_posix()
        (folder / f"{subset}.prototxt").write_text(str(segnet(source, 8, weights)))
    solver = blobnet.get_solver(
        blobnet.parse_solver(f"""
            train_net: "{(folder / "train.prototxt").as_posix()}"
            test_net: "{(folder / "test.prototxt").as_posix()}"
            test_iter: 1 test_interval: {asked.iterations} test_initialization: false
            base_lr: 0.05 momentum: 0.9 weight_decay: 0.0005
            lr_policy: "poly" power: 1 max_iter: {asked.iterations}
            snapshot_after_train: false random_seed: 1""")
    )
    for _ in range(steps):
        solver.step(asked.iterations // steps)
        solver.test(0)
        right, recall, overlap = solver.test_nets[0].blobs["accuracy"].data.ravel()
        print(f"iteration {solver.iter}: loss {solver.loss:.3f}, pixels {right:.3f}, "
              f"recall {recall:.3f}, IoU {overlap:.3f}", flush=True)  # fmt: skip
    solver.net.save(folder / "segnet.caffemodel")
    draw_result(solver.test_nets[0], folder / "result.png")


def draw_result(net, file, rows=4):
    """For each picture of the net's batch: the picture | its labels | what the net says."""
    sheet, step = (
        Image.new("RGB", (3 * (3 * SIDE + 4), rows * (3 * SIDE + 4)), "white"),
        3 * SIDE + 4,
    )
    pictures = (net.blobs["data"].data / SCALE + MEAN).transpose(0, 2, 3, 1)[..., ::-1]
    labels = net.blobs["labels"].data[:, 0].astype(int)
    said = net.blobs["scores"].data.argmax(axis=1)
    for y, (picture, *classes) in enumerate(zip(pictures[:rows], labels, said, strict=False)):
        columns = [picture.round().astype(np.uint8), *(COLOURS[each] for each in classes)]
        for x, pixels in enumerate(columns):
            image = Image.fromarray(pixels).resize((3 * SIDE, 3 * SIDE), Image.Resampling.NEAREST)
            sheet.paste(image, (x * step, y * step))
    sheet.save(file)
    print(f"{file}: pictures, their labels, and what the net says")


if __name__ == "__main__":
    main()
