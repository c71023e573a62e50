"""MTCNN's first net: trained on pieces of 12 x 12, it scans pictures of any size, at any scale."""

import numpy as np

from tests.systems.nets import conv, deployed, inputs, layer, learn, solver_of

PNET = (
    conv("data", "conv1", 8, kernel="kernel_size: 3") + layer("PReLU", "conv1")
    + layer("Pooling", "conv1", "pool1", "pooling_param { kernel_size: 2 stride: 2 }")
    + conv("pool1", "conv2", 12, kernel="kernel_size: 3") + layer("PReLU", "conv2")
    + conv("conv2", "conv3", 16, kernel="kernel_size: 3") + layer("PReLU", "conv3")
    + conv("conv3", "score", 2, kernel="kernel_size: 1")
    + conv("conv3", "box", 4, kernel="kernel_size: 1")
)  # fmt: skip
"""det1.prototxt with fewer channels."""

BATCH = 64


def draw_face(picture, x, y, size):
    """A bright square with two dark eyes."""
    picture[y : y + size, x : x + size] = 1
    eye, eighth = max(size // 5, 2), size // 8
    for left in (x + eighth, x + size - eighth - eye):
        picture[y + size // 4 : y + size // 4 + eye, left : left + eye] = -1


def resized(picture, height, width):
    rows = (np.arange(height) + 0.5) * picture.shape[0] / height
    columns = (np.arange(width) + 0.5) * picture.shape[1] / width
    return picture[rows.astype(int)][:, columns.astype(int)]


def pieces(rng):
    """Faces, a little moved and resized, and other things; with class and the box to be found."""
    data = 0.2 * rng.normal(size=(BATCH, 1, 12, 12))
    label = np.arange(BATCH, dtype=np.float32) % 2
    box = np.zeros((BATCH, 4, 1, 1), np.float32)
    for i in range(BATCH):
        large = 0.2 * rng.normal(size=(96, 96))
        size = int(rng.integers(36, 46)) if label[i] else int(rng.integers(10, 70))
        x, y = rng.integers(20, 31, size=2) if label[i] else rng.integers(0, 90 - size // 2, size=2)
        kind = rng.integers(3)
        if label[i] or kind == 0:  # a face; too large, too small or aside if it is to be rejected
            draw_face(large, x, y, size)
            corners = np.array([x, y, x + size, y + size])
            fits = abs(size - 40) < 9 and np.abs(corners[:2] - 26).max() < 10
            label[i] = float(fits)
            box[i, :, 0, 0] = (corners - [24, 24, 72, 72]) / 48
        elif kind == 1:
            large[y : y + size, x : x + size] = 1
        data[i, 0] = resized(large[24:72, 24:72], 12, 12)
    is_face = np.broadcast_to(label[:, None, None, None], box.shape)
    return {"data": data, "label": label, "wanted": box, "is_face": is_face}


def found_at(net, picture, scale):
    """Rows x1, y1, x2, y2, score of what one scale gives."""
    size = [round(length * scale) for length in picture.shape]
    net.blobs["data"].reshape(1, 1, *size)
    made = net.forward(data=resized(picture, *size)[None, None])
    probability, box = made["prob"][0, 1], made["box"][0]
    assert probability.shape == tuple(-(-(length - 2) // 2) - 4 for length in size)
    rows, columns = np.nonzero(probability > 0.8)
    corners = np.stack([columns * 2, rows * 2, columns * 2 + 12, rows * 2 + 12])
    corners = (corners + 12 * box[:, rows, columns]) / scale
    return np.vstack([corners, probability[rows, columns]]).T


def best_of(rows):
    """Greedy suppression of what overlaps."""
    kept = []
    for row in rows[np.argsort(-rows[:, 4])]:
        if all(overlap(row, other) < 0.2 for other in kept):
            kept.append(row)
    return kept


def overlap(a, b):
    common = np.prod(np.maximum(np.minimum(a[2:4], b[2:4]) - np.maximum(a[:2], b[:2]), 0))
    return common / (np.prod(a[2:4] - a[:2]) + np.prod(b[2:4] - b[:2]) - common)


def test_faces_are_found_by_scanning_at_several_scales(tmp_path):
    rng = np.random.default_rng(0)
    net = inputs(data=(BATCH, 1, 12, 12), label=(BATCH,), wanted=(BATCH, 4, 1, 1),
                 is_face=(BATCH, 4, 1, 1)) + PNET  # fmt: skip
    net += layer("SoftmaxWithLoss", "score label", "loss")
    net += layer("Eltwise", "box is_face", "box_of_face", "eltwise_param { operation: PROD }")
    net += layer("Eltwise", "wanted is_face", "wanted_of_face", "eltwise_param { operation: PROD }")
    net += layer("EuclideanLoss", "box_of_face wanted_of_face", "box_loss", "loss_weight: 2")
    net += layer("Accuracy", "score label", "accuracy")
    solver = solver_of(net, 'type: "Adam" base_lr: 0.005')
    losses = learn(solver, lambda: pieces(rng), 200)
    assert np.mean(losses[-10:]) < 0.4 * np.mean(losses[:5])

    deploy = inputs(data=(1, 1, 12, 12)) + PNET + layer("Softmax", "score", "prob")
    picture = 0.2 * rng.normal(size=(90, 120))
    faces = [(10, 15, 16), (50, 30, 34), (90, 5, 22)]
    for face in faces:
        draw_face(picture, *face)
    net = deployed(solver, deploy, tmp_path, inference=True, keep=["prob", "box"])
    scales = [12 / 18 * 0.75**i for i in range(5)]
    found = best_of(np.concatenate([found_at(net, picture, scale) for scale in scales]))
    truth = [np.array([x, y, x + size, y + size]) for x, y, size in faces]
    assert 3 <= len(found) <= 6  # parts of large faces look like small ones
    overlaps = [max(overlap(box, row) for row in found) for box in truth]
    assert min(overlaps) > 0.3  # as exact as 12 x 12 pixels and scales so far apart can be
    assert np.mean(overlaps) > 0.4
