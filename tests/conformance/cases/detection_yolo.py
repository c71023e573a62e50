"""Cases of YOLO's layers."""

import numpy as np

from tests.conformance.case import N, case, spec, values

NOT_THE_SLOPE = "backward gives the deltas, and the loss is the sum of their squares"
UNREAD = "no fork reads it"


def yolo_labels(rows, classes=3):
    """Labels (N, rows * 5): image i has i % 3 + 1 boxes."""

    def draw(batch, rng):
        labels = np.zeros((batch, rows, 5))
        for image, boxes in enumerate(labels):
            count = image % 3 + 1
            boxes[:count, 0] = rng.integers(0, classes, count)
            boxes[:count, 1:3] = rng.uniform(0.05, 0.95, (count, 2))
            boxes[:count, 3:] = rng.uniform(0.1, 0.6, (count, 2))
        return labels.reshape(batch, rows * 5)

    return draw


def ssd_labels(classes=3, first=1):
    """Labels (1, 1, boxes, 8) of SSD, two boxes for each image, and one of none."""

    def draw(batch, rng):
        labels = np.zeros((1, 1, 2 * batch + 1, 8))
        rows = labels[0, 0]
        rows[:, 0] = [*np.repeat(np.arange(batch), 2), -1]
        rows[:, 1] = rng.integers(first, first + classes, len(rows))
        rows[:, 3:5] = rng.uniform(0.05, 0.5, (len(rows), 2))
        rows[:, 5:7] = rows[:, 3:5] + rng.uniform(0.1, 0.4, (len(rows), 2))
        return labels

    return draw


MAP = values(N, 16, 3, 3)
"""Two anchors with three classes."""

REGION = "num_class: 3 num: 2 biases: [0.5, 0.75, 1.5, 1.25]"
SCALES = "object_scale: 2 noobject_scale: 0.7 class_scale: 1.5 coord_scale: 0.9 thresh: 0.3"


def region(options, labels, *, side="side: 3"):
    text = f"region_loss_param {{ {REGION} {side} {options} }}"
    return case(text, MAP, labels, no_gradient=NOT_THE_SLOPE)


CASES = {
    "Reorg": spec(
        case("reorg_param { stride: 2 }", values(N, 8, 4, 6)),
        case("reorg_param { stride: 3 reverse: false }", values(N, 9, 3, 6)),
        case("reorg_param { stride: 2 reverse: true }", values(N, 8, 3, 2)),
        case("", values(N, 4, 2, 4)),
    ),
    "RegionLoss": spec(
        region("bias_match: 0 coords: 4", yolo_labels(30)),
        region(SCALES, yolo_labels(30)),
        region(SCALES, yolo_labels(300), side=""),
        region("rescore: 0", yolo_labels(300), side=""),
        region(SCALES, ssd_labels()),
        bottoms=2,
        not_compared={
            "softmax": UNREAD,
            "jitter": UNREAD,
            "absolute": UNREAD,
            "random": UNREAD,
            "softmax_tree": "names a file",
            "class_map": "names a file",
        },
    ),
}
