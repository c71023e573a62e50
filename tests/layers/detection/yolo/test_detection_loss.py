import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.conformance.cases.detection_yolo import grid_labels
from tests.layers.detection.yolo.oracle import iou

SIDE, CLASSES, BOXES = 3, 4, 2
CELLS = SIDE * SIDE
SCALES = {"object_scale": 2, "noobject_scale": 0.75, "class_scale": 1.5, "coord_scale": 3}


def text(**more):
    settings = {"side": SIDE, "num_class": CLASSES, "num_object": BOXES} | SCALES | more
    stated = " ".join(f"{name}: {str(value).lower()}" for name, value in settings.items())
    return f'type: "DetectionLoss" detection_loss_param {{ {stated} }}'


def responsible(boxes, truth, j, sqrt, constriant):
    """Which of a cell's boxes learns, and its IoU."""
    shares, distances = [], []
    for box in boxes:
        if constriant:
            box[0], box[1] = (j % SIDE + box[0]) / SIDE, (j // SIDE + box[1]) / SIDE
        if sqrt:
            box[2], box[3] = box[2] ** 2, box[3] ** 2
        shares.append(max(iou(box, truth), 0))
        distances.append(math.dist(box, truth))
    if max(shares) > 0:
        k = shares.index(max(shares))
    else:
        k = distances.index(min(distances)) if min(distances) < 20 else 0
    return k, shares[k]


def oracle(x, labels, sqrt, constriant):
    delta = np.zeros_like(x)
    sums, objects, others = {"class": 0, "object": 0, "box": 0}, 0, 0.0
    for n, j in np.ndindex(len(x), CELLS):
        for k in range(BOXES):
            at = (CLASSES + k) * CELLS + j
            delta[n, at] = SCALES["noobject_scale"] * x[n, at]
            others += SCALES["noobject_scale"] * x[n, at] ** 2
        if not labels[n, CELLS + j]:
            continue
        objects += 1
        for c in range(CLASSES):
            apart = x[n, c * CELLS + j] - (c == labels[n, 2 * CELLS + j])
            delta[n, c * CELLS + j] = SCALES["class_scale"] * apart
            sums["class"] += SCALES["class_scale"] * apart**2
        truth = labels[n, 3 * CELLS + 4 * j :][:4].tolist()
        places = [
            [(CLASSES + BOXES + 4 * k + c) * CELLS + j for c in range(4)] for k in range(BOXES)
        ]
        k, share = responsible(
            [[x[n, p] for p in place] for place in places], truth, j, sqrt, constriant
        )
        at = (CLASSES + k) * CELLS + j
        others -= SCALES["noobject_scale"] * x[n, at] ** 2
        sums["object"] += SCALES["object_scale"] * (x[n, at] - 1) ** 2
        delta[n, at] = SCALES["object_scale"] * (x[n, at] - share)
        if constriant:
            truth[0], truth[1] = truth[0] * SIDE - j % SIDE, truth[1] * SIDE - j // SIDE
        if sqrt:
            truth[2], truth[3] = math.sqrt(truth[2]), math.sqrt(truth[3])
        for p, wanted in zip(places[k], truth, strict=True):
            delta[n, p] = SCALES["coord_scale"] * (x[n, p] - wanted)
            sums["box"] += SCALES["coord_scale"] * (x[n, p] - wanted) ** 2
    return delta, sum(sums.values()) / objects + others / (CELLS * BOXES * len(x) - objects)


@pytest.mark.parametrize("sqrt", [False, True])
@pytest.mark.parametrize("constriant", [False, True])
@pytest.mark.parametrize("spread", [0.5, 30])
def test_deltas_and_loss(rng, sqrt, constriant, spread):
    x = rng.normal(size=(4, CELLS * (CLASSES + 5 * BOXES))) * spread
    if not sqrt:
        x[:, CELLS * (CLASSES + BOXES) :] = np.abs(x[:, CELLS * (CLASSES + BOXES) :])
    labels = grid_labels(SIDE, CLASSES)(4, rng)
    delta, loss = oracle(x, labels, sqrt, constriant)
    run = run_layer(text(sqrt=sqrt, constriant=constriant), x, labels)
    np.testing.assert_allclose(run.top[0].data, loss)
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, delta * 2 / 4, atol=1e-12)


def test_without_objects_the_loss_is_that_of_objectness(rng):
    x = rng.normal(size=(1, CELLS * (CLASSES + 5 * BOXES)))
    run = run_layer(text(), x, np.zeros((1, CELLS * 7)))
    o = x[0, CLASSES * CELLS :][: BOXES * CELLS]
    np.testing.assert_allclose(run.top[0].data, 0.75 * (o**2).mean())


@pytest.mark.parametrize(
    ("more", "outputs", "labels", "message"),
    [
        ({}, 125, 63, "outputs"),
        ({}, 126, 62, "labels"),
        ({"num_object": 0}, 126, 63, "at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(more, outputs, labels, message):
    with pytest.raises(LayerError, match=message):
        run_layer(text(**more), np.zeros((1, outputs)), np.zeros((1, labels)))


@pytest.mark.parametrize("label", [-1, CLASSES, np.nan])
def test_a_class_that_is_none_is_refused(label):
    labels = np.zeros((1, CELLS * 7))
    labels[0, [CELLS, 2 * CELLS]] = 1, label
    with pytest.raises(LayerError, match="no class"):
        run_layer(text(), np.zeros((1, 126)), labels)
