"""What YOLO's formulas say, number by number."""

import math


def sigmoid(v):
    return 1 / (1 + math.exp(-v))


def softmax(values):
    e = [math.exp(v) for v in values]
    return [v / sum(e) for v in e]


def iou(a, b, in_image=False):
    """Of boxes (x, y, width, height); of what is in the image of them, if that is asked for."""
    ends, areas, extents = ([], []), [1, 1], []
    for box, end in ((a, 0), (b, 1)):
        for axis in (0, 1):
            low, high = box[axis] - box[axis + 2] / 2, box[axis] + box[axis + 2] / 2
            if in_image:
                low, high = max(low, 0), min(high, 1)
            ends[end].append((low, high))
            areas[end] *= max(high - low, 0)
    for first, second in zip(*ends, strict=True):
        extents.append(min(first[1], second[1]) - max(first[0], second[0]))
    shared = 0 if min(extents) < 0 else extents[0] * extents[1]
    return shared / (sum(areas) - shared) if shared else 0


def suppress(found, threshold, in_image=False):
    """Of (score, class, box): those that no earlier one that stays overlaps too much."""
    kept = []
    for each in found:
        if all(iou(each[2], other[2], in_image) < threshold for other in kept):
            kept.append(each)
    return kept


def by_score(found):
    return sorted(found, key=lambda each: -each[0])


def rows(found):
    """[0, class + 1, score, x1, y1, x2, y2]"""
    return [
        [0, label + 1, score, x - w / 2, y - h / 2, x + w / 2, y + h / 2]
        for score, label, (x, y, w, h) in found
    ]


def region_detections(maps, biases, threshold):
    """(score, class, box) of maps (N, A, 5 + classes, H, W) of YOLO v2, cell by cell."""
    found = []
    num, anchors, _, height, width = maps.shape
    for n in range(num):
        for j in range(height):
            for i in range(width):
                for k in range(anchors):
                    v = maps[n, k, :, j, i].tolist()
                    p = softmax(v[5:])
                    score = sigmoid(v[4]) * max(p)
                    box = (
                        (i + sigmoid(v[0])) / width,
                        (j + sigmoid(v[1])) / height,
                        math.exp(v[2]) * biases[2 * k] / width,
                        math.exp(v[3]) * biases[2 * k + 1] / height,
                    )
                    if score >= threshold:
                        found.append((score, p.index(max(p)), box))
    return found
