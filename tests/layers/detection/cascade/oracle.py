"""What the layers of MS-CNN and Cascade R-CNN share, number by number."""

import math

import numpy as np


def iou(a, b, border=0):
    """Of corners; sides are `border` longer than they are apart."""
    width = min(a[2], b[2]) - max(a[0], b[0]) + border
    height = min(a[3], b[3]) - max(a[1], b[1]) + border
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0] + border) * (box[3] - box[1] + border) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


def suppressed(rows, threshold, border):
    """Rows of corners and more, the best first: those that stay."""
    kept = []
    for row in rows:
        if all(iou(better[:4], row[:4], border) <= threshold for better in kept):
            kept.append(row)
    return kept


def box_at(deltas, place, sides, stride, mean, std, xyr, whr):
    """Centre x, y, width and height of an anchor's box at a place (row, column)."""
    dx, dy, dw, dh = (d * s + m for d, s, m in zip(deltas, std, mean, strict=True))
    dx, dy = (min(max(d, -1 / xyr), 1 / xyr) for d in (dx, dy))
    dw, dh = (min(max(d, -math.log(whr)), math.log(whr)) for d in (dw, dh))
    row, column = place
    return [
        dx * sides[0] + (column + 0.5) * stride,
        dy * sides[1] + (row + 0.5) * stride,
        sides[0] * math.exp(dw),
        sides[1] * math.exp(dh),
    ]


def refined(region, deltas, mean, std):
    """Corners of a region [x1, y1, x2, y2] in whole pixels, moved and stretched."""
    dx, dy, dw, dh = (d * s + m for d, s, m in zip(deltas, std, mean, strict=True))
    w, h = region[2] - region[0] + 1, region[3] - region[1] + 1
    x, y = dx * w + region[0] + w / 2, dy * h + region[1] + h / 2
    w, h = w * math.exp(dw), h * math.exp(dh)
    return [x - w / 2, y - h / 2, x + w / 2 - 1, y + h / 2 - 1]


def norm(mean, std, more=""):
    """The text of a bbox_reg_param."""
    return (
        "bbox_reg_param { "
        + " ".join(f"bbox_mean: {m}" for m in mean)
        + " "
        + " ".join(f"bbox_std: {s}" for s in std)
        + f" {more} }}"
    )


def anchor_labels(rng, maps, size, sides, stride, classes):
    """(maps, 6, *size) as DetectionData has it: some places of objects, others of background."""
    labels = np.zeros((maps, 6, *size))
    for n, row, column in np.ndindex(maps, *size):
        w, h = sides[n % len(sides)]
        label = rng.integers(classes) if rng.random() < 0.5 else 0
        x, y = (column + 0.5) * stride, (row + 0.5) * stride
        box = [x + rng.uniform(-9, 9), y + rng.uniform(-9, 9), w * rng.uniform(0.6, 1.6), h]
        labels[n, :, row, column] = label, *box, rng.uniform(0, 0.8)
    return labels


def accuracy_of(
    scores, deltas, labels, sides, stride, mean, std, *,
    last_is_best, top_k=1, bg_threshold=0.5, objectness=False,
):  # fmt: skip
    """The share of right classes, that of objects, and the mean overlap of boxes."""
    right, objects, overlaps = [], [], []
    for n, row, column in np.ndindex(len(labels), *labels.shape[2:]):
        raw, x, y, w, h, overlap = labels[n, :, row, column]
        if raw:
            box = box_at(
                deltas[n, :, row, column], (row, column), sides[n % len(sides)], stride,
                mean, std, 2, 4,
            )  # fmt: skip
            corners = [
                (c[0] - c[2] / 2, c[1] - c[3] / 2, c[0] + c[2] / 2, c[1] + c[3] / 2)
                for c in (box, (x, y, w, h))
            ]
            overlaps.append(iou(*corners))
        label = min(raw, 1) if objectness else raw
        if label == 0 and overlap >= bg_threshold:
            continue
        order = 1 if last_is_best else -1
        ranked = sorted(
            range(scores.shape[1]), key=lambda c: (scores[n, c, row, column], order * c)
        )
        is_right = label in ranked[-top_k:]
        right.append(is_right)
        if label:
            objects.append(is_right)
    return np.mean(right), np.mean(objects), np.mean(overlaps)


def loss_of(
    scores, deltas, labels, kept, weights, sides, stride, mean, std, *,
    objectness=False, bounds=(2, 4), square=False, ignore=None,
):  # fmt: skip
    """The losses of classes and of boxes, anchor by anchor."""
    lost, apart = [], []
    low, high = [-math.inf] * 4, [math.inf] * 4
    if bounds:
        far = [1 / bounds[0]] * 2 + [math.log(bounds[1])] * 2
        means = [(mean[0] + mean[1]) / 2] * 2 + [(mean[2] + mean[3]) / 2] * 2
        stds = [math.sqrt(std[0] * std[1])] * 2 + [math.sqrt(std[2] * std[3])] * 2
        low = [(-f - m) / s for f, m, s in zip(far, means, stds, strict=True)]
        high = [(f - m) / s for f, m, s in zip(far, means, stds, strict=True)]
    for n, row, column in np.ndindex(len(labels), *labels.shape[2:]):
        raw, x, y, w, h, _ = labels[n, :, row, column]
        label = int(min(raw, 1) if objectness else raw)
        if not kept[n, row, column] or label == ignore:
            continue
        its = scores[n, :, row, column]
        p = math.exp(its[label] - max(its)) / sum(math.exp(s - max(its)) for s in its)
        lost.append(-math.log(p) * weights[n, row, column])
        if raw:
            fw, fh = sides[n % len(sides)]
            truth = (
                (x - (column + 0.5) * stride) / fw,
                (y - (row + 0.5) * stride) / fh,
                math.log(max(w, 2) / fw),
                math.log(max(h, 2) / fh),
            )
            for k in range(4):
                found = min(max(deltas[n, k, row, column], low[k]), high[k])
                d = abs(found - (truth[k] - mean[k]) / std[k])
                apart.append(d * d / 2 if square or d < 1 else d - 0.5)
    return sum(lost) / len(lost), sum(apart) / max(len(apart), 1)


def slopes_of(run, step=1e-6):
    """How the first number of the top changes with the first bottoms, by differences."""
    found = []
    for blob in run.bottom[:-1]:
        its = np.zeros(blob.shape)
        for at in np.ndindex(*blob.shape):
            was, ends = blob.data[at], []
            for change in (step, -step):
                blob.data[at] = was + change
                run.forward()
                ends.append(run.top[0].data.flat[0])
            blob.data[at] = was
            its[at] = (ends[0] - ends[1]) / (2 * step)
        found.append(its)
    run.forward()
    return found
